//! The rest of a field's stack.

use crate::error::{Error, Result};
use crate::executor::{FieldStack, Unit};
use crate::field::Field;
use crate::resolved::Resolved;
use crate::value::Value;
use std::any::Any;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// The rest of a field's stack, as a layer sees it. Resolving consumes it, so a field cannot be
/// passed on twice by accident (rule S3):
///
/// ```compile_fail
/// # use graphql_mw::{Field, Next, Resolved};
/// fn resolve<'a>(field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
///     next.resolve(field);
///     next.resolve(field)
/// }
/// ```
///
/// Whoever means it asks for it by name: [`Next::retryable`] (rule F8).
pub struct Next<'a>(Rest<'a>);

/// Small enough for two registers: this is handed on once for each layer of each field.
#[derive(Clone, Copy)]
pub(crate) struct Rest<'a> {
    pub(crate) stack: &'a FieldStack<'a>,
    /// How many layers stand outside of this.
    pub(crate) place: usize,
}

impl<'a> Next<'a> {
    /// Passes the field on, to the inner layers and the resolver. What comes back is ready or
    /// awaited, as they like it.
    ///
    /// Not calling it answers the field here: nobody further in sees it (rule F3).
    #[inline]
    pub fn resolve(self, field: Field<'a>) -> Resolved<'a> {
        if cfg!(debug_assertions) {
            self.0.stack.check_provided(self.0.place, field.info);
        }
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
    ///         match retry.resolve(field).await {
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
        if cfg!(debug_assertions) {
            self.0.stack.check_provided(self.0.place, field.info);
        }
        self.0.resolve(field)
    }
}

impl<'a> Rest<'a> {
    /// Runs the next layer, or the resolver. It does not panic: whoever stands outside sees an
    /// error (rule S10).
    #[inline]
    pub(crate) fn resolve(self, field: Field<'a>) -> Resolved<'a> {
        match &self.stack.unit {
            None => self.step(field),
            Some(unit) => self.step_counting(field, unit),
        }
    }

    fn step(self, field: Field<'a>) -> Resolved<'a> {
        let Some(layer) = self.stack.layers.get(self.place) else {
            return self.stack.endpoint.resolve(field);
        };
        let next = Next(Rest { place: self.place + 1, ..self });
        let ran = catch_unwind(AssertUnwindSafe(|| layer.resolve(field, next)));
        ran.unwrap_or_else(panicked)
    }

    /// The same for a field that has exits: calling this means that the layers outside of this
    /// place have been entered, and an answer means that the one at this place has.
    #[cold]
    fn step_counting(self, field: Field<'a>, unit: &'a Unit) -> Resolved<'a> {
        unit.enter(self.place);
        if self.place == self.stack.layers.len() {
            return self.stack.endpoint.resolve(field);
        }
        let answered = move |result: Result<Value>| {
            if result.is_ok() {
                unit.enter(self.place + 1);
            }
            result
        };
        self.step(field).then(answered)
    }
}

#[cold]
fn panicked<'a>(payload: Box<dyn Any + Send>) -> Resolved<'a> {
    Resolved::Ready(Err(Error::from_panic(payload)))
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("place", &self.0.place).finish()
    }
}

impl fmt::Debug for Retry<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Retry").field("place", &self.0.place).finish()
    }
}
