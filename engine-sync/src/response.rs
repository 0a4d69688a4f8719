//! The response as views make it and layers change it.

use crate::body::Body;
use crate::error::Error;
use crate::template::TemplateResponse;
use crate::upgrade::Upgrade;
use cookie::Cookie;
use engine_core::State;
use http::header::{self, HeaderName, HeaderValue};
use http::{HeaderMap, StatusCode};
use std::fmt;

/// A response: status, headers, a body, and what layers further out may want to know of it.
pub struct Response {
    status: StatusCode,
    headers: HeaderMap,
    body: Body,
    extra: Option<Box<Extra>>,
}

/// What few responses have, kept out of the way so that a response is cheap to move.
#[derive(Default)]
struct Extra {
    template: Option<TemplateResponse>,
    upgrade: Option<Upgrade>,
    cause: Option<Error>,
    state: State,
}

impl Response {
    /// A response without headers and body.
    pub fn new(status: StatusCode) -> Self {
        Response { status, headers: HeaderMap::new(), body: Body::empty(), extra: None }
    }

    /// 200 with plain text.
    pub fn text(text: impl Into<Body>) -> Self {
        Response::with_type("text/plain; charset=utf-8", text)
    }

    /// 200 with HTML. What comes from outside must be escaped, as templates do.
    pub fn html(html: impl Into<Body>) -> Self {
        Response::with_type("text/html; charset=utf-8", html)
    }

    /// 200 with JSON.
    ///
    /// # Errors
    ///
    /// The value has no JSON, for example a map whose keys are no strings.
    pub fn json(value: &impl serde::Serialize) -> crate::Result<Self> {
        Ok(Response::with_type("application/json", serde_json::to_vec(value)?))
    }

    /// 200 with a body of this media type.
    pub fn with_type(content_type: &'static str, body: impl Into<Body>) -> Self {
        let mut response = Response::new(StatusCode::OK);
        response.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        response.body = body.into();
        response
    }

    /// 302 to a location. Bytes that a header cannot hold are percent-encoded; a line break in it
    /// can therefore not end the header.
    pub fn redirect(location: &str) -> Self {
        let safe = location.bytes().all(|byte| byte.is_ascii_graphic());
        let location = if safe { location.to_owned() } else { encode_location(location) };
        let mut response = Response::new(StatusCode::FOUND);
        if let Ok(value) = HeaderValue::try_from(location) {
            response.headers.insert(header::LOCATION, value);
        }
        response
    }

    /// A response that is rendered late, after every `process_template_response` (rule H7).
    pub fn template(template: TemplateResponse) -> Self {
        let mut response = Response::with_type("text/html; charset=utf-8", Body::empty());
        response.extra_mut().template = Some(template);
        response
    }

    /// 101: hands the connection over once every layer has let this response pass. The layers see
    /// and may change its status and headers; see [`Upgrade`].
    pub fn upgrade(upgrade: Upgrade) -> Self {
        let mut response = Response::new(StatusCode::SWITCHING_PROTOCOLS);
        response.extra_mut().upgrade = Some(upgrade);
        response
    }

    /// A response from its `http` parts.
    pub fn from_http(response: http::Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        Response { status: parts.status, headers: parts.headers, body, extra: None }
    }

    /// The status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Changes the status.
    pub fn set_status(&mut self, status: StatusCode) {
        self.status = status;
    }

    /// The same response with another status.
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }

    /// The headers.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// Changes the headers.
    pub fn headers_mut(&mut self) -> &mut HeaderMap {
        &mut self.headers
    }

    /// The value of a header, where it is text; the first one where there are several.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The same response with this header set.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.insert(name, value);
        self
    }

    /// The body.
    pub fn body(&self) -> &Body {
        &self.body
    }

    /// Changes the body.
    pub fn body_mut(&mut self) -> &mut Body {
        &mut self.body
    }

    /// Puts another body in the place of this one; a `Content-Length` goes with the old one.
    pub fn set_body(&mut self, body: impl Into<Body>) {
        self.body = body.into();
        self.headers.remove(header::CONTENT_LENGTH);
    }

    /// Adds names to `Vary`, keeping those that are there. `*` stays as it is.
    pub fn vary(&mut self, names: &[&str]) {
        let present: Vec<String> = (self.headers.get_all(header::VARY).iter())
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(|name| name.trim().to_owned())
            .filter(|name| !name.is_empty())
            .collect();
        let mut all = present.clone();
        for name in names {
            if !all.iter().any(|other| other.eq_ignore_ascii_case(name)) {
                all.push((*name).to_owned());
            }
        }
        let value = if all.iter().any(|name| name == "*") { "*".into() } else { all.join(", ") };
        if let Ok(value) = HeaderValue::try_from(value) {
            self.headers.insert(header::VARY, value);
        }
    }

    /// Sets a cookie; one of the same name set before is replaced.
    pub fn set_cookie(&mut self, cookie: Cookie<'_>) {
        let kept: Vec<HeaderValue> = (self.headers.get_all(header::SET_COOKIE).iter())
            .filter(|value| {
                let name = value.as_bytes().split(|byte| *byte == b'=').next();
                name != Some(cookie.name().as_bytes())
            })
            .cloned()
            .collect();
        self.headers.remove(header::SET_COOKIE);
        for value in kept {
            self.headers.append(header::SET_COOKIE, value);
        }
        if let Ok(value) = HeaderValue::try_from(cookie.encoded().to_string()) {
            self.headers.append(header::SET_COOKIE, value);
        }
    }

    /// The template that is still to be rendered, if this is a deferred response.
    pub fn template_mut(&mut self) -> Option<&mut TemplateResponse> {
        self.extra.as_mut()?.template.as_mut()
    }

    /// Whether this is a deferred response that has not been rendered.
    pub fn is_deferred(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.template.is_some())
    }

    pub(crate) fn take_template(&mut self) -> Option<TemplateResponse> {
        self.extra.as_mut()?.template.take()
    }

    /// Whether the connection is to be handed over.
    pub fn is_upgrade(&self) -> bool {
        self.extra.as_ref().is_some_and(|extra| extra.upgrade.is_some())
    }

    /// Takes the hand-over out, for servers.
    pub fn take_upgrade(&mut self) -> Option<Upgrade> {
        self.extra.as_mut()?.upgrade.take()
    }

    /// The error that this response was made from, for layers that log or count.
    pub fn cause(&self) -> Option<&Error> {
        self.extra.as_ref()?.cause.as_ref()
    }

    pub(crate) fn set_cause(&mut self, cause: Error) {
        self.extra_mut().cause = Some(cause);
    }

    /// Typed marks on this response, for layers further out. They go with the response when it is
    /// replaced.
    pub fn state_mut(&mut self) -> &mut State {
        &mut self.extra_mut().state
    }

    /// The typed marks, if there are any.
    pub fn state(&self) -> Option<&State> {
        self.extra.as_ref().map(|extra| &extra.state)
    }

    fn extra_mut(&mut self) -> &mut Extra {
        self.extra.get_or_insert_default()
    }
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Response")
            .field("status", &self.status)
            .field("headers", &self.headers)
            .field("body", &self.body)
            .field("deferred", &self.is_deferred())
            .field("upgrade", &self.is_upgrade())
            .field("cause", &self.cause())
            .finish()
    }
}

/// Percent-encodes what is not printable ASCII and leaves the rest, `%` included, as it is.
fn encode_location(location: &str) -> String {
    const UNSAFE: &percent_encoding::AsciiSet = &percent_encoding::CONTROLS.add(b' ');
    percent_encoding::utf8_percent_encode(location, UNSAFE).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_with_a_line_break_stays_one_header() {
        let response = Response::redirect("/a\r\nSet-Cookie: x=1é");
        assert_eq!(response.header(header::LOCATION), Some("/a%0D%0ASet-Cookie:%20x=1%C3%A9"));
    }

    #[test]
    fn vary_keeps_what_is_there_and_repeats_nothing() {
        let mut response = Response::text("");
        response.vary(&["Cookie"]);
        response.vary(&["cookie", "Accept-Encoding"]);
        assert_eq!(response.header(header::VARY), Some("Cookie, Accept-Encoding"));
        response.vary(&["*"]);
        assert_eq!(response.header(header::VARY), Some("*"));
    }

    #[test]
    fn a_cookie_set_again_replaces_the_first() {
        let mut response = Response::text("");
        response.set_cookie(Cookie::new("a", "1"));
        response.set_cookie(Cookie::new("b", "2"));
        response.set_cookie(Cookie::new("a", "3"));
        let cookies: Vec<_> = response.headers().get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(cookies, ["b=2", "a=3"]);
    }
}
