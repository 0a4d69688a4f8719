//! What the log is told of a connection.

use engine_async::{Exit, Hooks, Incoming, Layer, Message, On, Order, Outgoing, Step, WebSocket};
use std::time::Instant;

/// Logs each connection when it begins and when it is over, at the level `info`: its path and peer,
/// how it ended, how long it took, and how much was said. What was said is not logged. The counts
/// are those of this layer's place: further out it counts what inner layers drop.
#[derive(Clone, Copy, Debug, Default)]
pub struct Logging;

/// The sums of one connection.
struct Sums {
    began: Instant,
    received: Sum,
    sent: Sum,
}

#[derive(Clone, Copy, Default)]
struct Sum {
    messages: u64,
    bytes: u64,
}

impl Sum {
    fn add(&mut self, message: &Message) {
        self.messages += 1;
        self.bytes += message.len() as u64;
    }
}

impl Logging {
    fn begin<'a>(&'a self, ws: &'a WebSocket) -> Step<'a> {
        let (received, sent) = (Sum::default(), Sum::default());
        ws.insert(Sums { began: Instant::now(), received, sent });
        tracing::info!(path = ws.path(), peer = ws.peer().map(tracing::field::display), "connect");
        Step::Pass
    }

    fn received<'a>(&'a self, ws: &'a WebSocket, event: &'a mut Incoming) -> Step<'a> {
        if let (Incoming::Message(message), Some(sums)) = (event, ws.state().get_mut::<Sums>()) {
            sums.received.add(message);
        }
        Step::Pass
    }

    fn sent<'a>(&'a self, ws: &'a WebSocket, event: &'a mut Outgoing) -> Step<'a> {
        if let (Outgoing::Message(message), Some(sums)) = (event, ws.state().get_mut::<Sums>()) {
            sums.sent.add(message);
        }
        Step::Pass
    }

    fn end(&self, ws: &WebSocket, how: Exit) {
        let Some(Sums { began, received, sent }) = ws.state().remove() else { return };
        tracing::info!(
            path = ws.path(),
            peer = ws.peer().map(tracing::field::display),
            %how,
            took = ?began.elapsed(),
            received = received.messages,
            received_bytes = received.bytes,
            sent = sent.messages,
            sent_bytes = sent.bytes,
            "disconnect"
        );
    }
}

impl Layer for Logging {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl Hooks for Logging {
    fn install(&self, on: &mut On<Self>) {
        on.enter(Self::begin).receive(Self::received).send(Self::sent).exit(Self::end);
    }
}
