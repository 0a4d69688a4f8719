//! The error of layers and views: anything that went wrong, with the status it asks for.

use engine_core::panics;
use http::StatusCode;
use std::any::Any;
use std::fmt;

/// The result of hooks, layers and views.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong in a layer or a view, and the status that a client is answered with.
///
/// Like `anyhow::Error` this type is made from any error by `?` (status 500, or 400, 408 or 413 for
/// a body that could not be read) and therefore is not itself a `std::error::Error`. An error never reaches the next layer out: at the boundary of the
/// layer that failed it becomes a response, made by the error page of its status (rules H3, H10).
///
/// ```
/// use engine_sync::{Error, Result};
///
/// fn page(text: &str) -> Result<u32> {
///     let page: u32 = text.parse()?; // 500
///     if page > 10 {
///         return Err(Error::not_found(format!("there is no page {page}"))); // 404
///     }
///     Ok(page)
/// }
/// assert_eq!(page("x").unwrap_err().status(), 500);
/// assert_eq!(page("11").unwrap_err().status(), 404);
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    status: StatusCode,
    message: String,
    kind: Kind,
    source: Option<Box<dyn std::error::Error + Send + Sync>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Raised,
    Panic,
}

impl Error {
    /// An error with any status; the message is for the log, not for the client.
    pub fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Error(Box::new(Inner { status, message: message.into(), kind: Kind::Raised, source: None }))
    }

    /// 400: the request cannot be understood (Django's `SuspiciousOperation` and `BadRequest`).
    pub fn bad_request(message: impl Into<String>) -> Self {
        Error::new(StatusCode::BAD_REQUEST, message)
    }

    /// 403: this client may not (Django's `PermissionDenied`).
    pub fn forbidden(message: impl Into<String>) -> Self {
        Error::new(StatusCode::FORBIDDEN, message)
    }

    /// 404: there is nothing here (Django's `Http404`).
    pub fn not_found(message: impl Into<String>) -> Self {
        Error::new(StatusCode::NOT_FOUND, message)
    }

    /// 413: the body is larger than the limit.
    pub fn content_too_large(message: impl Into<String>) -> Self {
        Error::new(StatusCode::PAYLOAD_TOO_LARGE, message)
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
        Error(Box::new(Inner { status, message, kind: Kind::Raised, source: Some(source) }))
    }

    /// A caught panic (rule S10): a 500 whose message is the panic's.
    pub(crate) fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let mut error = Error::internal(panics::message(payload));
        error.0.kind = Kind::Panic;
        error
    }

    /// The status that the client is answered with.
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

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        // That a client did not send the body it promised is no mistake of ours.
        let status = crate::body::status_of(&error);
        Error::with_source(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), error)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_result_without_a_value_fits_a_register() {
        assert_eq!(size_of::<Result<()>>(), size_of::<usize>());
    }
}
