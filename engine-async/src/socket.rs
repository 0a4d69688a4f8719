//! What a chain needs of a connection: the place where layers end and the network begins.

use crate::error::Result;
use crate::event::{CloseFrame, Incoming, Outgoing, Refusal};
use engine_core::Exit;
use std::task::{Context, Poll};

/// How the engine ends a connection that layers and app have left open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Last {
    /// Nobody has accepted it (rules W3, W6, W12).
    Refuse(Refusal),
    /// It was accepted (rules W6, W12).
    Close(CloseFrame),
}

/// The client's side of a connection. A [`Chain`](crate::Chain) runs around one, on any executor.
///
/// The chain keeps the order of events (rules W7, W8), so a socket is never asked to send a message
/// before the accept or anything after the end.
pub trait Socket: Send {
    /// The next event: [`Incoming::Connect`] first, [`Incoming::Disconnect`] last, whatever ended
    /// the connection. Not called after that.
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Incoming>;

    /// Ready when there is room for another event in the socket's queue (rule W9).
    ///
    /// # Errors
    ///
    /// The connection is lost.
    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>>;

    /// Queues an event; called only when it is ready. A close before the accept refuses the client
    /// with 403.
    ///
    /// # Errors
    ///
    /// The connection is lost, or the event cannot be sent.
    fn start_send(&mut self, event: Outgoing) -> Result<()>;

    /// Queues the last word, where layers and app have left the connection open. A connection that
    /// is lost needs none.
    fn end(&mut self, last: Last);

    /// Ready when all that is queued has been written.
    ///
    /// # Errors
    ///
    /// The connection is lost.
    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>>;

    /// What the connection does beside the app; called each time the app has done what it can and
    /// waits. Writes what is queued, and ends the app when it is ready, whatever the app waits for.
    fn poll_beside(&mut self, cx: &mut Context<'_>) -> Poll<Exit> {
        let _ = self.poll_flush(cx);
        Poll::Pending
    }

    /// What ended the connection, where it was not the app.
    fn ended_by(&self) -> Option<Exit> {
        None
    }

    /// Ready when the connection is closed, both ways and in order, or given up. Must not wait for
    /// ever: the exits of the layers come after it.
    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_flush(cx).map(|_| ())
    }
}
