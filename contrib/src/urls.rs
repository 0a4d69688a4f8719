//! Addresses that come from outside: taking them apart, and telling which are safe to follow.

/// The two parts of an address that decide where it leads.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Target {
    /// Lower case; empty where there is none.
    pub(crate) scheme: String,
    /// What stands between `//` and the path; empty where there is none.
    pub(crate) netloc: String,
}

/// Takes an address apart as Python's `urlsplit` does, on which Django's checks rely; `None` where
/// that finds an error.
pub(crate) fn split(url: &str) -> Option<Target> {
    // Browsers skip leading blanks and control characters, and line breaks and tabs anywhere.
    let url = url.trim_start_matches(|c: char| c <= ' ').replace(['\t', '\r', '\n'], "");
    let is_scheme = |text: &str| {
        text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.".contains(c))
    };
    let (scheme, rest) = match url.split_once(':') {
        Some((scheme, rest)) if is_scheme(scheme) => (scheme.to_ascii_lowercase(), rest),
        _ => (String::new(), url.as_str()),
    };
    let netloc = match rest.strip_prefix("//") {
        Some(rest) => rest.split(['/', '?', '#']).next().unwrap_or_default(),
        None => "",
    };
    if netloc.contains('[') != netloc.contains(']') {
        return None;
    }
    Some(Target { scheme, netloc: netloc.to_owned() })
}

/// Whether an address that came from outside may be redirected to: it is a path of this site, or
/// its host is among `hosts` (Django's `url_has_allowed_host_and_scheme`). With `https` an address
/// with a scheme must have that one.
///
/// It refuses whatever some browser takes for another host: `//host`, `/\host`, `///host`,
/// `http:///host`, leading control characters, and schemes such as `javascript:`.
///
/// ```
/// use contrib::is_safe_url;
///
/// assert!(is_safe_url("/account/?tab=2", &["example.org"], false));
/// assert!(is_safe_url("https://example.org/", &["example.org"], true));
/// assert!(!is_safe_url("//evil.example/", &["example.org"], false));
/// assert!(!is_safe_url("/\\evil.example/", &["example.org"], false));
/// ```
pub fn is_safe_url(url: &str, hosts: &[&str], https: bool) -> bool {
    let url = url.trim();
    // Some browsers take `\` for `/` and in others it may be part of a password: the address must
    // be safe read either way.
    !url.is_empty() && is_safe(url, hosts, https) && is_safe(&url.replace('\\', "/"), hosts, https)
}

fn is_safe(url: &str, hosts: &[&str], https: bool) -> bool {
    const LONGEST: usize = 2_048;
    if url.starts_with("///") || url.chars().count() > LONGEST {
        return false;
    }
    let Some(Target { scheme, netloc }) = split(url) else {
        return false;
    };
    if netloc.is_empty() && !scheme.is_empty() {
        return false;
    }
    // Django refuses a first character of Unicode's category C. What is neither printable ASCII
    // nor a letter or digit is a little more than that, and needs no table.
    if !url.starts_with(|c: char| c.is_ascii_graphic() || c.is_alphanumeric()) {
        return false;
    }
    let scheme = if scheme.is_empty() && !netloc.is_empty() { "http" } else { scheme.as_str() };
    let scheme_is_safe = match scheme {
        "" | "https" => true,
        "http" => !https,
        _ => false,
    };
    (netloc.is_empty() || hosts.contains(&netloc.as_str())) && scheme_is_safe
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Addresses and what Django 5.2 says of them for the hosts `testserver` and `user:pass@host`,
    /// first with any scheme, then asking for https.
    const DJANGO_SAYS: &[(&str, bool, bool)] = &[
        ("http://example.com", false, false),
        ("http:///example.com", false, false),
        ("https://example.com", false, false),
        ("ftp://example.com", false, false),
        ("\\\\example.com", false, false),
        ("\\\\\\example.com", false, false),
        ("/\\\\/example.com", false, false),
        ("\\\\//example.com", false, false),
        ("/\\/example.com", false, false),
        ("\\/example.com", false, false),
        ("/\\example.com", false, false),
        ("http:/\\//example.com", false, false),
        ("http:\\/example.com", false, false),
        ("http:/\\example.com", false, false),
        ("javascript:alert(\"XSS\")", false, false),
        ("\njavascript:alert(x)", false, false),
        ("java\nscript:alert(x)", false, false),
        ("\u{8}//example.com", false, false),
        ("http://otherserver\\@example.com", false, false),
        ("http:\\\testserver\\@example.com", false, false),
        ("http://testserver\\me:pass@example.com", false, false),
        ("http://testserver\\@example.com", false, false),
        ("http:\\\testserver\\confirm\\me@example.com", false, false),
        ("http:999999999", false, false),
        ("ftp:9999999999", false, false),
        ("\n", false, false),
        ("http://[2001:cdba:0000:0000:0000:0000:3257:9652/", false, false),
        ("http://2001:cdba:0000:0000:0000:0000:3257:9652]/", false, false),
        ("/view/?param=http://example.com", true, true),
        ("/view/?param=https://example.com", true, true),
        ("/view?param=ftp://example.com", true, true),
        ("view/?param=//example.com", true, true),
        ("https://testserver/", true, true),
        ("HTTPS://testserver/", true, true),
        ("//testserver/", true, false),
        ("http://testserver/confirm?email=me@example.com", true, false),
        ("/url%20with%20spaces/", true, true),
        ("path/http:2222222222", true, true),
        ("/", true, true),
        ("?next=/", true, true),
        ("#top", true, true),
        ("user:pass@host", false, false),
        ("http://user:pass@host/", true, false),
        ("http://user:other@host/", false, false),
        ("testserver", true, true),
        ("//testserver\n/", true, false),
        ("/\t/example.com", false, false),
        (" /padded/ ", true, true),
        ("\u{200e}//example.com", false, false),
        ("\u{feff}http://testserver/", false, false),
        ("http://testserver:80/", false, false),
        ("http:testserver", false, false),
        ("https:/testserver", false, false),
        ("é/x", true, true),
    ];

    #[test]
    fn addresses_are_judged_as_django_judges_them() {
        let hosts = ["testserver", "user:pass@host"];
        for (url, any, https) in DJANGO_SAYS {
            assert_eq!(is_safe_url(url, &hosts, false), *any, "{url:?}");
            assert_eq!(is_safe_url(url, &hosts, true), *https, "{url:?} with https");
        }
        assert!(!is_safe_url(&"/x".repeat(1_025), &hosts, false));
    }
}
