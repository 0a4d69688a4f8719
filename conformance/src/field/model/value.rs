//! The model's values: what resolvers and layers give.

use crate::field::program::Field;
use crate::field::schema::{Arg, FieldOf, Type};
use serde_json::Value as Json;

/// What a field gives before its own fields are asked for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    Null,
    Text(String),
    Number(i64),
    Truth(bool),
    List(Vec<Value>),
    /// A user has friends to this depth.
    User {
        name: String,
        age: i64,
        depth: u8,
    },
    MadeUser {
        ok: bool,
        user: Box<Value>,
    },
    Tick {
        i: i64,
        label: String,
    },
    /// An event of a subscription.
    Event(i64),
    /// A subscription's stream of so many events.
    Stream(i64),
    /// The root of a query or a mutation.
    Root,
    /// What introspection gives: the schema, or the type of this name.
    Schema,
    Named(&'static str),
}

impl Value {
    pub(super) fn text(text: &str) -> Value {
        Value::Text(String::from(text))
    }

    pub(super) fn user(name: &str) -> Value {
        Value::User { name: String::from(name), age: 7, depth: 2 }
    }

    /// What a layer puts in the place of a field's own value; `label` says who and how.
    pub(super) fn constant(of: Type, label: &str) -> Value {
        let item = match of.name {
            "Int" => Value::Number(99),
            "Boolean" => Value::Truth(false),
            "User" => Value::User { name: String::from(label), age: 99, depth: 0 },
            "MakeUser" => Value::MadeUser { ok: false, user: Box::new(Value::Null) },
            "Tick" => Value::Tick { i: 99, label: String::from(label) },
            _ => Value::text(label),
        };
        if of.list { Value::List(vec![item]) } else { item }
    }

    /// A string with the layer's name behind it; anything else as it is.
    pub(super) fn marked(self, layer: &str) -> Value {
        match self {
            Value::Text(text) => Value::Text(format!("{text}+{layer}")),
            other => other,
        }
    }

    /// Whether a layer has given it.
    pub(super) fn is_constant(&self) -> bool {
        match self {
            Value::User { name: label, age: 99, .. } | Value::Tick { i: 99, label } => {
                label.ends_with(".short")
            }
            Value::MadeUser { ok, .. } => !ok,
            _ => false,
        }
    }

    pub(super) fn leaf(&self) -> Json {
        match self {
            Value::Text(text) => Json::from(text.as_str()),
            Value::Number(number) => Json::from(*number),
            Value::Truth(truth) => Json::from(*truth),
            _ => Json::Null,
        }
    }
}

/// The value of a field's argument, the schema's default included (rule F6).
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Args {
    None,
    Number(i64),
    Text(String),
}

impl Args {
    pub(super) fn of(known: &FieldOf, field: &Field) -> Args {
        let Some(arg) = known.arg else { return Args::None };
        let given = field.args.get(arg.name());
        match arg {
            Arg::Number(_) => Args::Number(given.and_then(Json::as_i64).unwrap_or_default()),
            Arg::NumberOr(_, or) => Args::Number(given.and_then(Json::as_i64).unwrap_or(or)),
            Arg::Text(_) => Args::Text(String::from(given.and_then(Json::as_str).unwrap_or(""))),
            Arg::TextOr(_, or) => {
                Args::Text(String::from(given.and_then(Json::as_str).unwrap_or(or)))
            }
        }
    }

    /// As the word `args` changes them.
    pub(super) fn changed_by(self, layer: &str) -> Args {
        match self {
            Args::None => Args::None,
            Args::Number(number) => Args::Number(number + 1),
            Args::Text(text) => Args::Text(format!("{text}+{layer}")),
        }
    }

    pub(super) fn number(&self) -> i64 {
        if let Args::Number(number) = self { *number } else { 0 }
    }

    pub(super) fn text(&self) -> &str {
        if let Args::Text(text) = self { text } else { "" }
    }
}
