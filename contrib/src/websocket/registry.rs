//! The websocket layers by name, so that settings can list them.

use super::{Authentication, Logging, LoginRequired, MessageSize, RateLimit, Timing};
use crate::auth::User;
use crate::registry::Stores;
use crate::sessions::Session;
use engine_async::{Registry, WsLayer, around, hooks};
use engine_core::{Built, FactoryError};
use std::sync::Arc;

/// Registers the layers `auth`, `logging`, `login-required`, `message-size`, `rate-limit` and
/// `timing`. A factory that is registered later under one of these names takes its place.
///
/// ```
/// # use contrib::auth::SqliteUsers;
/// # use contrib::sessions::MemorySessions;
/// # use contrib::signing::SecretKey;
/// # use contrib::{Database, Stores};
/// # use engine_core::Settings;
/// # use std::sync::Arc;
/// # let stores = Stores {
/// #     sessions: Arc::new(MemorySessions::new()),
/// #     users: Arc::new(SqliteUsers::new(&Database::in_memory()?)?),
/// #     secret: SecretKey::random(),
/// # };
/// let mut registry = engine_async::Registry::new();
/// contrib::websocket::registry(&mut registry, &stores);
/// let settings = Settings::parse(
///     r#"
///     middleware = ["logging", "rate-limit", "auth"]
///
///     [layers.rate-limit]
///     messages_per_second = 5
///     "#,
/// )?;
/// let stack = registry.stack(&settings, "middleware")?;
/// assert_eq!(stack.len(), 3);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn registry(registry: &mut Registry, stores: &Stores) {
    let stores = stores.clone();
    registry
        .register_promising(
            "auth",
            |order| {
                order.provides::<Session>().provides::<User>();
            },
            move |options| built(hooks(Authentication::new(&stores, options.read()?)?)),
        )
        .register("logging", |options| {
            options.none()?;
            built(hooks(Logging))
        })
        .register("login-required", |options| built(around(LoginRequired::new(options.read()?)?)))
        .register("message-size", |options| built(hooks(MessageSize::new(options.read()?)?)))
        .register("rate-limit", |options| built(hooks(RateLimit::new(options.read()?)?)))
        .register("timing", |options| built(around(Timing::new(options.read()?))));
}

fn built(layer: Arc<WsLayer>) -> Result<Built<WsLayer>, FactoryError> {
    Ok(Built::Layer(layer))
}
