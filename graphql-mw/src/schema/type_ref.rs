//! Types with their brackets and exclamation marks.

use std::fmt;

use super::{Schema, TypeId};

/// A named type, perhaps in lists, perhaps not null.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum TypeRef {
    /// The type itself.
    Named(TypeId),
    /// `[T]`.
    List(Box<TypeRef>),
    /// `T!`; what is inside is not itself non-null.
    NonNull(Box<TypeRef>),
}

impl TypeRef {
    /// The type inside all brackets and exclamation marks.
    pub fn named(&self) -> TypeId {
        match self {
            TypeRef::Named(id) => *id,
            TypeRef::List(inner) | TypeRef::NonNull(inner) => inner.named(),
        }
    }

    /// Whether null is refused.
    pub fn is_non_null(&self) -> bool {
        matches!(self, TypeRef::NonNull(_))
    }

    /// The type without its own exclamation mark.
    pub fn nullable(&self) -> &TypeRef {
        match self {
            TypeRef::NonNull(inner) => inner,
            other => other,
        }
    }

    /// The type of a list's items, whether the list may be null or not; none where it is no list.
    pub fn item(&self) -> Option<&TypeRef> {
        match self.nullable() {
            TypeRef::List(item) => Some(item),
            _ => None,
        }
    }
}

/// A [`TypeRef`] with its schema, which knows the name; shown as GraphQL writes it.
#[derive(Clone, Copy, Debug)]
pub struct WrittenType<'a> {
    pub(crate) schema: &'a Schema,
    pub(crate) type_ref: &'a TypeRef,
}

impl fmt::Display for WrittenType<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.type_ref {
            TypeRef::Named(id) => f.write_str(&self.schema[*id].name),
            TypeRef::List(inner) => write!(f, "[{}]", self.schema.written(inner)),
            TypeRef::NonNull(inner) => write!(f, "{}!", self.schema.written(inner)),
        }
    }
}
