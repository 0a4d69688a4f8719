//! Connections whose handshake another server answers.

use super::wire::Asking;
use super::{Server, handshake};
use crate::runtime::Runtime;
use bytes::Bytes;
use futures_channel::oneshot;
use futures_io::{AsyncRead, AsyncWrite};
use futures_util::future::BoxFuture;
use http::{Request, Response};
use std::io;
use std::net::SocketAddr;

/// A handshake that another server has read and will answer.
pub(crate) struct Handshake<S> {
    pub(crate) request: Request<()>,
    pub(crate) peer: Option<SocketAddr>,
    /// The socket, once the answer has been sent.
    pub(crate) upgraded: BoxFuture<'static, io::Result<S>>,
}

impl<R: Runtime> Server<R> {
    /// The answer to a handshake; the connection goes on in a task of its own.
    pub(crate) async fn answer<S>(&self, handshake: Handshake<S>) -> Response<Bytes>
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let Handshake { request, peer, upgraded } = handshake;
        let answer = handshake::answer(&request);
        let ws = self.websocket(request).with_peer(peer);
        let (respond, response) = oneshot::channel();
        let server = self.clone();
        self.spawn(async move |place| {
            match server.check(place.is_some(), &ws).and(answer) {
                Ok(answer) => {
                    server.run(Asking::Deferred { respond, upgraded, answer }, ws).await;
                }
                Err(refusal) => {
                    // The client may have gone.
                    let _ = respond.send(*refusal);
                }
            }
        });
        response.await.unwrap_or_else(|_| {
            // There was not even a place to be told so in, or the runtime is shutting down.
            *handshake::full()
        })
    }
}
