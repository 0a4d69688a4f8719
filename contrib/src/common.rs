//! What nearly every site wants: its own hosts only, slashes appended, lengths said (Django's
//! `CommonMiddleware`).

use crate::options::{self, OptionsError};
use crate::site::{self, Site};
use engine_sync::http::{HeaderName, Method, StatusCode, header};
use engine_sync::{Error, Flow, Hooks, Layer, On, Order, Request, Response, Result};
use regex_lite::Regex;
use serde::Deserialize;
use std::ops::ControlFlow;

/// Options of [`Common`]; in parentheses the Django setting.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct CommonOptions {
    /// The hosts this program serves, without port: `example.org`, `.example.org` for the domain
    /// and all below it, `*` for any. Default: `.localhost`, `127.0.0.1` and `[::1]`
    /// (`ALLOWED_HOSTS`, which Django takes as these when it is empty and DEBUG is on).
    #[serde(deserialize_with = "allowed_hosts")]
    pub allowed_hosts: Vec<String>,
    /// Whether a path that leads nowhere is redirected to the same path with a slash behind it,
    /// where that leads somewhere. Default: yes (`APPEND_SLASH`).
    pub append_slash: bool,
    /// Whether hosts without `www.` are redirected to the one with it. Default: no
    /// (`PREPEND_WWW`).
    pub prepend_www: bool,
    /// Regular expressions; a client whose `User-Agent` has a match of one is refused with 403.
    /// Default: none (`DISALLOWED_USER_AGENTS`).
    #[serde(deserialize_with = "user_agents")]
    pub disallowed_user_agents: Vec<String>,
    /// A header by which a proxy in front says that the client came over https, and its value:
    /// `["x-forwarded-proto", "https"]`. Only a proxy that always sets or removes it may be
    /// trusted so. Default: none (`SECURE_PROXY_SSL_HEADER`).
    pub proxy_ssl_header: Option<(String, String)>,
    /// Whether a redirect that would lose a body (POST, PUT, PATCH, DELETE) is an error that says
    /// so, which helps during development. Default: no (`DEBUG`).
    pub debug: bool,
}

fn check_hosts(hosts: &Vec<String>) -> Result<(), OptionsError> {
    if hosts.is_empty() {
        return Err(OptionsError::new(
            "`allowed_hosts` is empty, so every request would be refused: list the hosts you \
             serve, or leave it out to serve this machine only",
        ));
    }
    for host in hosts {
        let name = host.strip_prefix('.').unwrap_or(host);
        let is_host = host == "*"
            || (!name.is_empty() && !name.contains(['/', '*', ' ']))
                && (name.starts_with('[') || !name.contains(':'));
        if !is_host {
            return Err(OptionsError::new(format!(
                "`allowed_hosts` has {host:?}: write the host alone, such as `example.org`, \
                 `.example.org` for all below it, or `*`"
            )));
        }
    }
    Ok(())
}

fn compile(patterns: &[String]) -> Result<Vec<Regex>, OptionsError> {
    let compiled = patterns.iter().map(|pattern| {
        Regex::new(pattern).map_err(|error| {
            OptionsError::new(format!(
                "`disallowed_user_agents` has {pattern:?}, which is no regular expression \
                 ({error}): put a `\\` before characters that stand for themselves"
            ))
        })
    });
    compiled.collect()
}

fn allowed_hosts<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    options::checked(from, check_hosts)
}

fn user_agents<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    options::checked(from, |patterns: &Vec<String>| compile(patterns).map(drop))
}

impl Default for CommonOptions {
    fn default() -> Self {
        CommonOptions {
            allowed_hosts: [".localhost", "127.0.0.1", "[::1]"].map(String::from).into(),
            append_slash: true,
            prepend_www: false,
            disallowed_user_agents: Vec::new(),
            proxy_ssl_header: None,
            debug: false,
        }
    }
}

/// Checks the host, refuses unwanted clients, redirects to the address with `www.` or with a slash
/// behind it, and says the length of each body that is all there.
#[derive(Debug)]
pub struct Common {
    allowed_hosts: Vec<String>,
    append_slash: bool,
    prepend_www: bool,
    disallowed_user_agents: Vec<Regex>,
    proxy_ssl_header: Option<(HeaderName, String)>,
    debug: bool,
}

impl Common {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// A host has a scheme, a port or a path, no host is allowed, or a regular expression or a
    /// header name is malformed; the message says the cure.
    pub fn new(options: CommonOptions) -> Result<Self, OptionsError> {
        check_hosts(&options.allowed_hosts)?;
        let patterns = compile(&options.disallowed_user_agents)?;
        let proxy_ssl_header = match options.proxy_ssl_header {
            None => None,
            Some((name, value)) => {
                let name = name.parse().map_err(|_| {
                    OptionsError::new(format!(
                        "`proxy_ssl_header` names {name:?}: write the header as it is sent, such \
                         as `x-forwarded-proto`"
                    ))
                })?;
                Some((name, value))
            }
        };
        Ok(Common {
            disallowed_user_agents: patterns,
            allowed_hosts: options.allowed_hosts,
            append_slash: options.append_slash,
            prepend_www: options.prepend_www,
            proxy_ssl_header,
            debug: options.debug,
        })
    }

    fn check(&self, request: &mut Request) -> Result<Flow> {
        if let Some(agent) = request.header(header::USER_AGENT)
            && self.disallowed_user_agents.iter().any(|pattern| pattern.is_match(agent))
        {
            return Err(Error::forbidden("Forbidden user agent"));
        }
        let site = self.site(request)?;
        if self.prepend_www && !site.host().starts_with("www.") {
            let path = match self.wants_slash(request) {
                true => self.path_with_slash(request, &site)?,
                false => escape_leading_slashes(request.full_path()),
            };
            let to = format!("{}://www.{}{path}", site.scheme(), site.host());
            return Ok(ControlFlow::Break(moved(&to)));
        }
        request.state_mut().insert(site);
        Ok(ControlFlow::Continue(()))
    }

    fn finish(&self, request: &mut Request, response: &mut Response) -> Result<()> {
        if response.status() == StatusCode::NOT_FOUND && self.wants_slash(request) {
            let site = self.site(request)?;
            *response = moved(&self.path_with_slash(request, &site)?);
        }
        let has_length = response.headers().contains_key(header::CONTENT_LENGTH);
        if let Some(body) = response.body().as_bytes()
            && !has_length
            && may_have_length(response.status())
        {
            let length = body.len().into();
            response.headers_mut().insert(header::CONTENT_LENGTH, length);
        }
        Ok(())
    }

    fn site(&self, request: &Request) -> Result<Site> {
        let secure = match &self.proxy_ssl_header {
            // The first value counts: it is what the client's own side has said.
            Some((name, value)) => request
                .header(name)
                .is_some_and(|sent| sent.split(',').next().unwrap_or_default().trim() == value),
            None => site::is_https_target(request),
        };
        let site = Site::read(request, secure)?;
        let allowed =
            |pattern: &String| pattern == "*" || site::is_same_domain(site.domain(), pattern);
        if self.allowed_hosts.iter().any(allowed) {
            return Ok(site);
        }
        Err(Error::bad_request(format!(
            "Invalid HTTP_HOST header: {:?}. You may need to add {:?} to `allowed_hosts`.",
            site.host(),
            site.domain(),
        )))
    }

    /// Whether this path leads nowhere and the one with a slash behind it leads somewhere.
    fn wants_slash(&self, request: &Request) -> bool {
        let path = request.path();
        let Some(urls) = request.urls().filter(|_| self.append_slash && !path.ends_with('/'))
        else {
            return false;
        };
        !urls.leads_somewhere(path) && urls.leads_somewhere(&format!("{path}/"))
    }

    fn path_with_slash(&self, request: &Request, site: &Site) -> Result<String> {
        let mut path = format!("{}/", request.path());
        if let Some(query) = request.uri().query() {
            path = format!("{path}?{query}");
        }
        let path = escape_leading_slashes(&path);
        let method = request.method();
        let loses_body =
            [Method::DELETE, Method::POST, Method::PUT, Method::PATCH].contains(method);
        if self.debug && loses_body {
            return Err(Error::internal(format!(
                "this address was called via {method}, but it does not end in a slash and \
                 `append_slash` is set; a redirect would lose the body: let the form point to \
                 {}{path} (note the trailing slash), or set `append_slash = false`",
                site.host(),
            )));
        }
        Ok(path)
    }
}

/// 301 to an address.
fn moved(to: &str) -> Response {
    let mut response = Response::redirect(to).with_status(StatusCode::MOVED_PERMANENTLY);
    let html = header::HeaderValue::from_static("text/html; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, html);
    response
}

/// A path that begins with two slashes would be taken for another host.
fn escape_leading_slashes(path: &str) -> String {
    match path.strip_prefix("//") {
        Some(rest) => format!("/%2F{rest}"),
        None => path.to_owned(),
    }
}

/// Answers of these kinds have no body, and saying a length of 0 would be wrong (RFC 9110, 8.6).
fn may_have_length(status: StatusCode) -> bool {
    !status.is_informational()
        && status != StatusCode::NO_CONTENT
        && status != StatusCode::NOT_MODIFIED
}

impl Layer for Common {
    fn declare(&self, order: &mut Order) {
        order.provides::<Site>().single();
    }
}

impl Hooks for Common {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::check).process_response(Self::finish);
    }
}
