//! Leaves of the response: scalars and enums, as the specification serialises them.

use super::coerce::whole;
use super::compiled::{Compiled, Kind};
use crate::data::Data;
use crate::error::{Error, Result};
use crate::schema::{Type, TypeId};
use crate::value::{Text, Value};

/// The data of a leaf.
///
/// # Errors
///
/// The value is none of its type.
pub(crate) fn serialize(schema: &Compiled, id: TypeId, value: Value) -> Result<Data> {
    match (&schema.kinds[id.index()], value) {
        (Kind::String | Kind::Id, Value::String(text)) => Ok(Data::String(text)),
        (Kind::Int, Value::Int(number)) => match i32::try_from(number) {
            Ok(_) => Ok(Data::Int(number)),
            Err(_) => Err(unfit(&schema.types[id], &Value::Int(number), "an integer of 32 bits")),
        },
        (Kind::Boolean, Value::Bool(value)) => Ok(Data::Bool(value)),
        (Kind::Float, Value::Float(number)) if number.is_finite() => Ok(Data::Float(number)),
        (kind, value) => unlike(schema, id, kind, value),
    }
}

/// Values that are not of the leaf's own type, and those of enums and custom scalars.
fn unlike(schema: &Compiled, id: TypeId, kind: &Kind, value: Value) -> Result<Data> {
    let of = &schema.types[id];
    let fit: Option<Data> = match kind {
        Kind::Int => integer(&value).map(Data::Int),
        Kind::Float => float(&value).map(Data::Float),
        Kind::String => string(&value).map(Data::String),
        Kind::Boolean => match &value {
            Value::Int(number) => Some(Data::Bool(*number != 0)),
            Value::Float(number) if number.is_finite() => Some(Data::Bool(*number != 0.0)),
            _ => None,
        },
        Kind::Id => whole(&value).map(|number| Data::String(Text::from(number.to_string()))),
        Kind::Enum => {
            let known = value.as_str().and_then(|name| of.kind.enum_value(name));
            known.map(|known| Data::String(Text::from(&known.name)))
        }
        Kind::Custom(scalar) => {
            let value = match &scalar.serialize {
                Some(serialize) => Error::contain(|| serialize(value))?,
                None => value,
            };
            let data = Data::from_value(value);
            return data.map_err(|kind| {
                Error::new(format!(
                    "`{}` cannot answer {kind}: give it a way to serialise its values",
                    of.name
                ))
            });
        }
        Kind::Object | Kind::Abstract(_) | Kind::Input => None,
    };
    let expected = match kind {
        Kind::Int => "an integer of 32 bits",
        Kind::Float => "a finite number",
        Kind::String => "a string",
        Kind::Boolean => "true or false",
        Kind::Id => "a string or an integer",
        _ => "one of its values",
    };
    fit.ok_or_else(|| unfit(of, &value, expected))
}

fn integer(value: &Value) -> Option<i64> {
    let number = match value {
        Value::Bool(value) => Some(i64::from(*value)),
        Value::String(text) if !text.trim().is_empty() => {
            text.trim().parse().ok().map(Value::Float).as_ref().and_then(whole)
        }
        number => whole(number),
    };
    number.filter(|number| i32::try_from(*number).is_ok())
}

fn float(value: &Value) -> Option<f64> {
    let number = match value {
        Value::Bool(value) => Some(f64::from(u8::from(*value))),
        Value::String(text) if !text.trim().is_empty() => text.trim().parse().ok(),
        number => number.as_f64(),
    };
    number.filter(|number| number.is_finite())
}

fn string(value: &Value) -> Option<Text> {
    match value {
        Value::Bool(value) => Some(Text::from(if *value { "true" } else { "false" })),
        Value::Int(number) => Some(Text::from(number.to_string())),
        Value::Float(number) if number.is_finite() => Some(Text::from(number.to_string())),
        _ => None,
    }
}

#[cold]
fn unfit(of: &Type, value: &Value, expected: &str) -> Error {
    let found = match value {
        Value::Bool(_) | Value::Int(_) | Value::Float(_) => format!("`{}`", value.to_json()),
        Value::String(text) if text.len() <= 60 => format!("`{:?}`", text),
        value => value.kind().to_owned(),
    };
    Error::new(format!("expected {expected} for `{}`, found {found}", of.name))
}
