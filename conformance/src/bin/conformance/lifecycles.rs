//! The lifecycles by name: the one place that knows them all.

use crate::Trouble;
use conformance::Lifecycle;
use conformance::field::Fields;
use conformance::http::Http;
use conformance::websocket::WebSocket;

/// Something to be done with a lifecycle that only its name tells.
pub(crate) trait Use {
    /// What comes of it.
    type Done;

    /// Does it.
    fn with<L: Lifecycle>(self) -> Result<Self::Done, Trouble>;
}

/// Does it with the lifecycle of this name.
pub(crate) fn with_lifecycle<U: Use>(name: &str, used: U) -> Result<U::Done, Trouble> {
    match name {
        Http::NAME => used.with::<Http>(),
        WebSocket::NAME => used.with::<WebSocket>(),
        Fields::NAME => used.with::<Fields>(),
        _ => {
            let known = [Http::NAME, WebSocket::NAME, Fields::NAME].join("`, `");
            Err(format!("no lifecycle is named `{name}`: there are `{known}`").into())
        }
    }
}
