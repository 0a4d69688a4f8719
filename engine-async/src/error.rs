//! The error of layers and apps.

use crate::event::{CloseFrame, Refusal};
use engine_core::panics;
use http::StatusCode;
use std::any::Any;
use std::fmt;

/// The result of layers and apps.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong in a layer or an app.
///
/// Made from any error by `?`, like `anyhow::Error`, and therefore not itself a
/// `std::error::Error`. An error unwinds outward, and each call-style layer may catch it (rule
/// W5). What nobody catches ends the connection: with the close code 1011, or before it is accepted
/// with the error's status (rule W6).
///
/// ```
/// use engine_async::{Error, Result};
///
/// fn room(name: &str) -> Result<u32> {
///     if name.is_empty() {
///         return Err(Error::not_found("a room has a name")); // 404, if not accepted yet
///     }
///     Ok(name.parse()?) // 500
/// }
/// assert_eq!(room("").unwrap_err().status(), 404);
/// assert_eq!(room("x").unwrap_err().status(), 500);
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    status: StatusCode,
    message: String,
    kind: Kind,
    close: Option<CloseFrame>,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Raised,
    Panic,
    Disconnected,
    Rule(&'static str),
}

impl Error {
    /// An error with any status; the message is for the log, not for the client.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        let (message, kind) = (message.into(), Kind::Raised);
        Error(Box::new(Inner { status, message, kind, close: None, source: None }))
    }

    /// An error that ends the connection with this code and reason where nobody catches it; before
    /// it is accepted, refuses it with 403. The client is shown the reason.
    pub fn close(code: u16, reason: &str) -> Self {
        CloseFrame::with_reason(code, reason).into()
    }

    /// 400: the handshake cannot be understood.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Error::new(StatusCode::BAD_REQUEST, message)
    }

    /// 403: this client may not.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Error::new(StatusCode::FORBIDDEN, message)
    }

    /// 404: there is nothing here.
    pub fn not_found(message: impl Into<String>) -> Self {
        Error::new(StatusCode::NOT_FOUND, message)
    }

    /// 500: a mistake on our side.
    pub fn internal(message: impl Into<String>) -> Self {
        Error::new(StatusCode::INTERNAL_SERVER_ERROR, message)
    }

    /// An error with its cause.
    pub fn with_source(
        status: StatusCode,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        let source = source.into();
        let message = source.to_string();
        let (kind, source) = (Kind::Raised, Some(source));
        Error(Box::new(Inner { status, message, kind, close: None, source }))
    }

    /// A rule of the contract that the caller has broken.
    pub(crate) fn rule(id: &'static str, message: impl fmt::Display) -> Self {
        let mut error = Error::internal(format!("{message} (rule {id})"));
        error.0.kind = Kind::Rule(id);
        error
    }

    /// The connection has ended while something was to be sent, for sockets.
    pub fn disconnected() -> Self {
        let mut error = Error::internal("the connection has ended");
        error.0.kind = Kind::Disconnected;
        error
    }

    /// A caught panic (rule S10).
    pub(crate) fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let mut error = Error::internal(panics::message(payload));
        error.0.kind = Kind::Panic;
        error
    }

    /// The status that the client is refused with, where it is not accepted yet.
    pub fn status(&self) -> StatusCode {
        self.0.status
    }

    /// The same error asking for another status.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.0.status = status;
        self
    }

    /// Whether this is a panic that was caught.
    pub fn is_panic(&self) -> bool {
        self.0.kind == Kind::Panic
    }

    /// The id of the rule that the caller has broken, such as `W8` for a message before accept.
    pub fn broken_rule(&self) -> Option<&'static str> {
        match self.0.kind {
            Kind::Rule(id) => Some(id),
            _ => None,
        }
    }

    /// How the connection ends where nobody catches this: 1011 without a reason, except for an
    /// error made by [`Error::close`].
    pub fn close_frame(&self) -> CloseFrame {
        self.0.close.clone().unwrap_or_else(|| CloseFrame::new(CloseFrame::ERROR))
    }

    /// Whether this is a mistake on our side, and not a decision about the client.
    pub fn is_internal(&self) -> bool {
        self.0.close.is_none() && self.0.status.is_server_error() && !self.is_disconnected()
    }

    /// Whether something could not be sent because the connection has ended. Nobody is to blame:
    /// a sender cannot know what is on its way to it.
    pub fn is_disconnected(&self) -> bool {
        self.0.kind == Kind::Disconnected
    }

    /// What went wrong, for the log.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// The cause, if there is one.
    pub fn source(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// The cause as a concrete type, if it is of that type.
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        self.0.source.as_deref().and_then(|source| source.downcast_ref())
    }
}

impl From<CloseFrame> for Error {
    fn from(frame: CloseFrame) -> Self {
        let mut error = Error::forbidden(format!("closed with {}: {}", frame.code, frame.reason));
        error.0.close = Some(frame);
        error
    }
}

impl From<Refusal> for Error {
    fn from(refusal: Refusal) -> Self {
        Error::new(refusal.status, format!("refused with {}", refusal.status))
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        Error::with_source(StatusCode::INTERNAL_SERVER_ERROR, error)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("status", &self.0.status)
            .field("message", &self.0.message)
            .field("kind", &self.0.kind)
            .field("source", &self.0.source)
            .finish()
    }
}
