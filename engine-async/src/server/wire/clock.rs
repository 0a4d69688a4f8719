//! What a connection does of its own accord: at its clock, at a shutdown, at a deadline.

use super::super::bell::Bell;
use super::{State, Wire};
use crate::event::CloseFrame;
use async_tungstenite::tungstenite;
use bytes::Bytes;
use engine_core::Exit;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::Sink;
use futures_util::future::BoxFuture;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// What a connection waits for beside messages.
pub(super) struct Beside {
    pub(super) bell: Bell,
    pub(super) clock: BoxFuture<'static, ()>,
    pub(super) told: Option<BoxFuture<'static, ()>>,
    pub(super) stopped: BoxFuture<'static, ()>,
    pub(super) has_stopped: bool,
    /// When the app is dropped, or closing is given up.
    pub(super) deadline: Option<BoxFuture<'static, ()>>,
}

/// When things last happened, to the accuracy of a tick.
pub(super) struct Seen {
    pub(super) heard: Instant,
    pub(super) written: Instant,
    pub(super) message: Instant,
    pub(super) has_message: bool,
    pub(super) pinged: Option<Instant>,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire<S> {
    pub(super) fn expire_after(&mut self, time: Duration) {
        self.beside.deadline = Some(self.runtime.sleep(time));
        self.beside.bell.ring();
    }

    /// Looks at the clock, at each tick: pings a silent client, and gives up a dead one.
    pub(super) fn tick(&mut self) {
        let State::Open(ws) = &mut self.state else {
            return;
        };
        let now = Instant::now();
        let front = ws.get_mut();
        let (has_read, has_written) = (front.take_has_read(), front.take_has_written());
        // While the app does not receive and the queue is full nothing is read, and nothing while
        // the client does not take what it is answered; so silence says nothing of the client.
        let is_deaf = (!self.is_receiving && self.ahead.is_full(&self.limits))
            || self.pongs > self.limits.send_queue_bytes;
        if has_read || is_deaf {
            self.seen.heard = now;
            self.seen.pinged = None;
        }
        if has_written || !self.is_dirty {
            self.seen.written = now;
        }
        if std::mem::take(&mut self.seen.has_message) {
            self.seen.message = now;
        }
        if self.end.is_some() || self.is_closing {
            return;
        }
        let idle = self.limits.idle_timeout;
        if now - self.seen.written >= self.limits.write_timeout {
            self.lose(Exit::TimedOut);
        } else if !idle.is_zero() && now - self.seen.message >= idle {
            let frame = CloseFrame::with_reason(CloseFrame::AWAY, "idle for too long");
            self.close(frame.clone());
            self.end_by(frame, Exit::TimedOut);
        } else if let Some(pinged) = self.seen.pinged {
            if now - pinged >= self.limits.pong_timeout {
                self.lose(Exit::TimedOut);
            }
        } else if now - self.seen.heard >= self.limits.ping_interval {
            self.seen.pinged = Some(now);
            // A ping that cannot be queued is one that is not answered.
            let _ = Pin::new(&mut **ws).start_send(tungstenite::Message::Ping(Bytes::new()));
            self.is_dirty = true;
        }
    }

    /// What the bell has rung for. Ready when the app is to be dropped.
    pub(super) fn poll_bell(&mut self, cx: &mut Context<'_>) -> Poll<Exit> {
        if self.beside.has_stopped {
            return Poll::Ready(Exit::Shutdown);
        }
        while self.beside.bell.has_rung(cx) {
            if self.beside.bell.poll(&mut self.beside.stopped).is_ready() {
                self.beside.has_stopped = true;
                return Poll::Ready(Exit::Shutdown);
            }
            let told = self.beside.told.as_mut();
            if told.is_some_and(|told| self.beside.bell.poll(told).is_ready()) {
                self.beside.told = None;
                let frame =
                    CloseFrame::with_reason(CloseFrame::AWAY, "the server is shutting down");
                if self.end.is_none() && !self.is_closing {
                    self.close(frame.clone());
                    self.end_by(frame, Exit::Shutdown);
                }
            }
            if self.beside.bell.poll(&mut self.beside.clock).is_ready() {
                self.tick();
                self.beside.clock = self.runtime.sleep(self.limits.tick());
                self.beside.bell.ring();
            }
            let deadline = self.beside.deadline.as_mut();
            if deadline.is_some_and(|deadline| self.beside.bell.poll(deadline).is_ready()) {
                self.beside.deadline = None;
                return Poll::Ready(self.ended_by.unwrap_or(Exit::TimedOut));
            }
        }
        Poll::Pending
    }
}
