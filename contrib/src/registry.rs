//! All layers of this crate by name, so that settings can list them.

use crate::auth::{Authentication, User, UserStore};
use crate::common::Common;
use crate::csrf::{Csrf, CsrfToken};
use crate::frame_options::FrameOptions;
use crate::gzip::Gzip;
use crate::messages::{MessageLayer, Messages};
use crate::sessions::{Session, SessionStore, Sessions};
use crate::signing::SecretKey;
use crate::site::Site;
use crate::timezone::{TimeZone, Timezone};
use crate::timing::{Started, Timing};
use engine_core::{Built, FactoryError, Options};
use engine_sync::{HttpLayer, Registry, hooks};
use std::fmt;
use std::sync::Arc;

/// What the layers share.
#[derive(Clone)]
pub struct Stores {
    /// Where sessions are kept.
    pub sessions: Arc<dyn SessionStore>,
    /// Where users are kept.
    pub users: Arc<dyn UserStore>,
    /// What signatures are made with.
    pub secret: SecretKey,
}

/// Registers the layers `sessions`, `common`, `csrf`, `auth`, `messages`, `frame-options`, `gzip`,
/// `timezone` and `timing`. A factory that is registered later under one of these names takes its
/// place.
///
/// ```
/// use contrib::auth::SqliteUsers;
/// use contrib::sessions::SqliteSessions;
/// use contrib::signing::SecretKey;
/// use contrib::{Database, Stores};
/// use engine_core::Settings;
/// use engine_sync::Registry;
/// use std::sync::Arc;
///
/// let database = Database::in_memory()?;
/// let stores = Stores {
///     sessions: Arc::new(SqliteSessions::new(&database)?),
///     users: Arc::new(SqliteUsers::new(&database)?),
///     secret: SecretKey::random(),
/// };
/// let mut registry = Registry::new();
/// contrib::registry(&mut registry, &stores);
/// let settings = Settings::parse(
///     r#"
///     middleware = ["gzip", "sessions", "common", "csrf", "auth", "messages", "frame-options"]
///
///     [layers.sessions]
///     cookie_age = 3600
///     "#,
/// )?;
/// let stack = registry.stack(&settings, "middleware")?;
/// assert_eq!(stack.len(), 7);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn registry(registry: &mut Registry, stores: &Stores) {
    let Stores { sessions, users, secret } = stores.clone();
    let (auth_secret, messages_secret) = (secret.clone(), secret);
    registry
        .register_promising(
            "sessions",
            |order| {
                order.provides::<Session>();
            },
            move |options| layer(Sessions::new(Arc::clone(&sessions), options.read()?)?),
        )
        .register_promising(
            "common",
            |order| {
                order.provides::<Site>();
            },
            |options| layer(Common::new(options.read()?)?),
        )
        .register_promising(
            "csrf",
            |order| {
                order.provides::<CsrfToken>();
            },
            |options| layer(Csrf::new(options.read()?)?),
        )
        .register_promising(
            "auth",
            |order| {
                order.provides::<User>();
            },
            move |options: &Options<'_>| {
                options.none()?;
                layer(Authentication::new(Arc::clone(&users), &auth_secret))
            },
        )
        .register_promising(
            "messages",
            |order| {
                order.provides::<Messages>();
            },
            move |options| layer(MessageLayer::new(&messages_secret, options.read()?)?),
        )
        .register("frame-options", |options| layer(FrameOptions::new(options.read()?)))
        .register("gzip", |options| layer(Gzip::new(options.read()?)?))
        .register_promising(
            "timezone",
            |order| {
                order.provides::<TimeZone>();
            },
            |options| layer(Timezone::new(options.read()?)?),
        )
        .register_promising(
            "timing",
            |order| {
                order.provides::<Started>();
            },
            |options| layer(Timing::new(options.read()?)),
        );
}

fn layer<L: engine_sync::Hooks>(layer: L) -> Result<Built<HttpLayer>, FactoryError> {
    Ok(Built::Layer(hooks(layer)))
}

impl fmt::Debug for Stores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stores").finish_non_exhaustive()
    }
}
