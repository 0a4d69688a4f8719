//! What the engine needs of a runtime, and one file for each.
//!
//! | runtime | feature |
//! |---|---|
//! | `Tokio` | `tokio` |
//! | `Smol` | `smol` |
//! | `AsyncStd` | `async-std` (discontinued upstream; its successor is smol) |
//!
//! None is on by default, and all may be on together.

#[cfg(feature = "async-std")]
mod async_std;
mod handle;
#[cfg(feature = "smol")]
mod smol;
#[cfg(feature = "tokio")]
mod tokio;

#[cfg(feature = "async-std")]
pub use async_std::{AsyncStd, AsyncStdStream};
pub use handle::Handle;
#[cfg(feature = "smol")]
pub use smol::Smol;
#[cfg(feature = "tokio")]
pub use tokio::Tokio;

use futures_io::{AsyncRead, AsyncWrite};
use futures_util::future::BoxFuture;
use std::io;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

/// An asynchronous runtime.
pub trait Runtime: Clone + Send + Sync + 'static {
    /// A listening socket.
    type Listener: Send + Sync + 'static;

    /// A connected socket.
    type Stream: AsyncRead + AsyncWrite + Unpin + Send + 'static;

    /// Starts a task and lets it run by itself. The task does not panic.
    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static);

    /// Is ready after this time, not before.
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;

    /// Starts work that may block, on a thread where that disturbs nobody.
    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>);

    /// Takes a listening socket over.
    ///
    /// # Errors
    ///
    /// The system's.
    fn listener(&self, listener: TcpListener) -> io::Result<Self::Listener>;

    /// Waits for a client.
    ///
    /// # Errors
    ///
    /// The system's; the next client may come all the same.
    fn accept(
        &self,
        listener: &Self::Listener,
    ) -> impl Future<Output = io::Result<(Self::Stream, SocketAddr)>> + Send;

    /// Takes a connected socket over.
    ///
    /// # Errors
    ///
    /// The system's.
    fn stream(&self, stream: TcpStream) -> io::Result<Self::Stream>;

    /// Runs a future to its end on the current thread, with the runtime around it.
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T;
}
