//! The arguments of a field.

use crate::value::{Object, Text, Value};
use std::fmt;
use std::ops::Deref;

/// The coerced arguments of a field, defaults of the schema included (rule F6); read as the
/// [`Object`] they are. An argument that was not given and has no default is not there.
///
/// Changing them allocates once, and is seen by the inner layers and the resolver only.
#[derive(Clone)]
pub struct Args<'a> {
    planned: &'a Object,
    changed: Option<Box<Object>>,
}

impl<'a> Args<'a> {
    pub(crate) fn new(planned: &'a Object) -> Self {
        Args { planned, changed: None }
    }

    /// Sets an argument.
    pub fn set(&mut self, name: impl Into<Text>, value: impl Into<Value>) {
        self.make_mut().set(name, value);
    }

    /// The arguments, to change them.
    pub fn make_mut(&mut self) -> &mut Object {
        self.changed.get_or_insert_with(|| Box::new(self.planned.clone()))
    }
}

impl Deref for Args<'_> {
    type Target = Object;

    fn deref(&self) -> &Object {
        self.changed.as_deref().unwrap_or(self.planned)
    }
}

impl fmt::Debug for Args<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
