//! Fields for users only.

use super::{public, scope, who};
use crate::options::OptionsError;
use graphql_mw::{Field, FieldMiddleware, Info, Layer, Next, On, Order, Resolved, Result};
use serde::Deserialize;

/// Options of [`LoginRequired`]. With neither types nor fields it is about every field but
/// introspection, the root fields that log somebody in included, unless they are excepted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LoginRequiredOptions {
    /// All fields of these objects. Default: none.
    pub types: Vec<String>,
    /// These fields, each as `Type.field`. Default: none.
    #[serde(deserialize_with = "scope::fields")]
    pub fields: Vec<String>,
    /// Not these fields, each as `Type.field`. Default: none.
    #[serde(deserialize_with = "scope::fields")]
    pub except: Vec<String>,
}

/// Answers a field with an error unless somebody is logged in; `extensions.code` is
/// `UNAUTHENTICATED`. A subscription is refused at its source, before its first event.
///
/// It asks the [`User`](crate::auth::User) of the request's state. One that was not looked up yet
/// is looked up at the first such field, which blocks; websockets' users are known before.
#[derive(Clone, Debug)]
pub struct LoginRequired {
    options: LoginRequiredOptions,
}

impl LoginRequired {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// A field is not written as `Type.field`.
    pub fn new(options: LoginRequiredOptions) -> Result<Self, OptionsError> {
        scope::check_fields(&options.fields)?;
        scope::check_fields(&options.except)?;
        Ok(LoginRequired { options })
    }
}

/// Whether somebody is logged in.
fn check(info: &Info<'_>) -> Result<()> {
    match who::user(info)?.is_authenticated().map_err(who::of_store)? {
        true => Ok(()),
        false => Err(public("log in first").with_extension("code", "UNAUTHENTICATED")),
    }
}

impl Layer for LoginRequired {
    fn declare(&self, order: &mut Order) {
        order.before_layer::<super::Cache>().single();
    }
}

impl FieldMiddleware for LoginRequired {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        match check(&field.info) {
            Ok(()) => next.resolve(field),
            Err(error) => Resolved::error(error),
        }
    }

    fn install(&self, on: &mut On<Self>) {
        let LoginRequiredOptions { types, fields, except } = self.options.clone();
        on.scope(scope::scope(&types, &fields).when(move |target| {
            let is_this =
                |name: &String| name.split_once('.') == Some((target.type_name, target.field_name));
            !except.iter().any(is_this)
        }));
    }
}
