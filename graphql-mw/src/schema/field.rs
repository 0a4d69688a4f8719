//! Fields, and what they take.

use std::sync::Arc;

use super::{TypeId, TypeRef};
use crate::ast::{Directive, Location, Value};

/// The number of a field in its schema, from 0, across all types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldId(pub(crate) u32);

impl FieldId {
    /// The number, to index a list with.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A field of an object or an interface.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its number.
    pub id: FieldId,
    /// The type it belongs to; for the three meta fields, the query root.
    pub parent: TypeId,
    /// Its name.
    pub name: Arc<str>,
    /// What the author says about it.
    pub description: Option<Arc<str>>,
    /// What it takes, in the order written.
    pub arguments: Vec<InputValue>,
    /// What it returns.
    pub type_ref: TypeRef,
    /// Why it should no longer be used, from `@deprecated`.
    pub deprecated: Option<Arc<str>>,
    /// Its directives in the order written.
    pub directives: Vec<Directive>,
    /// Where it begins; line 0 for a built-in field.
    pub location: Location,
}

impl Field {
    /// The argument called `name`.
    pub fn argument(&self, name: &str) -> Option<&InputValue> {
        self.arguments.iter().find(|argument| &*argument.name == name)
    }
}

/// An argument of a field or a directive, or a field of an input object.
#[derive(Clone, Debug)]
pub struct InputValue {
    /// Its name.
    pub name: Arc<str>,
    /// What the author says about it.
    pub description: Option<Arc<str>>,
    /// What may be given.
    pub type_ref: TypeRef,
    /// What holds where nothing is given; checked against the type when the schema is read.
    pub default: Option<Value>,
    /// Why it should no longer be used, from `@deprecated`.
    pub deprecated: Option<Arc<str>>,
    /// Its directives in the order written.
    pub directives: Vec<Directive>,
    /// Where it begins; line 0 for a built-in one.
    pub location: Location,
}

impl InputValue {
    /// Whether a value must be given: the type is not null, and there is no default.
    pub fn is_required(&self) -> bool {
        self.type_ref.is_non_null() && self.default.is_none()
    }
}
