//! Taking connections, and running each in a task of its own.

use super::handshake::Answer;
use super::live::{Place, Stopped};
use super::wire::{Asking, Wire};
use super::{Server, handshake};
use crate::runtime::Runtime;
use crate::websocket::WebSocket;
use bytes::Bytes;
use engine_core::panics;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::future::{Either, select};
use futures_util::{AsyncReadExt, AsyncWriteExt, FutureExt};
use http::{Response, StatusCode};
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::time::Duration;

/// How long the listener rests when the system has no more descriptors to give.
const PAUSE: Duration = Duration::from_millis(50);

/// How many clients are told at once that there are too many.
const REFUSING: usize = 64;

/// Bytes that are thrown away while a client that was refused is given time to read that.
const LATE: u64 = 64 << 10;

impl<R: Runtime> Server<R> {
    /// Serves the clients of a listener until it is shut down, and the connections that are open
    /// then to their end (rule W10).
    ///
    /// Cancel safety: dropping the future stops listening; open connections go on.
    ///
    /// # Errors
    ///
    /// The runtime cannot take the listener.
    pub async fn serve(&self, listener: TcpListener) -> io::Result<Stopped> {
        let listener = self.inner.runtime.listener(listener)?;
        let mut told = self.inner.shutdown.told();
        loop {
            let accept = pin!(self.inner.runtime.accept(&listener));
            let accepted = match select(&mut told, accept).await {
                Either::Left(_) => break,
                Either::Right((accepted, _)) => accepted,
            };
            match accepted {
                Ok((stream, peer)) => self.accept(stream, peer),
                Err(error) if is_of_client(&error) => {}
                Err(error) => {
                    panics::log(|| tracing::error!("no client can be accepted: {error}"));
                    self.inner.runtime.sleep(PAUSE).await;
                }
            }
        }
        drop(listener);
        Ok(self.drained().await)
    }

    /// Waits until a shutdown has begun and the last connection is over.
    pub async fn drained(&self) -> Stopped {
        let inner = &self.inner;
        inner.shutdown.told().await;
        // Each connection keeps its own time; only one that blocks its thread does not.
        let most = inner.limits.grace + inner.limits.close_timeout + Duration::from_secs(1);
        let patience = inner.runtime.sleep(most);
        select(pin!(inner.live.none()), patience).await;
        Stopped { abandoned: inner.live.count() }
    }

    /// Takes over a connection whose handshake another server has read: the socket, what that has
    /// read beyond the request, and the head of the answer as its layers left it, whose headers go
    /// into the 101. Returns at once; may be called from any thread, on tokio with a runtime given
    /// by `Tokio::on`.
    ///
    /// The origin is checked here, too. A request that is no handshake is answered so.
    pub fn take(&self, socket: TcpStream, leftover: Bytes, head: Response<()>, ws: WebSocket) {
        let server = self.clone();
        let ws = ws.with_runtime(self.inner.handle.clone());
        self.spawn(async move |place| {
            let Ok(stream) = server.inner.runtime.stream(socket) else {
                return;
            };
            let answer = handshake::answer(ws.request()).map(|mut answer| {
                handshake::add(answer.headers_mut(), head.headers());
                answer
            });
            server.connect(place, stream, leftover.to_vec(), ws, answer).await;
        });
    }

    /// Runs a connection that has just been made.
    fn accept(&self, mut stream: R::Stream, peer: SocketAddr) {
        let server = self.clone();
        self.spawn(async move |place| {
            let limits = &server.inner.limits;
            let read = {
                // In a box of its own, as is what comes after it: the task keeps room for the largest
                // of its parts as long as the connection is open.
                let read = Box::pin(handshake::read(&mut stream, limits));
                let patience = server.inner.runtime.sleep(limits.handshake_timeout);
                match select(read, patience).await {
                    Either::Left((read, _)) => read,
                    Either::Right(_) => {
                        let late = "the handshake took too long";
                        Err(handshake::plain(StatusCode::REQUEST_TIMEOUT, late))
                    }
                }
            };
            match read {
                Ok(Some((request, leftover))) => {
                    let answer = handshake::answer(&request);
                    let ws = server.websocket(request).with_peer(Some(peer));
                    Box::pin(server.connect(place, stream, leftover, ws, answer)).await;
                }
                Ok(None) => {}
                Err(refusal) => Box::pin(server.refuse(stream, &refusal)).await,
            }
        });
    }

    /// Runs a connection whose handshake has been read.
    async fn connect<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
        &self,
        place: Option<Place>,
        stream: S,
        leftover: Vec<u8>,
        ws: WebSocket,
        answer: Result<Response<()>, Answer>,
    ) {
        match self.check(place.is_some(), &ws).and(answer) {
            Ok(answer) => {
                self.run(Asking::Direct { stream, leftover, answer }, ws).await;
            }
            Err(refusal) => Box::pin(self.refuse(stream, &refusal)).await,
        }
    }

    /// Whether the connection may be made at all, whatever the layers say.
    pub(super) fn check(&self, has_place: bool, ws: &WebSocket) -> Result<(), Answer> {
        if !has_place {
            return Err(handshake::full());
        }
        if !self.inner.origins.allow(ws.headers()) {
            let message = "pages of this origin may not open a connection here";
            return Err(handshake::plain(StatusCode::FORBIDDEN, message));
        }
        Ok(())
    }

    pub(super) async fn run<S>(&self, asking: Asking<S>, ws: WebSocket)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let inner = &self.inner;
        let (limits, runtime) = (inner.limits.clone(), inner.handle.clone());
        let wire = Wire::new(asking, limits, runtime, &inner.shutdown);
        let ended = Box::pin(inner.chain.run(ws, wire)).await;
        if let Some(hear) = &inner.on_end {
            hear(&ended);
        }
    }

    /// Answers a client that may not connect, and gives it time to read that.
    async fn refuse<S>(&self, mut stream: S, refusal: &Response<Bytes>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let answer = handshake::written(refusal);
        let answered = pin!(async {
            stream.write_all(&answer).await?;
            stream.close().await?;
            futures_util::io::copy(&mut stream.take(LATE), &mut futures_util::io::sink()).await
        });
        select(answered, self.inner.runtime.sleep(self.inner.limits.close_timeout)).await;
    }

    /// Runs a connection in a task of its own. The place is missing when there are too many.
    pub(super) fn spawn<F>(&self, run: impl FnOnce(Option<Place>) -> F + Send + 'static)
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let most = self.inner.limits.connections;
        // Those that are only told to come back later have a bound of their own.
        let (place, refusing) = match self.inner.live.enter(most) {
            Some(place) => (Some(place), None),
            None => (None, self.inner.live.enter(most.saturating_add(REFUSING))),
        };
        if place.is_none() && refusing.is_none() {
            return;
        }
        let running = run(place);
        self.inner.runtime.spawn(async move {
            if let Err(payload) = AssertUnwindSafe(running).catch_unwind().await {
                let error = crate::Error::from_panic(payload);
                panics::log(|| tracing::error!("a connection panicked outside its chain: {error}"));
            }
            drop(refusing);
        });
    }
}

/// Whether a failure to accept is the fault of the client that was to be.
fn is_of_client(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset, Interrupted};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset | Interrupted)
}
