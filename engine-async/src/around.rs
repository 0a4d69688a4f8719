//! Call-style layers: one call around the rest of the connection.

use crate::chain::Next;
use crate::error::Result;
use crate::outbound::Outbound;
use crate::receive::Receive;
use crate::websocket::WebSocket;
use engine_core::{Exit, Layer};
use futures_util::future::BoxFuture;

/// A layer written as one call around the rest, as Luna's `(ws, receive, send)`.
///
/// ```
/// use engine_async::{Around, Layer, Next, Outbound, Receive, Result, WebSocket};
///
/// struct Visits;
///
/// impl Layer for Visits {}
///
/// impl Around for Visits {
///     async fn call<'a>(
///         &'a self,
///         ws: &'a WebSocket,
///         receive: Receive<'a>,
///         send: Outbound<'a>,
///         next: Next<'a>,
///     ) -> Result<()> {
///         println!("{} begins", ws.path());
///         let result = next.run(receive, send).await;
///         println!("{} is over", ws.path());
///         result
///     }
/// }
/// ```
///
/// It runs once for a connection, before the connect is received (rule W1). Not calling `next`
/// decides the connection here: without an accept the client is refused, and nobody further in
/// sees anything of it (rules W3, W12). `next` can be run only once (rule S3):
///
/// ```compile_fail
/// # use engine_async::{Next, Outbound, Receive, Result};
/// async fn call(receive: Receive<'_>, send: Outbound<'_>, next: Next<'_>) -> Result<()> {
///     next.run(receive, send).await?;
///     next.run(receive, send).await
/// }
/// ```
///
/// Code after `next` does not run when the connection's future is dropped; what must run goes into
/// [`exit`](Self::exit).
pub trait Around: Layer {
    /// Handles a connection, by passing it on with [`Next::run`] or by deciding it.
    ///
    /// # Errors
    ///
    /// An error unwinds outward, and the layers outside may catch it (rule W5).
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
        next: Next<'a>,
    ) -> impl Future<Output = Result<()>> + Send + 'a;

    /// Runs exactly once for each connection this layer has entered (rule S9); see
    /// [`On::exit`](crate::On::exit).
    fn exit(&self, ws: &WebSocket, how: Exit) {
        let _ = (ws, how);
    }
}

/// The same as a trait object.
pub(crate) trait DynAround: Send + Sync {
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<()>>;

    fn exit(&self, ws: &WebSocket, how: Exit);
}

impl<L: Around> DynAround for L {
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
        next: Next<'a>,
    ) -> BoxFuture<'a, Result<()>> {
        Box::pin(Around::call(self, ws, receive, send, next))
    }

    fn exit(&self, ws: &WebSocket, how: Exit) {
        Around::exit(self, ws, how);
    }
}
