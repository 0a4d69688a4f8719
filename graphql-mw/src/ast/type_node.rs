//! Types as they are written.

use std::fmt;

use super::Name;
use crate::location::Location;

/// A type as it is written, of a variable or of a schema's field.
#[derive(Clone, Debug)]
pub enum TypeNode {
    /// `Name`.
    Named(Name),
    /// `[T]`, with the place of its bracket.
    List(Box<TypeNode>, Location),
    /// `T!`.
    NonNull(Box<TypeNode>),
}

impl TypeNode {
    /// The name inside all brackets and exclamation marks.
    pub fn named(&self) -> &Name {
        match self {
            TypeNode::Named(name) => name,
            TypeNode::List(inner, _) | TypeNode::NonNull(inner) => inner.named(),
        }
    }

    /// Where the type begins.
    pub fn location(&self) -> Location {
        match self {
            TypeNode::Named(name) => name.location,
            TypeNode::List(_, location) => *location,
            TypeNode::NonNull(inner) => inner.location(),
        }
    }
}

impl fmt::Display for TypeNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            TypeNode::Named(name) => write!(f, "{name}"),
            TypeNode::List(inner, _) => write!(f, "[{inner}]"),
            TypeNode::NonNull(inner) => write!(f, "{inner}!"),
        }
    }
}
