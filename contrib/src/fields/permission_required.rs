//! Fields for those who may see them.

use super::{public, scope, who};
use crate::auth::Account;
use crate::options::OptionsError;
use graphql_mw::{Field, FieldMiddleware, Info, Layer, Next, On, Order, Resolved, Result};
use serde::Deserialize;
use std::fmt;

/// Options of [`PermissionRequired`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct PermissionRequiredOptions {
    /// The permission's name. Default: `staff`.
    pub permission: String,
    /// All fields of these objects. Default: none.
    pub types: Vec<String>,
    /// These fields, each as `Type.field`. Default: none; with neither types nor fields, all but
    /// introspection.
    #[serde(deserialize_with = "scope::fields")]
    pub fields: Vec<String>,
}

impl Default for PermissionRequiredOptions {
    fn default() -> Self {
        let (types, fields) = (Vec::new(), Vec::new());
        PermissionRequiredOptions { permission: String::from("staff"), types, fields }
    }
}

type May = dyn Fn(&Account, &str) -> Result<bool> + Send + Sync;

/// Answers a field with an error unless the account that asks has a permission; `extensions.code`
/// is `UNAUTHENTICATED` for somebody who is not logged in, and `FORBIDDEN` for anybody else.
///
/// What a permission is, the program says: the layer hands it the account and the name.
pub struct PermissionRequired {
    options: PermissionRequiredOptions,
    may: Box<May>,
}

impl PermissionRequired {
    /// The layer with these options; `may` is asked for each field, and must not take long.
    ///
    /// # Errors
    ///
    /// A field is not written as `Type.field`.
    pub fn new(
        options: PermissionRequiredOptions,
        may: impl Fn(&Account, &str) -> Result<bool> + Send + Sync + 'static,
    ) -> Result<Self, OptionsError> {
        scope::check_fields(&options.fields)?;
        Ok(PermissionRequired { options, may: Box::new(may) })
    }

    /// The layer that knows one permission, `staff`: the account's
    /// [`is_staff`](crate::auth::Account::is_staff).
    ///
    /// # Errors
    ///
    /// Another permission, or a field that is not written as `Type.field`.
    pub fn staff(options: PermissionRequiredOptions) -> Result<Self, OptionsError> {
        if options.permission != "staff" {
            return Err(OptionsError::new(format!(
                "nobody has the permission `{}`: accounts have `staff` only; for permissions of \
                 your own register a factory with `PermissionRequired::new`",
                options.permission
            )));
        }
        PermissionRequired::new(options, |account, _| Ok(account.is_staff))
    }

    fn check(&self, info: &Info<'_>) -> Result<()> {
        let user = who::user(info)?;
        let Some(account) = user.account().map_err(who::of_store)? else {
            return Err(public("log in first").with_extension("code", "UNAUTHENTICATED"));
        };
        let permission = &self.options.permission;
        if (self.may)(account, permission)? {
            return Ok(());
        }
        let message = format!("you need the permission `{permission}`");
        Err(public(message).with_extension("code", "FORBIDDEN"))
    }
}

impl Layer for PermissionRequired {
    fn declare(&self, order: &mut Order) {
        order.before_layer::<super::Cache>();
    }
}

impl FieldMiddleware for PermissionRequired {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        match self.check(&field.info) {
            Ok(()) => next.resolve(field),
            Err(error) => Resolved::error(error),
        }
    }

    fn install(&self, on: &mut On<Self>) {
        on.scope(scope::scope(&self.options.types, &self.options.fields));
    }
}

impl fmt::Debug for PermissionRequired {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PermissionRequired").field("options", &self.options).finish_non_exhaustive()
    }
}
