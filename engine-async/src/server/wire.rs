//! A connection over a socket: the protocol, its limits, its clock and its end.

use super::ahead::Ahead;
use super::bell::Bell;
use super::frames::Frames;
use super::front::{Front, TooManyFragments};
use super::handshake;
use super::limits::Limits;
use super::shutdown::ShutdownHandle;
use super::streak::Streak;
use super::waiting::Waiting;
use crate::error::{Error, Result};
use crate::event::{CloseFrame, Incoming, Message, Outgoing, Refusal};
use crate::runtime::Handle;
use crate::socket::{Last, Socket};
use async_tungstenite::tungstenite;
use bytes::Bytes;
use engine_core::Exit;
use futures_channel::oneshot;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::future::BoxFuture;
use futures_util::{Sink, Stream};
use http::{Response, StatusCode, header};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::{Duration, Instant};
use tungstenite::error::{CapacityError, ProtocolError};
use tungstenite::protocol::frame::coding::CloseCode;

/// Bytes that are read from a client before its handshake is answered, only to see whether it is
/// still there.
const EARLY: usize = 8 << 10;

/// Bytes that are thrown away while a client is given time to read the last answer. At least a
/// message's worth: the client may be in the middle of one that was too large.
const LATE: usize = 1 << 20;

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

/// How a handshake is answered.
pub(super) enum Asking<S> {
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

/// What a connection waits for beside messages.
struct Beside {
    bell: Bell,
    clock: BoxFuture<'static, ()>,
    told: Option<BoxFuture<'static, ()>>,
    stopped: BoxFuture<'static, ()>,
    has_stopped: bool,
    /// When the app is dropped, or closing is given up.
    deadline: Option<BoxFuture<'static, ()>>,
}

/// When things last happened, to the accuracy of a tick.
struct Seen {
    heard: Instant,
    written: Instant,
    message: Instant,
    has_message: bool,
    pinged: Option<Instant>,
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

    fn expire_after(&mut self, time: Duration) {
        self.beside.deadline = Some(self.runtime.sleep(time));
        self.beside.bell.ring();
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

    fn open(&mut self, stream: S, leftover: Vec<u8>, answer: Option<Vec<u8>>) -> Result<()> {
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

    /// The client has broken the protocol or a limit: it is told so, and the app that it is over.
    fn fail(&mut self, frame: CloseFrame) -> Incoming {
        self.has_failed = true;
        self.close(frame.clone());
        self.end_by(frame, Exit::Disconnected)
    }

    /// The next event from the socket. Messages only come while there is no end.
    fn poll_read(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
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

    /// Waits for the socket to be handed over.
    fn poll_upgrade(&mut self, cx: &mut Context<'_>) -> Poll<()> {
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

    fn accept(&mut self, accept: crate::event::Accept) -> Result<()> {
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

    fn refuse(&mut self, refusal: Refusal) {
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

    /// Looks at the clock, at each tick: pings a silent client, and gives up a dead one.
    fn tick(&mut self) {
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
    fn poll_bell(&mut self, cx: &mut Context<'_>) -> Poll<Exit> {
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

    /// Reads while the app is busy elsewhere, as far as the queue goes.
    fn read_ahead(&mut self, cx: &mut Context<'_>) {
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
    fn poll_write_out(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
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

    fn poll_room(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
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
        if !self.is_receiving {
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
fn verdict(error: &tungstenite::Error) -> Option<CloseFrame> {
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
fn close_frame(frame: CloseFrame) -> Option<tungstenite::protocol::CloseFrame> {
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

#[cfg(test)]
#[path = "wire_tests.rs"]
mod tests;
