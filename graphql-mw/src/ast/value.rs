//! Values as they are written in a document.

use std::fmt;
use std::sync::Arc;

use super::Name;
use crate::location::Location;

/// A literal, or a variable in a value's place.
#[derive(Clone, Debug)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it begins; a variable begins at its `$`.
    pub location: Location,
}

/// The forms a [`Value`] can have.
#[derive(Clone, Debug)]
pub enum ValueKind {
    /// `$name`, without the `$`.
    Variable(Arc<str>),
    /// An integer of any size, as it is written.
    Int(Box<str>),
    /// A number with a fraction or an exponent, as it is written.
    Float(Box<str>),
    /// A string or block string, with its escapes resolved.
    String(Arc<str>),
    /// `true` or `false`.
    Boolean(bool),
    /// `null`.
    Null,
    /// Any other name.
    Enum(Arc<str>),
    /// `[…]`.
    List(Vec<Value>),
    /// `{…}`, in the order written; validation refuses a key that comes twice.
    Object(Vec<ObjectField>),
}

/// One `name: value` of an input object.
#[derive(Clone, Debug)]
pub struct ObjectField {
    /// The key.
    pub name: Name,
    /// Its value.
    pub value: Value,
}

impl Value {
    /// Whether the value is the literal `null`.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, ValueKind::Null)
    }

    /// The integer, if the value is one and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match &self.kind {
            ValueKind::Int(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// The number, if the value is an integer or a float whose nearest `f64` is finite.
    pub fn as_f64(&self) -> Option<f64> {
        match &self.kind {
            ValueKind::Int(text) | ValueKind::Float(text) => {
                text.parse().ok().filter(|number: &f64| number.is_finite())
            }
            _ => None,
        }
    }
}

/// The value as GraphQL writes it, for messages and for introspection's `defaultValue`.
impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ValueKind::Variable(name) => write!(f, "${name}"),
            ValueKind::Int(text) | ValueKind::Float(text) => f.write_str(text),
            ValueKind::String(text) => write_string(f, text),
            ValueKind::Boolean(value) => write!(f, "{value}"),
            ValueKind::Null => f.write_str("null"),
            ValueKind::Enum(name) => f.write_str(name),
            ValueKind::List(items) => {
                f.write_str("[")?;
                for (place, item) in items.iter().enumerate() {
                    write!(f, "{}{item}", if place == 0 { "" } else { ", " })?;
                }
                f.write_str("]")
            }
            ValueKind::Object(fields) => {
                f.write_str("{")?;
                for (place, field) in fields.iter().enumerate() {
                    let comma = if place == 0 { "" } else { ", " };
                    write!(f, "{comma}{}: {}", field.name, field.value)?;
                }
                f.write_str("}")
            }
        }
    }
}

/// Writes `text` in quotes, with the escapes that GraphQL knows.
fn write_string(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for letter in text.chars() {
        match letter {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            '\u{8}' => f.write_str("\\b")?,
            '\u{c}' => f.write_str("\\f")?,
            control if control.is_control() => write!(f, "\\u{:04X}", control as u32)?,
            other => write!(f, "{other}")?,
        }
    }
    f.write_str("\"")
}
