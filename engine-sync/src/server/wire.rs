//! The socket as hyper sees it, and the slot through which requests and responses pass.
//!
//! hyper's connection is a future that is polled by whichever thread owns the connection. Nothing
//! of ours runs inside that poll: hyper's service puts the request into the [`Link`]'s slot and
//! waits, and a response put there is taken at the next poll. A handler may therefore block, and
//! may itself poll the connection to get more of its body.

use super::outgoing::Outgoing;
use bytes::Bytes;
use engine_core::panics;
use hyper::body::Incoming;
use hyper::rt::ReadBufCursor;
use hyper::server::conn::http1;
use rustix::event::{PollFd, PollFlags, Timespec};
use std::cell::RefCell;
use std::future::Future;
use std::io::{self, IoSlice, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, Instant};

/// What the parts of one connection share. Only one thread works on a connection at a time and
/// passes it on through a lock, so the atomics need no order among themselves.
pub(super) struct Link {
    pub(super) socket: TcpStream,
    slot: Mutex<Slot>,
    /// There may be something to read. After a short read there is not, until the next event:
    /// asking the socket again would be a system call per request for nothing.
    readable: AtomicBool,
    /// The last write had to stop because the socket was full.
    wants_write: AtomicBool,
    /// The client has closed its half.
    eof: AtomicBool,
    received: AtomicU64,
    sent: AtomicU64,
    answer: AtomicU8,
    woken: AtomicBool,
    /// The request's body was read to its end, or there was none.
    pub(super) body_complete: AtomicBool,
    /// Counts requests, so that the body of an earlier one cannot read from a later one.
    pub(super) turn: AtomicU64,
}

#[derive(Default)]
struct Slot {
    request: Option<http::Request<Incoming>>,
    response: Option<http::Response<Outgoing>>,
    frame: Option<Bytes>,
    body_ended: bool,
}

/// How far the answer to the current request has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Answer {
    /// There is none, or it is in the slot.
    None = 0,
    /// hyper has its head and asks for more of its body.
    Open = 1,
    /// hyper has all of it.
    Whole = 2,
    /// The kernel has all of it.
    HandedOver = 3,
}

impl Link {
    pub(super) fn new(socket: TcpStream) -> Arc<Self> {
        Arc::new(Link {
            socket,
            slot: Mutex::default(),
            readable: AtomicBool::new(true),
            wants_write: AtomicBool::new(false),
            eof: AtomicBool::new(false),
            received: AtomicU64::new(0),
            sent: AtomicU64::new(0),
            answer: AtomicU8::new(0),
            woken: AtomicBool::new(false),
            body_complete: AtomicBool::new(true),
            turn: AtomicU64::new(0),
        })
    }

    fn slot(&self) -> MutexGuard<'_, Slot> {
        self.slot.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn take_request(&self) -> Option<http::Request<Incoming>> {
        self.slot().request.take()
    }

    pub(super) fn put_response(&self, response: http::Response<Outgoing>) {
        let mut slot = self.slot();
        slot.frame = None;
        slot.body_ended = false;
        slot.response = Some(response);
    }

    /// Puts the next piece of a streamed body where hyper finds it.
    pub(super) fn put_frame(&self, frame: Bytes) {
        self.slot().frame = Some(frame);
    }

    pub(super) fn has_frame(&self) -> bool {
        self.slot().frame.is_some()
    }

    pub(super) fn end_body(&self) {
        self.slot().body_ended = true;
    }

    pub(super) fn poll_piece(&self) -> Poll<Option<Bytes>> {
        let mut slot = self.slot();
        match slot.frame.take() {
            Some(frame) => Poll::Ready(Some(frame)),
            None if slot.body_ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    pub(super) fn answer(&self) -> Answer {
        match self.answer.load(Relaxed) {
            1 => Answer::Open,
            2 => Answer::Whole,
            3 => Answer::HandedOver,
            _ => Answer::None,
        }
    }

    pub(super) fn set_answer(&self, answer: Answer) {
        self.answer.store(answer as u8, Relaxed);
    }

    /// Says that an event has come: reading is worth a try again.
    pub(super) fn set_readable(&self) {
        self.readable.store(true, Relaxed);
    }

    pub(super) fn wants_write(&self) -> bool {
        self.wants_write.load(Relaxed)
    }

    pub(super) fn is_eof(&self) -> bool {
        self.eof.load(Relaxed)
    }

    /// Bytes received so far.
    pub(super) fn received(&self) -> u64 {
        self.received.load(Relaxed)
    }

    /// Bytes sent so far.
    pub(super) fn sent(&self) -> u64 {
        self.sent.load(Relaxed)
    }

    /// Blocks until the socket is ready, at most for `patience`; gives the time it took.
    pub(super) fn wait(&self, for_what: PollFlags, patience: Duration) -> io::Result<Duration> {
        let start = Instant::now();
        let timeout = Timespec {
            tv_sec: patience.as_secs().try_into().unwrap_or(i64::MAX),
            tv_nsec: patience.subsec_nanos().into(),
        };
        let mut fds = [PollFd::new(&self.socket, for_what)];
        match rustix::event::poll(&mut fds, Some(&timeout)) {
            Ok(_) | Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
        self.set_readable();
        Ok(start.elapsed())
    }

    /// Wakes whoever waits for this socket and makes every further read and write fail.
    pub(super) fn cut(&self) {
        let _ = self.socket.shutdown(Shutdown::Both);
    }
}

/// hyper asks to be polled again without waiting for the socket.
impl Wake for Link {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.woken.store(true, Relaxed);
    }
}

/// hyper's connection.
pub(super) struct Wire {
    link: Arc<Link>,
    waker: Waker,
    http: http1::Connection<Io, Slotted>,
    ended: bool,
    /// Ended by agreement, and not because of what the client has sent.
    pub(super) clean: bool,
}

impl Wire {
    pub(super) fn new(builder: &http1::Builder, link: &Arc<Link>) -> Self {
        let http = builder.serve_connection(Io(Arc::clone(link)), Slotted(Arc::clone(link)));
        let waker = Waker::from(Arc::clone(link));
        Wire { link: Arc::clone(link), waker, http, ended: false, clean: false }
    }

    /// Lets hyper read and write what it can; `true` when the connection has come to its end.
    pub(super) fn poll(&mut self) -> bool {
        while !self.ended {
            self.link.woken.store(false, Relaxed);
            self.link.wants_write.store(false, Relaxed);
            let mut context = Context::from_waker(&self.waker);
            if let Poll::Ready(result) = Pin::new(&mut self.http).poll(&mut context) {
                if let Err(error) = &result {
                    panics::log(|| tracing::debug!("connection ended: {error}"));
                }
                self.clean = result.is_ok();
                self.ended = true;
            } else if !self.link.woken.load(Relaxed) {
                break;
            }
        }
        self.ended
    }

    /// After the current response the connection is closed, and the response says so.
    pub(super) fn close_after_response(&mut self) {
        if !self.ended {
            Pin::new(&mut self.http).graceful_shutdown();
        }
    }

    /// Takes hyper apart without writing anything; gives the bytes it has read too far.
    pub(super) fn into_leftover(self) -> Bytes {
        self.http.into_parts().read_buf
    }
}

/// The socket, non-blocking.
pub(super) struct Io(Arc<Link>);

thread_local! {
    /// What a read goes through on its way into hyper's uninitialised buffer, which safe code
    /// cannot hand to the kernel. Zeroed once per thread and not per read.
    static TRANSIT: RefCell<Box<[u8]>> = RefCell::new(vec![0; 64 << 10].into());
}

impl hyper::rt::Read for Io {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        mut into: ReadBufCursor<'_>,
    ) -> Poll<io::Result<()>> {
        let link = &self.0;
        if !link.readable.load(Relaxed) {
            return Poll::Pending;
        }
        TRANSIT.with_borrow_mut(|transit| {
            let room = transit.len().min(into.remaining());
            match (&link.socket).read(&mut transit[..room]) {
                Ok(read) => {
                    into.put_slice(&transit[..read]);
                    link.received.store(link.received() + read as u64, Relaxed);
                    if read == 0 {
                        link.eof.store(true, Relaxed);
                    } else if read < room {
                        link.readable.store(false, Relaxed);
                    }
                    Poll::Ready(Ok(()))
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    link.readable.store(false, Relaxed);
                    Poll::Pending
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                    link.woken.store(true, Relaxed);
                    Poll::Pending
                }
                Err(error) => {
                    link.eof.store(true, Relaxed);
                    Poll::Ready(Err(error))
                }
            }
        })
    }
}

impl Io {
    fn wrote(&self, written: io::Result<usize>) -> Poll<io::Result<usize>> {
        let link = &self.0;
        match written {
            Ok(written) => {
                link.sent.store(link.sent() + written as u64, Relaxed);
                Poll::Ready(Ok(written))
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                link.wants_write.store(true, Relaxed);
                Poll::Pending
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {
                link.woken.store(true, Relaxed);
                Poll::Pending
            }
            Err(error) => {
                link.eof.store(true, Relaxed);
                Poll::Ready(Err(error))
            }
        }
    }
}

impl hyper::rt::Write for Io {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.wrote((&self.0.socket).write(bytes))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.wrote((&self.0.socket).write_vectored(bytes))
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    /// hyper flushes the socket only once it has written all it had.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        if self.0.answer() == Answer::Whole {
            self.0.set_answer(Answer::HandedOver);
        }
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        let _ = self.0.socket.shutdown(Shutdown::Write);
        Poll::Ready(Ok(()))
    }
}

/// hyper's service: the request goes into the slot, the response comes out of it.
pub(super) struct Slotted(Arc<Link>);

impl hyper::service::Service<http::Request<Incoming>> for Slotted {
    type Response = http::Response<Outgoing>;
    type Error = io::Error;
    type Future = FromSlot;

    fn call(&self, request: http::Request<Incoming>) -> FromSlot {
        self.0.slot().request = Some(request);
        FromSlot(Arc::clone(&self.0))
    }
}

/// The response, once it is in the slot.
pub(super) struct FromSlot(Arc<Link>);

impl Future for FromSlot {
    type Output = io::Result<http::Response<Outgoing>>;

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Self::Output> {
        match self.0.slot().response.take() {
            Some(response) => {
                let streamed = response.body().is_streamed();
                self.0.set_answer(if streamed { Answer::Open } else { Answer::Whole });
                Poll::Ready(Ok(response))
            }
            None => Poll::Pending,
        }
    }
}
