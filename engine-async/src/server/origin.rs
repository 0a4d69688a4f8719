//! Which pages may open a connection: the defence against cross-site websocket hijacking.

use http::{HeaderMap, Uri, header};

/// Which pages may open a connection.
///
/// A browser sends cookies with a websocket handshake whatever page opens it, and tells in `Origin`
/// which page that is. A client that sends none is no browser, and is let in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Origins {
    /// Pages of the same host, and those of these origins.
    SameHostAnd(Vec<String>),
    /// Pages of anybody.
    Any,
}

impl Default for Origins {
    fn default() -> Self {
        Origins::SameHostAnd(Vec::new())
    }
}

impl Origins {
    /// Whether a handshake with these headers may go on.
    pub(super) fn allow(&self, headers: &HeaderMap) -> bool {
        let Origins::SameHostAnd(others) = self else {
            return true;
        };
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let (origin, more) = (origins.next(), origins.next());
        let Some(origin) = origin else {
            return true;
        };
        let Some(origin) = origin.to_str().ok().filter(|_| more.is_none()) else {
            return false;
        };
        others.iter().any(|other| other.eq_ignore_ascii_case(origin)) || is_of(origin, headers)
    }
}

/// Whether the origin is that of the host asked for.
fn is_of(origin: &str, headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(header::HOST).iter();
    let (Some(host), None) = (hosts.next().and_then(|host| host.to_str().ok()), hosts.next())
    else {
        return false;
    };
    let Ok(origin) = origin.parse::<Uri>() else {
        return false;
    };
    let default_port = match origin.scheme_str() {
        Some("http") => 80,
        Some("https") => 443,
        _ => return false,
    };
    let Ok(host) = host.parse::<http::uri::Authority>() else {
        return false;
    };
    let port = |port: Option<u16>| port.unwrap_or(default_port);
    origin.authority().is_some_and(|authority| {
        authority.host().eq_ignore_ascii_case(host.host())
            && port(authority.port_u16()) == port(host.port_u16())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allows(origins: &Origins, host: &str, origin: &[&str]) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, host.parse().unwrap());
        for origin in origin {
            headers.append(header::ORIGIN, origin.parse().unwrap());
        }
        origins.allow(&headers)
    }

    #[test]
    fn a_page_of_the_same_host_may_connect_and_who_is_no_browser() {
        let origins = Origins::default();
        assert!(allows(&origins, "example.org", &[]));
        assert!(allows(&origins, "example.org", &["http://example.org"]));
        assert!(allows(&origins, "Example.org:80", &["http://EXAMPLE.ORG"]));
        assert!(allows(&origins, "example.org", &["https://example.org:443"]));
        assert!(allows(&origins, "[::1]:8000", &["http://[::1]:8000"]));
    }

    #[test]
    fn a_page_of_another_host_may_not_whatever_it_calls_itself() {
        let origins = Origins::default();
        for origin in [
            "http://evil.example",
            "http://example.org.evil.example",
            "http://example.org:8000",
            "https://example.org:80",
            "null",
            "file://example.org",
            "example.org",
            "",
        ] {
            assert!(!allows(&origins, "example.org", &[origin]), "{origin}");
        }
        assert!(!allows(&origins, "example.org", &["http://example.org", "http://evil.example"]));
    }

    #[test]
    fn others_are_let_in_by_name() {
        let origins = Origins::SameHostAnd(vec![String::from("https://app.example")]);
        assert!(allows(&origins, "example.org", &["https://app.example"]));
        assert!(allows(&origins, "example.org", &["http://example.org"]));
        assert!(!allows(&origins, "example.org", &["http://app.example"]));
        assert!(allows(&Origins::Any, "example.org", &["null"]));
    }
}
