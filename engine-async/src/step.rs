//! What a hook decides.

use crate::error::{Error, Result};
use crate::event::{CloseFrame, Refusal};
use futures_util::future::BoxFuture;
use http::StatusCode;
use std::fmt;

/// What a hook decides about a connection or an event. A step that is ready allocates nothing.
pub enum Step<'a> {
    /// Goes on, with the event as the hook left it.
    Pass,
    /// The event is not seen further along (rule W4). On entering, nobody further in sees anything of
    /// the connection, and the client is refused with 403 (rule W3).
    Drop,
    /// Refuses the connection: nobody further in sees anything of it (rule W3). For an event it is an
    /// error with this status, at whoever receives or sends (rule W5).
    Refuse(Box<Refusal>),
    /// On entering, sends a close outward, which refuses the client with 403. For an event it is an
    /// error that, where nobody catches it, ends the connection with this code and reason.
    Close(CloseFrame),
    /// Fails: on entering, at this layer; for an event, at whoever receives or sends it (rule W5).
    Fail(Error),
    /// Decides later.
    Wait(BoxFuture<'a, Step<'a>>),
}

impl<'a> Step<'a> {
    /// Refuses the connection with this status.
    pub fn refuse(status: StatusCode) -> Self {
        Step::Refuse(Box::new(Refusal::new(status)))
    }

    /// Ends the connection with this code and reason.
    pub fn close(code: u16, reason: &str) -> Self {
        Step::Close(CloseFrame::with_reason(code, reason))
    }

    /// Decides later; an error is [`Step::Fail`], so `?` works inside.
    ///
    /// The future is dropped where it stands when the connection is.
    pub fn wait(decide: impl Future<Output = Result<Step<'a>>> + Send + 'a) -> Self {
        Step::Wait(Box::pin(async move { Step::from(decide.await) }))
    }

    /// Decides now; an error is [`Step::Fail`], so `?` works inside.
    pub fn ready(decide: impl FnOnce() -> Result<Step<'a>>) -> Self {
        Step::from(decide())
    }
}

impl<'a> From<Result<Step<'a>>> for Step<'a> {
    fn from(result: Result<Step<'a>>) -> Self {
        result.unwrap_or_else(Step::Fail)
    }
}

impl fmt::Debug for Step<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Step::Pass => f.write_str("Pass"),
            Step::Drop => f.write_str("Drop"),
            Step::Refuse(refusal) => f.debug_tuple("Refuse").field(&refusal.status).finish(),
            Step::Close(frame) => f.debug_tuple("Close").field(frame).finish(),
            Step::Fail(error) => f.debug_tuple("Fail").field(error).finish(),
            Step::Wait(_) => f.write_str("Wait"),
        }
    }
}
