//! tokio.

use super::Runtime;
use async_tungstenite::tokio::TokioAdapter;
use futures_util::future::BoxFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// tokio. What it starts runs on the runtime in whose context it is used.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tokio;

impl Runtime for Tokio {
    type Listener = tokio::net::TcpListener;
    type Stream = TokioAdapter<tokio::net::TcpStream>;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(task);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(tokio::time::sleep(time))
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        tokio::task::spawn_blocking(work);
    }

    fn listener(&self, listener: std::net::TcpListener) -> io::Result<Self::Listener> {
        listener.set_nonblocking(true)?;
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
        Ok(TokioAdapter::new(tokio::net::TcpStream::from_std(stream)?))
    }

    /// # Panics
    ///
    /// When the system gives no event queue, or inside another tokio runtime.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
        runtime.expect("the system gives an event queue and threads").block_on(future)
    }
}
