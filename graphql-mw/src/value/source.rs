//! The events of a subscription.

use super::Value;
use crate::error::Result;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// The events of a subscription: what its source resolver returns, and what a layer around the
/// source has in its hands (rule F10).
///
/// An event that is an [object](super::Object) is the root value of its response, as in graphql-js:
/// the field's value is its member of the field's name. Any other event is the field's value itself.
/// A field with a resolver of its own makes of the event what it likes: it is its root.
///
/// Clones share one stream, which can be taken once.
#[derive(Clone)]
pub struct Source(Arc<Mutex<Option<BoxStream<'static, Result<Value>>>>>);

impl Source {
    /// A source of these events. An error ends the stream (rule F10).
    pub fn new(events: impl Stream<Item = Result<Value>> + Send + 'static) -> Self {
        Source(Arc::new(Mutex::new(Some(events.boxed()))))
    }

    /// Takes the stream out, to wrap it or to read it; none where somebody has taken it already.
    pub fn take(&self) -> Option<BoxStream<'static, Result<Value>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Source")
    }
}
