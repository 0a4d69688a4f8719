//! Bodies between the blocking chain and asynchronous services.

use super::pool::Pool;
use crate::body::Body;
use crate::chain::Exchange;
use bytes::Bytes;
use engine_core::Exit;
use futures_channel::mpsc;
use futures_executor::block_on;
use futures_util::future::poll_fn;
use http_body::{Body as HttpBody, Frame, SizeHint};
use std::error::Error as StdError;
use std::fmt;
use std::io::{self, Read};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

type BoxError = Box<dyn StdError + Send + Sync>;
type AsyncBody = Pin<Box<dyn HttpBody<Data = Bytes, Error = BoxError> + Send>>;

/// The body that the service inside gets and that clients of a [`ChainService`] get.
///
/// [`ChainService`]: super::ChainService
pub struct TowerBody {
    source: Source,
    /// The unit whose exits run when this body is at its end or dropped.
    exchange: Option<(Exchange, Pool)>,
}

enum Source {
    Full(Option<Bytes>),
    /// A body nobody has touched, passed through.
    Async(AsyncBody),
    /// A body that a thread reads.
    Thread {
        frames: mpsc::Receiver<io::Result<Bytes>>,
        length: Option<u64>,
    },
}

/// An asynchronous body as the chain's layers read it: on a thread of the pool, which waits.
pub(super) struct AsyncReader {
    body: AsyncBody,
    left: Bytes,
    touched: bool,
}

impl AsyncReader {
    /// The chain's body for an asynchronous one.
    pub(super) fn body<B>(body: B) -> Body
    where
        B: HttpBody<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        if body.is_end_stream() {
            return Body::empty();
        }
        let length = body.size_hint().exact();
        let body: AsyncBody = Box::pin(MapError(Box::pin(body)));
        let reader = AsyncReader { body, left: Bytes::new(), touched: false };
        match length {
            Some(length) => Body::sized_stream(reader, length),
            None => Body::stream(reader),
        }
    }
}

impl Read for AsyncReader {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        self.touched = true;
        while self.left.is_empty() {
            match block_on(poll_fn(|context| self.body.as_mut().poll_frame(context))) {
                None => return Ok(0),
                Some(Ok(frame)) => self.left = frame.into_data().unwrap_or_default(),
                Some(Err(error)) => return Err(io::Error::other(error)),
            }
        }
        let n = out.len().min(self.left.len());
        out[..n].copy_from_slice(&self.left.split_to(n));
        Ok(n)
    }
}

/// How a body leaves the chain: by itself, or with a thread that must read it.
pub(super) enum Leaving {
    Ready(TowerBody),
    Read { body: TowerBody, reader: Body, frames: mpsc::Sender<io::Result<Bytes>> },
}

/// A body of the chain, on its way to asynchronous code.
pub(super) fn leave(body: Body) -> Leaving {
    let ready = |source| Leaving::Ready(TowerBody { source, exchange: None });
    if let Some(bytes) = body.as_bytes() {
        let bytes = Bytes::copy_from_slice(bytes);
        return ready(Source::Full(Some(bytes).filter(|bytes| !bytes.is_empty())));
    }
    let length = body.len();
    let reader = match body.downcast_reader::<AsyncReader>() {
        Ok(reader) if !reader.touched => return ready(Source::Async(reader.body)),
        Ok(reader) => match length {
            Some(length) => Body::sized_stream(reader, length),
            None => Body::stream(reader),
        },
        Err(body) => body,
    };
    // One chunk on its way and one being read: a slow client slows the reader down.
    let (frames, receiver) = mpsc::channel(0);
    let source = Source::Thread { frames: receiver, length };
    Leaving::Read { body: TowerBody { source, exchange: None }, reader, frames }
}

/// Reads a body to its end on this thread, and hands its chunks over as they are taken.
pub(super) fn pump(mut reader: Body, mut frames: mpsc::Sender<io::Result<Bytes>>) {
    let mut chunk = vec![0; 16 * 1024];
    loop {
        let frame = match reader.read(&mut chunk) {
            Ok(0) => return,
            Ok(n) => Ok(Bytes::copy_from_slice(&chunk[..n])),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => Err(error),
        };
        let failed = frame.is_err();
        // A receiver that is gone is a client that is gone.
        let sent = block_on(poll_fn(|context| frames.poll_ready(context)))
            .and_then(|()| frames.start_send(frame));
        if failed || sent.is_err() {
            return;
        }
    }
}

impl TowerBody {
    pub(super) fn full(bytes: Bytes) -> Self {
        TowerBody { source: Source::Full(Some(bytes)), exchange: None }
    }

    /// Ties a unit to this body: its exits run at the body's end, on the pool.
    pub(super) fn finishing(mut self, exchange: Exchange, pool: Pool) -> Self {
        self.exchange = Some((exchange, pool));
        self
    }

    fn finish(&mut self, how: Exit) {
        let Some((exchange, pool)) = self.exchange.take() else { return };
        // Exits are blocking code of layers, so they belong on the pool. Where it is full they run
        // right here: they always happen.
        if let Err(full) = pool.submit(move || exchange.finish(how)) {
            (full.0)();
        }
    }
}

impl HttpBody for TowerBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match &mut self.source {
            Source::Full(bytes) => bytes.take().map(|bytes| Ok(Frame::data(bytes))),
            Source::Async(body) => ready!(body.as_mut().poll_frame(context)),
            Source::Thread { frames, .. } => {
                use futures_util::Stream;
                ready!(Pin::new(frames).poll_next(context))
                    .map(|frame| frame.map(Frame::data).map_err(BoxError::from))
            }
        };
        match &frame {
            None => self.finish(Exit::Done),
            Some(Err(_)) => self.finish(Exit::Failed),
            Some(Ok(_)) if self.is_end_stream() => self.finish(Exit::Done),
            Some(Ok(_)) => {}
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Full(bytes) => bytes.is_none(),
            Source::Async(body) => body.is_end_stream(),
            Source::Thread { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Full(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            Source::Async(body) => body.size_hint(),
            Source::Thread { length, .. } => {
                length.map_or_else(SizeHint::new, SizeHint::with_exact)
            }
        }
    }
}

impl Drop for TowerBody {
    fn drop(&mut self) {
        // An empty body, or one whose end was known, may never be polled again.
        let how = if self.is_end_stream() { Exit::Done } else { Exit::Disconnected };
        self.finish(how);
    }
}

impl fmt::Debug for TowerBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TowerBody").field("size", &self.size_hint()).finish_non_exhaustive()
    }
}

/// A body with its error boxed.
struct MapError<B>(Pin<Box<B>>);

impl<B> HttpBody for MapError<B>
where
    B: HttpBody<Data = Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        self.0.as_mut().poll_frame(context).map_err(Into::into)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
