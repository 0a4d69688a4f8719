//! What goes in and out while the connection is open.

use super::closing::verdict;
use super::opening::Asking;
use super::{State, Wire};
use crate::error::{Error, Result};
use crate::event::{CloseFrame, Incoming, Message};
use async_tungstenite::tungstenite;
use engine_core::Exit;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::{Sink, Stream};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// Bytes that are read from a client before its handshake is answered, only to see whether it is
/// still there.
const EARLY: usize = 8 << 10;

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire<S> {
    /// The next event from the socket. Messages only come while there is no end.
    pub(super) fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if let Some(end) = &self.end {
            return Poll::Ready(Incoming::Disconnect(end.clone()));
        }
        loop {
            match &mut self.state {
                State::Asking(Asking::Direct { stream, leftover, .. }) => {
                    if leftover.len() >= EARLY {
                        return Poll::Pending;
                    }
                    let mut early = [0; 1024];
                    match ready!(Pin::new(stream).poll_read(cx, &mut early)) {
                        Ok(0) | Err(_) => return Poll::Ready(self.lose(Exit::Disconnected)),
                        Ok(read) => leftover.extend_from_slice(&early[..read]),
                    }
                }
                State::Asking(Asking::Deferred { respond, .. }) => {
                    ready!(respond.poll_canceled(cx));
                    return Poll::Ready(self.lose(Exit::Disconnected));
                }
                State::Upgrading(_) => ready!(self.poll_upgrade(cx)),
                State::Open(ws) => {
                    if self.pongs > self.limits.send_queue_bytes {
                        return Poll::Pending;
                    }
                    ready!(self.streak.poll_read(cx));
                    let Some(read) = ready!(Pin::new(&mut **ws).poll_next(cx)) else {
                        return Poll::Ready(self.lose(Exit::Disconnected));
                    };
                    match read {
                        Ok(tungstenite::Message::Text(text)) => {
                            self.seen.has_message = true;
                            return Poll::Ready(Incoming::Message(Message::Text(text)));
                        }
                        Ok(tungstenite::Message::Binary(bytes)) => {
                            self.seen.has_message = true;
                            return Poll::Ready(Incoming::Message(Message::Binary(bytes)));
                        }
                        Ok(tungstenite::Message::Close(frame)) => {
                            self.is_dirty = true;
                            let frame = frame.map_or(CloseFrame::new(CloseFrame::NO_CODE), |f| {
                                CloseFrame { code: f.code.into(), reason: f.reason }
                            });
                            return Poll::Ready(self.end_by(frame, Exit::Disconnected));
                        }
                        // It has been answered already; the answer must be written.
                        Ok(tungstenite::Message::Ping(payload)) => {
                            self.is_dirty = true;
                            self.pongs += payload.len() + 4;
                        }
                        Ok(_) => {}
                        Err(error) => {
                            return Poll::Ready(match verdict(&error) {
                                Some(frame) => self.fail(frame),
                                None => self.lose(Exit::Disconnected),
                            });
                        }
                    }
                }
                State::Draining { .. } | State::Over => {
                    return Poll::Ready(self.lose(Exit::Disconnected));
                }
            }
        }
    }

    /// Reads while the app is busy elsewhere, as far as the queue goes.
    pub(super) fn read_ahead(&mut self, cx: &mut Context<'_>) {
        let is_open = matches!(self.state, State::Open(_) | State::Asking(_) | State::Upgrading(_));
        while is_open && self.end.is_none() && !self.ahead.is_full(&self.limits) {
            match self.poll_read(cx) {
                Poll::Ready(Incoming::Disconnect(_)) | Poll::Pending => return,
                Poll::Ready(event) => {
                    self.ahead.push(event);
                    self.waiting.wake_receiver();
                }
            }
        }
    }

    /// Writes what is queued, and wakes whoever waits for room.
    pub(super) fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if !self.is_dirty {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_upgrade(cx));
        let flushed = match &mut self.state {
            State::Open(ws) => ready!(Pin::new(&mut **ws).poll_flush(cx)).is_ok(),
            State::Draining { front, .. } => ready!(Pin::new(front).poll_flush(cx)).is_ok(),
            _ => true,
        };
        self.is_dirty = false;
        self.waiting.wake_sender();
        if std::mem::take(&mut self.pongs) > self.limits.send_queue_bytes {
            // The client was not listened to, and may go on.
            self.waiting.wake_receiver();
            cx.waker().wake_by_ref();
        }
        if flushed {
            return Poll::Ready(Ok(()));
        }
        self.lose(Exit::Disconnected);
        Poll::Ready(Err(Error::disconnected()))
    }

    pub(super) fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.end.is_some() {
            return Poll::Ready(Err(Error::disconnected()));
        }
        if self.has_room {
            return Poll::Ready(Ok(()));
        }
        ready!(self.poll_upgrade(cx));
        let State::Open(ws) = &mut self.state else {
            return Poll::Ready(Ok(()));
        };
        ready!(self.streak.poll_send(cx));
        if ready!(Pin::new(&mut **ws).poll_ready(cx)).is_err() {
            self.lose(Exit::Disconnected);
            return Poll::Ready(Err(Error::disconnected()));
        }
        Poll::Ready(Ok(()))
    }
}
