//! How long fields take, for the log.

use super::scope;
use crate::options::OptionsError;
use graphql_mw::{Field, FieldMiddleware, Info, Layer, Next, On, Order, Resolved, Result};
use serde::Deserialize;
use std::time::{Duration, Instant};

/// Options of [`Timing`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TimingOptions {
    /// Milliseconds from which a field is logged as slow, at the level `warn`; the others are
    /// logged at the level `trace`. Default: 100.
    pub slow_ms: u64,
    /// All fields of these objects. Default: none.
    pub types: Vec<String>,
    /// These fields, each as `Type.field`. Default: none; with neither types nor fields, all but
    /// introspection.
    #[serde(deserialize_with = "scope::fields")]
    pub fields: Vec<String>,
}

impl Default for TimingOptions {
    fn default() -> Self {
        TimingOptions { slow_ms: 100, types: Vec::new(), fields: Vec::new() }
    }
}

/// Measures each field from its way in to its value, without the fields below it; of a
/// subscription, how long its source takes to give a stream, and each event's fields.
#[derive(Clone, Debug)]
pub struct Timing {
    options: TimingOptions,
}

impl Timing {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// A field is not written as `Type.field`.
    pub fn new(options: TimingOptions) -> Result<Self, OptionsError> {
        scope::check_fields(&options.fields)?;
        Ok(Timing { options })
    }

    fn log(&self, info: &Info<'_>, took: Duration, is_ok: bool) {
        let (path, phase) = (|| info.path(), info.phase());
        if took >= Duration::from_millis(self.options.slow_ms) {
            tracing::warn!(path = %path(), ?phase, ?took, is_ok, "slow field");
        } else {
            tracing::trace!(path = %path(), ?phase, ?took, is_ok, "field");
        }
    }
}

impl Layer for Timing {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl FieldMiddleware for Timing {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        let (info, began) = (field.info, Instant::now());
        next.resolve(field).then(move |result| {
            self.log(&info, began.elapsed(), result.is_ok());
            result
        })
    }

    fn install(&self, on: &mut On<Self>) {
        on.scope(scope::scope(&self.options.types, &self.options.fields));
    }
}
