//! A text in the schema language, as it is written: the schema is built from it and not kept.

use std::sync::Arc;

use super::{Directive, Name, TypeNode, Value};
use crate::location::Location;
use crate::schema::DirectiveLocation;

/// One definition or extension.
#[derive(Debug)]
pub(crate) struct Definition {
    pub(crate) is_extension: bool,
    pub(crate) description: Option<Arc<str>>,
    /// The keyword `schema` stands in for the name that a schema has not.
    pub(crate) name: Name,
    pub(crate) directives: Vec<Directive>,
    pub(crate) kind: DefinitionKind,
    /// Where its keyword stands, or `extend` before it.
    pub(crate) location: Location,
}

#[derive(Debug)]
pub(crate) enum DefinitionKind {
    /// The operations and their types.
    Schema(Vec<(Name, Name)>),
    Scalar,
    Object(Vec<Name>, Vec<FieldDefinition>),
    Interface(Vec<Name>, Vec<FieldDefinition>),
    Union(Vec<Name>),
    Enum(Vec<EnumValueDefinition>),
    InputObject(Vec<InputDefinition>),
    Directive(DirectiveParts),
}

#[derive(Debug)]
pub(crate) struct DirectiveParts {
    pub(crate) arguments: Vec<InputDefinition>,
    pub(crate) repeatable: bool,
    pub(crate) locations: Vec<DirectiveLocation>,
}

#[derive(Debug)]
pub(crate) struct FieldDefinition {
    pub(crate) description: Option<Arc<str>>,
    pub(crate) name: Name,
    pub(crate) arguments: Vec<InputDefinition>,
    pub(crate) type_node: TypeNode,
    pub(crate) directives: Vec<Directive>,
}

#[derive(Debug)]
pub(crate) struct InputDefinition {
    pub(crate) description: Option<Arc<str>>,
    pub(crate) name: Name,
    pub(crate) type_node: TypeNode,
    pub(crate) default: Option<Value>,
    pub(crate) directives: Vec<Directive>,
}

#[derive(Debug)]
pub(crate) struct EnumValueDefinition {
    pub(crate) description: Option<Arc<str>>,
    pub(crate) name: Name,
    pub(crate) directives: Vec<Directive>,
}
