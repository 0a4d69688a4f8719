//! Named types.

use std::collections::HashMap;
use std::sync::Arc;

use super::{FieldId, InputValue};
use crate::ast::{Directive, Location};

/// The number of a type in its schema, from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TypeId(pub(crate) u32);

impl TypeId {
    /// The number, to index a list with.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A named type of a schema.
#[derive(Clone, Debug)]
pub struct Type {
    /// Its number.
    pub id: TypeId,
    /// Its name.
    pub name: Arc<str>,
    /// What the author says about it.
    pub description: Option<Arc<str>>,
    /// What it is, with its fields, values or members.
    pub kind: TypeKind,
    /// The directives at its definition and its extensions, in the order written.
    pub directives: Vec<Directive>,
    /// Where its definition begins; line 0 for a built-in type.
    pub location: Location,
    /// The objects that its values can be, ascending.
    pub(crate) possible: Vec<TypeId>,
}

impl Type {
    /// Whether the type is one that no schema writes: a built-in scalar or part of introspection.
    pub fn is_builtin(&self) -> bool {
        self.location.line == 0
    }

    /// Whether the type belongs to introspection: its name begins with two underscores.
    pub fn is_introspection(&self) -> bool {
        self.name.starts_with("__")
    }
}

/// The six kinds of named types.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum TypeKind {
    /// A leaf.
    Scalar {
        /// The address of its specification, from `@specifiedBy`.
        specified_by: Option<Arc<str>>,
    },
    /// A type whose values have fields.
    Object {
        /// Its fields.
        fields: Fields,
        /// The interfaces it implements, in the order written.
        interfaces: Vec<TypeId>,
    },
    /// Fields that several objects have in common.
    Interface {
        /// Its fields.
        fields: Fields,
        /// The interfaces it implements, in the order written.
        interfaces: Vec<TypeId>,
    },
    /// One of several objects.
    Union {
        /// The objects, in the order written.
        members: Vec<TypeId>,
    },
    /// One of several names.
    Enum {
        /// The names, in the order written.
        values: Vec<EnumValue>,
    },
    /// A record that is given as an argument.
    InputObject {
        /// Its fields, in the order written.
        fields: Vec<InputValue>,
        /// Whether exactly one of the fields must be given, from `@oneOf`.
        one_of: bool,
    },
}

impl TypeKind {
    /// The name that introspection's `__TypeKind` has for it.
    pub fn as_str(&self) -> &'static str {
        match self {
            TypeKind::Scalar { .. } => "SCALAR",
            TypeKind::Object { .. } => "OBJECT",
            TypeKind::Interface { .. } => "INTERFACE",
            TypeKind::Union { .. } => "UNION",
            TypeKind::Enum { .. } => "ENUM",
            TypeKind::InputObject { .. } => "INPUT_OBJECT",
        }
    }

    /// The fields of an object or an interface.
    pub fn fields(&self) -> Option<&Fields> {
        match self {
            TypeKind::Object { fields, .. } | TypeKind::Interface { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// The interfaces that an object or an interface implements; empty for the others.
    pub fn interfaces(&self) -> &[TypeId] {
        match self {
            TypeKind::Object { interfaces, .. } | TypeKind::Interface { interfaces, .. } => {
                interfaces
            }
            _ => &[],
        }
    }

    /// The fields of an input object.
    pub fn input_fields(&self) -> Option<&[InputValue]> {
        match self {
            TypeKind::InputObject { fields, .. } => Some(fields),
            _ => None,
        }
    }

    /// The value of an enum that has this name.
    pub fn enum_value(&self, name: &str) -> Option<&EnumValue> {
        match self {
            TypeKind::Enum { values } => values.iter().find(|value| &*value.name == name),
            _ => None,
        }
    }

    /// Whether values may be given as arguments: scalars, enums and input objects.
    pub fn is_input(&self) -> bool {
        matches!(
            self,
            TypeKind::Scalar { .. } | TypeKind::Enum { .. } | TypeKind::InputObject { .. }
        )
    }

    /// Whether fields may return it: everything but an input object.
    pub fn is_output(&self) -> bool {
        !matches!(self, TypeKind::InputObject { .. })
    }

    /// Whether nothing can be selected in it: scalars and enums.
    pub fn is_leaf(&self) -> bool {
        matches!(self, TypeKind::Scalar { .. } | TypeKind::Enum { .. })
    }

    /// Whether something must be selected in it: objects, interfaces and unions.
    pub fn is_composite(&self) -> bool {
        self.is_abstract() || matches!(self, TypeKind::Object { .. })
    }

    /// Whether its values are objects of other types: interfaces and unions.
    pub fn is_abstract(&self) -> bool {
        matches!(self, TypeKind::Interface { .. } | TypeKind::Union { .. })
    }
}

/// The fields of one object or interface, in the order written.
#[derive(Clone, Debug, Default)]
pub struct Fields {
    pub(crate) ids: Vec<FieldId>,
    pub(crate) by_name: HashMap<Arc<str>, FieldId>,
}

impl Fields {
    /// The fields' numbers, in the order written; without the meta fields.
    pub fn ids(&self) -> &[FieldId] {
        &self.ids
    }

    /// The number of the field called `name`.
    pub fn id(&self, name: &str) -> Option<FieldId> {
        self.by_name.get(name).copied()
    }
}

/// One name of an enum.
#[derive(Clone, Debug)]
pub struct EnumValue {
    /// The name.
    pub name: Arc<str>,
    /// What the author says about it.
    pub description: Option<Arc<str>>,
    /// Why it should no longer be used, from `@deprecated`.
    pub deprecated: Option<Arc<str>>,
    /// Its directives in the order written.
    pub directives: Vec<Directive>,
    /// Where it begins.
    pub location: Location,
}
