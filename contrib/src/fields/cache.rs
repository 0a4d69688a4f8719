//! Values of root fields that are kept for a while.

use super::{scope, who};
use crate::options::{self, OptionsError};
use graphql_mw::ast::OperationKind;
use graphql_mw::{Field, FieldMiddleware, Layer, Next, On, Order, Resolved, Result, Scope, Value};
use serde::Deserialize;
use std::fmt;
use std::time::Duration;

/// Options of [`Cache`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CacheOptions {
    /// The fields whose values are kept, each as `Type.field`. It must be said.
    #[serde(deserialize_with = "fields")]
    pub fields: Vec<String>,
    /// Milliseconds that a value is kept, at most a year. Default: 60,000.
    #[serde(deserialize_with = "ttl_ms")]
    pub ttl_ms: u64,
    /// How many values are kept at once. Default: 10,000.
    #[serde(deserialize_with = "entries")]
    pub entries: u64,
    /// Whether what was resolved for one user is told to another, and to whoever is not logged in.
    /// Default: no.
    pub shared: bool,
}

impl Default for CacheOptions {
    fn default() -> Self {
        CacheOptions { fields: Vec::new(), ttl_ms: 60_000, entries: 10_000, shared: false }
    }
}

/// The cache panics at lifetimes that no clock can count.
const YEAR_MS: u64 = 365 * 24 * 60 * 60 * 1_000;

fn check_fields(fields: &[String]) -> Result<(), OptionsError> {
    if fields.is_empty() {
        return Err(OptionsError::new(
            "no field is named, so nothing would be kept: name those whose values may be old, such \
             as `fields = [\"Query.news\"]`, or leave the layer out",
        ));
    }
    scope::check_fields(fields)
}

fn some(name: &str, value: u64) -> Result<(), OptionsError> {
    match value {
        0 => Err(OptionsError::new(format!(
            "`{name}` is 0, so nothing would be kept: say how many, or leave the layer out"
        ))),
        _ => Ok(()),
    }
}

fn fields<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    options::checked(from, |fields: &Vec<String>| check_fields(fields))
}

fn ttl_ms<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    options::checked(from, |value| some("ttl_ms", *value))
}

fn entries<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    options::checked(from, |value| some("entries", *value))
}

/// Keeps the values of chosen root fields of queries, by arguments and by user.
///
/// It keeps no error, and nothing of a mutation or a subscription. Fields further down are resolved
/// each time: their parent decides what they are, and nobody can tell parents apart. Unless it is
/// told that values are shared it keeps nothing for somebody who is not logged in, who could be
/// anybody. What the client selects is not asked about, so a resolver that looks ahead should not
/// be listed. Two that ask at once before there is a value both resolve it.
///
/// Whoever refuses, such as [`LoginRequired`](super::LoginRequired), is listed before.
pub struct Cache {
    options: CacheOptions,
    values: moka::sync::Cache<Key, Value>,
}

#[derive(PartialEq, Eq, Hash)]
struct Key {
    field: Box<str>,
    args: Box<str>,
    account: Option<i64>,
}

impl Cache {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// No field is named, one is not written as `Type.field`, or nothing could be kept.
    pub fn new(options: CacheOptions) -> Result<Self, OptionsError> {
        check_fields(&options.fields)?;
        some("ttl_ms", options.ttl_ms)?;
        some("entries", options.entries)?;
        let ttl = Duration::from_millis(options.ttl_ms.min(YEAR_MS));
        let values =
            moka::sync::Cache::builder().max_capacity(options.entries).time_to_live(ttl).build();
        Ok(Cache { options, values })
    }

    /// Under what the field's value is kept, none where it is not.
    fn key(&self, field: &Field<'_>) -> Result<Option<Key>> {
        // A root value of the request's own could say anything about who asks.
        let is_plain = field.args.iter().all(|(_, value)| is_plain(value));
        if field.info.depth() != 1 || !field.root.is_null() || !is_plain {
            return Ok(None);
        }
        let account = match self.options.shared {
            true => None,
            false => match who::account_id(&field.info)? {
                None => return Ok(None),
                account => account,
            },
        };
        let name = format!("{}.{}", field.info.parent_type(), field.info.field_name());
        let args = serde_json::to_string(field.args)?;
        Ok(Some(Key { field: name.into(), args: args.into(), account }))
    }
}

/// Whether JSON can say it, so that equal texts are equal values.
fn is_plain(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(_) | Value::Int(_) | Value::Float(_) | Value::String(_) => true,
        Value::List(items) => items.iter().all(is_plain),
        Value::Object(members) => members.iter().all(|(_, value)| is_plain(value)),
        _ => false,
    }
}

/// Whether the value is there as a whole, without an error in it.
fn is_settled(value: &Value) -> bool {
    match value {
        Value::Any(_) => true,
        Value::List(items) => items.iter().all(is_settled),
        Value::Object(members) => members.iter().all(|(_, value)| is_settled(value)),
        value => is_plain(value),
    }
}

impl Layer for Cache {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl FieldMiddleware for Cache {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        let key = match self.key(&field) {
            Ok(Some(key)) => key,
            Ok(None) => return next.resolve(field),
            Err(error) => return Resolved::error(error),
        };
        if let Some(value) = self.values.get(&key) {
            return Resolved::Ready(Ok(value));
        }
        next.resolve(field).map(move |value| {
            if is_settled(&value) {
                self.values.insert(key, value.clone());
            }
            value
        })
    }

    fn install(&self, on: &mut On<Self>) {
        on.scope(Scope::fields(&self.options.fields).operations([OperationKind::Query]));
    }
}

impl fmt::Debug for Cache {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Cache").field("options", &self.options).finish_non_exhaustive()
    }
}
