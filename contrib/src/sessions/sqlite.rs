//! Sessions in an SQLite file.

use super::store::{SessionData, SessionKey, SessionStore};
use crate::sqlite::Database;
use crate::store_error::StoreError;
use rusqlite::{Connection, OptionalExtension, ffi, params};
use std::time::{SystemTime, UNIX_EPOCH};

/// Sessions in an SQLite file, in the table `sessions`. A saved session is on the disk before
/// [`SessionStore::save`] returns, so before the client hears of it.
#[derive(Clone, Debug)]
pub struct SqliteSessions {
    database: Database,
}

impl SqliteSessions {
    /// Keeps sessions in this database, making the table where it is missing.
    ///
    /// # Errors
    ///
    /// The table cannot be made, or there is one of that name with other columns.
    pub fn new(database: &Database) -> Result<Self, StoreError> {
        database.ensure(
            "sessions",
            "key, data, expires",
            "CREATE TABLE IF NOT EXISTS sessions (
                 key TEXT PRIMARY KEY NOT NULL,
                 data TEXT NOT NULL,
                 expires INTEGER NOT NULL
             ) STRICT, WITHOUT ROWID;
             CREATE INDEX IF NOT EXISTS sessions_expires ON sessions (expires);",
        )?;
        Ok(SqliteSessions { database: database.clone() })
    }
}

impl SessionStore for SqliteSessions {
    fn load(&self, key: &SessionKey) -> Result<Option<SessionData>, StoreError> {
        let text: Option<String> = self.database.read(|connection| {
            connection
                .prepare_cached("SELECT data FROM sessions WHERE key = ?1 AND expires > ?2")?
                .query_row(params![key.as_str(), millis(SystemTime::now())], |row| row.get(0))
                .optional()
        })?;
        // A row that is not ours to read is as good as none: the visitor gets a fresh session
        // instead of an error page on every visit until the row expires.
        Ok(text.and_then(|text| match serde_json::from_str(&text) {
            Ok(data) => Some(data),
            Err(error) => {
                tracing::warn!(%error, "a session holds no JSON object; it is taken as missing");
                None
            }
        }))
    }

    fn create(&self, data: &SessionData, expires: SystemTime) -> Result<SessionKey, StoreError> {
        let (data, expires) = (encode(data)?, millis(expires));
        self.database.write(|connection| {
            with_fresh_key(|key| {
                connection
                    .prepare_cached(
                        "INSERT INTO sessions (key, data, expires) VALUES (?1, ?2, ?3)",
                    )?
                    .execute(params![key.as_str(), data, expires])
            })
            .map(|(key, _)| key)
        })
    }

    fn save(
        &self,
        key: &SessionKey,
        data: &SessionData,
        expires: SystemTime,
    ) -> Result<bool, StoreError> {
        let data = encode(data)?;
        let changed = self.database.write(|connection| {
            connection
                .prepare_cached("UPDATE sessions SET data = ?2, expires = ?3 WHERE key = ?1")?
                .execute(params![key.as_str(), data, millis(expires)])
        })?;
        Ok(changed > 0)
    }

    fn cycle(
        &self,
        key: &SessionKey,
        data: &SessionData,
        expires: SystemTime,
    ) -> Result<Option<SessionKey>, StoreError> {
        let (data, expires) = (encode(data)?, millis(expires));
        let (fresh, changed) = self.database.write(|connection: &mut Connection| {
            with_fresh_key(|fresh| {
                connection
                    .prepare_cached(
                        "UPDATE sessions SET key = ?2, data = ?3, expires = ?4 WHERE key = ?1",
                    )?
                    .execute(params![key.as_str(), fresh.as_str(), data, expires])
            })
        })?;
        Ok((changed > 0).then_some(fresh))
    }

    fn delete(&self, key: &SessionKey) -> Result<(), StoreError> {
        self.database.write(|connection| {
            connection
                .prepare_cached("DELETE FROM sessions WHERE key = ?1")?
                .execute([key.as_str()])
                .map(drop)
        })
    }

    fn clear_expired(&self) -> Result<u64, StoreError> {
        let cleared = self.database.write(|connection| {
            connection
                .prepare_cached("DELETE FROM sessions WHERE expires <= ?1")?
                .execute([millis(SystemTime::now())])
        })?;
        Ok(cleared as u64)
    }
}

/// Writes under a fresh key, and under another one should that be taken.
fn with_fresh_key(
    mut write: impl FnMut(&SessionKey) -> rusqlite::Result<usize>,
) -> rusqlite::Result<(SessionKey, usize)> {
    loop {
        let key = SessionKey::random();
        match write(&key) {
            Err(error) if is_taken(&error) => {}
            written => return written.map(|changed| (key, changed)),
        }
    }
}

fn is_taken(error: &rusqlite::Error) -> bool {
    error
        .sqlite_error()
        .is_some_and(|error| error.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}

fn encode(data: &SessionData) -> Result<String, StoreError> {
    serde_json::to_string(data)
        .map_err(|error| StoreError::with_source("the session cannot be written as JSON", error))
}

/// Milliseconds since 1970; times before are 0.
fn millis(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
