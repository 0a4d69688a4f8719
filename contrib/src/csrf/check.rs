//! Where a request comes from: the checks of its `Origin` and `Referer`.

use crate::site::{Site, is_same_domain};
use crate::urls;
use engine_sync::Request;
use engine_sync::http::header;

pub(super) const NO_REFERER: &str = "Referer checking failed - no Referer.";
pub(super) const MALFORMED_REFERER: &str = "Referer checking failed - Referer is malformed.";
pub(super) const INSECURE_REFERER: &str =
    "Referer checking failed - Referer is insecure while host is secure.";
pub(super) const NO_CSRF_COOKIE: &str = "CSRF cookie not set.";
pub(super) const TOKEN_MISSING: &str = "CSRF token missing.";

/// Origins besides this site's own from which forms are taken.
#[derive(Debug, Default)]
pub(super) struct TrustedOrigins {
    exact: Vec<String>,
    /// Scheme, and the domain with a dot before it.
    wildcards: Vec<(String, String)>,
    /// The hosts of all of them, with a dot before those that had a `*`.
    hosts: Vec<String>,
}

impl TrustedOrigins {
    /// # Errors
    ///
    /// An origin has no scheme, or is more than an origin; the message says the cure.
    pub(super) fn new(origins: Vec<String>) -> Result<Self, String> {
        let mut trusted = TrustedOrigins::default();
        for origin in origins {
            let parts = origin.split_once("://").filter(|(scheme, host)| {
                ["http", "https"].contains(scheme)
                    && !host.trim_start_matches("*.").is_empty()
                    && !host.contains('/')
                    && !host.trim_start_matches("*.").contains('*')
            });
            let Some((scheme, host)) = parts else {
                return Err(format!(
                    "`trusted_origins` has {origin:?}: write scheme and host, such as \
                     `https://example.org` or `https://*.example.org`"
                ));
            };
            let bare = host.trim_start_matches('*').to_owned();
            if host.contains('*') {
                trusted.wildcards.push((scheme.to_owned(), bare.clone()));
            }
            trusted.hosts.push(bare);
            if !host.contains('*') {
                trusted.exact.push(origin);
            }
        }
        Ok(trusted)
    }

    /// Whether an `Origin` header names this site or a trusted one.
    pub(super) fn has(&self, origin: &str, request: &Request) -> bool {
        let own = Site::of(request).map(|site| format!("{}://{}", site.scheme(), site.host()));
        if own.as_deref() == Some(origin) || self.exact.iter().any(|exact| exact == origin) {
            return true;
        }
        let Some(target) = urls::split(origin) else {
            return false;
        };
        (self.wildcards.iter()).any(|(scheme, domain)| {
            *scheme == target.scheme && is_same_domain(&target.netloc, domain)
        })
    }

    /// Checks the `Referer`, for requests over https that have no `Origin`: whoever sits in
    /// between could plant a cookie over http, but cannot make a browser name an https page.
    ///
    /// # Errors
    ///
    /// The reason to refuse.
    pub(super) fn check_referer(
        &self,
        request: &Request,
        cookie_domain: Option<&str>,
    ) -> Result<(), String> {
        let Some(sent) = request.headers().get(header::REFERER) else {
            return Err(NO_REFERER.to_owned());
        };
        let sent = String::from_utf8_lossy(sent.as_bytes());
        let Some(referer) = urls::split(&sent) else {
            return Err(MALFORMED_REFERER.to_owned());
        };
        if referer.scheme.is_empty() || referer.netloc.is_empty() {
            return Err(MALFORMED_REFERER.to_owned());
        }
        if referer.scheme != "https" {
            return Err(INSECURE_REFERER.to_owned());
        }
        if self.hosts.iter().any(|host| is_same_domain(&referer.netloc, host)) {
            return Ok(());
        }
        let site = Site::of(request);
        let good = match (cookie_domain, &site) {
            (None, Some(site)) => Some(site.host().to_owned()),
            (None, None) => None,
            (Some(domain), site) => Some(match site.as_ref().and_then(Site::port) {
                None | Some("443" | "80") => domain.to_owned(),
                Some(port) => format!("{domain}:{port}"),
            }),
        };
        match good {
            Some(good) if is_same_domain(&referer.netloc, &good) => Ok(()),
            _ => {
                let rest = sent.split_once(':').map_or("", |(_, rest)| rest);
                Err(format!(
                    "Referer checking failed - {}:{rest} does not match any trusted origins.",
                    referer.scheme
                ))
            }
        }
    }
}
