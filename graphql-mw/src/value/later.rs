//! A value that is not there yet.

use super::Value;
use crate::error::Result;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use std::fmt;

/// A value that is not there yet, in a value's place. Clones of it share one future.
///
/// A resolver that is one future as a whole is better written as one
/// ([`async_resolver`](crate::ExecutorBuilder::async_resolver)); this is for the items of a list
/// and the members of an object.
#[derive(Clone)]
pub struct Later(Shared<BoxFuture<'static, Result<Value>>>);

impl Later {
    pub(super) fn new(value: impl Future<Output = Result<Value>> + Send + 'static) -> Self {
        Later(value.boxed().shared())
    }

    pub(crate) fn into_future(self) -> BoxFuture<'static, Result<Value>> {
        self.0.boxed()
    }
}

impl fmt::Debug for Later {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Later")
    }
}
