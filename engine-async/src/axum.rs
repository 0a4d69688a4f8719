//! The same chain on a socket that axum has upgraded.

use crate::runtime::Tokio;
use crate::server::{Handshake, Server};
use async_tungstenite::tokio::TokioAdapter;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request};
use axum::response::Response;
use axum::routing::{MethodRouter, any};
use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use std::io;
use std::net::SocketAddr;

impl Server<Tokio> {
    /// A route of axum that serves this server's chain. What axum's own layers have put into the
    /// request's extensions is in those of [`WebSocket::request`](crate::WebSocket::request).
    ///
    /// ```
    /// use engine_async::runtime::Tokio;
    /// use engine_async::server::Server;
    /// use engine_async::{Chain, Stack};
    ///
    /// let chain = Chain::builder(&Stack::empty()).build()?;
    /// let server = Server::builder(Tokio::new(), &chain).build()?;
    /// let router: axum::Router = axum::Router::new().route("/ws", server.route());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// axum's graceful shutdown does not know of connections that were upgraded: end this server,
    /// too, with its [`shutdown_handle`](Server::shutdown_handle), and wait for
    /// [`drained`](Server::drained).
    pub fn route<S: Clone + Send + Sync + 'static>(&self) -> MethodRouter<S> {
        let server = self.clone();
        any(move |request: Request| {
            let server = server.clone();
            async move { server.upgrade(request).await }
        })
    }

    /// Answers one request of axum's, for handlers of one's own.
    pub async fn upgrade(&self, request: Request) -> Response {
        let (mut parts, _) = request.into_parts();
        let on_upgrade = parts.extensions.remove::<OnUpgrade>();
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
        let upgraded = async move {
            let on_upgrade = on_upgrade.ok_or(io::ErrorKind::Unsupported)?;
            let upgraded = on_upgrade.await.map_err(io::Error::other)?;
            Ok(TokioAdapter::new(TokioIo::new(upgraded)))
        };
        let request = http::Request::from_parts(parts, ());
        let handshake = Handshake { request, peer, upgraded: Box::pin(upgraded) };
        self.answer(handshake).await.map(Body::from)
    }
}
