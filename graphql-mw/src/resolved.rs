//! What resolving a field gives: a value that is there, or one that is awaited.

use crate::error::{Error, Result};
use crate::value::Value;
use futures_util::future::BoxFuture;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

/// What resolving a field gives. A ready value passes a layer without a boxed future (rule F9).
///
/// A layer's after-part goes into [`then`](Self::then), or into one of its narrower sisters: it
/// runs when the value is there, whether that is now or later, and allocates only where it is
/// later. Inside of a future, `next.resolve(field).await` waits for either.
///
/// ```
/// use graphql_mw::{Value, from_fn};
///
/// let shout = from_fn("shout", |field, next| {
///     next.resolve(field).map(|value| match value.as_str() {
///         Some(text) => Value::from(text.to_uppercase()),
///         None => value,
///     })
/// });
/// # let _ = shout;
/// ```
#[derive(Debug)]
pub enum Resolved<'a> {
    /// It is there.
    Ready(Result<Value>),
    /// It is awaited.
    Future(FieldFuture<'a>),
}

impl<'a> Resolved<'a> {
    /// A value that is there.
    pub fn value(value: impl Into<Value>) -> Self {
        Resolved::Ready(Ok(value.into()))
    }

    /// A failure that is there.
    pub fn error(error: impl Into<Error>) -> Self {
        Resolved::Ready(Err(error.into()))
    }

    /// A value that is awaited; boxes the future.
    pub fn future(future: impl Future<Output = Result<Value>> + Send + 'a) -> Self {
        Resolved::Future(FieldFuture::new(future))
    }

    /// Goes on with the value or the error once it is there: the after-part of a layer.
    #[inline]
    pub fn then(self, after: impl FnOnce(Result<Value>) -> Result<Value> + Send + 'a) -> Self {
        match self {
            Resolved::Ready(result) => Resolved::Ready(after(result)),
            Resolved::Future(future) => future.then(after),
        }
    }

    /// Makes another value of the value; an error stays as it is.
    #[inline]
    pub fn map(self, after: impl FnOnce(Value) -> Value + Send + 'a) -> Self {
        self.then(|result| result.map(after))
    }

    /// Makes a value or an error of the value; an error stays as it is.
    #[inline]
    pub fn and_then(self, after: impl FnOnce(Value) -> Result<Value> + Send + 'a) -> Self {
        self.then(|result| result.and_then(after))
    }

    /// Makes a value or another error of the error; a value stays as it is (rule F5).
    #[inline]
    pub fn or_else(self, after: impl FnOnce(Error) -> Result<Value> + Send + 'a) -> Self {
        self.then(|result| result.or_else(after))
    }
}

impl From<Result<Value>> for Resolved<'_> {
    fn from(result: Result<Value>) -> Self {
        Resolved::Ready(result)
    }
}

impl<'a> From<BoxFuture<'a, Result<Value>>> for Resolved<'a> {
    fn from(future: BoxFuture<'a, Result<Value>>) -> Self {
        Resolved::Future(FieldFuture(Some(future)))
    }
}

impl<'a> IntoFuture for Resolved<'a> {
    type Output = Result<Value>;
    type IntoFuture = FieldFuture<'a>;

    fn into_future(self) -> FieldFuture<'a> {
        match self {
            Resolved::Ready(result) => FieldFuture::new(std::future::ready(result)),
            Resolved::Future(future) => future,
        }
    }
}

/// A field's value that is awaited.
///
/// A panic while it is polled is an error without the panic's text (rule S10).
///
/// Cancel safety: dropping it drops the layers and the resolver where they stand; the exits of the
/// entered layers run (rule S9).
pub struct FieldFuture<'a>(Option<BoxFuture<'a, Result<Value>>>);

impl<'a> FieldFuture<'a> {
    /// Boxes a future.
    pub fn new(future: impl Future<Output = Result<Value>> + Send + 'a) -> Self {
        FieldFuture(Some(Box::pin(future)))
    }

    /// Apart from the ready value, so that the after-part of a layer is inlined where it is ready.
    #[inline(never)]
    fn then(self, after: impl FnOnce(Result<Value>) -> Result<Value> + Send + 'a) -> Resolved<'a> {
        Resolved::future(async move { after(self.await) })
    }
}

impl Future for FieldFuture<'_> {
    type Output = Result<Value>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(future) = &mut self.0 else {
            return Poll::Ready(Err(Error::new("the field's future was polled after its end")));
        };
        match catch_unwind(AssertUnwindSafe(|| future.as_mut().poll(cx))) {
            Ok(Poll::Pending) => Poll::Pending,
            Ok(Poll::Ready(result)) => {
                self.0 = None;
                Poll::Ready(result)
            }
            Err(payload) => {
                // What is left of it may panic again when it is dropped.
                let left = self.0.take();
                if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(left))) {
                    engine_core::panics::discard(another);
                }
                Poll::Ready(Err(Error::from_panic(payload)))
            }
        }
    }
}

impl fmt::Debug for FieldFuture<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FieldFuture")
    }
}
