//! One connection, from its first byte to its last.

use super::handler;
use super::head;
use super::incoming::{RequestBody, poll_data};
use super::outgoing::{self, Outgoing};
use super::pace::Pace;
use super::shared::Shared;
use super::wire::{Answer, Link, Wire};
use crate::body::Body;
use crate::chain::Exchange;
use crate::error_pages::plain_page;
use crate::request::Request;
use bytes::{Bytes, BytesMut};
use engine_core::Exit;
use engine_core::panics;
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use http_body::Body as _;
use hyper::body::Incoming;
use rustix::event::epoll::EventFlags;
use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::{Duration, Instant};

/// Bodies up to this size are read before a thread is taken, so that a slow client cannot hold
/// one with a few bytes.
const SMALL_BODY: u64 = 64 << 10;

/// How long a closed connection still takes what its client sends. A socket that is closed with
/// unread bytes resets the connection, and the client loses the response that told it why.
const LINGER: Duration = Duration::from_secs(2);

pub(super) struct Connection {
    pub(super) shared: Arc<Shared>,
    pub(super) place: usize,
    pub(super) peer: SocketAddr,
    pub(super) link: Arc<Link>,
    pub(super) wire: Option<Arc<Mutex<Wire>>>,
    stage: Stage,
    /// The patience with what the connection is parked for.
    pace: Pace,
    parked_at: Instant,
    new: bool,
    /// The request was answered in the place of the chain, its body unread.
    refused: bool,
    /// The socket belongs to somebody else now.
    pub(super) handed_over: bool,
}

#[expect(clippy::large_enum_variant, reason = "a connection is in a box as a whole")]
enum Stage {
    /// Waiting for a head. `since` is when its first byte came, `mark` how many had come before.
    Head { mark: u64, since: Option<Instant> },
    /// Reading a small body ahead.
    Body(Box<Ahead>),
    /// A handler owns the connection.
    Handling,
    /// Writing the rest of a response, of a handler or of the server's own.
    Response(Option<Exchange>),
    /// Closed by us; see [`LINGER`].
    Lingering { until: Instant },
}

/// A request whose body is being read ahead.
struct Ahead {
    request: http::request::Parts,
    incoming: Incoming,
    body: BytesMut,
}

/// What is to be done with a connection next.
#[expect(clippy::large_enum_variant, reason = "a box for each request costs more than the move")]
pub(super) enum Step {
    /// Run the handler.
    Run(Request),
    /// Wait for the socket, until the deadline.
    Park(EventFlags, Instant),
    /// Nothing more.
    Close,
}

impl Connection {
    pub(super) fn new(
        shared: Arc<Shared>,
        place: usize,
        socket: TcpStream,
        peer: SocketAddr,
    ) -> Box<Self> {
        let link = Link::new(socket);
        let wire = Wire::new(&shared.http, &link);
        Box::new(Connection {
            shared,
            place,
            peer,
            link,
            wire: Some(Arc::new(Mutex::new(wire))),
            stage: Stage::Head { mark: 0, since: None },
            pace: Pace::new(Duration::ZERO, 0, 0),
            parked_at: Instant::now(),
            new: true,
            refused: false,
            handed_over: false,
        })
    }

    /// Whether epoll has never heard of this connection.
    pub(super) fn is_new(&self) -> bool {
        self.new
    }

    /// Whether nothing would be lost by closing this now: no request, not even a part of one.
    pub(super) fn is_idle(&self) -> bool {
        matches!(self.stage, Stage::Head { mark, .. } if mark == self.link.received())
    }

    pub(super) fn wire(&self) -> Option<MutexGuard<'_, Wire>> {
        self.wire.as_ref().map(|wire| wire.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Lets hyper do what it can; whether the connection has come to its end.
    pub(super) fn poll(&self) -> bool {
        self.wire().is_none_or(|mut wire| wire.poll())
    }

    /// Says that the socket is ready.
    pub(super) fn awake(&mut self) {
        self.new = false;
        self.link.set_readable();
        if matches!(self.stage, Stage::Body(_) | Stage::Response(_)) {
            self.pace.waited(self.parked_at.elapsed());
        }
    }

    /// Goes on as far as it goes without waiting.
    pub(super) fn advance(&mut self) -> Step {
        if let Stage::Lingering { until } = self.stage {
            return self.linger(until);
        }
        loop {
            let ended = self.poll();
            if self.link.answer() == Answer::HandedOver {
                self.finish(Exit::Done);
                if !self.link.body_complete.load(Relaxed) {
                    // What follows is the rest of a body nobody has read, or will.
                    return self.end();
                }
            }
            if ended {
                return self.end();
            }
            match &mut self.stage {
                Stage::Response(_) => return self.park_for_write(),
                Stage::Body(ahead) => match ahead.poll() {
                    Ok(Poll::Pending) => return self.park_for_body(),
                    Ok(Poll::Ready(body)) => return self.run_with(Body::from(body)),
                    Err(_) => self.refuse(StatusCode::BAD_REQUEST),
                },
                Stage::Head { .. } => match self.link.take_request() {
                    Some(request) => {
                        if let Some(step) = self.begin(request) {
                            return step;
                        }
                    }
                    None => return self.park_for_head(),
                },
                Stage::Handling | Stage::Lingering { .. } => return Step::Close,
            }
        }
    }

    /// Looks at a head that has arrived; `None` where there is still something to do for hyper.
    fn begin(&mut self, mut request: http::Request<Incoming>) -> Option<Step> {
        let limits = &self.shared.limits;
        if let Err((status, why)) = head::check(&mut request, limits) {
            panics::log(|| {
                tracing::debug!(peer = %self.peer, status = status.as_u16(), "refused: {why}");
            });
            self.refuse(status);
            return None;
        }
        let length = request.body().size_hint().exact();
        if length.is_some_and(|length| length > limits.body_bytes) {
            self.refuse(StatusCode::PAYLOAD_TOO_LARGE);
            return None;
        }
        self.link.turn.store(self.link.turn.load(Relaxed) + 1, Relaxed);
        let (parts, incoming) = request.into_parts();
        if incoming.is_end_stream() {
            self.link.body_complete.store(true, Relaxed);
            return Some(self.run(parts, Body::empty()));
        }
        // Reading a body ahead would send the 100 that only the handler should cause.
        let expects = parts.headers.contains_key(header::EXPECT);
        let received = self.link.received();
        let pace = Pace::new(limits.read_timeout, limits.minimum_rate, received);
        if !expects && length.is_some_and(|length| length <= SMALL_BODY) {
            let body = BytesMut::new();
            self.pace = pace;
            self.stage = Stage::Body(Box::new(Ahead { request: parts, incoming, body }));
            return None;
        }
        let allowed = limits.body_bytes;
        self.link.body_complete.store(false, Relaxed);
        let wire = self.wire.as_ref()?;
        let reader = RequestBody::new(incoming, &self.link, wire, pace, allowed);
        let body = match length {
            Some(length) => Body::sized_stream(reader, length),
            None => Body::stream(reader),
        };
        Some(self.run(parts, body))
    }

    fn run_with(&mut self, body: Body) -> Step {
        self.link.body_complete.store(true, Relaxed);
        match std::mem::replace(&mut self.stage, Stage::Handling) {
            Stage::Body(ahead) => self.run(ahead.request, body),
            _ => Step::Close,
        }
    }

    fn run(&mut self, parts: http::request::Parts, body: Body) -> Step {
        self.stage = Stage::Handling;
        let mut request = Request::from_http(http::Request::from_parts(parts, body));
        request.set_peer(self.peer);
        Step::Run(request)
    }

    /// Answers in the place of the chain, and closes.
    pub(super) fn refuse(&mut self, status: StatusCode) {
        let mut response = plain_page(status);
        let headers = response.headers_mut();
        headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        if status == StatusCode::SERVICE_UNAVAILABLE {
            let seconds = self.shared.limits.retry_after.as_secs().max(1);
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // The method is hyper's to know here: it leaves the body of an answer to HEAD out.
        self.refused = true;
        let (response, _) = outgoing::take_apart(&self.link, &Method::GET, &mut response);
        self.respond(response, None);
    }

    /// Puts a response where hyper finds it at the next poll.
    pub(super) fn respond(
        &mut self,
        response: http::Response<Outgoing>,
        exchange: Option<Exchange>,
    ) {
        if self.shared.is_draining()
            && let Some(mut wire) = self.wire()
        {
            wire.close_after_response();
        }
        self.link.put_response(response);
        self.stage = Stage::Response(exchange);
        self.pace = self.write_pace();
    }

    pub(super) fn write_pace(&self) -> Pace {
        let limits = &self.shared.limits;
        Pace::new(limits.write_timeout, limits.minimum_rate, self.link.sent())
    }

    /// The exchange is over: the layers' exits run, and the connection waits for the next head.
    fn finish(&mut self, how: Exit) {
        self.link.set_answer(Answer::None);
        if !self.link.body_complete.load(Relaxed) {
            // Under the lock: a view may be reading, on a thread of its own, what it has kept.
            let _wire = self.wire();
            self.link.turn.store(self.link.turn.load(Relaxed) + 1, Relaxed);
        }
        let head = Stage::Head { mark: self.link.received(), since: None };
        if let Stage::Response(Some(exchange)) = std::mem::replace(&mut self.stage, head) {
            handler::finish(exchange, how);
        }
    }

    /// hyper is done with this connection.
    fn end(&mut self) -> Step {
        if matches!(self.stage, Stage::Response(_)) {
            self.finish(self.shared.gone());
        }
        let clean = self.wire().is_some_and(|wire| wire.clean);
        let all_read = clean && !self.refused && self.link.body_complete.load(Relaxed);
        self.wire = None;
        if all_read || self.link.is_eof() {
            return Step::Close;
        }
        let _ = self.link.socket.shutdown(Shutdown::Write);
        let until = Instant::now() + LINGER;
        self.stage = Stage::Lingering { until };
        self.linger(until)
    }

    fn linger(&mut self, until: Instant) -> Step {
        let mut ignored = [0; 4096];
        // So much at once, and then others have their turn.
        for _ in 0..64 {
            match (&self.link.socket).read(&mut ignored) {
                Ok(0) => return Step::Close,
                Ok(_) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(_) => return Step::Close,
            }
        }
        if Instant::now() >= until {
            return Step::Close;
        }
        Step::Park(EventFlags::IN, until)
    }

    fn park_for_head(&mut self) -> Step {
        let now = Instant::now();
        let limits = &self.shared.limits;
        let received = self.link.received();
        let Stage::Head { mark, since } = &mut self.stage else {
            return Step::Close;
        };
        let deadline = if received == *mark {
            now + limits.idle_timeout
        } else {
            *since.get_or_insert(now) + limits.header_timeout
        };
        Step::Park(EventFlags::IN, deadline)
    }

    fn park_for_body(&mut self) -> Step {
        let mut flags = EventFlags::IN;
        if self.link.wants_write() {
            flags |= EventFlags::OUT;
        }
        match self.pace.patience(self.link.received()) {
            Some(patience) => {
                self.parked_at = Instant::now();
                Step::Park(flags, self.parked_at + patience)
            }
            None => self.expire(),
        }
    }

    fn park_for_write(&mut self) -> Step {
        match self.pace.patience(self.link.sent()) {
            Some(patience) => {
                self.parked_at = Instant::now();
                Step::Park(EventFlags::OUT, self.parked_at + patience)
            }
            None => self.expire(),
        }
    }

    /// What it was parked for has not come in time.
    pub(super) fn expire(&mut self) -> Step {
        match &self.stage {
            Stage::Head { since: Some(_), .. } => {
                // hyper has no answer to give, as it has no request; nothing was written on this
                // connection that this could mix with.
                let late = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\
                             content-length: 0\r\n\r\n";
                let _ = (&self.link.socket).write(late);
                self.end()
            }
            Stage::Body(_) => {
                self.refuse(StatusCode::REQUEST_TIMEOUT);
                self.advance()
            }
            Stage::Response(_) => {
                self.abort(Exit::TimedOut);
                Step::Close
            }
            Stage::Head { .. } | Stage::Handling | Stage::Lingering { .. } => Step::Close,
        }
    }

    /// Gives the response up and resets the connection, so that a client cannot take what it has
    /// for the whole.
    pub(super) fn abort(&mut self, how: Exit) {
        if matches!(self.stage, Stage::Response(_)) {
            self.finish(how);
        }
        let _ = rustix::net::sockopt::set_socket_linger(&self.link.socket, Some(Duration::ZERO));
        self.stage = Stage::Handling;
    }
}

impl Ahead {
    fn poll(&mut self) -> io::Result<Poll<Bytes>> {
        loop {
            match poll_data(&mut self.incoming)? {
                Poll::Pending => return Ok(Poll::Pending),
                Poll::Ready(Some(piece)) => self.body.extend_from_slice(&piece),
                Poll::Ready(None) => {
                    return Ok(Poll::Ready(std::mem::take(&mut self.body).freeze()));
                }
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        if let Stage::Response(Some(exchange)) = std::mem::replace(&mut self.stage, Stage::Handling)
        {
            handler::finish(exchange, self.shared.gone());
        }
        self.wire = None;
        self.shared.release(self.place);
        // A view may have kept the body of its request, and the socket with it.
        if Arc::strong_count(&self.link) > 1 && !self.handed_over {
            self.link.cut();
        }
    }
}
