//! The endpoint of a connection.

use crate::error::Result;
use crate::outbound::Outbound;
use crate::receive::Receive;
use crate::websocket::WebSocket;
use futures_util::future::BoxFuture;

/// What a stack is around: it receives the connect, accepts, and speaks with the client.
///
/// An `async fn` is an app:
///
/// ```
/// use engine_async::{Outbound, Receive, Result, WebSocket};
///
/// async fn echo(_: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
///     send.accept().await?;
///     while let Some(message) = receive.message().await? {
///         send.send(message).await?;
///     }
///     Ok(())
/// }
/// # let _ = engine_async::Chain::builder(&engine_async::Stack::empty()).app(echo).build();
/// ```
///
/// For a closure see [`app_fn`]. An app that returns without closing ends the connection with 1000;
/// where nobody accepted, the client is refused with 403 (rule W12).
pub trait App: Send + Sync + 'static {
    /// Runs one connection.
    ///
    /// # Errors
    ///
    /// An error unwinds outward through the layers; see [`Error`](crate::Error).
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
    ) -> impl Future<Output = Result<()>> + Send + 'a;
}

/// A function with the arguments of an app. It exists so that an `async fn` is an [`App`].
pub trait AppFn<'a>: Send + Sync {
    /// The future that the function returns.
    type Running: Future<Output = Result<()>> + Send + 'a;

    /// Calls the function.
    fn call_with(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
    ) -> Self::Running;
}

impl<'a, F, R> AppFn<'a> for F
where
    F: Fn(&'a WebSocket, Receive<'a>, Outbound<'a>) -> R + Send + Sync,
    R: Future<Output = Result<()>> + Send + 'a,
{
    type Running = R;

    fn call_with(&'a self, ws: &'a WebSocket, receive: Receive<'a>, send: Outbound<'a>) -> R {
        self(ws, receive, send)
    }
}

impl<F: for<'a> AppFn<'a> + 'static> App for F {
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
    ) -> impl Future<Output = Result<()>> + Send + 'a {
        self.call_with(ws, receive, send)
    }
}

/// An app made of a closure, which boxes its future.
///
/// ```
/// use engine_async::app_fn;
///
/// let greeting = String::from("hello");
/// let app = app_fn(move |_ws, _receive, mut send| {
///     let greeting = greeting.clone();
///     Box::pin(async move {
///         send.accept().await?;
///         send.send(greeting).await
///     })
/// });
/// # let _ = engine_async::Chain::builder(&engine_async::Stack::empty()).app(app).build();
/// ```
pub fn app_fn<F>(call: F) -> impl App
where
    F: for<'a> Fn(&'a WebSocket, Receive<'a>, Outbound<'a>) -> BoxFuture<'a, Result<()>>
        + Send
        + Sync
        + 'static,
{
    call
}

/// The same as a trait object.
pub(crate) trait DynApp: Send + Sync {
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
    ) -> BoxFuture<'a, Result<()>>;
}

impl<A: App> DynApp for A {
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(App::call(self, ws, receive, send))
    }
}
