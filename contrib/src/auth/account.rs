//! What is known of a user, and the trait of the stores that keep it.

use crate::store_error::StoreError;
use std::fmt;
use std::time::SystemTime;

/// What is known of a user. `Debug` does not show the hash of the password.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Account {
    /// The number by which sessions know the user.
    pub id: i64,
    /// The name the user logs in with; no two accounts have the same.
    pub username: String,
    /// The hash of the password, a PHC string.
    pub password_hash: String,
    /// Whether the user may log in and stay logged in.
    pub is_active: bool,
    /// Whether the user belongs to those who run the site.
    pub is_staff: bool,
    /// When the user logged in last.
    pub last_login: Option<SystemTime>,
    /// The user's time zone, an IANA name such as `Europe/Berlin`.
    pub timezone: Option<String>,
}

/// An account that is to be made.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct NewAccount {
    /// The name the user logs in with.
    pub username: String,
    /// The hash of the password, a PHC string.
    pub password_hash: String,
    /// The user's time zone, an IANA name such as `Europe/Berlin`.
    pub timezone: Option<String>,
}

impl NewAccount {
    /// An account with this name and this hash of a password.
    pub fn new(username: impl Into<String>, password_hash: impl Into<String>) -> Self {
        NewAccount {
            username: username.into(),
            password_hash: password_hash.into(),
            timezone: None,
        }
    }

    /// With this time zone.
    pub fn with_timezone(mut self, timezone: impl Into<String>) -> Self {
        self.timezone = Some(timezone.into());
        self
    }
}

/// Keeps accounts. Its methods block, and may be called by many threads at once.
pub trait UserStore: Send + Sync + 'static {
    /// The account with this number.
    ///
    /// # Errors
    ///
    /// The store could not be read.
    fn by_id(&self, id: i64) -> Result<Option<Account>, StoreError>;

    /// The account with this name.
    ///
    /// # Errors
    ///
    /// The store could not be read.
    fn by_name(&self, username: &str) -> Result<Option<Account>, StoreError>;

    /// Makes an account with all that is given, active and not staff, or none. `None`: the name is taken.
    ///
    /// # Errors
    ///
    /// Nothing was made.
    fn insert(&self, new: &NewAccount) -> Result<Option<Account>, StoreError>;

    /// Replaces the hash of a password. `false`: there is no such account.
    ///
    /// # Errors
    ///
    /// The old password still holds.
    fn set_password_hash(&self, id: i64, hash: &str) -> Result<bool, StoreError>;

    /// Notes when the user logged in. `false`: there is no such account.
    ///
    /// # Errors
    ///
    /// Nothing was noted.
    fn set_last_login(&self, id: i64, time: SystemTime) -> Result<bool, StoreError>;

    /// Writes `is_active`, `is_staff` and `timezone` as the account has them. `false`: there is no
    /// such account.
    ///
    /// # Errors
    ///
    /// Nothing was written.
    fn update(&self, account: &Account) -> Result<bool, StoreError>;
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account")
            .field("id", &self.id)
            .field("username", &self.username)
            .field("is_active", &self.is_active)
            .field("is_staff", &self.is_staff)
            .field("last_login", &self.last_login)
            .field("timezone", &self.timezone)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for NewAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewAccount").field("username", &self.username).finish_non_exhaustive()
    }
}
