use crate::browser::{Browser, set_cookie, text};
use contrib::common::{Common, CommonOptions};
use contrib::csrf::{self, Csrf, CsrfExempt, CsrfOptions};
use contrib::sessions::{MemorySessions, SessionOptions, Sessions};
use engine_sync::http::{HeaderName, Method, StatusCode, header};
use engine_sync::{Chain, Request, Response, Route, Stack, hooks};
use serde_json::Value;
use std::sync::Arc;

const CSRF_HEADER: HeaderName = HeaderName::from_static("x-csrftoken");

fn routes() -> Vec<Route> {
    vec![
        Route::get("/token/", |request, _| Ok(Response::text(csrf::token(request)?))),
        Route::new("/plain/", |_, _| Ok(Response::text("plain"))),
        Route::new("/exempt/", |_, _| Ok(Response::text("exempt"))).mark(CsrfExempt),
        Route::new("/rotate/", |request, _| {
            csrf::rotate(request);
            Ok(Response::text("rotated"))
        })
        .mark(CsrfExempt),
        Route::new("/echo/", |request, _| {
            Ok(Response::text(request.form()?.get("x").unwrap_or("none").to_owned()))
        }),
    ]
}

fn layer(options: CsrfOptions) -> Csrf {
    Csrf::new(options).unwrap().with_failure_page(|_, reason| {
        Response::text(reason.to_owned()).with_status(StatusCode::FORBIDDEN)
    })
}

fn chain(options: CsrfOptions) -> Chain {
    let sessions = Sessions::new(Arc::new(MemorySessions::new()), SessionOptions::default());
    let stack = Stack::builder()
        .layer(hooks(sessions.unwrap()))
        .layer(hooks(layer(options)))
        .build()
        .unwrap();
    Chain::builder(&stack).routes(routes()).build().unwrap()
}

/// Each line of `csrf.json` is a request and what Django 5.2 says of it; `csrf.py` asks it.
#[test]
fn requests_are_judged_as_django_judges_them() {
    let cases: Vec<Value> = serde_json::from_str(include_str!("../data/csrf.json")).unwrap();
    assert!(cases.len() > 400);
    let mut failures = Vec::new();
    for case in &cases {
        let said = |name: &str| case[name].as_str();
        let mut options = CsrfOptions::default();
        options.cookie_domain = said("cookie_domain").map(str::to_owned);
        if let Some(trusted) = case["trusted"].as_array() {
            options.trusted_origins =
                trusted.iter().map(|origin| origin.as_str().unwrap().to_owned()).collect();
        }
        let mut common = CommonOptions::default();
        common.allowed_hosts = vec!["good.example".into(), "www.good.example".into()];
        common.proxy_ssl_header = Some(("x-forwarded-proto".into(), "https".into()));
        let stack = Stack::builder()
            .layer(hooks(Common::new(common).unwrap()))
            .layer(hooks(layer(options)))
            .build()
            .unwrap();
        let chain =
            Chain::builder(&stack).view(|_, _| Ok(Response::text("accepted"))).build().unwrap();

        let method: Method = said("method").unwrap().parse().unwrap();
        let mut request = Request::new(method, "/")
            .with_header(header::HOST, said("host").unwrap())
            .with_header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
        if let Some(form) = said("form") {
            let value: String = form.bytes().map(|byte| format!("%{byte:02X}")).collect();
            request = request.with_body(format!("csrfmiddlewaretoken={value}"));
        }
        if let Some(cookie) = said("cookie") {
            let value: String = cookie.bytes().map(|byte| format!("%{byte:02X}")).collect();
            request = request.with_header(header::COOKIE, &format!("csrftoken={value}"));
        }
        for (name, field) in
            [(CSRF_HEADER, "header"), (header::ORIGIN, "origin"), (header::REFERER, "referer")]
        {
            if let Some(value) = said(field) {
                request = request.with_header(name, value);
            }
        }
        if case["https"] == true {
            request = request.with_header("x-forwarded-proto".parse().unwrap(), "https");
        }
        let response = chain.respond(request);
        let answer = (response.status().as_u16(), text(&response).to_owned());
        let expected = match said("reason") {
            // Django's `CommonMiddleware` refuses such a host before any token is looked at.
            _ if said("host") == Some("bad.host.example") => (400, answer.1.clone()),
            None => (200, "accepted".to_owned()),
            Some(reason) => (403, reason.to_owned()),
        };
        if answer != expected {
            failures.push(format!("{case}\n  answered {answer:?}"));
        }
    }
    assert!(failures.is_empty(), "{} differ:\n{}", failures.len(), failures.join("\n"));
}

#[test]
fn a_form_with_the_token_of_its_page_is_accepted_and_its_fields_reach_the_view() {
    let chain = chain(CsrfOptions::default());
    let mut browser = Browser::new(&chain);
    let token = text(&browser.get("/token/")).to_owned();
    assert_eq!(token.len(), 64);
    let response = browser.post("/echo/", &[("csrfmiddlewaretoken", &token), ("x", "é&=")]);
    assert_eq!(text(&response), "é&=");
    let other = text(&browser.get("/token/")).to_owned();
    assert_ne!(token, other, "a token is masked anew each time");
    assert_eq!(browser.post("/echo/", &[("csrfmiddlewaretoken", &other)]).status(), 200);
}

#[test]
fn the_token_is_read_from_a_multipart_form_and_from_the_header() {
    let chain = chain(CsrfOptions::default());
    let mut browser = Browser::new(&chain);
    let token = text(&browser.get("/token/")).to_owned();
    let body = format!(
        "--B\r\nContent-Disposition: form-data; name=\"csrfmiddlewaretoken\"\r\n\r\n{token}\r\n\
         --B\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n7\r\n--B--\r\n"
    );
    let request = Request::post("/echo/", body)
        .with_header(header::CONTENT_TYPE, "multipart/form-data; boundary=B");
    assert_eq!(text(&browser.send(request)), "7");
    for method in [Method::PUT, Method::DELETE, Method::PATCH, Method::POST] {
        let request = Request::new(method, "/plain/").with_header(CSRF_HEADER, &token);
        assert_eq!(browser.send(request).status(), 200);
    }
}

#[test]
fn the_cookie_is_sent_when_the_token_is_used_and_only_then() {
    let chain = chain(CsrfOptions::default());
    let mut browser = Browser::new(&chain);
    let response = browser.get("/plain/");
    assert_eq!(response.header(header::SET_COOKIE), None);
    assert_eq!(response.header(header::VARY), None);
    let response = browser.get("/token/");
    let cookie = set_cookie(&response, "csrftoken").unwrap();
    assert_eq!(cookie.value().len(), 32);
    assert_eq!(cookie.max_age().unwrap().whole_seconds(), 31_449_600);
    assert_eq!((cookie.path(), cookie.domain()), (Some("/"), None));
    assert_eq!((cookie.http_only(), cookie.secure()), (None, None));
    assert_eq!(cookie.same_site().unwrap().to_string(), "Lax");
    assert_eq!(response.header(header::VARY), Some("Cookie"));
    let again = set_cookie(&browser.get("/token/"), "csrftoken").unwrap();
    assert_eq!(again.value(), cookie.value(), "the secret stays, its expiry is put off");
}

#[test]
fn a_cookie_that_is_no_secret_is_replaced() {
    let chain = chain(CsrfOptions::default());
    let mut browser = Browser::new(&chain);
    browser.cookies.insert("csrftoken".into(), "short".into());
    let response = browser.get("/plain/");
    assert_eq!(set_cookie(&response, "csrftoken").unwrap().value().len(), 32);
    assert_eq!(browser.get("/plain/").header(header::SET_COOKIE), None);
}

#[test]
fn an_exempt_route_is_not_checked() {
    let chain = chain(CsrfOptions::default());
    let mut browser = Browser::new(&chain);
    assert_eq!(text(&browser.post("/exempt/", &[])), "exempt");
    assert_eq!(text(&browser.post("/plain/", &[])), "CSRF cookie not set.");
}

#[test]
fn rotating_ends_the_tokens_of_pages_shown_before() {
    let chain = chain(CsrfOptions::default());
    let mut browser = Browser::new(&chain);
    let old = text(&browser.get("/token/")).to_owned();
    browser.post("/rotate/", &[]);
    let response = browser.post("/plain/", &[("csrfmiddlewaretoken", &old)]);
    assert_eq!(text(&response), "CSRF token from POST incorrect.");
    let new = text(&browser.get("/token/")).to_owned();
    assert_eq!(browser.post("/plain/", &[("csrfmiddlewaretoken", &new)]).status(), 200);
}

#[test]
fn the_secret_may_be_kept_in_the_session() {
    let mut options = CsrfOptions::default();
    options.use_sessions = true;
    let chain = chain(options.clone());
    let mut browser = Browser::new(&chain);
    let token = text(&browser.get("/token/")).to_owned();
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["sessionid"]);
    assert_eq!(browser.post("/plain/", &[("csrfmiddlewaretoken", &token)]).status(), 200);
    let mut other = Browser::new(&chain);
    let response = other.post("/plain/", &[("csrfmiddlewaretoken", &token)]);
    assert_eq!(text(&response), "CSRF cookie not set.");

    let error = Stack::builder().layer(hooks(layer(options))).build().unwrap_err();
    let problem = error.problems()[0].to_string();
    assert!(problem.contains("`Csrf` (1st) needs `Session`"), "{problem}");
}

#[test]
fn the_default_page_refuses_without_telling_why() {
    let stack = Stack::builder().layer(hooks(Csrf::new(CsrfOptions::default()).unwrap()));
    let chain = Chain::builder(&stack.build().unwrap()).routes(routes()).build().unwrap();
    let response = Browser::new(&chain).post("/plain/", &[]);
    assert_eq!(response.status(), 403);
    assert!(text(&response).contains("CSRF verification failed"));
    assert!(!text(&response).contains("cookie"));
}

#[test]
fn csrf_is_listed_after_common() {
    let error = Stack::builder()
        .layer(hooks(layer(CsrfOptions::default())))
        .layer(hooks(Common::new(CommonOptions::default()).unwrap()))
        .build()
        .unwrap_err();
    let problem = error.problems()[0].to_string();
    assert!(problem.contains("`Csrf`") && problem.contains("`Common`"), "{problem}");
}

#[test]
fn options_that_make_no_sense_name_their_cure() {
    for origin in ["example.org", "https://", "https://a/b", "*.example.org", "https://*.a.*.b"] {
        let mut options = CsrfOptions::default();
        options.trusted_origins = vec![origin.into()];
        let error = Csrf::new(options).unwrap_err().to_string();
        assert!(error.contains("write scheme and host"), "{error}");
    }
    let mut options = CsrfOptions::default();
    options.header_name = "X CSRF".into();
    let error = Csrf::new(options).unwrap_err().to_string();
    assert!(error.contains("write the header as it is sent"), "{error}");
}
