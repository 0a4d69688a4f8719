//! The layer that gives each request its session (Django's `SessionMiddleware`).

use super::session::{Policy, Saved, Session};
use super::store::{SessionKey, SessionStore};
use crate::cookies::{CookieShape, Keep, SameSite};
use crate::options::{self, OptionsError};
use engine_sync::{Error, Flow, Hooks, Layer, On, Order, Request, Response, Result};
use serde::Deserialize;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// Options of [`Sessions`]; in parentheses the Django setting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SessionOptions {
    /// The cookie's name. Default: `sessionid` (`SESSION_COOKIE_NAME`).
    pub cookie_name: String,
    /// Seconds until a session that is not changed expires. Default: 1,209,600, two weeks
    /// (`SESSION_COOKIE_AGE`).
    #[serde(deserialize_with = "cookie_age")]
    pub cookie_age: u64,
    /// The paths the cookie is sent to. Default: `/` (`SESSION_COOKIE_PATH`).
    pub cookie_path: String,
    /// The domain the cookie is sent to, with those below it. Default: this host only
    /// (`SESSION_COOKIE_DOMAIN`).
    pub cookie_domain: Option<String>,
    /// Whether the cookie is sent over https only. Default: no (`SESSION_COOKIE_SECURE`); say
    /// yes wherever there is https.
    pub cookie_secure: bool,
    /// Whether scripts of the page cannot read the cookie. Default: yes
    /// (`SESSION_COOKIE_HTTPONLY`).
    pub cookie_http_only: bool,
    /// Whether other sites make the browser send the cookie. Default: `lax`
    /// (`SESSION_COOKIE_SAMESITE`).
    pub cookie_same_site: SameSite,
    /// Whether a session is saved, and its expiry put off, by every request. Default: no
    /// (`SESSION_SAVE_EVERY_REQUEST`).
    pub save_every_request: bool,
    /// Whether sessions end with the browser unless they say otherwise. Default: no
    /// (`SESSION_EXPIRE_AT_BROWSER_CLOSE`).
    pub expire_at_browser_close: bool,
}

fn check_age(seconds: &u64) -> Result<(), OptionsError> {
    if *seconds > 0 {
        return Ok(());
    }
    Err(OptionsError::new(
        "`cookie_age` is 0, so no session would live: say how many seconds, or set \
         `expire_at_browser_close = true` beside the default",
    ))
}

fn cookie_age<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u64, D::Error> {
    options::checked(from, check_age)
}

impl Default for SessionOptions {
    fn default() -> Self {
        SessionOptions {
            cookie_name: String::from("sessionid"),
            cookie_age: 14 * 24 * 60 * 60,
            cookie_path: String::from("/"),
            cookie_domain: None,
            cookie_secure: false,
            cookie_http_only: true,
            cookie_same_site: SameSite::Lax,
            save_every_request: false,
            expire_at_browser_close: false,
        }
    }
}

/// Gives each request its [`Session`], and saves it on the way out if it was changed.
///
/// A changed session is in the store before the response passes this layer, so before the first
/// byte of it is sent. It is not saved when the status is 500 or above. A store that fails makes
/// a 500, and a session that another request has deleted meanwhile a 400 (Django's
/// `SessionInterrupted`): it must not come back.
pub struct Sessions {
    store: Arc<dyn SessionStore>,
    policy: Policy,
    cookie: CookieShape,
    save_every_request: bool,
}

impl Sessions {
    /// The layer over a store.
    ///
    /// # Errors
    ///
    /// The options contradict each other or name what browsers refuse; the message says the cure.
    pub fn new(
        store: Arc<dyn SessionStore>,
        options: SessionOptions,
    ) -> Result<Self, OptionsError> {
        let cookie = CookieShape {
            name: options.cookie_name,
            path: options.cookie_path,
            domain: options.cookie_domain,
            secure: options.cookie_secure,
            http_only: options.cookie_http_only,
            same_site: options.cookie_same_site,
        };
        cookie.check()?;
        check_age(&options.cookie_age)?;
        let age = Duration::from_secs(options.cookie_age);
        let policy = Policy { age, at_browser_close: options.expire_at_browser_close };
        Ok(Sessions { store, policy, cookie, save_every_request: options.save_every_request })
    }

    fn open(&self, request: &mut Request) -> Result<Flow> {
        let sent = self.cookie.sent_by(request);
        let key = sent.and_then(|key| SessionKey::from_client(&key));
        request.state_mut().insert(Session::new(Arc::clone(&self.store), self.policy, key));
        Ok(ControlFlow::Continue(()))
    }

    fn close(&self, request: &mut Request, response: &mut Response) -> Result<()> {
        let Some(session) = request.state().get::<Session>().cloned() else {
            return Ok(());
        };
        let accessed = session.is_accessed();
        if self.save_every_request && session.key().is_some() {
            // Reading it first tells a session from a key that only pretends to have one.
            session.load()?;
        }
        if session.is_empty() {
            if self.cookie.sent_by(request).is_some() {
                self.cookie.delete(response);
                response.vary(&["Cookie"]);
            } else if accessed {
                response.vary(&["Cookie"]);
            }
            return Ok(());
        }
        if accessed {
            response.vary(&["Cookie"]);
        }
        let wanted = session.is_modified() || self.save_every_request;
        if !wanted || response.status().is_server_error() {
            return Ok(());
        }
        let keep = match session.expires_at_browser_close()? {
            true => Keep::UntilClosed,
            false => Keep::For(session.expiry_age()?),
        };
        match session.save()? {
            Saved::Kept(key) => {
                self.cookie.set(response, key.as_str(), keep);
                response.vary(&["Cookie"]);
                Ok(())
            }
            Saved::Gone => Err(Error::bad_request(
                "the session was deleted before the request completed; the user may have logged \
                 out in a concurrent request, for example",
            )),
        }
    }
}

impl Layer for Sessions {
    fn declare(&self, order: &mut Order) {
        order.provides::<Session>().single();
    }
}

impl Hooks for Sessions {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::open).process_response(Self::close);
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sessions").field("cookie", &self.cookie).finish_non_exhaustive()
    }
}
