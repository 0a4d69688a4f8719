//! Who may go on after `connection_init`.

use engine_async::{CloseFrame, Error, Result, WebSocket};
use engine_core::panics;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use graphql_mw::Object;
use graphql_mw::transport::ws::Close;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

/// What a client has said about itself in its `connection_init`; empty where it has said nothing. In
/// the state of each of the connection's operations.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct InitPayload(
    /// The payload.
    pub Arc<Object>,
);

/// What a hook returns: the payload of the acknowledgement, or why the client may not go on.
pub type InitFuture<'a> = BoxFuture<'a, Result<Option<Object>>>;

/// A hook that decides.
pub(super) type InitHook =
    dyn for<'a> Fn(&'a WebSocket, &'a InitPayload) -> InitFuture<'a> + Send + Sync;

/// Decides about a client.
pub(super) async fn decide(
    hook: Option<&InitHook>,
    ws: &WebSocket,
    payload: &InitPayload,
) -> Result<Option<Object>, Close> {
    let Some(hook) = hook else { return Ok(None) };
    let decision = AssertUnwindSafe(async { hook(ws, payload).await }).catch_unwind();
    match decision.await {
        Ok(Ok(payload)) => Ok(payload),
        Ok(Err(error)) => Err(close(&error)),
        Err(payload) => {
            let message = panics::message(payload);
            panics::log(|| tracing::error!("the hook of connection_init panicked: {message}"));
            Err(Close::internal())
        }
    }
}

/// What a client is told whom the hook has refused.
fn close(error: &Error) -> Close {
    if error.is_internal() {
        tracing::error!("the hook of connection_init failed: {error}");
        return Close::internal();
    }
    let frame = error.close_frame();
    match frame.code {
        CloseFrame::ERROR => Close::new(Close::FORBIDDEN, "Forbidden"),
        code => Close::new(code, frame.reason.as_str().to_owned()),
    }
}
