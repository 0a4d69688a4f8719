//! Who waits at a connection.

use std::task::Waker;

/// Who waits for an event, and who for room. They may be parts of an app that have wakers of their
/// own, which the socket forgets when the connection itself reads or writes; so they are kept here.
#[derive(Default)]
pub(super) struct Waiting {
    receiver: Option<Waker>,
    sender: Option<Waker>,
}

impl Waiting {
    pub(super) fn set_receiver(&mut self, waker: Option<&Waker>) {
        set(&mut self.receiver, waker);
    }

    /// Whether who waits for an event is whoever has this waker.
    pub(super) fn is_receiver(&self, waker: &Waker) -> bool {
        self.receiver.as_ref().is_some_and(|receiver| receiver.will_wake(waker))
    }

    pub(super) fn set_sender(&mut self, waker: Option<&Waker>) {
        set(&mut self.sender, waker);
    }

    /// There is an event.
    pub(super) fn wake_receiver(&mut self) {
        wake(&mut self.receiver);
    }

    /// All that was queued has been written.
    pub(super) fn wake_sender(&mut self) {
        wake(&mut self.sender);
    }

    /// The connection is over.
    pub(super) fn wake_all(&mut self) {
        self.wake_receiver();
        self.wake_sender();
    }
}

fn set(kept: &mut Option<Waker>, waker: Option<&Waker>) {
    match (kept, waker) {
        (Some(kept), Some(waker)) => kept.clone_from(waker),
        (kept, waker) => *kept = waker.cloned(),
    }
}

fn wake(kept: &mut Option<Waker>) {
    if let Some(waker) = kept.take() {
        waker.wake();
    }
}
