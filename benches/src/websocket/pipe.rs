//! A socket in memory: its client asks for a handshake and then sends the same frame again and
//! again, as often as it is allowed to.

use futures_util::io::{AsyncRead, AsyncWrite};
use std::hint::black_box;
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};

const HANDSHAKE: &[u8] = b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: upgrade\r\n\
    upgrade: websocket\r\nsec-websocket-version: 13\r\n\
    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

/// How messages come.
#[derive(Clone, Copy)]
pub(super) enum Pace {
    /// The next one can be read when one has been answered, as often as 64 times.
    Ready,
    /// There is nothing to read after each.
    One,
}

impl Pace {
    pub(super) fn messages(self) -> usize {
        match self {
            Pace::Ready => super::MANY,
            Pace::One => 1,
        }
    }
}

/// The client's hand on a [`Pipe`].
#[derive(Clone, Default)]
pub(super) struct Client {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    allowed: AtomicUsize,
    answered: AtomicUsize,
}

pub(super) struct Pipe {
    client: Client,
    /// What it sends first, as far as it is not read yet.
    handshake: &'static [u8],
    frame: Vec<u8>,
}

impl Client {
    /// A socket to this client. Without `asks` the handshake is over already.
    pub(super) fn pipe(&self, asks: bool) -> Pipe {
        let mut frame = vec![0x82, 0x80 | super::BYTES as u8, 1, 2, 3, 4];
        frame.resize(frame.len() + super::BYTES, b'x');
        Pipe { client: self.clone(), handshake: if asks { HANDSHAKE } else { &[] }, frame }
    }

    /// Lets it send this many more messages.
    pub(super) fn allow(&self, messages: usize) {
        self.inner.allowed.fetch_add(messages, Relaxed);
    }

    /// How many bytes it was sent since this was last asked.
    pub(super) fn take_answered(&self) -> usize {
        self.inner.answered.swap(0, Relaxed)
    }
}

impl Read for Pipe {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        if !self.handshake.is_empty() {
            return self.handshake.read(out);
        }
        let allowed = self.client.inner.allowed.load(Relaxed);
        if allowed == 0 {
            return Err(io::ErrorKind::WouldBlock.into());
        }
        self.client.inner.allowed.store(allowed - 1, Relaxed);
        out[..self.frame.len()].copy_from_slice(&self.frame);
        Ok(self.frame.len())
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let answered = &self.client.inner.answered;
        answered.store(answered.load(Relaxed) + black_box(bytes).len(), Relaxed);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn poll<T>(result: io::Result<T>) -> Poll<io::Result<T>> {
    match result {
        Err(error) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
        other => Poll::Ready(other),
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        out: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        poll(self.get_mut().read(out))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        poll(self.get_mut().write(bytes))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// What a call for this pace must be answered with: an unmasked frame for each message.
pub(super) fn answer(pace: Pace) -> usize {
    pace.messages() * (super::BYTES + 2)
}
