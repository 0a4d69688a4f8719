//! The layer that refuses forged requests.

use super::check::{NO_CSRF_COOKIE, TOKEN_MISSING, TrustedOrigins};
use super::token::{self, CsrfToken};
use crate::common::Common;
use crate::cookies::{CookieShape, Keep, SameSite};
use crate::options::{self, OptionsError};
use crate::sessions::Session;
use engine_sync::http::{HeaderName, Method, StatusCode, header};
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Response, Result, ViewMatch};
use serde::Deserialize;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

/// Marks a route whose requests are not checked, because it has other proof of where they come
/// from: a signature, say, or a token of its own (Django's `csrf_exempt`).
///
/// ```
/// use contrib::csrf::CsrfExempt;
/// use engine_sync::{Response, Route};
///
/// let hook = Route::post("/payments/hook/", |_, _| Ok(Response::text("ok"))).mark(CsrfExempt);
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CsrfExempt;

/// Options of [`Csrf`]; in parentheses the Django setting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CsrfOptions {
    /// The cookie's name. Default: `csrftoken` (`CSRF_COOKIE_NAME`).
    pub cookie_name: String,
    /// Seconds until the cookie expires. 0: with the browser. Default: 31,449,600, one year of 52
    /// weeks (`CSRF_COOKIE_AGE`).
    pub cookie_age: u64,
    /// The paths the cookie is sent to. Default: `/` (`CSRF_COOKIE_PATH`).
    pub cookie_path: String,
    /// The domain the cookie is sent to, with those below it, whose pages are then trusted, too.
    /// Default: this host only (`CSRF_COOKIE_DOMAIN`).
    pub cookie_domain: Option<String>,
    /// Whether the cookie is sent over https only. Default: no (`CSRF_COOKIE_SECURE`).
    pub cookie_secure: bool,
    /// Whether scripts of the page cannot read the cookie. Default: no, so that they can
    /// (`CSRF_COOKIE_HTTPONLY`).
    pub cookie_http_only: bool,
    /// Whether other sites make the browser send the cookie. Default: `lax`
    /// (`CSRF_COOKIE_SAMESITE`).
    pub cookie_same_site: SameSite,
    /// The header in which scripts send the token. Default: `x-csrftoken` (`CSRF_HEADER_NAME`).
    pub header_name: String,
    /// Origins whose pages may send forms here, with their scheme: `https://example.org`, or
    /// `https://*.example.org` for all below it. Default: none (`CSRF_TRUSTED_ORIGINS`).
    #[serde(deserialize_with = "trusted_origins")]
    pub trusted_origins: Vec<String>,
    /// Whether the secret is kept in the session and not in a cookie of its own. Default: no
    /// (`CSRF_USE_SESSIONS`).
    pub use_sessions: bool,
}

fn trusted_origins<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    options::checked(from, |origins: &Vec<String>| {
        Ok(TrustedOrigins::new(origins.clone()).map(drop)?)
    })
}

impl Default for CsrfOptions {
    fn default() -> Self {
        CsrfOptions {
            cookie_name: String::from("csrftoken"),
            cookie_age: 52 * 7 * 24 * 60 * 60,
            cookie_path: String::from("/"),
            cookie_domain: None,
            cookie_secure: false,
            cookie_http_only: false,
            cookie_same_site: SameSite::Lax,
            header_name: String::from("x-csrftoken"),
            trusted_origins: Vec::new(),
            use_sessions: false,
        }
    }
}

type FailurePage = Arc<dyn Fn(&Request, &str) -> Response + Send + Sync>;

/// Refuses requests that may change something (any method but GET, HEAD, OPTIONS and TRACE) unless
/// they carry the token of one of this site's pages and come from this site or a trusted one.
///
/// The check runs right before the view, so that a route can be [exempt](CsrfExempt), and before
/// any body but a form is read.
pub struct Csrf {
    cookie: CookieShape,
    keep: Duration,
    header: HeaderName,
    trusted: TrustedOrigins,
    use_sessions: bool,
    failure_page: FailurePage,
}

/// The name under which the secret stands in the session, where it is kept there.
const SESSION_NAME: &str = "_csrftoken";

impl Csrf {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// The options contradict each other or name what browsers refuse; the message says the cure.
    pub fn new(options: CsrfOptions) -> Result<Self, OptionsError> {
        let cookie = CookieShape {
            name: options.cookie_name,
            path: options.cookie_path,
            domain: options.cookie_domain,
            secure: options.cookie_secure,
            http_only: options.cookie_http_only,
            same_site: options.cookie_same_site,
        };
        cookie.check()?;
        let header = options.header_name.parse().map_err(|_| {
            OptionsError::new(format!(
                "`header_name` is {:?}: write the header as it is sent, such as `x-csrftoken`",
                options.header_name
            ))
        })?;
        Ok(Csrf {
            cookie,
            keep: Duration::from_secs(options.cookie_age),
            header,
            trusted: TrustedOrigins::new(options.trusted_origins)?,
            use_sessions: options.use_sessions,
            failure_page: Arc::new(|_, _| refused()),
        })
    }

    /// Makes the response to a refused request, given the reason in Django's words, such as
    /// `CSRF cookie not set.` (`CSRF_FAILURE_VIEW`). Default: a short page of status 403 that does
    /// not tell the reason; the log does.
    pub fn with_failure_page(
        mut self,
        page: impl Fn(&Request, &str) -> Response + Send + Sync + 'static,
    ) -> Self {
        self.failure_page = Arc::new(page);
        self
    }

    fn open(&self, request: &mut Request) -> Result<Flow> {
        let mut token = CsrfToken::none();
        match self.secret(request)? {
            Ok(secret) => token.secret = secret,
            // What is there is no secret of ours; the visitor gets a new one.
            Err(_) => drop(token.renew()),
        }
        request.state_mut().insert(token);
        Ok(ControlFlow::Continue(()))
    }

    fn check(&self, request: &mut Request, view: &mut ViewMatch) -> Result<Flow> {
        let is_safe =
            [Method::GET, Method::HEAD, Method::OPTIONS, Method::TRACE].contains(request.method());
        if is_safe || view.mark::<CsrfExempt>().is_some() {
            return Ok(ControlFlow::Continue(()));
        }
        let accepted = match self.check_source(request) {
            Ok(()) => self.check_token(request)?,
            Err(reason) => Err(reason),
        };
        let Err(reason) = accepted else {
            return Ok(ControlFlow::Continue(()));
        };
        tracing::warn!(path = request.path(), "Forbidden ({reason})");
        Ok(ControlFlow::Break((self.failure_page)(request, &reason)))
    }

    /// Whether the request comes from this site or a trusted one, or the reason to refuse it.
    fn check_source(&self, request: &Request) -> Result<(), String> {
        if let Some(origin) = request.headers().get(header::ORIGIN) {
            let origin = String::from_utf8_lossy(origin.as_bytes());
            return match self.trusted.has(&origin, request) {
                true => Ok(()),
                false => Err(format!(
                    "Origin checking failed - {origin} does not match any trusted origins."
                )),
            };
        }
        let is_secure = crate::site::Site::of(request).is_some_and(|site| site.is_secure());
        if !is_secure {
            return Ok(());
        }
        self.trusted.check_referer(request, self.cookie.domain.as_deref())
    }

    /// Whether the request carries the token, or the reason to refuse it.
    fn check_token(&self, request: &mut Request) -> Result<Result<(), String>> {
        // The secret is read anew: a layer may have rotated it on the way in, but what the
        // client's page was made with is what it sent.
        let secret = match self.secret(request)? {
            Ok(Some(secret)) => secret,
            Ok(None) => return Ok(Err(NO_CSRF_COOKIE.to_owned())),
            Err(problem) => return Ok(Err(format!("CSRF cookie {problem}."))),
        };
        let mut sent = String::new();
        if request.method() == Method::POST {
            sent = request.form()?.get("csrfmiddlewaretoken").unwrap_or_default().to_owned();
        }
        let mut source = String::from("POST");
        if sent.is_empty() {
            let Some(header) = request.headers().get(&self.header) else {
                return Ok(Err(TOKEN_MISSING.to_owned()));
            };
            sent = String::from_utf8_lossy(header.as_bytes()).into_owned();
            source = format!("the '{}' HTTP header", title_case(self.header.as_str()));
        }
        if let Err(problem) = token::check_format(&sent) {
            return Ok(Err(format!("CSRF token from {source} {problem}.")));
        }
        match token::matches(&sent, &secret) {
            true => Ok(Ok(())),
            false => Ok(Err(format!("CSRF token from {source} incorrect."))),
        }
    }

    /// The secret that the client has, or what is wrong with it.
    fn secret(&self, request: &Request) -> Result<Result<Option<String>, &'static str>> {
        let kept = match self.use_sessions {
            true => {
                request.state().get::<Session>().ok_or_else(token::no_session)?.get(SESSION_NAME)?
            }
            false => self.cookie.sent_by(request),
        };
        Ok(match kept {
            None => Ok(None),
            Some(kept) => token::check_format(&kept).map(|()| Some(token::secret_of(&kept))),
        })
    }

    fn close(&self, request: &mut Request, response: &mut Response) -> Result<()> {
        let Some(token) = request.state_mut().get_mut::<CsrfToken>() else {
            return Ok(());
        };
        if !std::mem::take(&mut token.needs_update) {
            return Ok(());
        }
        let Some(secret) = token.secret.clone() else {
            return Ok(());
        };
        if self.use_sessions {
            let session = request.state().get::<Session>().ok_or_else(token::no_session)?;
            if session.get::<String>(SESSION_NAME)?.as_ref() != Some(&secret) {
                session.insert(SESSION_NAME, secret)?;
            }
            return Ok(());
        }
        let keep = if self.keep.is_zero() { Keep::UntilClosed } else { Keep::For(self.keep) };
        self.cookie.set(response, &secret, keep);
        response.vary(&["Cookie"]);
        Ok(())
    }
}

/// The default page; it says nothing that would help to forge a better request.
fn refused() -> Response {
    Response::html(
        "<!doctype html>\n<html lang=\"en\">\n<head><title>Forbidden</title></head>\n\
         <body><h1>Forbidden</h1><p>CSRF verification failed. Request aborted.</p></body>\n</html>\n",
    )
    .with_status(StatusCode::FORBIDDEN)
}

/// `x-csrftoken` as Django writes it in its reasons: `X-Csrftoken`.
fn title_case(name: &str) -> String {
    let words = name.split('-').map(|word| {
        let (first, rest) = word.split_at(word.len().min(1));
        first.to_ascii_uppercase() + rest
    });
    words.collect::<Vec<_>>().join("-")
}

impl Layer for Csrf {
    fn declare(&self, order: &mut Order) {
        // Behind `Common` the host that an origin is compared with is one that this program serves.
        order.provides::<CsrfToken>().after_layer::<Common>().single();
        if self.use_sessions {
            order.requires::<Session>();
        }
    }
}

impl Hooks for Csrf {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::open).process_view(Self::check).process_response(Self::close);
    }
}

impl fmt::Debug for Csrf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Csrf")
            .field("cookie", &self.cookie)
            .field("header", &self.header)
            .field("trusted", &self.trusted)
            .field("use_sessions", &self.use_sessions)
            .finish_non_exhaustive()
    }
}
