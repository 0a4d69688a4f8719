//! Users in an SQLite file.

use super::account::{Account, NewAccount, UserStore};
use crate::sqlite::Database;
use crate::store_error::StoreError;
use rusqlite::{OptionalExtension, Row, ToSql, params};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Users in an SQLite file, in the table `users`; the file may be the one of the sessions.
#[derive(Clone, Debug)]
pub struct SqliteUsers {
    database: Database,
}

const COLUMNS: &str = "id, username, password, is_active, is_staff, last_login, timezone";

impl SqliteUsers {
    /// Keeps users in this database, making the table where it is missing.
    ///
    /// # Errors
    ///
    /// The table cannot be made, or there is one of that name with other columns.
    pub fn new(database: &Database) -> Result<Self, StoreError> {
        // AUTOINCREMENT never gives a number twice, so a session of a deleted user cannot become
        // the session of a new one.
        database.ensure(
            "users",
            COLUMNS,
            "CREATE TABLE IF NOT EXISTS users (
                 id INTEGER PRIMARY KEY AUTOINCREMENT,
                 username TEXT NOT NULL UNIQUE,
                 password TEXT NOT NULL,
                 is_active INTEGER NOT NULL DEFAULT 1,
                 is_staff INTEGER NOT NULL DEFAULT 0,
                 last_login INTEGER,
                 timezone TEXT
             ) STRICT;",
        )?;
        Ok(SqliteUsers { database: database.clone() })
    }

    fn one(&self, column: &str, value: impl ToSql) -> Result<Option<Account>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM users WHERE {column} = ?1");
        self.database.read(|connection| {
            connection.prepare_cached(&sql)?.query_row([value], account).optional()
        })
    }

    fn change(&self, sql: &str, values: &[&dyn ToSql]) -> Result<bool, StoreError> {
        let changed =
            self.database.write(|connection| connection.prepare_cached(sql)?.execute(values))?;
        Ok(changed > 0)
    }
}

impl UserStore for SqliteUsers {
    fn by_id(&self, id: i64) -> Result<Option<Account>, StoreError> {
        self.one("id", id)
    }

    fn by_name(&self, username: &str) -> Result<Option<Account>, StoreError> {
        self.one("username", username)
    }

    fn insert(&self, new: &NewAccount) -> Result<Option<Account>, StoreError> {
        let sql = format!(
            "INSERT INTO users (username, password, timezone) VALUES (?1, ?2, ?3)
             ON CONFLICT (username) DO NOTHING RETURNING {COLUMNS}"
        );
        self.database.write(|connection| {
            let values = params![new.username, new.password_hash, new.timezone];
            connection.prepare_cached(&sql)?.query_row(values, account).optional()
        })
    }

    fn set_password_hash(&self, id: i64, hash: &str) -> Result<bool, StoreError> {
        self.change("UPDATE users SET password = ?2 WHERE id = ?1", params![id, hash])
    }

    fn set_last_login(&self, id: i64, time: SystemTime) -> Result<bool, StoreError> {
        self.change("UPDATE users SET last_login = ?2 WHERE id = ?1", params![id, seconds(time)])
    }

    fn update(&self, account: &Account) -> Result<bool, StoreError> {
        self.change(
            "UPDATE users SET is_active = ?2, is_staff = ?3, timezone = ?4 WHERE id = ?1",
            params![account.id, account.is_active, account.is_staff, account.timezone],
        )
    }
}

fn account(row: &Row<'_>) -> rusqlite::Result<Account> {
    let last_login: Option<u64> = row.get::<_, Option<i64>>(5)?.and_then(|s| s.try_into().ok());
    Ok(Account {
        id: row.get(0)?,
        username: row.get(1)?,
        password_hash: row.get(2)?,
        is_active: row.get(3)?,
        is_staff: row.get(4)?,
        last_login: last_login.map(|seconds| UNIX_EPOCH + Duration::from_secs(seconds)),
        timezone: row.get(6)?,
    })
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
