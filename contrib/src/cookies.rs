//! The attributes that the cookies of these layers share.

use engine_sync::cookie::time::{Duration as CookieDuration, OffsetDateTime};
use engine_sync::cookie::{self, Cookie};
use engine_sync::{Request, Response};
use serde::Deserialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// When a browser sends a cookie along with a request that another site has caused.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SameSite {
    /// Never.
    Strict,
    /// Only when somebody follows a link. The default, as in Django.
    #[default]
    Lax,
    /// Always; browsers then ask for a `Secure` cookie.
    None,
    /// The attribute is left out, and the browser decides.
    Unset,
}

/// A cookie without its value.
#[derive(Clone, Debug)]
pub(crate) struct CookieShape {
    pub(crate) name: String,
    pub(crate) path: String,
    pub(crate) domain: Option<String>,
    pub(crate) secure: bool,
    pub(crate) http_only: bool,
    pub(crate) same_site: SameSite,
}

/// How long a browser keeps a cookie.
pub(crate) enum Keep {
    /// Until it is closed.
    UntilClosed,
    For(Duration),
}

impl CookieShape {
    /// Refuses attributes that a browser would refuse, with the cure. `prefix` is how the
    /// options are called in the settings: `cookie`.
    pub(crate) fn check(&self) -> Result<(), String> {
        check_name(&self.name)?;
        if !self.path.starts_with('/') || !attribute(&self.path) {
            return Err(format!(
                "`cookie_path` is {:?}: it must start with `/` and be plain ASCII without `;`",
                self.path
            ));
        }
        if let Some(domain) = &self.domain
            && (domain.is_empty() || !attribute(domain))
        {
            return Err(format!(
                "`cookie_domain` is {domain:?}: name a domain, or leave it out for this host only"
            ));
        }
        if self.same_site == SameSite::None && !self.secure {
            return Err(String::from(
                "`cookie_same_site` is `none` and browsers ignore such a cookie unless it is \
                 secure: set `cookie_secure = true`",
            ));
        }
        let prefixed = self.name.starts_with("__Secure-") || self.name.starts_with("__Host-");
        if prefixed && !self.secure {
            return Err(format!(
                "browsers ignore a cookie named {:?} unless it is secure: set `cookie_secure = \
                 true`, or name it without the prefix",
                self.name
            ));
        }
        if self.name.starts_with("__Host-") && (self.domain.is_some() || self.path != "/") {
            return Err(format!(
                "browsers ignore a cookie named {:?} with a domain or a path: leave out \
                 `cookie_domain` and `cookie_path`, or name it without the prefix",
                self.name
            ));
        }
        Ok(())
    }

    /// Whether the request carries a cookie of this name.
    pub(crate) fn sent_by(&self, request: &Request) -> Option<String> {
        request.cookie(&self.name)
    }

    pub(crate) fn set(&self, response: &mut Response, value: &str, keep: Keep) {
        let mut cookie = self.bare(value);
        if let Keep::For(time) = keep {
            let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
            cookie.set_max_age(CookieDuration::seconds(seconds));
            cookie.set_expires(date(SystemTime::now().checked_add(time)));
        }
        response.set_cookie(cookie);
    }

    /// Tells the browser to forget the cookie.
    pub(crate) fn delete(&self, response: &mut Response) {
        let mut cookie = self.bare("");
        // A browser needs no `HttpOnly` to forget a cookie, and Django sends none.
        cookie.set_http_only(None);
        cookie.set_max_age(CookieDuration::ZERO);
        cookie.set_expires(OffsetDateTime::UNIX_EPOCH);
        response.set_cookie(cookie);
    }

    fn bare(&self, value: &str) -> Cookie<'static> {
        let mut cookie = Cookie::new(self.name.clone(), value.to_owned());
        cookie.set_path(self.path.clone());
        if let Some(domain) = &self.domain {
            cookie.set_domain(domain.clone());
        }
        cookie.set_secure(self.secure.then_some(true));
        cookie.set_http_only(self.http_only.then_some(true));
        cookie.set_same_site(match self.same_site {
            SameSite::Strict => Some(cookie::SameSite::Strict),
            SameSite::Lax => Some(cookie::SameSite::Lax),
            SameSite::None => Some(cookie::SameSite::None),
            SameSite::Unset => None,
        });
        cookie
    }
}

/// Refuses a name that no cookie can have.
pub(crate) fn check_name(name: &str) -> Result<(), String> {
    let token = |c: char| c.is_ascii_graphic() && !"()<>@,;:\\\"/[]?={}".contains(c);
    if name.is_empty() || !name.chars().all(token) {
        return Err(format!("`cookie_name` is {name:?}: use letters, digits, `-` and `_`"));
    }
    Ok(())
}

fn attribute(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b';' && byte != b',')
}

/// A time as cookies take it; one that is too far away is the end of the year 9999.
fn date(time: Option<SystemTime>) -> OffsetDateTime {
    const LAST: i64 = 253_402_300_799;
    let since = time.and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    let seconds = since.map_or(LAST, |since| i64::try_from(since.as_secs()).unwrap_or(LAST));
    OffsetDateTime::from_unix_timestamp(seconds.min(LAST)).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
