//! What hyper does not check about the head of a request.

use super::limits::Limits;
use http::header::{self, HeaderValue};
use http::uri::Authority;
use http::{Method, StatusCode, Version};

/// Checks a head and makes the target's host that of the request; an error is the status that
/// the client is answered with, and why.
///
/// Two readers of one request that disagree about its host or its length are how requests are
/// smuggled past a proxy; whatever is not clear is therefore refused.
pub(super) fn check<B>(
    request: &mut http::Request<B>,
    limits: &Limits,
) -> Result<(), (StatusCode, &'static str)> {
    let bad = |why| Err((StatusCode::BAD_REQUEST, why));
    let target = request.uri();
    let target_bytes = target.path_and_query().map_or(0, |both| both.as_str().len());
    if target_bytes > limits.target_bytes {
        return Err((StatusCode::URI_TOO_LONG, "the target is too long"));
    }
    if *request.method() == Method::CONNECT {
        return Err((StatusCode::NOT_IMPLEMENTED, "this is no proxy"));
    }
    match (target.scheme_str(), target.authority()) {
        (Some("http" | "https"), Some(_)) => {}
        (None, None) if target.path() == "*" && *request.method() != Method::OPTIONS => {
            return bad("only OPTIONS can ask for *");
        }
        (None, None) if target.path().starts_with('/') || target.path() == "*" => {}
        _ => return bad("the target is neither a path nor an http URI"),
    }

    let mut hosts = request.headers().get_all(header::HOST).iter();
    match (hosts.next(), hosts.next()) {
        (Some(_), Some(_)) => return bad("there is more than one Host"),
        (Some(host), None) if !is_host(host.as_bytes()) => return bad("the Host is malformed"),
        (None, _) if request.version() >= Version::HTTP_11 => return bad("there is no Host"),
        _ => {}
    }
    if let Some(authority) = target.authority() {
        if !is_host(authority.as_str().as_bytes()) {
            return bad("the target's host is malformed");
        }
        // The target wins over Host (RFC 9112, 3.2.2); layers that look at Host must see the same.
        let host = HeaderValue::from_str(authority.as_str());
        if let Ok(host) = host {
            request.headers_mut().insert(header::HOST, host);
        }
    }

    let mut codings = request.headers().get_all(header::TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => Ok(()),
        (Some(coding), None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => Ok(()),
        _ => Err((StatusCode::NOT_IMPLEMENTED, "the only transfer coding taken is chunked")),
    }
}

/// Whether this is a host, with or without a port, and nothing else: no user, no path, not empty.
fn is_host(host: &[u8]) -> bool {
    let Ok(authority) = Authority::try_from(host) else {
        return false;
    };
    let text = authority.as_str();
    let port = &text[authority.host().len().min(text.len())..];
    let port_is_number = match port.strip_prefix(':') {
        Some(digits) => digits.is_empty() || digits.parse::<u16>().is_ok(),
        None => port.is_empty(),
    };
    !authority.host().is_empty() && !text.contains('@') && port_is_number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_a_name_or_an_address_with_an_optional_port() {
        for host in ["a", "a.example:80", "127.0.0.1:8000", "[::1]", "[::1]:8000", "a:"] {
            assert!(is_host(host.as_bytes()), "{host}");
        }
        for host in ["", ":80", "a b", "u@a", "a/b", "a:b", "a:99999", "a,b c", "[::1", "a:80:80"] {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }
}
