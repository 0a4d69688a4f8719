//! Making accounts and checking who somebody says to be.

use super::account::{Account, NewAccount, UserStore};
use super::password::{Busy, Passwords};
use crate::store_error::StoreError;
use crate::timezone::{self, UnknownZone};
use engine_sync::http::StatusCode;
use engine_sync::{Error, Result};
use std::fmt;
use std::sync::Arc;
use unicode_normalization::UnicodeNormalization;

/// The users of a site and their passwords. Cheap to clone.
#[derive(Clone)]
pub struct Accounts {
    users: Arc<dyn UserStore>,
    passwords: Passwords,
}

/// Why an account was not made or changed.
#[derive(Debug)]
#[non_exhaustive]
pub enum AccountError {
    /// The name will not do; the message says which would.
    Username(String),
    /// The password will not do; the message says which would.
    Password(String),
    /// No time zone has that name; the message says which would do.
    Timezone(UnknownZone),
    /// Somebody else has the name: ask for another one.
    Taken(String),
    /// There is no such account any more.
    Gone,
    /// Too many passwords are being hashed: try again in a moment.
    Busy(Busy),
    /// The store failed, and nothing has changed.
    Store(StoreError),
}

impl fmt::Display for AccountError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AccountError::Username(message) | AccountError::Password(message) => {
                f.write_str(message)
            }
            AccountError::Timezone(unknown) => unknown.fmt(f),
            AccountError::Taken(name) => {
                write!(f, "the name {name:?} is taken: choose another one")
            }
            AccountError::Gone => f.write_str("there is no such account any more"),
            AccountError::Busy(busy) => busy.fmt(f),
            AccountError::Store(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for AccountError {}

impl From<UnknownZone> for AccountError {
    fn from(unknown: UnknownZone) -> Self {
        AccountError::Timezone(unknown)
    }
}

impl From<Busy> for AccountError {
    fn from(busy: Busy) -> Self {
        AccountError::Busy(busy)
    }
}

impl From<StoreError> for AccountError {
    fn from(error: StoreError) -> Self {
        AccountError::Store(error)
    }
}

impl Accounts {
    /// The users of this store.
    pub fn new(users: Arc<dyn UserStore>, passwords: Passwords) -> Self {
        Accounts { users, passwords }
    }

    /// The store.
    pub fn users(&self) -> &Arc<dyn UserStore> {
        &self.users
    }

    /// The account with this name and password, if there is one and it is active.
    ///
    /// The name is [normalised](normalize_username) first. It takes as long for a name that nobody has, so that its duration does not tell who has an
    /// account here.
    ///
    /// # Errors
    ///
    /// 503: too many passwords are being checked. 500: the store failed.
    pub fn authenticate(&self, username: &str, password: &str) -> Result<Option<Account>> {
        let busy = |busy| Error::with_source(StatusCode::SERVICE_UNAVAILABLE, busy);
        // Nobody has such a password, and hashing a long text is work for free.
        let possible = password.len() <= LONGEST_PASSWORD;
        let password = if possible { password } else { "" };
        match self.users.by_name(&normalize_username(username))? {
            Some(account) => {
                let fits = self.passwords.verify(password, &account.password_hash).map_err(busy)?;
                Ok((fits && possible && account.is_active).then_some(account))
            }
            None => {
                self.passwords.verify_nobody(password).map_err(busy)?;
                Ok(None)
            }
        }
    }

    /// Makes an account, active, not staff and without a time zone; see [`Accounts::create`].
    ///
    /// # Errors
    ///
    /// As [`Accounts::create`].
    pub fn create_user(&self, username: &str, password: &str) -> Result<Account, AccountError> {
        self.create(username, password, None)
    }

    /// Makes an account together with its time zone, an IANA name; all of it or nothing. It is
    /// active and not staff, and its name is [normalised](normalize_username).
    ///
    /// # Errors
    ///
    /// The name, the password or the time zone will not do, the name is taken, or see
    /// [`AccountError`].
    pub fn create(
        &self,
        username: &str,
        password: &str,
        timezone: Option<&str>,
    ) -> Result<Account, AccountError> {
        let username = normalize_username(username);
        check_username(&username)?;
        check_password(&username, password)?;
        timezone.map_or(Ok(()), timezone::check)?;
        let hash = self.passwords.hash(password)?;
        let new =
            NewAccount { username, password_hash: hash, timezone: timezone.map(str::to_owned) };
        let made = self.users.insert(&new)?;
        made.ok_or(AccountError::Taken(new.username))
    }

    /// Changes a password. The user's other sessions end; see
    /// [`keep_session`](super::keep_session) for the one that asked for it.
    ///
    /// # Errors
    ///
    /// The password will not do, or see [`AccountError`].
    pub fn set_password(&self, account: &mut Account, password: &str) -> Result<(), AccountError> {
        check_password(&account.username, password)?;
        let hash = self.passwords.hash(password)?;
        if !self.users.set_password_hash(account.id, &hash)? {
            return Err(AccountError::Gone);
        }
        account.password_hash = hash;
        Ok(())
    }
}

/// A user name in the one spelling that is stored, Unicode's NFKC (Django's `normalize_username`):
/// an accent is the same typed as one character or two, and a fullwidth letter is the plain one.
///
/// [`Accounts`] does it; [`UserStore::by_name`] takes names as they are stored. A name that is too
/// long anyway comes back cut off, and still too long.
pub fn normalize_username(username: &str) -> String {
    username.nfkc().take(LONGEST_NAME + 1).collect()
}

const LONGEST_NAME: usize = 150;
const SHORTEST_PASSWORD: usize = 8;
/// In bytes; long enough for any passphrase.
const LONGEST_PASSWORD: usize = 4_096;

fn check_username(username: &str) -> Result<(), AccountError> {
    let plain = |c: char| c.is_alphanumeric() || "@.+-_".contains(c);
    let length = username.chars().count();
    if length == 0 || length > LONGEST_NAME || !username.chars().all(plain) {
        return Err(AccountError::Username(format!(
            "{username:?} is no user name: use up to {LONGEST_NAME} letters, digits and @/./+/-/_"
        )));
    }
    Ok(())
}

fn check_password(username: &str, password: &str) -> Result<(), AccountError> {
    let problem = if password.chars().count() < SHORTEST_PASSWORD {
        format!("the password is too short: use at least {SHORTEST_PASSWORD} characters")
    } else if password.len() > LONGEST_PASSWORD {
        format!("the password is too long: use at most {LONGEST_PASSWORD} bytes")
    } else if password.bytes().all(|byte| byte.is_ascii_digit()) {
        String::from("the password is entirely numeric: use other characters, too")
    } else if password.to_lowercase() == username.to_lowercase() {
        String::from("the password is the user name: choose another one")
    } else {
        return Ok(());
    };
    Err(AccountError::Password(problem))
}

impl fmt::Debug for Accounts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Accounts").field("passwords", &self.passwords).finish_non_exhaustive()
    }
}
