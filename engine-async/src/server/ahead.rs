//! Messages that were read while the app was busy elsewhere.

use super::limits::Limits;
use crate::event::Incoming;
use std::collections::VecDeque;

/// A queue with a bound for the number of messages and one for their bytes.
#[derive(Default)]
pub(super) struct Ahead {
    events: VecDeque<Incoming>,
    bytes: usize,
}

impl Ahead {
    /// Whether no more may be read. The bytes may go beyond their bound by one message.
    pub(super) fn is_full(&self, limits: &Limits) -> bool {
        self.events.len() >= limits.receive_queue || self.bytes >= limits.message_bytes
    }

    pub(super) fn push(&mut self, event: Incoming) {
        self.bytes += bytes(&event);
        self.events.push_back(event);
    }

    pub(super) fn pop(&mut self) -> Option<Incoming> {
        let event = self.events.pop_front()?;
        self.bytes -= bytes(&event);
        Some(event)
    }
}

fn bytes(event: &Incoming) -> usize {
    match event {
        Incoming::Message(message) => message.len(),
        Incoming::Connect | Incoming::Disconnect(_) => 0,
    }
}
