//! smol.

use super::Runtime;
use futures_util::future::BoxFuture;
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// smol, with its global executor; `SMOL_THREADS` sets how many threads that has.
#[derive(Clone, Copy, Debug, Default)]
pub struct Smol;

impl Runtime for Smol {
    type Listener = smol::net::TcpListener;
    type Stream = smol::net::TcpStream;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        smol::spawn(task).detach();
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Box::pin(async move {
            smol::Timer::after(time).await;
        })
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        smol::unblock(work).detach();
    }

    fn listener(&self, listener: std::net::TcpListener) -> io::Result<Self::Listener> {
        smol::net::TcpListener::try_from(listener)
    }

    async fn accept(&self, listener: &Self::Listener) -> io::Result<(Self::Stream, SocketAddr)> {
        let (stream, peer) = listener.accept().await?;
        stream.set_nodelay(true)?;
        Ok((stream, peer))
    }

    fn stream(&self, stream: std::net::TcpStream) -> io::Result<Self::Stream> {
        stream.set_nodelay(true)?;
        smol::net::TcpStream::try_from(stream)
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        smol::block_on(future)
    }
}
