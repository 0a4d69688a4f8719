//! Which fields a layer's options are about.

use crate::options::{self, OptionsError};
use graphql_mw::Scope;

/// The fields of these types and these fields; with neither, all but introspection.
pub(super) fn scope(types: &[String], fields: &[String]) -> Scope {
    match (types, fields) {
        ([], []) => Scope::everywhere().not_introspection(),
        _ => fields.iter().fold(Scope::types(types), Scope::and_field),
    }
}

/// Checks that each field is written as `Type.field`. That the schema has it is checked when the
/// executor is built.
pub(super) fn check_fields(fields: &[String]) -> Result<(), OptionsError> {
    let is_field = |name: &String| {
        name.split_once('.').is_some_and(|(of, field)| !of.is_empty() && !field.is_empty())
    };
    match fields.iter().find(|name| !is_field(name)) {
        Some(name) => Err(OptionsError::new(format!(
            "`{name}` is no field: write it with its type, such as `Query.{}`",
            match name.trim_matches('.') {
                "" => "account",
                name => name,
            }
        ))),
        None => Ok(()),
    }
}

pub(super) fn fields<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    options::checked(from, |fields: &Vec<String>| check_fields(fields))
}
