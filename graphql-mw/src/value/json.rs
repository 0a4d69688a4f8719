//! From JSON and back.

use super::{Object, Value};
use serde::{Serialize, Serializer};
use serde_json::Value as Json;
use std::sync::Arc;

impl From<Json> for Value {
    fn from(json: Json) -> Self {
        match json {
            Json::Null => Value::Null,
            Json::Bool(value) => Value::Bool(value),
            Json::Number(number) => match number.as_i64() {
                Some(value) => Value::Int(value),
                None => number.as_f64().map_or(Value::Null, Value::Float),
            },
            Json::String(text) => Value::String(text.into()),
            Json::Array(items) => Value::list(items.into_iter().map(Value::from)),
            Json::Object(members) => {
                let members = members.into_iter().map(|(name, value)| (name, Value::from(value)));
                Value::Object(Arc::new(members.collect::<Object>()))
            }
        }
    }
}

impl Value {
    /// The value as JSON; null in the place of what JSON cannot say.
    pub fn to_json(&self) -> Json {
        match self {
            Value::Bool(value) => Json::Bool(*value),
            Value::Int(value) => Json::from(*value),
            Value::Float(value) => Json::from(*value),
            Value::String(text) => Json::from(&**text),
            Value::List(items) => items.iter().map(Value::to_json).collect(),
            Value::Object(object) => Json::Object(
                object.iter().map(|(name, value)| (name.to_string(), value.to_json())).collect(),
            ),
            _ => Json::Null,
        }
    }
}

/// As JSON; null in the place of what JSON cannot say.
impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Value::Bool(value) => serializer.serialize_bool(*value),
            Value::Int(value) => serializer.serialize_i64(*value),
            Value::Float(value) => serializer.serialize_f64(*value),
            Value::String(text) => serializer.serialize_str(text),
            Value::List(items) => serializer.collect_seq(items.iter()),
            Value::Object(object) => object.serialize(serializer),
            _ => serializer.serialize_unit(),
        }
    }
}

impl Serialize for Object {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.iter().map(|(name, value)| (&**name, value)))
    }
}
