//! The request as layers and views see it.

use crate::body::Body;
use crate::error::{Error, Result};
use crate::form::{self, Form, FormLimits};
use crate::router::Urls;
use bytes::Bytes;
use engine_core::State;
use http::{HeaderMap, Method, Uri, header};
use std::net::SocketAddr;

/// A request: an `http` head, a body that is read once, and the typed state of this unit.
#[derive(Debug)]
pub struct Request {
    head: Head,
    body: Body,
    state: State,
    cached: Option<Box<Cached>>,
    peer: Option<SocketAddr>,
    urls: Option<Urls>,
    limits: FormLimits,
}

#[derive(Debug)]
struct Head {
    method: Method,
    uri: Uri,
    version: http::Version,
    headers: HeaderMap,
}

/// What was read from the body, kept because a layer (CSRF, say) and the view both ask for it.
#[derive(Debug, Default)]
struct Cached {
    bytes: Option<Bytes>,
    form: Option<Form>,
}

impl Request {
    /// A request without headers and body, for tests and for calling a chain by hand.
    ///
    /// # Panics
    ///
    /// When `uri` is not a URI.
    pub fn new(method: Method, uri: &str) -> Self {
        let uri = uri.parse().unwrap_or_else(|error| panic!("{uri:?} is not a URI: {error}"));
        let (mut head, ()) = http::Request::new(()).into_parts();
        head.method = method;
        head.uri = uri;
        Request::from_http(http::Request::from_parts(head, Body::empty()))
    }

    /// `GET uri`.
    pub fn get(uri: &str) -> Self {
        Request::new(Method::GET, uri)
    }

    /// `POST uri` with a body.
    pub fn post(uri: &str, body: impl Into<Body>) -> Self {
        Request::new(Method::POST, uri).with_body(body)
    }

    /// The same request with a header more. A value that is no header value is left out.
    pub fn with_header(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = value.parse() {
            self.head.headers.append(name, value);
        }
        self
    }

    /// The same request with this body.
    pub fn with_body(mut self, body: impl Into<Body>) -> Self {
        self.body = body.into();
        self
    }

    /// A request from its `http` parts.
    pub fn from_http(request: http::Request<Body>) -> Self {
        let (parts, body) = request.into_parts();
        Request {
            head: Head {
                method: parts.method,
                uri: parts.uri,
                version: parts.version,
                headers: parts.headers,
            },
            body,
            state: State::new(),
            cached: None,
            peer: None,
            urls: None,
            limits: FormLimits::default(),
        }
    }

    /// The method.
    pub fn method(&self) -> &Method {
        &self.head.method
    }

    /// Changes the method, as a method-override layer does.
    pub fn method_mut(&mut self) -> &mut Method {
        &mut self.head.method
    }

    /// The target as the client sent it.
    pub fn uri(&self) -> &Uri {
        &self.head.uri
    }

    /// Changes the target, as a rewriting layer does.
    pub fn uri_mut(&mut self) -> &mut Uri {
        &mut self.head.uri
    }

    /// The path as sent, percent-encoded.
    pub fn path(&self) -> &str {
        self.head.uri.path()
    }

    /// The path and the query as sent.
    pub fn full_path(&self) -> &str {
        self.head.uri.path_and_query().map_or("/", |both| both.as_str())
    }

    /// The HTTP version.
    pub fn version(&self) -> http::Version {
        self.head.version
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.head.headers
    }

    /// Changes the headers.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.head.headers
    }

    /// The value of a header, where it is there once and is text.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.head.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The `Host` header, or the host of an absolute target, which wins over it (RFC 9112, 3.2.2).
    /// It is what the client says: check it against the hosts you serve before using it in a link.
    pub fn host(&self) -> Option<&str> {
        self.head.uri.authority().map(|host| host.as_str()).or_else(|| self.header(header::HOST))
    }

    /// The address of the other end of the connection; `None` where there is no connection.
    /// Behind a proxy this is the proxy.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// Says who is at the other end, for servers.
    pub fn set_peer(&mut self, peer: SocketAddr) {
        self.peer = Some(peer);
    }

    /// The routes of the chain that runs this request, for reversing names.
    pub fn urls(&self) -> Option<&Urls> {
        self.urls.as_ref()
    }

    pub(crate) fn set_urls(&mut self, urls: Urls) {
        self.urls = Some(urls);
    }

    /// The pairs of the query, decoded, in their order.
    pub fn query_pairs(&self) -> impl Iterator<Item = (String, String)> + '_ {
        form_urlencoded::parse(self.head.uri.query().unwrap_or("").as_bytes()).into_owned()
    }

    /// The last value of a name in the query, decoded.
    pub fn query(&self, name: &str) -> Option<String> {
        self.query_pairs().filter(|(key, _)| key == name).map(|(_, value)| value).last()
    }

    /// The value of a cookie, decoded; the first one where several have the name.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let headers = self.head.headers.get_all(header::COOKIE).iter();
        headers
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| cookie::Cookie::split_parse(value.to_owned()))
            .filter_map(|cookie| cookie.ok())
            .find(|cookie| cookie.name() == name)
            .map(|cookie| {
                let value = cookie.value();
                let unquoted = value.strip_prefix('"').and_then(|v| v.strip_suffix('"'));
                percent_encoding::percent_decode_str(unquoted.unwrap_or(value))
                    .decode_utf8_lossy()
                    .into_owned()
            })
    }

    /// The typed state of this unit, where layers put what views need.
    pub fn state(&self) -> &State {
        &self.state
    }

    /// Changes the typed state.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.state
    }

    /// The value of type `T` that a layer provides.
    ///
    /// # Errors
    ///
    /// 500 when it is missing. A layer or a route that declares `requires::<T>()` never sees that:
    /// its stack would not have been built.
    pub fn require<T: 'static>(&self) -> Result<&T> {
        self.state.get::<T>().ok_or_else(|| missing::<T>())
    }

    /// Like [`Request::require`], to change the value.
    pub fn require_mut<T: 'static>(&mut self) -> Result<&mut T> {
        self.state.get_mut::<T>().ok_or_else(|| missing::<T>())
    }

    /// The body, to be read as a stream. Once [`bytes`](Self::bytes) or [`form`](Self::form) was
    /// called nothing is left in it.
    pub fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    /// The whole body, read once and kept, up to the limit on bodies held in memory.
    ///
    /// # Errors
    ///
    /// 413 when the body is larger, 400 when the client broke off, 408 when it was too slow.
    pub fn bytes(&mut self) -> Result<&Bytes> {
        let cached = self.cached.get_or_insert_default();
        if cached.bytes.is_none() {
            cached.bytes = Some(self.body.take().into_bytes(self.limits.memory)?);
        }
        Ok(cached.bytes.get_or_insert_default())
    }

    /// The fields and files of the body, `application/x-www-form-urlencoded` or
    /// `multipart/form-data`, read once and kept. Any other body is an empty form and stays unread.
    ///
    /// # Errors
    ///
    /// As [`Request::bytes`]; 400 when the form is malformed, 413 when it has too many fields.
    pub fn form(&mut self) -> Result<&Form> {
        if self.cached.as_ref().is_none_or(|cached| cached.form.is_none()) {
            let content_type = self.header(header::CONTENT_TYPE).unwrap_or("").to_owned();
            let limits = self.limits;
            let form = match form::kind(&content_type) {
                form::Kind::Urlencoded => form::urlencoded(self.bytes()?, limits)?,
                form::Kind::Multipart(boundary) => {
                    let kept = self.cached.as_mut().and_then(|cached| cached.bytes.clone());
                    let body = kept.map_or_else(|| self.body.take(), Body::from);
                    form::multipart(body, boundary, limits)?
                }
                form::Kind::Other => Form::default(),
            };
            self.cached.get_or_insert_default().form = Some(form);
        }
        Ok(self.cached.get_or_insert_default().form.get_or_insert_default())
    }

    /// Changes the limits on bodies that are read into memory; a layer may do so for its routes.
    pub fn set_form_limits(&mut self, limits: FormLimits) {
        self.limits = limits;
    }
}

fn missing<T>() -> Error {
    let name = std::any::type_name::<T>();
    Error::internal(format!(
        "the request has no `{name}`: list a layer that provides it further out, and declare \
         `requires` so that this is found when the stack is built"
    ))
}
