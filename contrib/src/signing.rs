//! Signed text: what a client keeps for us and cannot change (Django's `django.core.signing`).

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};
use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use subtle::ConstantTimeEq;

/// The secret that signatures are made with. `Debug` never shows it.
///
/// ```
/// use contrib::signing::{SecretKey, Signer};
///
/// let secret = SecretKey::new("an example of fifty characters, do not use it at all!")?;
/// let signer = Signer::new(&secret, "newsletter");
/// let signed = signer.sign("alice@example.org");
/// assert_eq!(signer.unsign(&signed)?, "alice@example.org");
/// assert!(signer.unsign("mallory@example.org:forged").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct SecretKey {
    keys: Arc<Vec<Vec<u8>>>,
}

/// A secret that could be guessed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WeakSecret(String);

impl fmt::Display for WeakSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for WeakSecret {}

impl SecretKey {
    /// A secret of at least 32 bytes, at least 5 of them different.
    ///
    /// # Errors
    ///
    /// The secret is shorter, or made of fewer different bytes.
    pub fn new(secret: impl Into<Vec<u8>>) -> Result<Self, WeakSecret> {
        Ok(SecretKey { keys: Arc::new(vec![checked(secret.into())?]) })
    }

    /// A secret nobody knows. What it signs is worth nothing after a restart, or on another
    /// machine.
    pub fn random() -> Self {
        let mut secret = vec![0; 32];
        crate::random::fill(&mut secret);
        SecretKey { keys: Arc::new(vec![secret]) }
    }

    /// Accepts what an older secret has signed, too, so that a secret can be changed without
    /// logging everybody out. Nothing new is signed with it.
    ///
    /// # Errors
    ///
    /// As [`SecretKey::new`].
    pub fn with_fallback(mut self, secret: impl Into<Vec<u8>>) -> Result<Self, WeakSecret> {
        Arc::make_mut(&mut self.keys).push(checked(secret.into())?);
        Ok(self)
    }

    /// The HMAC of a value in hexadecimal, keyed by the secret and a salt that names its use.
    pub(crate) fn hex_mac(&self, salt: &str, value: &str) -> String {
        HEXLOWER.encode(&mac(&self.keys[0], salt, value))
    }

    /// Whether `given` is the HMAC of `value` by this secret or one it replaces.
    pub(crate) fn matches_hex_mac(&self, salt: &str, value: &str, given: &str) -> bool {
        self.keys.iter().any(|key| same(&HEXLOWER.encode(&mac(key, salt, value)), given))
    }
}

fn checked(secret: Vec<u8>) -> Result<Vec<u8>, WeakSecret> {
    let mut different = secret.clone();
    different.sort_unstable();
    different.dedup();
    if secret.len() < 32 || different.len() < 5 {
        return Err(WeakSecret(format!(
            "the secret has {} bytes, {} of them different: use at least 32 random ones",
            secret.len(),
            different.len(),
        )));
    }
    Ok(secret)
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

/// Signs text, and tells its own signatures from others. The text stays readable.
///
/// The format is Django's: `value:signature`, an HMAC-SHA256 in URL-safe base64 whose key is made
/// from the secret and a salt. Signers with different salts do not accept each other's text.
#[derive(Clone)]
pub struct Signer {
    secret: SecretKey,
    salt: String,
}

/// Why signed text was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum BadSignature {
    /// It was signed by somebody else, for something else, or not at all.
    Wrong,
    /// It was signed too long ago.
    Expired,
}

impl fmt::Display for BadSignature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            BadSignature::Wrong => "the signature does not match",
            BadSignature::Expired => "the signature is too old",
        })
    }
}

impl std::error::Error for BadSignature {}

impl Signer {
    /// A signer for one use, named by its salt.
    pub fn new(secret: &SecretKey, salt: impl Into<String>) -> Self {
        Signer { secret: secret.clone(), salt: salt.into() }
    }

    /// The text with its signature behind it.
    pub fn sign(&self, value: &str) -> String {
        format!("{value}:{}", self.signature(&self.secret.keys[0], value))
    }

    /// The text without its signature.
    ///
    /// # Errors
    ///
    /// The signature does not fit the text.
    pub fn unsign<'s>(&self, signed: &'s str) -> Result<&'s str, BadSignature> {
        let (value, signature) = signed.rsplit_once(':').ok_or(BadSignature::Wrong)?;
        let fits = |key: &Vec<u8>| same(&self.signature(key, value), signature);
        if self.secret.keys.iter().any(fits) { Ok(value) } else { Err(BadSignature::Wrong) }
    }

    /// The text with the time and the signature of both behind it (Django's `TimestampSigner`).
    pub fn sign_at(&self, value: &str, time: SystemTime) -> String {
        let seconds = time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.sign(&format!("{value}:{}", base62(seconds)))
    }

    /// The text of [`Signer::sign_at`], if that was at most `max_age` ago.
    ///
    /// # Errors
    ///
    /// The signature does not fit, or is older.
    pub fn unsign_within<'s>(
        &self,
        signed: &'s str,
        max_age: Duration,
        now: SystemTime,
    ) -> Result<&'s str, BadSignature> {
        let (value, time) = self.unsign(signed)?.rsplit_once(':').ok_or(BadSignature::Wrong)?;
        let time = from_base62(time).ok_or(BadSignature::Wrong)?;
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let age = now.saturating_sub(Duration::from_secs(time));
        if age > max_age { Err(BadSignature::Expired) } else { Ok(value) }
    }

    fn signature(&self, key: &[u8], value: &str) -> String {
        BASE64URL_NOPAD.encode(&mac(key, &format!("{}signer", self.salt), value))
    }
}

impl fmt::Debug for Signer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Signer").field("salt", &self.salt).finish_non_exhaustive()
    }
}

/// Django's `salted_hmac`: the key is a hash of salt and secret, so that no two uses share one.
fn mac(secret: &[u8], salt: &str, value: &str) -> [u8; 32] {
    let key = Sha256::new().chain_update(salt).chain_update(secret).finalize();
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("HMAC takes keys of any length");
    mac.update(value.as_bytes());
    mac.finalize().into_bytes().into()
}

/// Compares without telling by its duration where the texts differ.
pub(crate) fn same(left: &str, right: &str) -> bool {
    left.as_bytes().ct_eq(right.as_bytes()).into()
}

const BASE62: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

fn base62(mut number: u64) -> String {
    let mut digits = Vec::new();
    loop {
        digits.push(char::from(BASE62[(number % 62) as usize]));
        number /= 62;
        if number == 0 {
            return digits.into_iter().rev().collect();
        }
    }
}

fn from_base62(text: &str) -> Option<u64> {
    if text.is_empty() {
        return None;
    }
    text.bytes().try_fold(0_u64, |number, byte| {
        let digit = BASE62.iter().position(|other| *other == byte)?;
        number.checked_mul(62)?.checked_add(digit as u64)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> SecretKey {
        SecretKey::new("an example of fifty characters, do not use it at all!").unwrap()
    }

    #[test]
    fn signatures_are_the_ones_django_makes() {
        let signer = Signer::new(&secret(), "salt");
        assert_eq!(signer.sign("hello"), DJANGO_SIGNED);
        let time = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
        assert_eq!(signer.sign_at("hello", time), DJANGO_TIMED);
        assert_eq!(secret().hex_mac("salt", "hello"), DJANGO_HEX);
    }

    const DJANGO_SIGNED: &str = "hello:1F-tH8Rq6pVwl3liM66fUq6MqRM8tYRUDadw8xFIaSk";
    const DJANGO_TIMED: &str = "hello:1r31eq:Gn4QgP_lqKlqdrpJ8dDQ4_-zjXGpDrQWpAcOSSez6DA";
    const DJANGO_HEX: &str = "466658a2772b8bd52197e199453f828bff6d5f7a29a0ecbc4441ff17405cf26a";

    #[test]
    fn changed_text_another_salt_and_another_secret_are_refused() {
        let signed = Signer::new(&secret(), "a").sign("hello");
        assert_eq!(Signer::new(&secret(), "a").unsign(&signed), Ok("hello"));
        assert_eq!(Signer::new(&secret(), "b").unsign(&signed), Err(BadSignature::Wrong));
        let other = Signer::new(&SecretKey::random(), "a");
        assert_eq!(other.unsign(&signed), Err(BadSignature::Wrong));
        for at in 0..signed.len() {
            let mut changed = signed.clone().into_bytes();
            changed[at] ^= 1;
            let changed = String::from_utf8(changed).unwrap();
            assert_eq!(Signer::new(&secret(), "a").unsign(&changed), Err(BadSignature::Wrong));
        }
    }

    #[test]
    fn an_older_secret_is_accepted_and_signs_nothing_new() {
        let old = Signer::new(&secret(), "a");
        let both = SecretKey::random().with_fallback(secret().keys[0].clone()).unwrap();
        let new = Signer::new(&both, "a");
        assert_eq!(new.unsign(&old.sign("hello")), Ok("hello"));
        assert_eq!(old.unsign(&new.sign("hello")), Err(BadSignature::Wrong));
    }

    #[test]
    fn a_timed_signature_grows_too_old() {
        let signer = Signer::new(&secret(), "a");
        let time = UNIX_EPOCH + Duration::from_secs(1_000);
        let signed = signer.sign_at("hello", time);
        let minute = Duration::from_secs(60);
        assert_eq!(signer.unsign_within(&signed, minute, time + minute), Ok("hello"));
        let late = time + minute + Duration::from_secs(1);
        assert_eq!(signer.unsign_within(&signed, minute, late), Err(BadSignature::Expired));
    }

    #[test]
    fn a_secret_is_never_shown_and_a_weak_one_is_refused() {
        assert_eq!(format!("{:?}", secret()), "SecretKey(…)");
        let error = SecretKey::new("short").unwrap_err();
        assert!(error.to_string().contains("has 5 bytes"), "{error}");
        assert!(SecretKey::new("a".repeat(50)).is_err());
    }
}
