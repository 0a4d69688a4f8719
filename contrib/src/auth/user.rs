//! Who makes a request, and how that changes: login and logout.

use super::account::{Account, UserStore};
use crate::csrf;
use crate::sessions::Session;
use crate::signing::SecretKey;
use engine_sync::{Request, Result};
use std::fmt;
use std::sync::{Arc, OnceLock};
use std::time::SystemTime;

/// The names under which a session keeps who is logged in; Django's.
const ID: &str = "_auth_user_id";
const HASH: &str = "_auth_user_hash";

/// The user who makes this request, or nobody in particular (Django's `request.user`).
///
/// It is looked up at the first question and not before, so a page that does not ask costs no
/// access to the session or to the users, and does not vary on `Cookie`.
#[derive(Clone)]
pub struct User {
    session: Session,
    directory: Arc<Directory>,
    /// Shared by clones, so that the look-up happens once.
    found: Arc<OnceLock<Option<Arc<Account>>>>,
}

/// Where users are looked up, and the secret that ties sessions to passwords.
pub(crate) struct Directory {
    pub(crate) users: Arc<dyn UserStore>,
    pub(crate) secret: SecretKey,
}

impl User {
    pub(crate) fn unknown(session: Session, directory: Arc<Directory>) -> Self {
        User { session, directory, found: Arc::default() }
    }

    /// The session that says who it is.
    pub(crate) fn session(&self) -> &Session {
        &self.session
    }

    /// Whether it has been looked up, so that no question blocks.
    pub(crate) fn is_known(&self) -> bool {
        self.found.get().is_some()
    }

    /// The account of the user, or `None` for somebody who is not logged in.
    ///
    /// # Errors
    ///
    /// 500: the session or the users cannot be read.
    pub fn account(&self) -> Result<Option<&Account>> {
        if self.found.get().is_none() {
            let found = self.look_up()?.map(Arc::new);
            // Another thread may have been quicker; it has found the same.
            let _ = self.found.set(found);
        }
        Ok(self.found.get().and_then(Option::as_deref))
    }

    /// Whether somebody is logged in.
    ///
    /// # Errors
    ///
    /// 500: the session or the users cannot be read.
    pub fn is_authenticated(&self) -> Result<bool> {
        Ok(self.account()?.is_some())
    }

    /// The name of who is logged in.
    ///
    /// # Errors
    ///
    /// 500: the session or the users cannot be read.
    pub fn name(&self) -> Result<Option<String>> {
        Ok(self.account()?.map(|account| account.username.clone()))
    }

    fn look_up(&self) -> Result<Option<Account>> {
        let Some(id) = logged_in(&self.session)? else {
            return Ok(None);
        };
        let account = self.directory.users.by_id(id)?.filter(|account| account.is_active);
        let Some(account) = account else {
            return Ok(None);
        };
        let hash = self.session.value(HASH)?;
        let hash = hash.as_ref().and_then(|hash| hash.as_str()).unwrap_or_default();
        if !self.directory.proves(&account, hash) {
            // The password was changed after this session began.
            self.session.flush()?;
            return Ok(None);
        }
        Ok(Some(account))
    }
}

impl Directory {
    const SALT: &'static str = "contrib.auth.session_hash";

    /// What a session of this account carries: it changes with the password, and nobody can make
    /// it without the secret.
    fn proof(&self, account: &Account) -> String {
        self.secret.hex_mac(Self::SALT, &account.password_hash)
    }

    fn proves(&self, account: &Account, proof: &str) -> bool {
        self.secret.matches_hex_mac(Self::SALT, &account.password_hash, proof)
    }
}

/// The number of the account that a session belongs to.
fn logged_in(session: &Session) -> Result<Option<i64>> {
    Ok(session.value(ID)?.and_then(|id| id.as_i64()))
}

/// Logs an account in: this session and every later request of it are the account's.
///
/// The session moves to a fresh key and keeps its values; that of another user is thrown away
/// first. The CSRF secret is changed. Check the password before, with
/// [`Accounts::authenticate`](super::Accounts::authenticate).
///
/// # Errors
///
/// 500: no [`Authentication`](super::Authentication) layer stands further out, or a store failed;
/// nobody is logged in then.
pub fn login(request: &mut Request, account: &Account) -> Result<()> {
    let User { session, directory, .. } = request.require::<User>()?.clone();
    match logged_in(&session)? {
        None => session.cycle_key()?,
        Some(id) => {
            let hash = session.value(HASH)?;
            let hash = hash.as_ref().and_then(|hash| hash.as_str()).unwrap_or_default();
            if id != account.id || !directory.proves(account, hash) {
                session.flush()?;
            }
        }
    }
    let now = SystemTime::now();
    directory.users.set_last_login(account.id, now)?;
    session.insert(ID, account.id)?;
    session.insert(HASH, directory.proof(account))?;
    let account = Account { last_login: Some(now), ..account.clone() };
    let user = User::unknown(session, directory);
    let _ = user.found.set(Some(Arc::new(account)));
    request.state_mut().insert(user);
    csrf::rotate(request);
    Ok(())
}

/// Logs out whoever is logged in, and throws the session away with all its values.
///
/// # Errors
///
/// 500: no [`Authentication`](super::Authentication) layer stands further out, or the session
/// cannot be deleted.
pub fn logout(request: &mut Request) -> Result<()> {
    let User { session, directory, .. } = request.require::<User>()?.clone();
    session.flush()?;
    let user = User::unknown(session, directory);
    let _ = user.found.set(None);
    request.state_mut().insert(user);
    Ok(())
}

/// Keeps this session logged in after its user has changed the password, which ends all others
/// (Django's `update_session_auth_hash`). The account is the one with the new password.
///
/// # Errors
///
/// 500: no [`Authentication`](super::Authentication) layer stands further out, or the session
/// cannot be read.
pub fn keep_session(request: &mut Request, account: &Account) -> Result<()> {
    let User { session, directory, .. } = request.require::<User>()?.clone();
    session.cycle_key()?;
    if logged_in(&session)? == Some(account.id) {
        session.insert(HASH, directory.proof(account))?;
        let user = User::unknown(session, directory);
        let _ = user.found.set(Some(Arc::new(account.clone())));
        request.state_mut().insert(user);
    }
    Ok(())
}

impl fmt::Debug for User {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = match self.found.get() {
            None => "not looked up yet",
            Some(None) => "anonymous",
            Some(Some(account)) => account.username.as_str(),
        };
        f.debug_tuple("User").field(&shown).finish()
    }
}
