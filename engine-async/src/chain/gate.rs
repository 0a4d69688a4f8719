//! The order of events at the socket (rules W7, W8), kept in one place for both directions.

use crate::error::{Error, Result};
use crate::event::{CloseFrame, Incoming, Outgoing};
use crate::outbound::{Outbound, Outward};
use crate::receive::Receive;
use crate::socket::{Last, Socket};
use crate::websocket::WebSocket;
use engine_core::Exit;
use futures_util::Stream;
use http::StatusCode;
use std::pin::Pin;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

/// The socket with what has happened at it. The inbound and the outbound half share it; both are
/// polled by the connection's own task, so the lock is never waited for.
pub(super) struct Gate<S> {
    inner: Mutex<Inner<S>>,
}

struct Inner<S> {
    socket: S,
    is_accepted: bool,
    /// How the connection was closed, or that it was refused, by whoever sent that.
    closed: Option<CloseFrame>,
    has_disconnected: bool,
}

impl<S: Socket> Gate<S> {
    pub(super) fn new(socket: S) -> Self {
        let (is_accepted, closed, has_disconnected) = (false, None, false);
        Gate { inner: Mutex::new(Inner { socket, is_accepted, closed, has_disconnected }) }
    }

    pub(super) fn receive(&self) -> Receive<'_> {
        Receive::new(Source { gate: self })
    }

    pub(super) fn outbound<'a>(&'a self, ws: &'a WebSocket) -> Outbound<'a> {
        Outbound::of(Target { gate: self, ws })
    }

    fn lock(&self) -> MutexGuard<'_, Inner<S>> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// See [`Socket::poll_beside`].
    pub(super) fn poll_beside(&self, cx: &mut Context<'_>) -> Poll<Exit> {
        self.lock().socket.poll_beside(cx)
    }

    /// Whether the client has gone, or was told to by someone other than the app.
    pub(super) fn exit(&self) -> Option<Exit> {
        let inner = self.lock();
        let disconnected = inner.has_disconnected && inner.closed.is_none();
        inner.socket.ended_by().or_else(|| disconnected.then_some(Exit::Disconnected))
    }

    /// Ends what the layers and the app have left open: with the error that nobody caught (rule
    /// W6), or as after a return (rule W12).
    pub(super) fn end(&self, ws: &WebSocket, error: Option<&Error>) {
        let mut inner = self.lock();
        if inner.closed.is_some() || inner.has_disconnected {
            return;
        }
        let last = match (inner.is_accepted, error) {
            (true, None) => Last::Close(CloseFrame::new(CloseFrame::NORMAL)),
            (true, Some(error)) => Last::Close(error.close_frame()),
            (false, None) => {
                Last::Refuse(ws.take_refusal().unwrap_or(StatusCode::FORBIDDEN.into()))
            }
            (false, Some(error)) => Last::Refuse(error.status().into()),
        };
        inner.closed = Some(CloseFrame::new(CloseFrame::ABNORMAL));
        inner.socket.end(last);
    }

    /// See [`Socket::poll_close`].
    pub(super) fn poll_close(&self, cx: &mut Context<'_>) -> Poll<()> {
        self.lock().socket.poll_close(cx)
    }
}

impl<S: Socket> Inner<S> {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Result<Incoming>> {
        if self.has_disconnected {
            let message = "received after the connection has ended: a disconnect is the last event";
            return Poll::Ready(Err(Error::rule("W8", message)));
        }
        // Whoever has closed the connection is not told what the client says after that (rule W7).
        if let Some(frame) = &self.closed {
            self.has_disconnected = true;
            return Poll::Ready(Ok(Incoming::Disconnect(frame.clone())));
        }
        let event = ready!(self.socket.poll_receive(cx));
        self.has_disconnected = matches!(event, Incoming::Disconnect(_));
        Poll::Ready(Ok(event))
    }

    /// Whether the event may be sent now, and what it says at the socket.
    fn admit(&mut self, ws: &WebSocket, event: Outgoing) -> Result<Outgoing> {
        let name = event.name();
        if self.closed.is_some() {
            let message = format!("sent `{name}` after the connection was closed");
            return Err(Error::rule("W7", message));
        }
        if self.has_disconnected {
            let message = format!("sent `{name}` after the client has gone");
            return Err(Error::rule("W7", message));
        }
        match event {
            Outgoing::Accept(_) if self.is_accepted => {
                Err(Error::rule("W8", "accepted a connection that is accepted already"))
            }
            Outgoing::Accept(accept) => {
                if let Some(chosen) = &accept.subprotocol
                    && !ws.subprotocols().any(|offered| offered == chosen)
                {
                    return Err(Error::internal(format!(
                        "accepted with the subprotocol `{chosen}`, which the client has not \
                         offered: choose one of `WebSocket::subprotocols`, or none"
                    )));
                }
                self.is_accepted = true;
                Ok(Outgoing::Accept(accept))
            }
            Outgoing::Message(_) if !self.is_accepted => {
                Err(Error::rule("W8", "sent a message before the connection was accepted"))
            }
            Outgoing::Message(message) => Ok(Outgoing::Message(message)),
            Outgoing::Close(frame) => {
                self.closed = Some(frame.clone());
                Ok(Outgoing::Close(frame))
            }
        }
    }
}

/// The inbound half.
struct Source<'a, S> {
    gate: &'a Gate<S>,
}

impl<S: Socket> Stream for Source<'_, S> {
    type Item = Result<Incoming>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Incoming>>> {
        self.gate.lock().poll_receive(cx).map(Some)
    }
}

/// The outbound half.
struct Target<'a, S> {
    gate: &'a Gate<S>,
    ws: &'a WebSocket,
}

impl<S: Socket> Outward for Target<'_, S> {
    fn poll_send(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        event: &mut Option<Outgoing>,
    ) -> Poll<Result<()>> {
        let mut inner = self.gate.lock();
        // After the end there is nothing to be ready for; the mistake is said at once.
        if inner.closed.is_none() && !inner.has_disconnected {
            ready!(inner.socket.poll_ready(cx))?;
        }
        Poll::Ready(match event.take() {
            Some(event) => inner.admit(self.ws, event).and_then(|e| inner.socket.start_send(e)),
            None => Ok(()),
        })
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Result<()>> {
        // What is queued is written when the connection waits, all at once.
        Poll::Ready(Ok(()))
    }
}
