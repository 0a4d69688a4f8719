//! Hashing passwords, a few at a time.

use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, PoisonError};

/// Hashes passwords with Argon2id and checks them. Cheap to clone; the clones share one limit.
///
/// A hash takes memory on purpose, 19 MiB by default. So that a flood of logins does not take all
/// there is, only some are made at the same time; a few more wait, and the rest are refused.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    /// A hash of no password, checked where there is no user, so that this takes as long.
    nobody: Arc<str>,
    limit: Arc<Limit>,
}

/// Too many passwords are being checked already; the client may try again in a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Busy;

impl fmt::Display for Busy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("too many passwords are being checked at the same time: try again in a moment")
    }
}

impl std::error::Error for Busy {}

struct Limit {
    concurrent: usize,
    waiting: usize,
    now: Mutex<Load>,
    freed: Condvar,
}

#[derive(Default)]
struct Load {
    running: usize,
    waiting: usize,
}

impl Default for Passwords {
    /// 19 MiB, two passes and one lane for each hash, OWASP's first choice; as many hashes at the
    /// same time as there are processors, and sixteen times as many waiting.
    fn default() -> Self {
        let processors = std::thread::available_parallelism().map_or(1, |n| n.get());
        Passwords::of(Params::DEFAULT, processors, 16 * processors)
    }
}

impl Passwords {
    /// Other costs: kibibytes of memory and passes for each hash, hashes made at the same time,
    /// and how many may wait beyond those.
    ///
    /// # Errors
    ///
    /// Argon2 asks for at least 8 KiB and one pass; nothing could be hashed 0 at a time.
    pub fn with_costs(
        memory_kib: u32,
        passes: u32,
        concurrent: usize,
        waiting: usize,
    ) -> Result<Self, crate::OptionsError> {
        let params = Params::new(memory_kib, passes, 1, None).map_err(|error| {
            crate::OptionsError::new(format!(
                "{memory_kib} KiB and {passes} passes are no costs for Argon2 ({error}): use at \
                 least 8 KiB and one pass, better 19456 and two"
            ))
        })?;
        if concurrent == 0 {
            return Err(crate::OptionsError::new(
                "0 passwords at the same time would be none at all: use at least 1",
            ));
        }
        Ok(Passwords::of(params, concurrent, waiting))
    }

    fn of(params: Params, concurrent: usize, waiting: usize) -> Self {
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let (now, freed) = (Mutex::new(Load::default()), Condvar::new());
        let limit = Arc::new(Limit { concurrent, waiting, now, freed });
        let nobody = Arc::from(hash(&argon2, ""));
        Passwords { argon2, nobody, limit }
    }

    /// The hash of a password, salted anew each time: a PHC string.
    ///
    /// # Errors
    ///
    /// Too many are being made already.
    pub fn hash(&self, password: &str) -> Result<String, Busy> {
        let _turn = self.limit.turn()?;
        Ok(hash(&self.argon2, password))
    }

    /// Whether the password is the one of this hash. A hash that is none fits no password, and
    /// that is logged.
    ///
    /// # Errors
    ///
    /// Too many are being checked already.
    pub fn verify(&self, password: &str, hash: &str) -> Result<bool, Busy> {
        let _turn = self.limit.turn()?;
        match PasswordHash::new(hash) {
            Ok(hash) => Ok(self.argon2.verify_password(password.as_bytes(), &hash).is_ok()),
            Err(error) => {
                tracing::warn!(%error, "the stored hash of a password is no PHC string");
                Ok(false)
            }
        }
    }

    /// Takes as long as [`Passwords::verify`], for names that nobody has.
    pub(super) fn verify_nobody(&self, password: &str) -> Result<(), Busy> {
        self.verify(password, &self.nobody).map(drop)
    }
}

/// # Panics
///
/// When the operating system has no randomness for the salt; that is answered with a 500.
fn hash(argon2: &Argon2<'_>, password: &str) -> String {
    let hashed: Result<PasswordHash, _> = argon2.hash_password(password.as_bytes());
    hashed.expect("the costs are valid and the operating system has randomness").to_string()
}

impl Limit {
    fn turn(&self) -> Result<Turn<'_>, Busy> {
        let mut load = self.now.lock().unwrap_or_else(PoisonError::into_inner);
        if load.running >= self.concurrent && load.waiting >= self.waiting {
            return Err(Busy);
        }
        load.waiting += 1;
        let freed = self.freed.wait_while(load, |load| load.running >= self.concurrent);
        let mut load = freed.unwrap_or_else(PoisonError::into_inner);
        load.waiting -= 1;
        load.running += 1;
        Ok(Turn(self))
    }
}

/// The right to make one hash, given back when this is dropped.
struct Turn<'l>(&'l Limit);

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.0.now.lock().unwrap_or_else(PoisonError::into_inner).running -= 1;
        self.0.freed.notify_one();
    }
}

impl fmt::Debug for Passwords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Passwords")
            .field("concurrent", &self.limit.concurrent)
            .field("waiting", &self.limit.waiting)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cheap(concurrent: usize, waiting: usize) -> Passwords {
        Passwords::with_costs(8, 1, concurrent, waiting).unwrap()
    }

    #[test]
    fn a_password_fits_its_hash_and_no_other() {
        let passwords = cheap(1, 0);
        let hash = passwords.hash("pässword").unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{hash}");
        assert_ne!(hash, passwords.hash("pässword").unwrap());
        assert_eq!(passwords.verify("pässword", &hash), Ok(true));
        assert_eq!(passwords.verify("password", &hash), Ok(false));
        assert_eq!(passwords.verify("pässword", "no hash"), Ok(false));
        assert_eq!(passwords.verify("", &passwords.nobody.clone()), Ok(true));
    }

    #[test]
    fn more_than_may_wait_are_refused_and_a_turn_that_ends_lets_the_next_one_in() {
        let passwords = cheap(1, 0);
        let turn = passwords.limit.turn().unwrap();
        assert_eq!(passwords.clone().hash("x"), Err(Busy));
        drop(turn);
        assert!(passwords.hash("x").is_ok());

        let passwords = cheap(1, 1);
        let turn = passwords.limit.turn().unwrap();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| passwords.hash("x"));
            drop(turn);
            assert!(waiting.join().unwrap().is_ok());
        });
    }

    #[test]
    fn costs_that_make_no_sense_name_their_cure() {
        let error = Passwords::with_costs(1, 1, 1, 1).unwrap_err().to_string();
        assert!(error.contains("use at least 8 KiB"), "{error}");
        let error = Passwords::with_costs(8, 1, 0, 1).unwrap_err().to_string();
        assert!(error.contains("use at least 1"), "{error}");
    }
}
