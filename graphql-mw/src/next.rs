//! The rest of a field's stack.

use crate::error::Error;
use crate::executor::{Endpoint, Unit};
use crate::field::Field;
use crate::middleware::FieldMiddleware;
use crate::resolved::Resolved;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// The rest of a field's stack, as a layer sees it. Resolving consumes it, so a field cannot be
/// passed on twice by accident (rule S3):
///
/// ```compile_fail
/// # use graphql_mw::{Field, Next, Resolved};
/// fn resolve<'a>(field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
///     next.resolve(field.clone());
///     next.resolve(field)
/// }
/// ```
///
/// Whoever means it asks for it by name: [`Next::retryable`] (rule F8).
pub struct Next<'a>(Rest<'a>);

#[derive(Clone, Copy)]
pub(crate) struct Rest<'a> {
    /// The layers further in, outermost first.
    pub(crate) layers: &'a [Arc<dyn FieldMiddleware>],
    pub(crate) endpoint: Endpoint<'a>,
    /// Counts who has been entered; only where a layer of the field has an exit.
    pub(crate) unit: Option<&'a Unit>,
    /// How many layers stand outside of these.
    pub(crate) place: usize,
}

impl<'a> Next<'a> {
    /// Passes the field on, to the inner layers and the resolver. What comes back is ready or
    /// awaited, as they like it.
    ///
    /// Not calling it answers the field here: nobody further in sees it (rule F3).
    pub fn resolve(self, field: Field<'a>) -> Resolved<'a> {
        self.0.resolve(field)
    }

    /// Makes it possible to resolve more than once. Inner layers and the resolver run each time
    /// and see no difference; their exits run once, when the field is over.
    ///
    /// ```
    /// use graphql_mw::{Resolved, from_fn};
    ///
    /// let again = from_fn("again", |field, next| {
    ///     let retry = next.retryable();
    ///     Resolved::future(async move {
    ///         match retry.resolve(field.clone()).await {
    ///             Err(error) if !error.is_panic() => retry.resolve(field).await,
    ///             result => result,
    ///         }
    ///     })
    /// });
    /// # let _ = again;
    /// ```
    pub fn retryable(self) -> Retry<'a> {
        Retry(self.0)
    }
}

/// The rest of a field's stack, for a layer that resolves more than once (rule F8).
pub struct Retry<'a>(Rest<'a>);

impl<'a> Retry<'a> {
    /// Passes the field on, once more.
    pub fn resolve(&self, field: Field<'a>) -> Resolved<'a> {
        self.0.resolve(field)
    }
}

impl<'a> Rest<'a> {
    /// Runs the next layer, or the resolver. It does not panic: whoever stands outside sees an
    /// error (rule S10).
    pub(crate) fn resolve(self, field: Field<'a>) -> Resolved<'a> {
        match self.unit {
            None => self.step(field),
            Some(unit) => self.step_counting(field, unit),
        }
    }

    fn step(self, field: Field<'a>) -> Resolved<'a> {
        let Some((layer, layers)) = self.layers.split_first() else {
            return self.endpoint.resolve(field);
        };
        let next = Next(Rest { layers, place: self.place + 1, ..self });
        let ran = catch_unwind(AssertUnwindSafe(|| layer.resolve(field, next)));
        ran.unwrap_or_else(|payload| Resolved::Ready(Err(Error::from_panic(payload))))
    }

    /// The same for a field that has exits: calling this means that the layers outside of this
    /// place have been entered, and an answer means that the one at this place has.
    #[cold]
    fn step_counting(self, field: Field<'a>, unit: &'a Unit) -> Resolved<'a> {
        unit.enter(self.place);
        if self.layers.is_empty() {
            return self.endpoint.resolve(field);
        }
        let before = self.place + 1;
        match self.step(field) {
            Resolved::Ready(Ok(value)) => {
                unit.enter(before);
                Resolved::Ready(Ok(value))
            }
            Resolved::Ready(Err(error)) => Resolved::Ready(Err(error)),
            Resolved::Future(future) => Resolved::Future(future.entering(unit, before)),
        }
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("layers", &self.0.layers.len()).finish()
    }
}

impl fmt::Debug for Retry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("layers", &self.0.layers.len()).finish()
    }
}
