//! Introspection, as resolvers of ordinary fields.

use crate::error::Result;
use crate::field::Field;
use crate::schema::{DirectiveDefinition, FieldId, InputValue, Schema, TypeId, TypeKind, TypeRef};
use crate::value::{Text, Value};
use std::sync::Arc;

/// What the fields of introspection begin at. Everything is known by number, so that nothing of the
/// schema is copied.
#[derive(Clone)]
enum Meta {
    Schema,
    Type(TypeRef),
    Field(FieldId),
    Input(InputOf, usize),
    EnumValue(TypeId, usize),
    Directive(usize),
}

#[derive(Clone, Copy)]
enum InputOf {
    Field(FieldId),
    Type(TypeId),
    Directive(usize),
}

/// `__schema`.
pub(super) fn schema(_: &Field<'_>) -> Result<Value> {
    Ok(Value::any(Meta::Schema))
}

/// `__type`.
pub(super) fn type_named(field: &Field<'_>) -> Result<Value> {
    let schema = &field.info.run().op.schema.types;
    let found = field.arg("name").as_str().and_then(|name| schema.type_named(name));
    Ok(found.map_or(Value::Null, |found| named(found.id)))
}

/// Any field of the types of introspection.
pub(super) fn meta(field: &Field<'_>) -> Result<Value> {
    let schema = &field.info.run().op.schema.types;
    let with_deprecated = field.arg("includeDeprecated").as_bool() == Some(true);
    let asked = Asked { schema, name: field.info.field_name(), with_deprecated };
    let meta: &Meta = field.root_as()?;
    Ok(match meta {
        Meta::Schema => asked.of_schema(),
        Meta::Type(type_ref) => asked.of_type_ref(type_ref),
        Meta::Field(id) => asked.of_field(*id),
        Meta::Input(of, place) => asked.of_input(&inputs(schema, *of)[*place]),
        Meta::EnumValue(id, place) => asked.of_enum_value(*id, *place),
        Meta::Directive(place) => asked.of_directive(*place, &schema.directives()[*place]),
    })
}

fn inputs(schema: &Schema, of: InputOf) -> &[InputValue] {
    match of {
        InputOf::Field(id) => &schema[id].arguments,
        InputOf::Type(id) => schema[id].kind.input_fields().unwrap_or(&[]),
        InputOf::Directive(place) => &schema.directives()[place].arguments,
    }
}

/// One field that is asked of something.
struct Asked<'a> {
    schema: &'a Schema,
    name: &'a str,
    with_deprecated: bool,
}

impl Asked<'_> {
    fn of_schema(&self) -> Value {
        use crate::ast::OperationKind::{Mutation, Query, Subscription};
        let root = |kind| self.schema.root(kind).map_or(Value::Null, named);
        match self.name {
            "description" => text(self.schema.description()),
            "types" => Value::list(self.schema.types().iter().map(|of| named(of.id))),
            "queryType" => root(Query),
            "mutationType" => root(Mutation),
            "subscriptionType" => root(Subscription),
            "directives" => Value::anys((0..self.schema.directives().len()).map(Meta::Directive)),
            _ => Value::Null,
        }
    }

    fn of_type_ref(&self, type_ref: &TypeRef) -> Value {
        let (kind, inner) = match type_ref {
            TypeRef::Named(id) => return self.of_type(*id),
            TypeRef::List(inner) => ("LIST", inner),
            TypeRef::NonNull(inner) => ("NON_NULL", inner),
        };
        match self.name {
            "kind" => Value::from(kind),
            "ofType" => Value::any(Meta::Type((**inner).clone())),
            _ => Value::Null,
        }
    }

    fn of_type(&self, id: TypeId) -> Value {
        let of = &self.schema[id];
        match (self.name, &of.kind) {
            ("kind", kind) => Value::from(kind.as_str()),
            ("name", _) => Value::String(Text::from(&of.name)),
            ("description", _) => text(of.description.as_ref()),
            ("specifiedByURL", TypeKind::Scalar { specified_by }) => text(specified_by.as_ref()),
            ("isOneOf", TypeKind::InputObject { one_of, .. }) => Value::Bool(*one_of),
            ("fields", kind) => kind.fields().map_or(Value::Null, |fields| {
                let ids = fields.ids().iter().copied();
                let shown = ids.filter(|id| self.shows(self.schema[*id].deprecated.as_ref()));
                Value::anys(shown.map(Meta::Field))
            }),
            ("interfaces", TypeKind::Object { interfaces, .. })
            | ("interfaces", TypeKind::Interface { interfaces, .. }) => {
                Value::list(interfaces.iter().copied().map(named))
            }
            ("possibleTypes", kind) if kind.is_abstract() => {
                Value::list(self.schema.possible_types(id).iter().copied().map(named))
            }
            ("enumValues", TypeKind::Enum { values }) => {
                let shown = (0..values.len())
                    .filter(|place| self.shows(values[*place].deprecated.as_ref()));
                Value::anys(shown.map(|place| Meta::EnumValue(id, place)))
            }
            ("inputFields", TypeKind::InputObject { .. }) => self.inputs(InputOf::Type(id)),
            _ => Value::Null,
        }
    }

    fn of_field(&self, id: FieldId) -> Value {
        let of = &self.schema[id];
        match self.name {
            "name" => Value::String(Text::from(&of.name)),
            "description" => text(of.description.as_ref()),
            "args" => self.inputs(InputOf::Field(id)),
            "type" => Value::any(Meta::Type(of.type_ref.clone())),
            "isDeprecated" => Value::Bool(of.deprecated.is_some()),
            "deprecationReason" => text(of.deprecated.as_ref()),
            _ => Value::Null,
        }
    }

    fn of_input(&self, of: &InputValue) -> Value {
        match self.name {
            "name" => Value::String(Text::from(&of.name)),
            "description" => text(of.description.as_ref()),
            "type" => Value::any(Meta::Type(of.type_ref.clone())),
            "defaultValue" => Value::from(of.default.as_ref().map(ToString::to_string)),
            "isDeprecated" => Value::Bool(of.deprecated.is_some()),
            "deprecationReason" => text(of.deprecated.as_ref()),
            _ => Value::Null,
        }
    }

    fn of_enum_value(&self, id: TypeId, place: usize) -> Value {
        let TypeKind::Enum { values } = &self.schema[id].kind else { return Value::Null };
        let of = &values[place];
        match self.name {
            "name" => Value::String(Text::from(&of.name)),
            "description" => text(of.description.as_ref()),
            "isDeprecated" => Value::Bool(of.deprecated.is_some()),
            "deprecationReason" => text(of.deprecated.as_ref()),
            _ => Value::Null,
        }
    }

    fn of_directive(&self, place: usize, of: &DirectiveDefinition) -> Value {
        match self.name {
            "name" => Value::String(Text::from(&of.name)),
            "description" => text(of.description.as_ref()),
            "isRepeatable" => Value::Bool(of.repeatable),
            "locations" => {
                Value::list(of.locations.iter().map(|location| Value::from(location.as_str())))
            }
            "args" => self.inputs(InputOf::Directive(place)),
            _ => Value::Null,
        }
    }

    fn inputs(&self, of: InputOf) -> Value {
        let inputs = inputs(self.schema, of);
        let shown =
            (0..inputs.len()).filter(|place| self.shows(inputs[*place].deprecated.as_ref()));
        Value::anys(shown.map(|place| Meta::Input(of, place)))
    }

    /// Whether something is listed: what is deprecated, if it is asked for.
    fn shows(&self, deprecated: Option<&Arc<str>>) -> bool {
        deprecated.is_none() || self.with_deprecated
    }
}

fn named(id: TypeId) -> Value {
    Value::any(Meta::Type(TypeRef::Named(id)))
}

fn text(text: Option<&Arc<str>>) -> Value {
    text.map_or(Value::Null, |text| Value::String(Text::from(text)))
}
