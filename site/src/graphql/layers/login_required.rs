//! Fields for users only.

use crate::graphql::who;
use graphql_mw::{Error, Field, FieldMiddleware, Layer, Next, On, Resolved, Scope};
use serde::Deserialize;

/// Which fields.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct LoginRequiredOptions {
    /// The objects all of whose fields are for users only.
    types: Vec<String>,
}

impl Default for LoginRequiredOptions {
    fn default() -> Self {
        LoginRequiredOptions { types: vec!["Mutation".into()] }
    }
}

/// Answers whoever has not logged in with an error; no one further in sees the field.
pub(super) struct LoginRequired(pub(super) LoginRequiredOptions);

impl Layer for LoginRequired {}

impl FieldMiddleware for LoginRequired {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        match who(&field.info) {
            Ok(Some(_)) => next.resolve(field),
            Ok(None) => Resolved::error(
                Error::new("log in first").with_extension("code", "UNAUTHENTICATED"),
            ),
            Err(error) => Resolved::error(error),
        }
    }

    fn install(&self, on: &mut On<Self>) {
        on.scope(Scope::types(self.0.types.clone()));
    }
}
