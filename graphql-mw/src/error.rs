//! The error of resolvers and layers.

use crate::value::{Object, Text, Value};
use engine_core::panics;
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The result of resolvers and layers.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong in a resolver or a layer.
///
/// Made from any error by `?`, like `anyhow::Error`, and therefore not itself a
/// `std::error::Error`. It becomes a field error, with the field's path and its place in the
/// document (rule F4). **The client reads the message**, as with every GraphQL server; put a layer
/// that masks errors outermost where messages are not meant for clients.
///
/// ```
/// use graphql_mw::{Error, Result};
///
/// fn age(text: &str) -> Result<i64> {
///     if text.is_empty() {
///         return Err(Error::new("an age has digits").with_extension("code", "NO_AGE"));
///     }
///     Ok(text.parse()?)
/// }
/// assert_eq!(age("x").unwrap_err().message(), "invalid digit found in string");
/// ```
///
/// Cloning shares it.
#[derive(Clone)]
pub struct Error(Arc<Inner>);

#[derive(Clone)]
struct Inner {
    message: Text,
    extensions: Object,
    is_panic: bool,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// An error with this message, which the client reads.
    pub fn new(message: impl Into<Text>) -> Self {
        let message = message.into();
        Error(Arc::new(Inner { message, extensions: Object::new(), is_panic: false, source: None }))
    }

    /// The same error with one more member of its `extensions`, such as a code for programs.
    pub fn with_extension(mut self, name: impl Into<Text>, value: impl Into<Value>) -> Self {
        Arc::make_mut(&mut self.0).extensions.set(name, value);
        self
    }

    /// A caught panic (rule S10). Its text is for the log, where it is written once, and never for
    /// the client.
    pub(crate) fn from_panic(payload: Box<dyn Any + Send>) -> Self {
        let message = panics::message(payload);
        panics::log(|| tracing::error!("a field panicked: {message}"));
        let mut error = Error::new("internal error");
        Arc::make_mut(&mut error.0).is_panic = true;
        error
    }

    /// Runs a function of a user; a panic in it is an error (rule S10).
    pub(crate) fn contain<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
        catch_unwind(AssertUnwindSafe(run))
            .unwrap_or_else(|payload| Err(Error::from_panic(payload)))
    }

    /// What went wrong.
    pub fn message(&self) -> &str {
        &self.0.message
    }

    /// What else the client is told.
    pub fn extensions(&self) -> &Object {
        &self.0.extensions
    }

    /// Whether this is a panic that was caught.
    pub fn is_panic(&self) -> bool {
        self.0.is_panic
    }

    /// The error it was made from, if there is one.
    pub fn source(&self) -> Option<&(dyn std::error::Error + Send + Sync + 'static)> {
        self.0.source.as_deref()
    }

    /// The error it was made from as a concrete type, if it is of that type.
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        self.0.source.as_deref().and_then(|source| source.downcast_ref())
    }
}

impl<E: std::error::Error + Send + Sync + 'static> From<E> for Error {
    fn from(error: E) -> Self {
        let (message, source) = (error.to_string().into(), Some(Arc::new(error) as Arc<_>));
        Error(Arc::new(Inner { message, extensions: Object::new(), is_panic: false, source }))
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.message())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error")
            .field("message", &self.0.message)
            .field("extensions", &self.0.extensions)
            .field("is_panic", &self.0.is_panic)
            .field("source", &self.0.source)
            .finish()
    }
}
