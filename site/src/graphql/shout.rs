//! Texts in upper case, wherever they are asked for.

use graphql_mw::{Field, FieldMiddleware, Layer, Next, On, Resolved, Scope};
use serde::Deserialize;

/// Which texts.
#[derive(Clone, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ShoutOptions {
    /// The fields, each as `Type.field`.
    fields: Vec<String>,
}

impl Default for ShoutOptions {
    fn default() -> Self {
        ShoutOptions { fields: vec!["Note.text".into()] }
    }
}

/// Makes texts upper case on their way out.
pub(super) struct Shout(ShoutOptions);

impl Shout {
    /// The layer with these options.
    pub(super) fn new(options: ShoutOptions) -> Self {
        Shout(options)
    }
}

impl Layer for Shout {}

impl FieldMiddleware for Shout {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        next.resolve(field).map(|value| match value.as_str() {
            Some(text) => text.to_uppercase().into(),
            None => value,
        })
    }

    fn install(&self, on: &mut On<Self>) {
        on.scope(Scope::fields(self.0.fields.clone()));
    }
}
