//! Serving connections: from a listener of its own, from another server's upgraded sockets, or
//! through axum.

mod ahead;
mod bell;
mod build;
#[cfg(feature = "axum")]
mod deferred;
mod fragments;
mod frames;
mod front;
mod handshake;
mod limits;
mod live;
mod origin;
mod serve;
mod shutdown;
mod streak;
mod waiting;
mod wire;

pub use build::ServerBuilder;
#[cfg(feature = "axum")]
pub(crate) use deferred::Handshake;
pub use limits::Limits;
pub use live::Stopped;
pub use shutdown::ShutdownHandle;

use crate::chain::{Chain, Ended};
use crate::runtime::{Handle, Runtime};
use crate::websocket::WebSocket;
use live::Live;
use origin::Origins;
use std::fmt;
use std::sync::Arc;

/// Serves a [`Chain`] on a runtime. Cheap to clone.
///
/// ```no_run
/// use engine_async::runtime::Smol;
/// use engine_async::server::Server;
/// use engine_async::{Chain, Outbound, Receive, Result, Stack, WebSocket};
///
/// async fn echo(_: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
///     send.accept().await?;
///     while let Some(message) = receive.message().await? {
///         send.send(message).await?;
///     }
///     Ok(())
/// }
///
/// let chain = Chain::builder(&Stack::empty()).app(echo).build()?;
/// let server = Server::builder(Smol, &chain).build()?;
/// let listener = std::net::TcpListener::bind("127.0.0.1:8000")?;
/// server.block_on(server.serve(listener))?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server<R: Runtime> {
    inner: Arc<Inner<R>>,
}

struct Inner<R> {
    chain: Chain,
    runtime: R,
    handle: Handle,
    limits: Arc<Limits>,
    origins: Origins,
    shutdown: ShutdownHandle,
    live: Live,
    on_end: Option<OnEnd>,
}

/// Who hears of each connection that is over.
type OnEnd = Box<dyn Fn(&Ended) + Send + Sync>;

impl<R: Runtime> Server<R> {
    /// Starts a server.
    pub fn builder(runtime: R, chain: &Chain) -> ServerBuilder<R> {
        ServerBuilder::new(runtime, chain.clone())
    }

    /// The chain that is served.
    pub fn chain(&self) -> &Chain {
        &self.inner.chain
    }

    /// A handle to end it.
    pub fn shutdown_handle(&self) -> ShutdownHandle {
        self.inner.shutdown.clone()
    }

    /// How many connections are open, handshakes and the exits of layers included.
    pub fn connections(&self) -> usize {
        self.inner.live.count()
    }

    /// Runs a future to its end on the current thread, with the runtime around it.
    pub fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.inner.runtime.block_on(future)
    }

    fn websocket(&self, request: http::Request<()>) -> WebSocket {
        WebSocket::new(request).with_runtime(self.inner.handle.clone())
    }
}

impl<R: Runtime> Clone for Server<R> {
    fn clone(&self) -> Self {
        Server { inner: Arc::clone(&self.inner) }
    }
}

impl<R: Runtime> fmt::Debug for Server<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server")
            .field("chain", &self.inner.chain)
            .field("connections", &self.connections())
            .finish_non_exhaustive()
    }
}
