//! Letting others run.

use std::task::{Context, Poll};

/// After this many messages in a row, in either direction.
const STREAK: u32 = 64;

/// What a connection has done since it last let others run: other connections on its thread, and its
/// own clock. A client that is as fast as the server would otherwise keep the thread.
#[derive(Default)]
pub(super) struct Streak {
    read: u32,
    sent: u32,
}

impl Streak {
    /// Ready when one more may be read now.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.read >= STREAK {
            self.read = 0;
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        self.read += 1;
        Poll::Ready(())
    }

    pub(super) fn count_sent(&mut self) {
        self.sent += 1;
    }

    /// Ready when one more may be sent now.
    pub(super) fn poll_send(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if self.sent >= STREAK {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}
