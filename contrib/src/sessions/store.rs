//! Where sessions are kept: the trait that every store implements, and the key of a session.

use crate::random;
use crate::store_error::StoreError;
use serde_json::{Map, Value};
use std::fmt;
use std::time::SystemTime;

/// The values of a session by name.
pub type SessionData = Map<String, Value>;

/// Keeps sessions. Its methods block, and may be called by many threads at once.
///
/// What a store says is kept must survive whatever the store promises to survive, because the
/// client is told right after: an implementation answers `Ok` once it is sure, never before.
pub trait SessionStore: Send + Sync + 'static {
    /// The values of a session, or `None` where there is none with this key or it has expired.
    ///
    /// # Errors
    ///
    /// The store could not be read.
    fn load(&self, key: &SessionKey) -> Result<Option<SessionData>, StoreError>;

    /// Keeps a new session under a fresh key. It must never overwrite an existing one.
    ///
    /// # Errors
    ///
    /// Nothing was kept.
    fn create(&self, data: &SessionData, expires: SystemTime) -> Result<SessionKey, StoreError>;

    /// Replaces the values of a session that exists. `false`: it does not (any more), and nothing
    /// was kept; a session that was deleted meanwhile must not come back.
    ///
    /// # Errors
    ///
    /// Nothing was kept.
    fn save(
        &self,
        key: &SessionKey,
        data: &SessionData,
        expires: SystemTime,
    ) -> Result<bool, StoreError>;

    /// Moves a session to a fresh key and replaces its values, in one step: there is no moment
    /// with both keys or with neither. `None`: it does not exist (any more).
    ///
    /// # Errors
    ///
    /// The session is under its old key as it was.
    fn cycle(
        &self,
        key: &SessionKey,
        data: &SessionData,
        expires: SystemTime,
    ) -> Result<Option<SessionKey>, StoreError>;

    /// Forgets a session; one that does not exist is no error.
    ///
    /// # Errors
    ///
    /// The session may still be there.
    fn delete(&self, key: &SessionKey) -> Result<(), StoreError>;

    /// Forgets the sessions that have expired, and says how many. They are never loaded anyway;
    /// call this now and then so that they do not pile up.
    ///
    /// # Errors
    ///
    /// Some may still be there.
    fn clear_expired(&self) -> Result<u64, StoreError>;
}

/// The key of a session: whoever knows it is in that session, so `Debug` does not show it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionKey(String);

impl SessionKey {
    const ALPHABET: &'static [u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

    /// A fresh key: 32 characters of `a-z0-9`, 165 bits that nobody can guess.
    pub fn random() -> Self {
        SessionKey(random::text(32, Self::ALPHABET))
    }

    /// A key that a client sent. It must have 8 to 64 characters (Django asks for 8); whether
    /// there is such a session only the store knows.
    pub fn from_client(text: &str) -> Option<Self> {
        (8..=64).contains(&text.len()).then(|| SessionKey(text.to_owned()))
    }

    /// The key itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SessionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionKey(…)")
    }
}
