//! The body of a request, read by the handler as it goes.

use super::pace::Pace;
use super::wire::{Link, Wire};
use crate::body::ClientFault;
use bytes::Bytes;
use http_body::Body as _;
use hyper::body::Incoming;
use rustix::event::PollFlags;
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::task::{Context, Poll, Waker};

/// A body that is still on its way. Reading polls the connection, which sends the
/// `100 Continue` that a client may wait for, and then waits on the socket.
pub(super) struct RequestBody {
    incoming: Incoming,
    link: Arc<Link>,
    /// Weak, so that a body that a view keeps does not keep the connection.
    wire: Weak<Mutex<Wire>>,
    turn: u64,
    left: Bytes,
    pace: Pace,
    allowed: u64,
    /// A body that has failed once stays failed.
    failed: Option<io::ErrorKind>,
}

impl RequestBody {
    pub(super) fn new(
        incoming: Incoming,
        link: &Arc<Link>,
        wire: &Arc<Mutex<Wire>>,
        pace: Pace,
        allowed: u64,
    ) -> Self {
        RequestBody {
            incoming,
            link: Arc::clone(link),
            wire: Arc::downgrade(wire),
            turn: link.turn.load(Relaxed),
            left: Bytes::new(),
            pace,
            allowed,
            failed: None,
        }
    }

    /// The next piece, or `None` at the end.
    fn next_piece(&mut self) -> io::Result<Option<Bytes>> {
        loop {
            match self.poll_piece()? {
                Poll::Ready(piece) => return Ok(piece),
                Poll::Pending => self.wait()?,
            }
        }
    }

    fn poll_piece(&mut self) -> io::Result<Poll<Option<Bytes>>> {
        let Some(wire) = self.wire.upgrade() else {
            return Err(over());
        };
        let mut wire = wire.lock().unwrap_or_else(PoisonError::into_inner);
        if self.link.turn.load(Relaxed) != self.turn {
            return Err(over());
        }
        // What has arrived already comes first; then the connection may read on.
        match poll_data(&mut self.incoming)? {
            Poll::Pending => {
                wire.poll();
                poll_data(&mut self.incoming)
            }
            ready => Ok(ready),
        }
    }

    fn wait(&mut self) -> io::Result<()> {
        let Some(patience) = self.pace.patience(self.link.received()) else {
            return Err(fault(
                io::ErrorKind::TimedOut,
                "the client was too slow to send the body of its request",
            ));
        };
        let mut flags = PollFlags::IN;
        if self.link.wants_write() {
            flags |= PollFlags::OUT;
        }
        let waited = self.link.wait(flags, patience)?;
        self.pace.waited(waited);
        Ok(())
    }

    fn fill(&mut self) -> io::Result<()> {
        let piece = self.next_piece()?;
        let Some(piece) = piece else {
            self.link.body_complete.store(true, Relaxed);
            return Ok(());
        };
        self.allowed = self.allowed.checked_sub(piece.len() as u64).ok_or_else(|| {
            fault(
                io::ErrorKind::FileTooLarge,
                "the body is larger than `body_bytes` of the server's limits",
            )
        })?;
        self.left = piece;
        if self.incoming.is_end_stream() {
            self.link.body_complete.store(true, Relaxed);
        }
        Ok(())
    }
}

/// The next data of a body, as far as hyper has it.
pub(super) fn poll_data(incoming: &mut Incoming) -> io::Result<Poll<Option<Bytes>>> {
    let mut context = Context::from_waker(Waker::noop());
    loop {
        return Ok(match Pin::new(&mut *incoming).poll_frame(&mut context) {
            Poll::Pending => Poll::Pending,
            Poll::Ready(None) => Poll::Ready(None),
            Poll::Ready(Some(frame)) => match frame.map_err(broken)?.into_data() {
                Ok(data) if !data.is_empty() => Poll::Ready(Some(data)),
                // Trailers say nothing that layers could have been told in time.
                _ => continue,
            },
        });
    }
}

fn broken(error: hyper::Error) -> io::Error {
    fault(io::ErrorKind::UnexpectedEof, &format!("the body of the request broke off: {error}"))
}

fn fault(kind: io::ErrorKind, what: &str) -> io::Error {
    io::Error::new(kind, ClientFault(what.to_owned()))
}

fn over() -> io::Error {
    io::Error::new(
        io::ErrorKind::NotConnected,
        "the request is over: read its body before the response is sent, or in its stream",
    )
}

impl Read for RequestBody {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if let Some(kind) = self.failed {
            return Err(fault(kind, "reading the body of the request has failed before"));
        }
        if self.left.is_empty() && !out.is_empty() {
            self.fill().inspect_err(|error| self.failed = Some(error.kind()))?;
        }
        let read = out.len().min(self.left.len());
        out[..read].copy_from_slice(&self.left.split_to(read));
        Ok(read)
    }
}
