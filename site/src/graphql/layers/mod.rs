//! The layers around fields, by the names that the settings list them under.

mod login_required;
mod shout;

use engine_core::Built;
use graphql_mw::{Registry, field};

/// All of them.
pub(super) fn registry() -> Registry {
    let mut registry = Registry::new();
    registry.register("login-required", |options| {
        Ok(Built::Layer(field(login_required::LoginRequired(options.read()?))))
    });
    registry.register("shout", |options| Ok(Built::Layer(field(shout::Shout(options.read()?)))));
    registry
}
