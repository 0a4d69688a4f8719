//! Which site a request is for: its host, checked, and whether it came over https.

use engine_sync::http::header;
use engine_sync::{Error, Request, Result};

/// The site that a request is for. [`Common`](crate::common::Common) provides it, checked against
/// the hosts this program serves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    host: String,
    domain: String,
    port: Option<String>,
    secure: bool,
}

impl Site {
    /// The site of a request: the checked one where [`Common`](crate::common::Common) stands
    /// further out, and otherwise what the client says. `None` where that is no host name.
    pub fn of(request: &Request) -> Option<Site> {
        match request.state().get::<Site>() {
            Some(site) => Some(site.clone()),
            None => Site::read(request, is_https_target(request)).ok(),
        }
    }

    /// # Errors
    ///
    /// 400: there is no `Host`, there are several, or it is no host name.
    pub(crate) fn read(request: &Request, secure: bool) -> Result<Site> {
        if request.headers().get_all(header::HOST).iter().count() > 1 {
            return Err(Error::bad_request("the request has more than one Host header"));
        }
        let Some(host) = request.host() else {
            return Err(Error::bad_request("the request has no Host header"));
        };
        let Some((domain, port)) = split_host(host) else {
            return Err(Error::bad_request(format!(
                "Invalid HTTP_HOST header: {host:?}. The domain name provided is not valid \
                 according to RFC 1034/1035."
            )));
        };
        Ok(Site { host: host.to_owned(), domain, port, secure })
    }

    /// The host as sent, with its port if it has one.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The host in lower case, without port and final dot.
    pub fn domain(&self) -> &str {
        &self.domain
    }

    /// The port the client has named.
    pub fn port(&self) -> Option<&str> {
        self.port.as_deref()
    }

    /// Whether the request came over https.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// `http` or `https`.
    pub fn scheme(&self) -> &'static str {
        if self.secure { "https" } else { "http" }
    }
}

/// Whether the target itself says `https`, as servers that end TLS themselves have it.
pub(crate) fn is_https_target(request: &Request) -> bool {
    request.uri().scheme_str() == Some("https")
}

/// Domain, in lower case without a final dot, and port; `None` where the text is no host.
fn split_host(host: &str) -> Option<(String, Option<String>)> {
    let host = host.to_ascii_lowercase();
    let (domain, rest) = match host.strip_prefix('[') {
        Some(inside) => {
            let (address, rest) = inside.split_once(']')?;
            let hexadecimal = |c: char| matches!(c, 'a'..='f' | '0'..='9' | ':' | '.');
            if !address.contains(':') || !address.chars().all(hexadecimal) {
                return None;
            }
            (format!("[{address}]"), rest)
        }
        None => {
            let end = host.find(':').unwrap_or(host.len());
            let (name, rest) = host.split_at(end);
            let plain = |c: char| matches!(c, 'a'..='z' | '0'..='9' | '.' | '-');
            if !name.chars().all(plain) {
                return None;
            }
            (name.strip_suffix('.').unwrap_or(name).to_owned(), rest)
        }
    };
    let port = match rest {
        "" => None,
        rest => Some(rest.strip_prefix(':')?.to_owned()),
    };
    let port_is_number =
        port.as_ref().is_none_or(|p| !p.is_empty() && p.bytes().all(|b| b.is_ascii_digit()));
    (!domain.is_empty() && port_is_number).then_some((domain, port))
}

/// Whether a host is the pattern, or for a pattern that begins with a dot, lies in that domain.
pub(crate) fn is_same_domain(host: &str, pattern: &str) -> bool {
    let pattern = pattern.to_ascii_lowercase();
    match pattern.strip_prefix('.') {
        Some(domain) => host.ends_with(&pattern) || host == domain,
        None => !pattern.is_empty() && host == pattern,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_a_bracketed_address_with_or_without_a_port() {
        let split = |host| {
            split_host(host).map(|(domain, port)| format!("{domain} {}", port.unwrap_or_default()))
        };
        assert_eq!(split("Example.ORG:8000").as_deref(), Some("example.org 8000"));
        assert_eq!(split("example.org.").as_deref(), Some("example.org "));
        assert_eq!(split("[2001:DB8::1]:80").as_deref(), Some("[2001:db8::1] 80"));
        for bad in ["", ".", "a b", "a/b", "a@b", "a:b", "a:", "a:80:80", "[::1", "[]", "[x]", "é"]
        {
            assert_eq!(split(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_pattern_with_a_dot_takes_the_whole_domain() {
        assert!(is_same_domain("example.org", "Example.org"));
        assert!(!is_same_domain("a.example.org", "example.org"));
        assert!(is_same_domain("a.example.org", ".example.org"));
        assert!(is_same_domain("example.org", ".example.org"));
        assert!(!is_same_domain("badexample.org", ".example.org"));
        assert!(!is_same_domain("", ""));
    }
}
