//! The answer to the handshake, and the socket once it is there.

use super::super::frames::Frames;
use super::super::front::Front;
use super::super::handshake;
use super::{State, Wire};
use crate::error::{Error, Result};
use crate::event::{Accept, CloseFrame, Refusal};
use bytes::Bytes;
use engine_core::Exit;
use futures_channel::oneshot;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::future::BoxFuture;
use http::{Response, StatusCode, header};
use std::io;
use std::task::{Context, Poll, ready};

/// How a handshake is answered.
pub(in crate::server) enum Asking<S> {
    /// By writing to the socket.
    Direct { stream: S, leftover: Vec<u8>, answer: Response<()> },
    /// Through the server that has read it, which hands the socket over then.
    #[cfg_attr(not(feature = "axum"), allow(dead_code))]
    Deferred {
        respond: oneshot::Sender<Response<Bytes>>,
        upgraded: BoxFuture<'static, io::Result<S>>,
        answer: Response<()>,
    },
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire<S> {
    pub(super) fn accept(&mut self, accept: Accept) -> Result<()> {
        let State::Asking(asking) = std::mem::replace(&mut self.state, State::Over) else {
            return Err(Error::disconnected());
        };
        let complete = |answer: Response<()>| {
            let mut answer = answer.map(|()| Bytes::new());
            if let Some(name) = &accept.subprotocol {
                answer.headers_mut().insert(header::SEC_WEBSOCKET_PROTOCOL, name.parse()?);
            }
            handshake::add(answer.headers_mut(), &accept.headers);
            Ok::<_, Error>(answer)
        };
        match asking {
            Asking::Direct { stream, leftover, answer } => {
                let answer = handshake::written(&complete(answer)?);
                self.open(stream, leftover, Some(answer))
            }
            Asking::Deferred { respond, upgraded, answer } => {
                if respond.send(complete(answer)?).is_err() {
                    self.lose(Exit::Disconnected);
                    return Err(Error::disconnected());
                }
                self.state = State::Upgrading(upgraded);
                Ok(())
            }
        }
    }

    pub(super) fn refuse(&mut self, refusal: Refusal) {
        let State::Asking(asking) = std::mem::replace(&mut self.state, State::Over) else {
            return;
        };
        let is_answer = refusal.status.as_u16() >= 300;
        let status = if is_answer { refusal.status } else { StatusCode::FORBIDDEN };
        let mut response = handshake::plain(status, refusal.body);
        response.headers_mut().extend(refusal.headers);
        handshake::forget_framing(response.headers_mut());
        match asking {
            Asking::Direct { stream, .. } => {
                let mut front = Front::new(stream);
                front.answer(handshake::written(&response));
                self.state = State::Draining { front, is_shut: false, drained: 0, is_clean: false };
                self.is_dirty = true;
            }
            Asking::Deferred { respond, .. } => {
                // Nobody may be waiting for it any more.
                let _ = respond.send(*response);
            }
        }
    }

    /// Waits for the socket to be handed over.
    pub(super) fn poll_upgrade(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let State::Upgrading(upgraded) = &mut self.state else {
            return Poll::Ready(());
        };
        match ready!(upgraded.as_mut().poll(cx)) {
            Ok(stream) => {
                // It is open now, whatever becomes of it.
                let _ = self.open(stream, Vec::new(), None);
                if let Some(frame) = self.unsaid.take() {
                    self.close(frame);
                }
            }
            Err(_) => {
                self.lose(Exit::Disconnected);
            }
        }
        Poll::Ready(())
    }

    pub(super) fn open(
        &mut self,
        stream: S,
        leftover: Vec<u8>,
        answer: Option<Vec<u8>>,
    ) -> Result<()> {
        let mut front = Front::new(stream);
        front.answer(answer.unwrap_or_default());
        let followed = front.follow(self.limits.fragments, &leftover);
        let frames = Frames::new(front, leftover, self.limits.config());
        self.state = State::Open(Box::new(frames));
        self.is_dirty = true;
        if followed.is_err() {
            self.fail(CloseFrame::with_reason(1009, "too many fragments"));
        }
        Ok(())
    }
}
