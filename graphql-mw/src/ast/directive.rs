//! Directives and arguments.

use super::{Name, Value};
use crate::location::Location;

/// `@name(arguments)`, at an element of a document or of a schema.
#[derive(Clone, Debug)]
pub struct Directive {
    /// The name, without the `@`.
    pub name: Name,
    /// The arguments in the order written.
    pub arguments: Vec<Argument>,
    /// Where its `@` stands.
    pub location: Location,
}

impl Directive {
    /// The value of the argument called `name`, as it is written.
    pub fn argument(&self, name: &str) -> Option<&Value> {
        self.arguments.iter().find(|argument| argument.name == *name).map(|found| &found.value)
    }
}

/// `name: value`, of a field or a directive.
#[derive(Clone, Debug)]
pub struct Argument {
    /// The name, and the argument's place.
    pub name: Name,
    /// Its value.
    pub value: Value,
}
