//! A type system: what may be asked, and of which type the answers are.
//!
//! Types and fields have small numbers, [`TypeId`] and [`FieldId`], which count from 0 without
//! gaps: whatever belongs to a field, as its resolver, can lie in a `Vec` indexed by them.
//! The types of introspection are ordinary types of the schema, and `__schema`, `__type` and
//! `__typename` ordinary fields, so that whoever executes fields executes introspection.

mod build;
mod builtin;
mod check;
mod directive;
mod error;
mod field;
mod kind;
mod source;
mod type_ref;

use std::collections::HashMap;
use std::ops::Index;
use std::sync::Arc;

pub use directive::{DirectiveDefinition, DirectiveLocation};
pub use error::{SchemaError, SchemaProblem};
pub use field::{Field, FieldId, InputValue};
pub use kind::{EnumValue, Fields, Type, TypeId, TypeKind};
pub use type_ref::{TypeRef, WrittenType};

use crate::ast::OperationKind;

/// A checked type system.
///
/// `schema[id]` is the type or the field with that number.
#[derive(Clone, Debug)]
pub struct Schema {
    description: Option<Arc<str>>,
    types: Vec<Type>,
    fields: Vec<Field>,
    directives: Vec<DirectiveDefinition>,
    type_by_name: HashMap<Arc<str>, TypeId>,
    directive_by_name: HashMap<Arc<str>, usize>,
    query: TypeId,
    mutation: Option<TypeId>,
    subscription: Option<TypeId>,
    typename_field: FieldId,
    schema_field: FieldId,
    type_field: FieldId,
}

impl Schema {
    /// Reads a type system in GraphQL's schema language, extensions included.
    ///
    /// The five built-in scalars, the directives `@skip`, `@include`, `@deprecated`,
    /// `@specifiedBy` and `@oneOf`, and the types of introspection are there without being
    /// written. Types called `Query`, `Mutation` and `Subscription` are the roots unless a
    /// `schema` definition says otherwise.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the text, each with its place and what to do.
    pub fn parse(sdl: &str) -> Result<Schema, SchemaError> {
        build::build(sdl)
    }

    /// What the author says about the schema.
    pub fn description(&self) -> Option<&Arc<str>> {
        self.description.as_ref()
    }

    /// All types, built-in ones included, in the order of their [`TypeId`]s.
    pub fn types(&self) -> &[Type] {
        &self.types
    }

    /// All fields of objects and interfaces, in the order of their [`FieldId`]s.
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    /// All directives, built-in ones included.
    pub fn directives(&self) -> &[DirectiveDefinition] {
        &self.directives
    }

    /// The type called `name`.
    pub fn type_named(&self, name: &str) -> Option<&Type> {
        self.type_by_name.get(name).map(|id| &self[*id])
    }

    /// The directive called `name`, without the `@`.
    pub fn directive(&self, name: &str) -> Option<&DirectiveDefinition> {
        self.directive_by_name.get(name).map(|place| &self.directives[*place])
    }

    /// The type that operations of this kind begin at; none if the schema knows no such operations.
    pub fn root(&self, kind: OperationKind) -> Option<TypeId> {
        match kind {
            OperationKind::Query => Some(self.query),
            OperationKind::Mutation => self.mutation,
            OperationKind::Subscription => self.subscription,
        }
    }

    /// The field called `name` that may be asked of `parent`: one of its own, or `__typename` of
    /// any object, interface or union, or `__schema` and `__type` of the query root.
    pub fn field(&self, parent: TypeId, name: &str) -> Option<&Field> {
        let own = self[parent].kind.fields().and_then(|fields| fields.id(name));
        own.or_else(|| self.meta_field(parent, name)).map(|id| &self[id])
    }

    fn meta_field(&self, parent: TypeId, name: &str) -> Option<FieldId> {
        match name {
            "__typename" if self[parent].kind.is_composite() => Some(self.typename_field),
            "__schema" if parent == self.query => Some(self.schema_field),
            "__type" if parent == self.query => Some(self.type_field),
            _ => None,
        }
    }

    /// The one field `__typename`, shared by all types that have it; its parent is the query root.
    pub fn typename_field(&self) -> FieldId {
        self.typename_field
    }

    /// The field `__schema` of the query root.
    pub fn schema_field(&self) -> FieldId {
        self.schema_field
    }

    /// The field `__type` of the query root.
    pub fn type_field(&self) -> FieldId {
        self.type_field
    }

    /// The objects that a value of this type can be, in the order of their numbers: an object's
    /// only one is itself; scalars, enums and input objects have none.
    pub fn possible_types(&self, id: TypeId) -> &[TypeId] {
        &self[id].possible
    }

    /// Whether a value of type `id` can be an object of type `object`.
    pub fn is_possible(&self, id: TypeId, object: TypeId) -> bool {
        id == object || self[id].possible.binary_search(&object).is_ok()
    }

    /// The type as GraphQL writes it, such as `[Int!]!`.
    pub fn written<'a>(&'a self, type_ref: &'a TypeRef) -> WrittenType<'a> {
        WrittenType { schema: self, type_ref }
    }
}

impl Index<TypeId> for Schema {
    type Output = Type;

    fn index(&self, id: TypeId) -> &Type {
        &self.types[id.index()]
    }
}

impl Index<FieldId> for Schema {
    type Output = Field;

    fn index(&self, id: FieldId) -> &Field {
        &self.fields[id.index()]
    }
}
