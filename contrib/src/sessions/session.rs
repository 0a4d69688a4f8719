//! The session of one visitor, as layers and views use it.

use super::layer::SessionOptions;
use super::store::{SessionData, SessionKey, SessionStore};
use engine_sync::{Error, Request, Result};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The session of the visitor who makes this request: a handle that is cheap to clone.
///
/// Nothing is read from the store before the first use, and nothing is written before the
/// response passes the [`Sessions`](super::Sessions) layer.
///
/// ```
/// use contrib::sessions::Session;
/// use engine_sync::{Request, Response, Result};
///
/// fn count(request: &mut Request) -> Result<Response> {
///     let session = request.require::<Session>()?;
///     let visits = session.get::<u64>("visits")?.unwrap_or(0) + 1;
///     session.insert("visits", visits)?;
///     Ok(Response::text(format!("visit number {visits}")))
/// }
/// ```
#[derive(Clone)]
pub struct Session {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    store: Arc<dyn SessionStore>,
    policy: Policy,
    key: Option<SessionKey>,
    /// `None` until the first use.
    data: Option<SessionData>,
    accessed: bool,
    modified: bool,
    /// Whether the session moves to a fresh key when it is saved.
    cycles: bool,
}

/// When sessions expire that say nothing of their own.
#[derive(Clone, Copy, Debug)]
pub(super) struct Policy {
    pub(super) age: Duration,
    pub(super) at_browser_close: bool,
}

/// When a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Expiry {
    /// This long after it was last changed.
    After(Duration),
    /// At this time.
    At(SystemTime),
    /// When the browser is closed; the store forgets it after the usual age.
    BrowserClose,
}

/// What became of a session that was to be saved.
pub(super) enum Saved {
    /// It is in the store, under this key.
    Kept(SessionKey),
    /// It was deleted by another request meanwhile.
    Gone,
}

/// The name under which a session keeps its own expiry: a number of seconds, 0 for the end of the
/// browser, or a text with the milliseconds since 1970.
const EXPIRY: &str = "_session_expiry";

impl Session {
    /// The session of a request.
    ///
    /// # Errors
    ///
    /// 500: no [`Sessions`](super::Sessions) layer stands further out.
    pub fn of(request: &Request) -> Result<Session> {
        request.require::<Session>().cloned()
    }

    pub(super) fn new(
        store: Arc<dyn SessionStore>,
        policy: Policy,
        key: Option<SessionKey>,
    ) -> Self {
        let (accessed, modified, cycles) = (false, false, false);
        let inner = Inner { store, policy, key, data: None, accessed, modified, cycles };
        Session { inner: Arc::new(Mutex::new(inner)) }
    }

    /// A session that nobody will save: there is no response that could bring a cookie.
    pub(crate) fn unsaved(store: Arc<dyn SessionStore>, key: Option<SessionKey>) -> Self {
        let age = Duration::from_secs(SessionOptions::default().cookie_age);
        Session::new(store, Policy { age, at_browser_close: false }, key)
    }

    /// A value, or `None` where there is none of this name.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read, or the value is no `T`.
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let Some(value) = self.value(name)? else {
            return Ok(None);
        };
        serde_json::from_value(value).map(Some).map_err(|error| {
            let wanted = std::any::type_name::<T>();
            Error::internal(format!("`{name}` in the session is no `{wanted}`: {error}"))
        })
    }

    /// A value as JSON, or `None` where there is none of this name.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn value(&self, name: &str) -> Result<Option<Value>> {
        Ok(self.lock().load()?.get(name).cloned())
    }

    /// Sets a value.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read, or the value has no JSON.
    pub fn insert(&self, name: impl Into<String>, value: impl Serialize) -> Result<()> {
        let value = serde_json::to_value(value)?;
        let mut inner = self.lock();
        inner.load()?.insert(name.into(), value);
        inner.modified = true;
        Ok(())
    }

    /// Takes a value out, if it is there.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn remove(&self, name: &str) -> Result<Option<Value>> {
        let mut inner = self.lock();
        let removed = inner.load()?.shift_remove(name);
        inner.modified |= removed.is_some();
        Ok(removed)
    }

    /// Whether there is a value of this name.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn contains(&self, name: &str) -> Result<bool> {
        Ok(self.lock().load()?.contains_key(name))
    }

    /// The names of all values.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn names(&self) -> Result<Vec<String>> {
        Ok(self.lock().load()?.keys().cloned().collect())
    }

    /// Forgets all values and keeps the session.
    pub fn clear(&self) {
        let mut inner = self.lock();
        inner.data = Some(SessionData::new());
        inner.accessed = true;
        inner.modified = true;
    }

    /// Deletes the session, at once; what is set afterwards begins a new one under a fresh key.
    ///
    /// # Errors
    ///
    /// 500: the store cannot delete it, and it is as it was.
    pub fn flush(&self) -> Result<()> {
        let mut inner = self.lock();
        if let Some(key) = &inner.key {
            inner.store.delete(key)?;
        }
        inner.key = None;
        inner.cycles = false;
        inner.data = Some(SessionData::new());
        inner.accessed = true;
        inner.modified = true;
        Ok(())
    }

    /// Gives the session a fresh key and keeps its values. Do this whenever a visitor gains
    /// rights, so that a key which somebody else has planted is worth nothing.
    ///
    /// The move happens when the response passes the layer, in one step with the saving. Until
    /// then [`Session::key`] is the old one, and after an error of status 500 it stays.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn cycle_key(&self) -> Result<()> {
        let mut inner = self.lock();
        inner.load()?;
        inner.cycles = true;
        inner.modified = true;
        Ok(())
    }

    /// When this session ends; `None` goes back to what the layer says.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn set_expiry(&self, expiry: Option<Expiry>) -> Result<()> {
        match expiry {
            None => self.remove(EXPIRY).map(drop),
            Some(Expiry::BrowserClose) => self.insert(EXPIRY, 0),
            // Less than a second is a second: 0 stands for the end of the browser.
            Some(Expiry::After(age)) => self.insert(EXPIRY, age.as_secs().max(1)),
            Some(Expiry::At(time)) => {
                let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
                self.insert(EXPIRY, format!("{}", since.as_millis()))
            }
        }
    }

    /// How long the session lasts, counted from now.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn expiry_age(&self) -> Result<Duration> {
        let mut inner = self.lock();
        let usual = inner.policy.age;
        Ok(match inner.load()?.get(EXPIRY) {
            Some(Value::Number(seconds)) => match seconds.as_u64() {
                Some(0) | None => usual,
                Some(seconds) => Duration::from_secs(seconds),
            },
            Some(Value::String(millis)) => {
                let at = Duration::from_millis(millis.parse().unwrap_or(0));
                let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                at.saturating_sub(now)
            }
            _ => usual,
        })
    }

    /// Whether the session ends when the browser is closed.
    ///
    /// # Errors
    ///
    /// 500: the store cannot be read.
    pub fn expires_at_browser_close(&self) -> Result<bool> {
        let mut inner = self.lock();
        let usual = inner.policy.at_browser_close;
        Ok(inner.load()?.get(EXPIRY).map_or(usual, |expiry| *expiry == 0))
    }

    /// The key, if the session has one: it was sent by the client and, once the session was read,
    /// is known to the store.
    pub fn key(&self) -> Option<SessionKey> {
        self.lock().key.clone()
    }

    /// Whether the session was read or changed.
    pub fn is_accessed(&self) -> bool {
        self.lock().accessed
    }

    /// Whether the session was changed.
    pub fn is_modified(&self) -> bool {
        self.lock().modified
    }

    /// Whether there is neither a session nor anything to keep in one.
    pub fn is_empty(&self) -> bool {
        let inner = self.lock();
        inner.key.is_none() && inner.data.as_ref().is_none_or(SessionData::is_empty)
    }

    /// Reads the session, if that has not been done.
    pub(super) fn load(&self) -> Result<()> {
        self.lock().load().map(drop)
    }

    /// Writes the session to the store.
    pub(super) fn save(&self) -> Result<Saved> {
        let age = self.expiry_age()?;
        // A time beyond what a clock can say is as good as none; a century will do.
        let century = Duration::from_secs(100 * 365 * 86_400);
        let expires = SystemTime::now() + age.min(century);
        let mut inner = self.lock();
        inner.load()?;
        let Inner { store, key, data, cycles, .. } = &mut *inner;
        let data = data.get_or_insert_default();
        let kept = match key {
            None => Some(store.create(data, expires)?),
            Some(key) if *cycles => store.cycle(key, data, expires)?,
            Some(key) => store.save(key, data, expires)?.then(|| key.clone()),
        };
        let Some(kept) = kept else {
            return Ok(Saved::Gone);
        };
        inner.key = Some(kept.clone());
        inner.cycles = false;
        Ok(Saved::Kept(kept))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // Each change is one assignment, so a panic while it is locked leaves nothing half-done.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    /// The values, read from the store the first time. A key that the store does not know is
    /// dropped: a visitor never gets to choose the key of a session (session fixation).
    fn load(&mut self) -> Result<&mut SessionData> {
        self.accessed = true;
        if self.data.is_none() {
            let loaded = match &self.key {
                Some(key) => self.store.load(key)?,
                None => None,
            };
            if loaded.is_none() {
                self.key = None;
            }
            self.data = loaded;
        }
        Ok(self.data.get_or_insert_default())
    }
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.lock();
        f.debug_struct("Session")
            .field("loaded", &inner.data.is_some())
            .field("accessed", &inner.accessed)
            .field("modified", &inner.modified)
            .finish_non_exhaustive()
    }
}
