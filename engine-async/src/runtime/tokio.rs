//! tokio.

use super::Runtime;
use async_tungstenite::tokio::TokioAdapter;
use futures_util::future::BoxFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;
use tokio::runtime::Handle;

/// tokio.
#[derive(Clone, Debug, Default)]
pub struct Tokio {
    on: Option<Handle>,
}

impl Tokio {
    /// On the runtime in whose context it is used. Outside of one, what it starts panics; for that
    /// see [`Tokio::on`].
    pub fn new() -> Self {
        Tokio::default()
    }

    /// On this runtime, wherever it is used from: for sockets that a blocking server hands over.
    pub fn on(runtime: Handle) -> Self {
        Tokio { on: Some(runtime) }
    }
}

impl Runtime for Tokio {
    type Listener = tokio::net::TcpListener;
    type Stream = TokioAdapter<tokio::net::TcpStream>;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        match &self.on {
            Some(runtime) => runtime.spawn(task),
            None => tokio::spawn(task),
        };
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let _context = self.on.as_ref().map(Handle::enter);
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        match &self.on {
            Some(runtime) => runtime.spawn_blocking(work),
            None => tokio::task::spawn_blocking(work),
        };
    }

    fn listener(&self, listener: std::net::TcpListener) -> io::Result<Self::Listener> {
        listener.set_nonblocking(true)?;
        let _context = self.on.as_ref().map(Handle::enter);
        tokio::net::TcpListener::from_std(listener)
    }

    async fn accept(&self, listener: &Self::Listener) -> io::Result<(Self::Stream, SocketAddr)> {
        let (stream, peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((TokioAdapter::new(stream), peer))
    }

    fn stream(&self, stream: std::net::TcpStream) -> io::Result<Self::Stream> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        let _context = self.on.as_ref().map(Handle::enter);
        Ok(TokioAdapter::new(tokio::net::TcpStream::from_std(stream)?))
    }

    /// Without a runtime given by [`Tokio::on`], starts one for the time of the call.
    ///
    /// # Panics
    ///
    /// When the system gives no event queue, or inside another tokio runtime.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        if let Some(runtime) = &self.on {
            return runtime.block_on(future);
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.expect("the system gives an event queue and threads").block_on(future)
    }
}
