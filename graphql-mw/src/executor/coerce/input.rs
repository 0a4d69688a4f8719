//! Values as a client sends them beside the document.

use super::problem::Problem;
use super::{Compiled, Kind, input_object, whole};
use crate::error::Error;
use crate::schema::{TypeId, TypeRef};
use crate::value::{Text, Value};
use std::sync::Arc;

/// A value as a client sends it beside the document.
pub(super) fn input(
    schema: &Compiled,
    value: &Value,
    type_ref: &TypeRef,
) -> Result<Value, Problem> {
    match type_ref {
        TypeRef::NonNull(_) if value.is_null() => {
            Err(Problem::new(format!("expected `{}`, found null", schema.types.written(type_ref))))
        }
        TypeRef::NonNull(inner) => input(schema, value, inner),
        _ if value.is_null() => Ok(Value::Null),
        TypeRef::List(item) => match value {
            Value::List(items) => {
                let mut coerced = Vec::with_capacity(items.len());
                for (index, value) in items.iter().enumerate() {
                    let value = input(schema, value, item);
                    coerced.push(value.map_err(|problem| problem.within(index))?);
                }
                Ok(Value::List(Arc::new(coerced)))
            }
            _ => Ok(Value::list([input(schema, value, item)?])),
        },
        TypeRef::Named(id) => input_named(schema, value, *id),
    }
}

fn input_named(schema: &Compiled, value: &Value, id: TypeId) -> Result<Value, Problem> {
    let expected = |what: &str| {
        let name = &schema.types[id].name;
        Problem::new(format!("expected {what} for `{name}`, found {}", shown(value)))
    };
    match (&schema.kinds[id.index()], value) {
        (Kind::Int, Value::Int(_) | Value::Float(_)) => whole(value)
            .filter(|number| i32::try_from(*number).is_ok())
            .map(Value::Int)
            .ok_or_else(|| expected("an integer of 32 bits")),
        (Kind::Int, _) => Err(expected("an integer")),
        (Kind::Float, _) => value
            .as_f64()
            .filter(|number| number.is_finite())
            .map(Value::Float)
            .ok_or_else(|| expected("a number")),
        (Kind::String, Value::String(_)) => Ok(value.clone()),
        (Kind::String, _) => Err(expected("a string")),
        (Kind::Boolean, Value::Bool(_)) => Ok(value.clone()),
        (Kind::Boolean, _) => Err(expected("true or false")),
        (Kind::Id, Value::String(_)) => Ok(value.clone()),
        (Kind::Id, _) => match whole(value) {
            Some(number) => Ok(Value::from(number.to_string())),
            None => Err(expected("a string or an integer")),
        },
        (Kind::Enum, Value::String(name)) => match schema.types[id].kind.enum_value(name) {
            Some(known) => Ok(Value::String(Text::from(&known.name))),
            None => Err(expected("one of its values")),
        },
        (Kind::Enum, _) => Err(expected("one of its values")),
        (Kind::Custom(scalar), _) => match &scalar.parse {
            None => Ok(value.clone()),
            Some(parse) => Error::contain(|| parse(value.clone()))
                .map_err(|error| Problem::new(error.message())),
        },
        (Kind::Input, Value::Object(object)) => {
            let names = object.iter().map(|(name, _)| &**name);
            input_object(
                schema,
                id,
                names,
                |name| object.get(name),
                |value, type_ref| input(schema, value, type_ref),
            )
        }
        (Kind::Input, _) => Err(expected("an object")),
        (Kind::Object | Kind::Abstract(_), _) => Err(expected("no value at all")),
    }
}

/// A value for a message: as JSON if it is short.
fn shown(value: &Value) -> String {
    match value {
        Value::List(_) | Value::Object(_) => value.kind().to_owned(),
        _ => {
            let text = value.to_json().to_string();
            match text.char_indices().nth(60) {
                Some((end, _)) => format!("`{}…`", &text[..end]),
                None => format!("`{text}`"),
            }
        }
    }
}
