//! The data of a response.

use crate::value::{Object, Text, Value};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::sync::Arc;

/// The data of a response: completed values, each as the schema says.
#[derive(Clone, Default, PartialEq)]
pub enum Data {
    /// Nothing, or an error in the value's place.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// An integer.
    Int(i64),
    /// A finite number.
    Float(f64),
    /// A string, an id or an enum's value.
    String(Text),
    /// A list.
    List(Vec<Data>),
    /// An object, its members in the order in which they were asked for.
    Object(DataObject),
}

/// The members of an object. All objects that were asked the same have one list of keys.
#[derive(Clone, PartialEq)]
pub struct DataObject {
    keys: Arc<[Arc<str>]>,
    values: Box<[Data]>,
}

impl DataObject {
    pub(crate) fn new(keys: Arc<[Arc<str>]>, values: Vec<Data>) -> Self {
        debug_assert_eq!(keys.len(), values.len(), "every key has its value");
        DataObject { keys, values: values.into_boxed_slice() }
    }

    /// The member called `name`.
    pub fn get(&self, name: &str) -> Option<&Data> {
        self.iter().find(|(key, _)| *key == name).map(|(_, value)| value)
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Data)> {
        self.keys.iter().map(|key| &**key).zip(&self.values)
    }
}

impl Data {
    /// The member of an object; none where it has none of this name, or the value is no object.
    pub fn get(&self, name: &str) -> Option<&Data> {
        match self {
            Data::Object(object) => object.get(name),
            _ => None,
        }
    }

    /// The item of a list.
    pub fn item(&self, index: usize) -> Option<&Data> {
        match self {
            Data::List(items) => items.get(index),
            _ => None,
        }
    }

    /// Whether it is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Data::Null)
    }

    /// What a custom scalar answers, which may be anything that JSON can say.
    pub(crate) fn from_value(value: Value) -> Result<Data, &'static str> {
        Ok(match value {
            Value::Null => Data::Null,
            Value::Bool(value) => Data::Bool(value),
            Value::Int(value) => Data::Int(value),
            Value::Float(value) if value.is_finite() => Data::Float(value),
            Value::String(text) => Data::String(text),
            Value::List(items) => {
                let items = items.iter().cloned().map(Data::from_value);
                Data::List(items.collect::<Result<_, _>>()?)
            }
            Value::Object(object) => Data::from_object(&object)?,
            other => return Err(other.kind()),
        })
    }

    fn from_object(object: &Object) -> Result<Data, &'static str> {
        let keys = object.iter().map(|(key, _)| Arc::from(&**key)).collect();
        let values = object.iter().map(|(_, value)| Data::from_value(value.clone()));
        Ok(Data::Object(DataObject::new(keys, values.collect::<Result<_, _>>()?)))
    }
}

impl Serialize for Data {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Data::Null => serializer.serialize_unit(),
            Data::Bool(value) => serializer.serialize_bool(*value),
            Data::Int(value) => serializer.serialize_i64(*value),
            Data::Float(value) => serializer.serialize_f64(*value),
            Data::String(text) => serializer.serialize_str(text),
            Data::List(items) => serializer.collect_seq(items),
            Data::Object(object) => object.serialize(serializer),
        }
    }
}

impl Serialize for DataObject {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.keys.len()))?;
        for (key, value) in self.iter() {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }
}

impl fmt::Debug for Data {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Data::Null => f.write_str("null"),
            Data::Bool(value) => value.fmt(f),
            Data::Int(value) => value.fmt(f),
            Data::Float(value) => value.fmt(f),
            Data::String(text) => fmt::Debug::fmt(text, f),
            Data::List(items) => items.fmt(f),
            Data::Object(object) => object.fmt(f),
        }
    }
}

impl fmt::Debug for DataObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
