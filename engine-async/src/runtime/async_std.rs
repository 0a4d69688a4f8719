//! async-std, which is discontinued (RUSTSEC-2025-0052): for programs that are on it still.

use super::Runtime;
use futures_util::future::BoxFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// async-std, with its global executor; `ASYNC_STD_THREAD_COUNT` sets how many threads that has.
#[derive(Clone, Copy, Debug, Default)]
pub struct AsyncStd;

impl Runtime for AsyncStd {
    type Listener = async_std::net::TcpListener;
    type Stream = async_std::net::TcpStream;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        async_std::task::spawn(task);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async_std::task::sleep(time))
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        async_std::task::spawn_blocking(work);
    }

    fn listener(&self, listener: std::net::TcpListener) -> io::Result<Self::Listener> {
        Ok(async_std::net::TcpListener::from(listener))
    }

    async fn accept(&self, listener: &Self::Listener) -> io::Result<(Self::Stream, SocketAddr)> {
        let (stream, peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }

    fn stream(&self, stream: std::net::TcpStream) -> io::Result<Self::Stream> {
        stream.set_nodelay(true)?;
        Ok(async_std::net::TcpStream::from(stream))
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        async_std::task::block_on(future)
    }
}
