//! The end of a connection.

use super::super::front::TooManyFragments;
use super::{State, Wire};
use crate::event::CloseFrame;
use async_tungstenite::tungstenite;
use engine_core::Exit;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::{Sink, Stream};
use http::StatusCode;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use tungstenite::error::{CapacityError, ProtocolError};
use tungstenite::protocol::frame::coding::CloseCode;

/// Bytes that are thrown away while a client is given time to read the last answer. At least a
/// message's worth: the client may be in the middle of one that was too large.
const LATE: usize = 1 << 20;

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire<S> {
    /// See [`Socket::poll_close`](crate::socket::Socket::poll_close).
    pub(super) fn poll_closed(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        if matches!(self.state, State::Asking(_)) && self.ended_by == Some(Exit::Shutdown) {
            self.refuse(StatusCode::SERVICE_UNAVAILABLE.into());
        }
        if !std::mem::replace(&mut self.is_closing, true) {
            self.expire_after(self.limits.close_timeout);
        }
        if self.poll_bell(cx).is_ready() {
            self.state = State::Over;
            return Poll::Ready(());
        }
        loop {
            match &mut self.state {
                State::Upgrading(_) => ready!(self.poll_upgrade(cx)),
                State::Open(ws) => {
                    ready!(self.streak.poll_read(cx));
                    if self.is_dirty && ready!(Pin::new(&mut **ws).poll_flush(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    self.is_dirty = false;
                    // What the client still says is not heard; its half of the handshake is.
                    match ready!(Pin::new(&mut **ws).poll_next(cx)) {
                        Some(Ok(_)) => self.is_dirty = true,
                        end @ (Some(Err(_)) | None) => {
                            let is_clean = end.is_none() && !self.has_failed;
                            let State::Open(ws) = std::mem::replace(&mut self.state, State::Over)
                            else {
                                return Poll::Ready(());
                            };
                            let mut front = ws.into_inner();
                            front.unfollow();
                            self.state =
                                State::Draining { front, is_shut: false, drained: 0, is_clean };
                        }
                    }
                }
                State::Draining { front, is_shut: is_shut @ false, .. } => {
                    if ready!(Pin::new(front).poll_close(cx)).is_err() {
                        return Poll::Ready(());
                    }
                    *is_shut = true;
                }
                // A socket that is dropped while unread bytes are in it is reset, and the client
                // might never see the answer.
                State::Draining { front, drained, is_clean, .. } => {
                    ready!(self.streak.poll_read(cx));
                    let most = LATE.max(self.limits.message_bytes);
                    let mut late = [0; 4096];
                    match Pin::new(front).poll_read(cx, &mut late) {
                        Poll::Ready(Ok(read)) if read > 0 && *drained < most => *drained += read,
                        Poll::Pending if !*is_clean => return Poll::Pending,
                        Poll::Ready(_) | Poll::Pending => return Poll::Ready(()),
                    }
                }
                State::Asking(_) | State::Over => return Poll::Ready(()),
            }
        }
    }
}

/// The close frame for an error of the client's; `None` where the connection is lost.
pub(super) fn verdict(error: &tungstenite::Error) -> Option<CloseFrame> {
    use tungstenite::Error;
    Some(match error {
        Error::Utf8(_) => CloseFrame::with_reason(1007, "text that is not UTF-8"),
        Error::Capacity(CapacityError::MessageTooLong { max_size, .. }) => {
            CloseFrame::with_reason(1009, format!("more than {max_size} bytes"))
        }
        Error::Capacity(_) => CloseFrame::new(1009),
        Error::Io(error) if error.get_ref().is_some_and(|e| e.is::<TooManyFragments>()) => {
            CloseFrame::with_reason(1009, "too many fragments")
        }
        Error::Protocol(ProtocolError::ResetWithoutClosingHandshake) => return None,
        Error::Protocol(error) => CloseFrame::with_reason(1002, error.to_string()),
        _ => return None,
    })
}

/// A close frame as the protocol allows it: no code that no frame may carry, and no reason longer
/// than a control frame has room for.
pub(super) fn close_frame(frame: CloseFrame) -> Option<tungstenite::protocol::CloseFrame> {
    let code = CloseCode::from(frame.code);
    if !code.is_allowed() {
        return None;
    }
    let mut end = frame.reason.len().min(123);
    while !frame.reason.is_char_boundary(end) {
        end -= 1;
    }
    let reason = match end == frame.reason.len() {
        true => frame.reason,
        false => tungstenite::Utf8Bytes::from(&frame.reason[..end]),
    };
    Some(tungstenite::protocol::CloseFrame { code, reason })
}
