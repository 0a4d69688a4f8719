//! Sessions in memory, for tests, trials and single programs that may forget.

use super::store::{SessionData, SessionKey, SessionStore};
use crate::store_error::StoreError;
use std::collections::HashMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::SystemTime;

/// Sessions in this program's memory: quick, and gone when it ends.
#[derive(Default)]
pub struct MemorySessions {
    sessions: Mutex<HashMap<SessionKey, Kept>>,
}

struct Kept {
    data: SessionData,
    expires: SystemTime,
}

impl MemorySessions {
    /// A store without sessions.
    pub fn new() -> Self {
        MemorySessions::default()
    }

    /// How many sessions are kept, expired ones included.
    pub fn len(&self) -> usize {
        self.lock().len()
    }

    /// Whether no session is kept.
    pub fn is_empty(&self) -> bool {
        self.lock().is_empty()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<SessionKey, Kept>> {
        // No method leaves the map half-changed, so a panic elsewhere does not spoil it.
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SessionStore for MemorySessions {
    fn load(&self, key: &SessionKey) -> Result<Option<SessionData>, StoreError> {
        let sessions = self.lock();
        let kept = sessions.get(key).filter(|kept| kept.expires > SystemTime::now());
        Ok(kept.map(|kept| kept.data.clone()))
    }

    fn create(&self, data: &SessionData, expires: SystemTime) -> Result<SessionKey, StoreError> {
        let mut sessions = self.lock();
        let key = fresh(&sessions);
        sessions.insert(key.clone(), Kept { data: data.clone(), expires });
        Ok(key)
    }

    fn save(
        &self,
        key: &SessionKey,
        data: &SessionData,
        expires: SystemTime,
    ) -> Result<bool, StoreError> {
        let mut sessions = self.lock();
        let Some(kept) = sessions.get_mut(key) else {
            return Ok(false);
        };
        *kept = Kept { data: data.clone(), expires };
        Ok(true)
    }

    fn cycle(
        &self,
        key: &SessionKey,
        data: &SessionData,
        expires: SystemTime,
    ) -> Result<Option<SessionKey>, StoreError> {
        let mut sessions = self.lock();
        if sessions.remove(key).is_none() {
            return Ok(None);
        }
        let key = fresh(&sessions);
        sessions.insert(key.clone(), Kept { data: data.clone(), expires });
        Ok(Some(key))
    }

    fn delete(&self, key: &SessionKey) -> Result<(), StoreError> {
        self.lock().remove(key);
        Ok(())
    }

    fn clear_expired(&self) -> Result<u64, StoreError> {
        let now = SystemTime::now();
        let mut sessions = self.lock();
        let before = sessions.len();
        sessions.retain(|_, kept| kept.expires > now);
        Ok((before - sessions.len()) as u64)
    }
}

/// A key that no session has.
fn fresh(sessions: &HashMap<SessionKey, Kept>) -> SessionKey {
    loop {
        let key = SessionKey::random();
        if !sessions.contains_key(&key) {
            return key;
        }
    }
}

impl fmt::Debug for MemorySessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemorySessions").field("len", &self.len()).finish()
    }
}
