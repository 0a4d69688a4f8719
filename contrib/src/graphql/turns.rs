//! Who is listened to next.

use std::task::{Context, Poll};

/// Turns in a row without waiting; then other tasks of the thread have theirs.
const IN_A_ROW: u32 = 64;

/// Takes turns between the client and the operations, and between the connection and others: a
/// client that sends without end keeps no operation waiting, and a source that is always ready keeps
/// neither the client nor other connections waiting.
#[derive(Debug, Default)]
pub(super) struct Turns {
    in_a_row: u32,
    is_client_first: bool,
}

impl Turns {
    /// Polls both, the one that was behind first.
    pub(super) fn poll<T>(
        &mut self,
        cx: &mut Context<'_>,
        client: impl FnOnce(&mut Context<'_>) -> Poll<T>,
        operations: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    ) -> Poll<T> {
        if self.in_a_row >= IN_A_ROW {
            self.in_a_row = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.is_client_first = !self.is_client_first;
        let polled = if self.is_client_first {
            either(cx, client, operations)
        } else {
            either(cx, operations, client)
        };
        self.in_a_row = if polled.is_ready() { self.in_a_row + 1 } else { 0 };
        polled
    }
}

fn either<T>(
    cx: &mut Context<'_>,
    first: impl FnOnce(&mut Context<'_>) -> Poll<T>,
    second: impl FnOnce(&mut Context<'_>) -> Poll<T>,
) -> Poll<T> {
    match first(cx) {
        Poll::Ready(ready) => Poll::Ready(ready),
        Poll::Pending => second(cx),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::task::Waker;

    #[test]
    fn two_that_are_always_ready_take_turns_and_let_others_have_theirs() {
        let mut turns = Turns::default();
        let mut cx = Context::from_waker(Waker::noop());
        let mut poll =
            || turns.poll(&mut cx, |_| Poll::Ready("client"), |_| Poll::Ready("operation"));
        for _ in 0..IN_A_ROW / 2 {
            assert_eq!(poll(), Poll::Ready("client"));
            assert_eq!(poll(), Poll::Ready("operation"));
        }
        assert_eq!(poll(), Poll::Pending);
        assert_eq!(poll(), Poll::Ready("client"));
    }
}
