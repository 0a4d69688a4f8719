//! What resolvers and layers hand on.

mod json;
mod later;
mod object;
mod source;
mod text;

pub use later::Later;
pub use object::Object;
pub use source::Source;
pub use text::Text;

use crate::error::Error;
use std::any::Any;
use std::fmt;
use std::sync::Arc;

/// A value on its way: an argument, what a field resolves to, or the root of the fields below it.
///
/// It is either like JSON, or any Rust type ([`Value::any`]), or something that becomes a value.
/// Cloning copies no text that is shared and no list. A value becomes part of the response only
/// when the executor completes it against the field's type.
#[derive(Clone, Default)]
#[non_exhaustive]
pub enum Value {
    /// Nothing.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// An integer. A field of type `Int` answers 32 bits of it, anything larger is a field error.
    Int(i64),
    /// A number. Infinity and NaN are field errors.
    Float(f64),
    /// A string, an id, or the name of an enum's value.
    String(Text),
    /// A list; its items are completed in order (rule F2).
    List(Arc<Vec<Value>>),
    /// Named members; the default resolver finds a field's value among them.
    Object(Arc<Object>),
    /// A value of any Rust type, for resolvers that know it.
    Any(Arc<dyn Any + Send + Sync>),
    /// An error in a value's place, such as one item of a list.
    Error(Error),
    /// A value that is not there yet, such as one item of a list.
    Later(Later),
    /// The events of a subscription; see [`Phase::Source`](crate::Phase::Source).
    Source(Source),
}

impl Value {
    /// A value of any Rust type; see [`Value::downcast_ref`].
    pub fn any<T: Any + Send + Sync>(value: T) -> Self {
        Value::Any(Arc::new(value))
    }

    /// A list of any Rust values.
    pub fn anys<T: Any + Send + Sync>(values: impl IntoIterator<Item = T>) -> Self {
        Value::list(values.into_iter().map(Value::any))
    }

    /// A list.
    pub fn list(items: impl IntoIterator<Item = Value>) -> Self {
        Value::List(Arc::new(items.into_iter().collect()))
    }

    /// An object of these members, in this order.
    pub fn object<K: Into<Text>>(members: impl IntoIterator<Item = (K, Value)>) -> Self {
        Value::Object(Arc::new(members.into_iter().collect()))
    }

    /// A value that is not there yet. It is awaited side by side with its neighbours.
    pub fn later(value: impl Future<Output = crate::Result<Value>> + Send + 'static) -> Self {
        Value::Later(Later::new(value))
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The boolean, if it is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The integer, if it is one.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Value::Int(value) => Some(*value),
            _ => None,
        }
    }

    /// The number, if it is one.
    pub fn as_f64(&self) -> Option<f64> {
        match self {
            Value::Float(value) => Some(*value),
            Value::Int(value) => Some(*value as f64),
            _ => None,
        }
    }

    /// The string, if it is one.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// The items, if it is a list.
    pub fn as_list(&self) -> Option<&[Value]> {
        match self {
            Value::List(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is an object.
    pub fn as_object(&self) -> Option<&Object> {
        match self {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The Rust value, if it is a `T`.
    pub fn downcast_ref<T: Any>(&self) -> Option<&T> {
        match self {
            Value::Any(value) => value.downcast_ref(),
            _ => None,
        }
    }

    /// The member of an object; none where it has none of this name, or the value is no object.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.as_object().and_then(|object| object.get(name))
    }

    /// What kind of value it is, for messages.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Int(_) => "an integer",
            Value::Float(_) => "a number",
            Value::String(_) => "a string",
            Value::List(_) => "a list",
            Value::Object(_) => "an object",
            Value::Any(_) => "a Rust value",
            Value::Error(_) => "an error",
            Value::Later(_) => "a value that is not there yet",
            Value::Source(_) => "a source of events",
        }
    }
}

/// Values are equal as JSON is; Rust values, if they are the same one. What is not a value yet
/// equals nothing.
impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::String(a), Value::String(b)) => a == b,
            (Value::List(a), Value::List(b)) => a == b,
            (Value::Object(a), Value::Object(b)) => a == b,
            (Value::Any(a), Value::Any(b)) => Arc::ptr_eq(a, b),
            _ => false,
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Value::Null => f.write_str("null"),
            Value::Bool(value) => value.fmt(f),
            Value::Int(value) => value.fmt(f),
            Value::Float(value) => value.fmt(f),
            Value::String(value) => fmt::Debug::fmt(value, f),
            Value::List(items) => items.fmt(f),
            Value::Object(object) => object.fmt(f),
            Value::Error(error) => f.debug_tuple("Error").field(error).finish(),
            Value::Any(_) => f.write_str("Any"),
            Value::Later(_) => f.write_str("Later"),
            Value::Source(_) => f.write_str("Source"),
        }
    }
}

macro_rules! value_from {
    ($($from:ty => |$value:ident| $to:expr,)*) => {
        $(impl From<$from> for Value {
            fn from($value: $from) -> Self {
                $to
            }
        })*
    };
}

value_from! {
    bool => |value| Value::Bool(value),
    i32 => |value| Value::Int(value.into()),
    i64 => |value| Value::Int(value),
    u32 => |value| Value::Int(value.into()),
    f64 => |value| Value::Float(value),
    &'static str => |value| Value::String(value.into()),
    String => |value| Value::String(value.into()),
    Arc<str> => |value| Value::String(value.into()),
    Text => |value| Value::String(value),
    Source => |value| Value::Source(value),
    Error => |value| Value::Error(value),
    () => |_value| Value::Null,
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Value::Null, Into::into)
    }
}

impl<T: Into<Value>> From<Vec<T>> for Value {
    fn from(values: Vec<T>) -> Self {
        Value::list(values.into_iter().map(Into::into))
    }
}
