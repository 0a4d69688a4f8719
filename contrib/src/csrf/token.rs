//! The token: a secret that only this site's pages know, masked anew each time it is shown.

use crate::random;
use crate::signing::same;
use engine_sync::{Error, Request, Result};
use std::fmt;

/// The characters of secrets and tokens, in Django's order, which masking depends on.
const ALPHABET: &[u8; 62] = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const SECRET_LENGTH: usize = 32;
const TOKEN_LENGTH: usize = 2 * SECRET_LENGTH;

/// The CSRF secret of a request and whether it is to be sent, in the request's state.
pub struct CsrfToken {
    pub(super) secret: Option<String>,
    pub(super) needs_update: bool,
}

impl CsrfToken {
    pub(super) fn none() -> Self {
        CsrfToken { secret: None, needs_update: false }
    }

    pub(super) fn renew(&mut self) -> &str {
        self.needs_update = true;
        self.secret.insert(new_secret())
    }
}

impl fmt::Debug for CsrfToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CsrfToken")
            .field("known", &self.secret.is_some())
            .field("needs_update", &self.needs_update)
            .finish()
    }
}

/// The token that a form of this page must carry in its field `csrfmiddlewaretoken`, or a script
/// in the header `X-CSRFToken`. Each call masks the secret anew, so no two tokens are alike.
///
/// The cookie is then sent with the response, which varies on `Cookie`.
///
/// # Errors
///
/// 500: no [`Csrf`](super::Csrf) layer stands further out.
pub fn token(request: &mut Request) -> Result<String> {
    let token = request.require_mut::<CsrfToken>()?;
    token.needs_update = true;
    Ok(match &token.secret {
        Some(secret) => mask(secret),
        None => mask(token.renew()),
    })
}

/// Changes the secret, as [`login`](crate::auth::login) does; forms of pages shown before are then
/// refused. Without a [`Csrf`](super::Csrf) layer there is nothing to change.
pub fn rotate(request: &mut Request) {
    if let Some(token) = request.state_mut().get_mut::<CsrfToken>() {
        token.renew();
    }
}

/// What is wrong with a text that should be a secret or a token.
pub(super) fn check_format(text: &str) -> Result<(), &'static str> {
    if text.len() != TOKEN_LENGTH && text.len() != SECRET_LENGTH {
        return Err("has incorrect length");
    }
    match text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        true => Ok(()),
        false => Err("has invalid characters"),
    }
}

/// The secret of a well-formed text, which may be masked or bare.
pub(super) fn secret_of(text: &str) -> String {
    if text.len() == TOKEN_LENGTH { unmask(text) } else { text.to_owned() }
}

/// Whether a well-formed token, masked or bare, is made from the secret.
pub(super) fn matches(token: &str, secret: &str) -> bool {
    same(&secret_of(token), secret)
}

fn new_secret() -> String {
    random::text(SECRET_LENGTH, ALPHABET)
}

/// A random mask, and behind it the secret moved on by it, character by character.
fn mask(secret: &str) -> String {
    let mask = new_secret();
    let cipher = combine(secret, &mask, |secret, mask| secret + mask);
    mask + &cipher
}

fn unmask(token: &str) -> String {
    let (mask, cipher) = token.split_at(SECRET_LENGTH);
    combine(cipher, mask, |cipher, mask| cipher + ALPHABET.len() - mask)
}

fn combine(left: &str, right: &str, operation: fn(usize, usize) -> usize) -> String {
    let place = |byte: u8| ALPHABET.iter().position(|other| *other == byte).unwrap_or(0);
    (left.bytes().zip(right.bytes()))
        .map(|(left, right)| operation(place(left), place(right)) % ALPHABET.len())
        .map(|at| char::from(ALPHABET[at]))
        .collect()
}

/// # Errors
///
/// 500: the secret cannot be kept where there is no session.
pub(super) fn no_session() -> Error {
    Error::internal("the CSRF secret is kept in the session: list `sessions` further out")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A secret and a token that Django 5.2 has made from it.
    const DJANGO: (&str, &str) = (
        "DBBi3vvZzQNN8N6y3rEOqyWC4yWjTWWH",
        "AeprA22YWxwB9sOgk7IxR8PiyOce0u6R3FQztnnNld9e75KEdocb7wBKscYnJgSo",
    );

    #[test]
    fn a_token_of_django_is_read_and_every_token_of_ours_is_another_one() {
        let (secret, token) = DJANGO;
        assert_eq!(unmask(token), secret);
        assert!(matches(token, secret) && matches(secret, secret));
        let (one, two) = (mask(secret), mask(secret));
        assert_ne!(one, two);
        assert!(matches(&one, secret) && matches(&two, secret));
        assert!(!matches(&one, &new_secret()));
    }

    #[test]
    fn a_text_of_wrong_length_or_with_other_characters_is_no_token() {
        assert_eq!(check_format(&"a".repeat(32)), Ok(()));
        assert_eq!(check_format(&"a".repeat(64)), Ok(()));
        assert_eq!(check_format(&"a".repeat(33)), Err("has incorrect length"));
        assert_eq!(check_format(&"!".repeat(32)), Err("has invalid characters"));
        assert_eq!(check_format(&"é".repeat(16)), Err("has invalid characters"));
    }
}
