//! A connection over a socket: the protocol, its limits, its clock and its end.

mod clock;
mod closing;
mod opening;
#[cfg(test)]
mod tests;
mod traffic;

pub(super) use opening::Asking;

use super::ahead::Ahead;
use super::bell::Bell;
use super::frames::Frames;
use super::front::Front;
use super::limits::Limits;
use super::shutdown::ShutdownHandle;
use super::streak::Streak;
use super::waiting::Waiting;
use crate::error::{Error, Result};
use crate::event::{CloseFrame, Incoming, Message, Outgoing};
use crate::runtime::Handle;
use crate::socket::{Last, Socket};
use async_tungstenite::tungstenite;
use clock::{Beside, Seen};
use closing::close_frame;
use engine_core::Exit;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::Sink;
use futures_util::future::BoxFuture;
use http::StatusCode;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;

/// One connection, from its handshake on.
pub(super) struct Wire<S> {
    state: State<S>,
    limits: Arc<Limits>,
    runtime: Handle,
    is_connected: bool,
    /// What is written must be flushed.
    is_dirty: bool,
    /// The app waits for an event, so the socket need not be read for it beside.
    is_receiving: bool,
    is_closing: bool,
    /// The client has broken the protocol or a limit, so its half of the close handshake cannot be
    /// waited for.
    has_failed: bool,
    /// Reads and sends since the connection last let others run.
    streak: Streak,
    /// Whoever was told that there is room may send, though it has become less since.
    has_room: bool,
    waiting: Waiting,
    /// Messages that were read while the app was busy elsewhere.
    ahead: Ahead,
    /// Bytes of answers to pings that are queued. They are no messages of anybody who could be made
    /// to wait, so it is the client that waits.
    pongs: usize,
    /// What is to be said when the socket has been handed over.
    unsaid: Option<CloseFrame>,
    /// How the connection has ended, seen from the client's side or the server's.
    end: Option<CloseFrame>,
    ended_by: Option<Exit>,
    beside: Beside,
    seen: Seen,
}

enum State<S> {
    /// The handshake is not answered yet.
    Asking(Asking<S>),
    /// It is accepted, and the socket is on its way here.
    Upgrading(BoxFuture<'static, io::Result<S>>),
    Open(Box<Frames<Front<S>>>),
    /// The last has been said; the client is given time to read it.
    Draining {
        front: Front<S>,
        is_shut: bool,
        drained: usize,
        /// Both sides have said that they are done: nothing more can come.
        is_clean: bool,
    },
    Over,
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Wire<S> {
    pub(super) fn new(
        asking: Asking<S>,
        limits: Arc<Limits>,
        runtime: Handle,
        shutdown: &ShutdownHandle,
    ) -> Self {
        let now = Instant::now();
        let beside = Beside {
            bell: Bell::new(),
            clock: runtime.sleep(limits.tick()),
            told: Some(shutdown.told()),
            stopped: shutdown.stopped(),
            has_stopped: false,
            deadline: None,
        };
        Wire {
            state: State::Asking(asking),
            limits,
            runtime,
            is_connected: false,
            is_dirty: false,
            is_receiving: false,
            is_closing: false,
            has_failed: false,
            streak: Streak::default(),
            has_room: false,
            waiting: Waiting::default(),
            ahead: Ahead::default(),
            pongs: 0,
            unsaid: None,
            end: None,
            ended_by: None,
            beside,
            seen: Seen { heard: now, written: now, message: now, has_message: false, pinged: None },
        }
    }

    /// The connection is over for this reason: the app is told, and has its grace time.
    fn end_by(&mut self, frame: CloseFrame, by: Exit) -> Incoming {
        if self.end.is_none() {
            self.end = Some(frame.clone());
            self.ended_by = Some(by);
            self.expire_after(self.limits.grace);
            self.waiting.wake_all();
        }
        Incoming::Disconnect(self.end.clone().unwrap_or(frame))
    }

    /// The client is gone, or as good as gone: nothing more is written.
    fn lose(&mut self, by: Exit) -> Incoming {
        self.state = State::Over;
        self.end_by(CloseFrame::new(CloseFrame::ABNORMAL), by)
    }

    /// Tells the client that the connection is over.
    fn close(&mut self, frame: CloseFrame) {
        match &mut self.state {
            State::Open(ws) => {
                let close = tungstenite::Message::Close(close_frame(frame));
                // It was ready, or is not and will be given up when it does not become so.
                let _ = Pin::new(&mut **ws).start_send(close);
                self.is_dirty = true;
            }
            State::Upgrading(_) => self.unsaid = Some(frame),
            State::Asking(_) | State::Draining { .. } | State::Over => {}
        }
    }

    /// The client has broken the protocol or a limit: it is told so, and the app that it is over.
    fn fail(&mut self, frame: CloseFrame) -> Incoming {
        self.has_failed = true;
        self.close(frame.clone());
        self.end_by(frame, Exit::Disconnected)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin + Send + 'static> Socket for Wire<S> {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        if !self.is_connected {
            self.is_connected = true;
            return Poll::Ready(Incoming::Connect);
        }
        if let Some(event) = self.ahead.pop() {
            return Poll::Ready(event);
        }
        let read = self.poll_read(cx);
        self.is_receiving = read.is_pending();
        self.waiting.set_receiver(read.is_pending().then(|| cx.waker()));
        read
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let room = self.poll_room(cx);
        self.has_room = matches!(room, Poll::Ready(Ok(())));
        self.waiting.set_sender(room.is_pending().then(|| cx.waker()));
        room
    }

    fn start_send(&mut self, event: Outgoing) -> Result<()> {
        self.has_room = false;
        if self.end.is_some() {
            return Err(Error::disconnected());
        }
        let message = match event {
            Outgoing::Accept(accept) => return self.accept(accept),
            Outgoing::Message(Message::Text(text)) => tungstenite::Message::Text(text),
            Outgoing::Message(Message::Binary(bytes)) => tungstenite::Message::Binary(bytes),
            Outgoing::Close(_) if matches!(self.state, State::Asking(_)) => {
                self.refuse(StatusCode::FORBIDDEN.into());
                return Ok(());
            }
            Outgoing::Close(frame) => tungstenite::Message::Close(close_frame(frame)),
        };
        let State::Open(ws) = &mut self.state else {
            return Err(Error::disconnected());
        };
        self.seen.has_message = true;
        self.is_dirty = true;
        self.streak.count_sent();
        Pin::new(&mut **ws).start_send(message).map_err(|_| {
            self.lose(Exit::Disconnected);
            Error::disconnected()
        })
    }

    fn end(&mut self, last: Last) {
        match last {
            Last::Refuse(refusal) => self.refuse(refusal),
            Last::Close(frame) => self.close(frame),
        }
    }

    fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.poll_write_out(cx)
    }

    fn poll_beside(&mut self, cx: &mut Context<'_>) -> Poll<Exit> {
        // The socket remembers whoever looked last. A part of an app may be gone before it is woken,
        // and with it all that would wake the connection.
        if !self.is_receiving || !self.waiting.is_receiver(cx.waker()) {
            self.read_ahead(cx);
        }
        if let Poll::Ready(how) = self.poll_bell(cx) {
            return Poll::Ready(how);
        }
        // A connection that is lost is noted as such.
        let _ = self.poll_write_out(cx);
        self.is_receiving = false;
        self.streak = Streak::default();
        Poll::Pending
    }

    fn ended_by(&self) -> Option<Exit> {
        self.ended_by
    }

    fn poll_close(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.poll_closed(cx)
    }
}
