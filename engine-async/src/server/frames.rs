//! The protocol over a socket that one task polls.

use async_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use async_tungstenite::tungstenite::{Error, Message, WebSocket};
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::{Sink, Stream};
use std::io::{self, Read, Write};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

/// Messages over a socket, with the protocol library driven directly.
///
/// async-tungstenite's stream may be read and written by two tasks, and pays for it with four atomic
/// operations at each call. Here the connection's own task does both, and wakes whoever else waits
/// for the socket, so the last waker is the right one.
pub(super) struct Frames<S> {
    protocol: WebSocket<Polled<S>>,
    is_over: bool,
    /// There is room for another message.
    is_ready: bool,
}

/// A socket with the waker of whoever polls it now, as the protocol library wants it: reading and
/// writing fail where they would have to wait.
struct Polled<S> {
    socket: S,
    waker: Waker,
}

impl<S: AsyncRead + AsyncWrite + Unpin> Frames<S> {
    /// Messages over a socket whose handshake is over; `leftover` has been read from it already.
    pub(super) fn new(socket: S, leftover: Vec<u8>, config: WebSocketConfig) -> Self {
        let polled = Polled { socket, waker: Waker::noop().clone() };
        let (role, config) = (Role::Server, Some(config));
        let protocol = WebSocket::from_partially_read(polled, leftover, role, config);
        Frames { protocol, is_over: false, is_ready: true }
    }

    pub(super) fn get_mut(&mut self) -> &mut S {
        &mut self.protocol.get_mut().socket
    }

    pub(super) fn into_inner(self) -> S {
        self.protocol.into_inner().socket
    }

    /// The protocol, to be driven for whoever polls now.
    fn polled(&mut self, cx: &Context<'_>) -> &mut WebSocket<Polled<S>> {
        let kept = &mut self.protocol.get_mut().waker;
        if !kept.will_wake(cx.waker()) {
            kept.clone_from(cx.waker());
        }
        &mut self.protocol
    }
}

/// Pending where the protocol would have to wait.
fn poll<T>(result: Result<T, Error>) -> Poll<Result<T, Error>> {
    match result {
        Err(Error::Io(error)) if error.kind() == io::ErrorKind::WouldBlock => Poll::Pending,
        other => Poll::Ready(other),
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Stream for Frames<S> {
    type Item = Result<Message, Error>;

    /// The next message; none once the close handshake is over or an error was given.
    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Message, Error>>> {
        if self.is_over {
            return Poll::Ready(None);
        }
        let read = ready!(poll(self.polled(cx).read()));
        self.is_over = read.is_err();
        Poll::Ready(match read {
            Err(Error::ConnectionClosed | Error::AlreadyClosed) => None,
            other => Some(other),
        })
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> Sink<Message> for Frames<S> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        match self.is_ready {
            true => Poll::Ready(Ok(())),
            false => self.poll_flush(cx),
        }
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), Error> {
        match poll(self.protocol.write(message)) {
            Poll::Ready(written) => written,
            // It is queued all the same; the next one has to wait.
            Poll::Pending => {
                self.is_ready = false;
                Ok(())
            }
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        let flushed = ready!(poll(self.polled(cx).flush()));
        self.is_ready = true;
        Poll::Ready(match flushed {
            // The close handshake has just been finished by what was written.
            Err(Error::ConnectionClosed) => Ok(()),
            other => other,
        })
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), Error>> {
        self.poll_flush(cx)
    }
}

impl<S: Unpin> Polled<S> {
    fn poll<T>(
        &mut self,
        poll: impl FnOnce(Pin<&mut S>, &mut Context<'_>) -> Poll<io::Result<T>>,
    ) -> io::Result<T> {
        match poll(Pin::new(&mut self.socket), &mut Context::from_waker(&self.waker)) {
            Poll::Ready(result) => result,
            Poll::Pending => Err(io::ErrorKind::WouldBlock.into()),
        }
    }
}

impl<S: AsyncRead + Unpin> Read for Polled<S> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.poll(|socket, cx| socket.poll_read(cx, out))
    }
}

impl<S: AsyncWrite + Unpin> Write for Polled<S> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.poll(|socket, cx| socket.poll_write(cx, bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.poll(|socket, cx| socket.poll_flush(cx))
    }
}
