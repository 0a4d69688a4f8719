//! The layer that says who is connected: Luna's `AuthAsyncMiddleware`.

use crate::auth::{Account, Directory, User};
use crate::cookies;
use crate::options::{self, OptionsError};
use crate::registry::Stores;
use crate::sessions::{Session, SessionKey, SessionStore};
use engine_async::{Error, Hooks, Layer, On, Order, Result, Step, WebSocket};
use serde::Deserialize;
use std::fmt;
use std::sync::Arc;

/// Options of [`Authentication`].
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct AuthenticationOptions {
    /// The name of the cookie with the session's key; the same as that of the HTTP side's
    /// [`Sessions`](crate::sessions::Sessions). Default: `sessionid`.
    #[serde(deserialize_with = "cookie_name")]
    pub cookie_name: String,
}

impl Default for AuthenticationOptions {
    fn default() -> Self {
        AuthenticationOptions { cookie_name: String::from("sessionid") }
    }
}

fn check_name(name: &str) -> Result<(), OptionsError> {
    Ok(cookies::check_name(name)?)
}

fn cookie_name<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    options::checked(from, |name: &String| check_name(name))
}

/// Gives each connection its [`Session`] and its [`User`], those of the HTTP side.
///
/// A user whom the HTTP stack has set already is kept. Otherwise the session's key is read from the
/// cookie of the handshake, and what the stores do not vouch for is nobody: a key that is unknown,
/// a session that has expired, one that began with another password or was not made with this
/// site's secret. The stores are asked off the executor, and before anybody further in is entered,
/// so [`User::account`] does not block there; a store that fails refuses the connection with 500.
///
/// Who somebody is, is settled when they connect. A user who logs out keeps the connections that
/// are open, and a change to the session that is made here is not saved: it could not reach the
/// cookie.
pub struct Authentication {
    sessions: Arc<dyn SessionStore>,
    directory: Arc<Directory>,
    cookie_name: String,
}

impl Authentication {
    /// The layer over the stores, which are those of the HTTP side.
    ///
    /// # Errors
    ///
    /// No browser would send a cookie of that name.
    pub fn new(stores: &Stores, options: AuthenticationOptions) -> Result<Self, OptionsError> {
        check_name(&options.cookie_name)?;
        let Stores { sessions, users, secret } = stores.clone();
        let directory = Arc::new(Directory { users, secret });
        Ok(Authentication { sessions, directory, cookie_name: options.cookie_name })
    }

    fn authenticate<'a>(&'a self, ws: &'a WebSocket) -> Step<'a> {
        let user = ws.state_of::<User>().unwrap_or_else(|| {
            let session = ws.state_of().unwrap_or_else(|| self.session(ws));
            User::unknown(session, Arc::clone(&self.directory))
        });
        ws.insert(user.session().clone());
        ws.insert(user.clone());
        if user.is_known() {
            return Step::Pass;
        }
        Step::wait(async move {
            let looked_up = ws.runtime().blocking(move || user.account().map(drop)).await?;
            looked_up.map_err(of_store)?;
            Ok(Step::Pass)
        })
    }

    fn session(&self, ws: &WebSocket) -> Session {
        let key = ws.cookie(&self.cookie_name).and_then(|key| SessionKey::from_client(&key));
        Session::unsaved(Arc::clone(&self.sessions), key)
    }
}

impl Layer for Authentication {
    fn declare(&self, order: &mut Order) {
        order.provides::<Session>().provides::<User>().single();
    }
}

impl Hooks for Authentication {
    fn install(&self, on: &mut On<Self>) {
        on.enter(Self::authenticate);
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication")
            .field("cookie_name", &self.cookie_name)
            .finish_non_exhaustive()
    }
}

/// The account of who is connected, or `None` for somebody who is not logged in. It was looked up
/// by [`Authentication`], so this does not block.
///
/// # Errors
///
/// 500: no [`Authentication`] layer stands further out.
pub fn account(ws: &WebSocket) -> Result<Option<Account>> {
    let user = ws.require::<User>()?;
    Ok(user.account().map_err(of_store)?.cloned())
}

/// The stores speak the HTTP side's errors.
fn of_store(error: engine_sync::Error) -> Error {
    Error::new(error.status(), error.to_string())
}
