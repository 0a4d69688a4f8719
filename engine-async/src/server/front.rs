//! The socket below the protocol: an answer to write first, and what is watched on the way.

use super::fragments::Fragments;
use futures_io::{AsyncRead, AsyncWrite};
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A socket whose handshake is answered before anything else is written to it.
pub(super) struct Front<S> {
    stream: S,
    /// The answer to the handshake, as far as it is not written yet.
    answer: Vec<u8>,
    fragments: Option<Fragments>,
    /// Whether bytes have come in since this was last asked.
    has_read: bool,
    /// Whether bytes have gone out since this was last asked.
    has_written: bool,
}

/// Why reading failed: the client sends a message in too many frames.
#[derive(Debug)]
pub(super) struct TooManyFragments;

impl std::fmt::Display for TooManyFragments {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("a message comes in more frames than `fragments` allows")
    }
}

impl std::error::Error for TooManyFragments {}

impl<S> Front<S> {
    pub(super) fn new(stream: S) -> Self {
        Front { stream, answer: Vec::new(), fragments: None, has_read: false, has_written: false }
    }

    /// Writes this before anything else.
    pub(super) fn answer(&mut self, answer: Vec<u8>) {
        self.answer = answer;
    }

    /// Follows the frames from here on; `leftover` has been read already.
    pub(super) fn follow(&mut self, most: u64, leftover: &[u8]) -> Result<(), TooManyFragments> {
        let fragments = self.fragments.insert(Fragments::new(most));
        fragments.follow(leftover).map_err(|_| TooManyFragments)
    }

    /// Follows them no more: what still comes is thrown away.
    pub(super) fn unfollow(&mut self) {
        self.fragments = None;
    }

    pub(super) fn take_has_read(&mut self) -> bool {
        std::mem::take(&mut self.has_read)
    }

    pub(super) fn take_has_written(&mut self) -> bool {
        std::mem::take(&mut self.has_written)
    }
}

impl<S: AsyncWrite + Unpin> Front<S> {
    fn poll_answer(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.answer.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(cx, &self.answer))?;
            if written == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.has_written = true;
            self.answer.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

impl<S: AsyncRead + Unpin> AsyncRead for Front<S> {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        let read = ready!(Pin::new(&mut this.stream).poll_read(cx, out))?;
        this.has_read = true;
        if let Some(fragments) = &mut this.fragments {
            fragments.follow(&out[..read]).map_err(|_| io::Error::other(TooManyFragments))?;
        }
        Poll::Ready(Ok(read))
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Front<S> {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        let written = ready!(Pin::new(&mut this.stream).poll_write(cx, bytes))?;
        this.has_written = true;
        Poll::Ready(Ok(written))
    }

    fn poll_write_vectored(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        let written = ready!(Pin::new(&mut this.stream).poll_write_vectored(cx, slices))?;
        this.has_written = true;
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        Pin::new(&mut this.stream).poll_flush(cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_answer(cx))?;
        Pin::new(&mut this.stream).poll_close(cx)
    }
}
