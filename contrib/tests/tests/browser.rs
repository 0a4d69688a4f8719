use engine_sync::cookie::Cookie;
use engine_sync::http::{HeaderName, Method, header};
use engine_sync::{Chain, Request, Response};
use std::collections::BTreeMap;

/// Sends requests through a chain, keeping cookies in between as a browser does.
pub(crate) struct Browser<'c> {
    chain: &'c Chain,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) headers: Vec<(HeaderName, String)>,
}

impl<'c> Browser<'c> {
    pub(crate) fn new(chain: &'c Chain) -> Self {
        let headers = vec![(header::HOST, String::from("localhost"))];
        Browser { chain, cookies: BTreeMap::new(), headers }
    }

    pub(crate) fn get(&mut self, uri: &str) -> Response {
        self.send(Request::get(uri))
    }

    pub(crate) fn post(&mut self, uri: &str, form: &[(&str, &str)]) -> Response {
        let pairs: Vec<String> = form
            .iter()
            .map(|(name, value)| {
                let value: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect();
                format!("{name}={value}")
            })
            .collect();
        let request = Request::new(Method::POST, uri)
            .with_header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .with_body(pairs.join("&"));
        self.send(request)
    }

    pub(crate) fn send(&mut self, mut request: Request) -> Response {
        for (name, value) in &self.headers {
            request = request.with_header(name.clone(), value);
        }
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.with_header(header::COOKIE, &cookies.join("; "));
        }
        let response = self.chain.respond(request);
        for cookie in set_cookies(&response) {
            match cookie.max_age().is_some_and(|age| age.is_zero()) {
                true => self.cookies.remove(cookie.name()),
                false => self.cookies.insert(cookie.name().to_owned(), cookie.value().to_owned()),
            };
        }
        response
    }
}

pub(crate) fn set_cookies(response: &Response) -> Vec<Cookie<'static>> {
    let values = response.headers().get_all(header::SET_COOKIE).iter();
    values.map(|value| Cookie::parse(value.to_str().unwrap().to_owned()).unwrap()).collect()
}

pub(crate) fn set_cookie(response: &Response, name: &str) -> Option<Cookie<'static>> {
    set_cookies(response).into_iter().find(|cookie| cookie.name() == name)
}

pub(crate) fn text(response: &Response) -> &str {
    std::str::from_utf8(response.body().as_bytes().unwrap()).unwrap()
}
