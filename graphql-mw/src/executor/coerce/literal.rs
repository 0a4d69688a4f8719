//! Values as a document writes them.

use super::problem::Problem;
use super::{Compiled, Kind, Operation, input_object, name_of};
use crate::ast::{self, ValueKind};
use crate::error::Error;
use crate::schema::{TypeId, TypeRef};
use crate::value::{Object, Text, Value};
use std::sync::Arc;

/// Values as a document writes them.
pub(super) struct Literals<'a> {
    schema: &'a Compiled,
    variables: Option<&'a Object>,
}

impl<'a> Literals<'a> {
    pub(super) fn of(operation: &'a Operation<'a>) -> Self {
        Literals { schema: operation.schema, variables: Some(operation.variables) }
    }

    pub(super) fn constant(schema: &'a Compiled) -> Self {
        Literals { schema, variables: None }
    }

    fn variable(&self, name: &str) -> Option<&'a Value> {
        self.variables.and_then(|variables| variables.get(name))
    }

    pub(super) fn coerce(&self, value: &ast::Value, type_ref: &TypeRef) -> Result<Value, Problem> {
        if let ValueKind::Variable(name) = &value.kind {
            let value = self.variable(name).cloned().unwrap_or_default();
            return match value.is_null() && type_ref.is_non_null() {
                true => Err(Problem::new(format!(
                    "variable `${name}` must not be null here: give it a value"
                ))),
                false => Ok(value),
            };
        }
        match type_ref {
            TypeRef::NonNull(_) if value.is_null() => Err(Problem::new(format!(
                "expected `{}`, found null",
                self.schema.types.written(type_ref)
            ))),
            TypeRef::NonNull(inner) => self.coerce(value, inner),
            _ if value.is_null() => Ok(Value::Null),
            TypeRef::List(item) => match &value.kind {
                ValueKind::List(items) => {
                    let mut coerced = Vec::with_capacity(items.len());
                    for (index, value) in items.iter().enumerate() {
                        let value = self.coerce(value, item);
                        coerced.push(value.map_err(|problem| problem.within(index))?);
                    }
                    Ok(Value::List(Arc::new(coerced)))
                }
                _ => Ok(Value::list([self.coerce(value, item)?])),
            },
            TypeRef::Named(id) => self.named(value, *id),
        }
    }

    fn named(&self, value: &ast::Value, id: TypeId) -> Result<Value, Problem> {
        let expected = |what: &str| {
            let name = &self.schema.types[id].name;
            Problem::new(format!("expected {what} for `{name}`, found `{value}`"))
        };
        match (&self.schema.kinds[id.index()], &value.kind) {
            (Kind::Int, ValueKind::Int(_)) => value
                .as_i64()
                .filter(|number| i32::try_from(*number).is_ok())
                .map(Value::Int)
                .ok_or_else(|| expected("an integer of 32 bits")),
            (Kind::Int, _) => Err(expected("an integer")),
            (Kind::Float, ValueKind::Int(_) | ValueKind::Float(_)) => {
                value.as_f64().map(Value::Float).ok_or_else(|| expected("a finite number"))
            }
            (Kind::Float, _) => Err(expected("a number")),
            (Kind::String, ValueKind::String(text)) => Ok(Value::String(Text::from(text))),
            (Kind::String, _) => Err(expected("a string")),
            (Kind::Boolean, ValueKind::Boolean(value)) => Ok(Value::Bool(*value)),
            (Kind::Boolean, _) => Err(expected("true or false")),
            (Kind::Id, ValueKind::String(text)) => Ok(Value::String(Text::from(text))),
            (Kind::Id, ValueKind::Int(text)) => Ok(Value::from(String::from(&**text))),
            (Kind::Id, _) => Err(expected("a string or an integer")),
            (Kind::Enum, ValueKind::Enum(name)) => {
                let kind = &self.schema.types[id].kind;
                let known = kind.enum_value(name).ok_or_else(|| expected("one of its values"))?;
                Ok(Value::String(Text::from(&known.name)))
            }
            (Kind::Enum, _) => Err(expected("one of its values")),
            (Kind::Custom(scalar), _) => {
                let value = self.untyped(value);
                match &scalar.parse {
                    None => Ok(value),
                    Some(parse) => Error::contain(|| parse(value))
                        .map_err(|error| Problem::new(error.message())),
                }
            }
            (Kind::Input, ValueKind::Object(members)) => {
                let member = |name: &str| {
                    let found = members.iter().find(|member| member.name == *name)?;
                    // A variable without a value is as a member that is not there.
                    match &found.value.kind {
                        ValueKind::Variable(name) if self.variable(name).is_none() => None,
                        _ => Some(&found.value),
                    }
                };
                let names = members.iter().map(|member| &*member.name);
                input_object(self.schema, id, names, member, |value, of| self.coerce(value, of))
            }
            (Kind::Input, _) => Err(expected("an object")),
            (Kind::Object | Kind::Abstract(_), _) => Err(expected("no value at all")),
        }
    }

    /// The value of a custom scalar, as it is written.
    fn untyped(&self, value: &ast::Value) -> Value {
        match &value.kind {
            ValueKind::Variable(name) => self.variable(name).cloned().unwrap_or_default(),
            ValueKind::Int(_) => match value.as_i64() {
                Some(number) => Value::Int(number),
                None => value.as_f64().map_or(Value::Null, Value::Float),
            },
            ValueKind::Float(_) => value.as_f64().map_or(Value::Null, Value::Float),
            ValueKind::String(text) | ValueKind::Enum(text) => Value::String(Text::from(text)),
            ValueKind::Boolean(value) => Value::Bool(*value),
            ValueKind::Null => Value::Null,
            ValueKind::List(items) => Value::list(items.iter().map(|item| self.untyped(item))),
            ValueKind::Object(members) => Value::object(
                members.iter().map(|member| (name_of(&member.name), self.untyped(&member.value))),
            ),
        }
    }
}
