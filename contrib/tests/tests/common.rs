use contrib::Site;
use contrib::common::{Common, CommonOptions};
use engine_sync::http::{Method, StatusCode, header};
use engine_sync::{Body, Chain, Request, Response, Route, Stack, hooks};

fn chain(change: impl FnOnce(&mut CommonOptions)) -> Chain {
    let mut options = CommonOptions::default();
    options.allowed_hosts = ["testserver", ".sub.example"].map(String::from).into();
    change(&mut options);
    let stack = Stack::builder().layer(hooks(Common::new(options).unwrap())).build().unwrap();
    Chain::builder(&stack)
        .routes([
            Route::new("/slash/", |_, _| Ok(Response::text("slash"))),
            Route::new("/noslash", |_, _| Ok(Response::text("noslash"))),
            Route::new("/both", |_, _| Ok(Response::text("both"))),
            Route::new("/both/", |_, _| Ok(Response::text("both/"))),
            Route::post("/post/", |_, _| Ok(Response::text("post"))),
            Route::new("/{a}/{b}/", |_, _| Ok(Response::text("two"))),
            Route::new("/host/", |request, _| {
                let site = request.require::<Site>()?;
                Ok(Response::text(format!("{} {}", site.scheme(), site.host())))
            }),
            Route::new("/stream/", |_, _| Ok(Response::text(Body::stream(std::io::empty())))),
            Route::new("/nothing/", |_, _| Ok(Response::new(StatusCode::NO_CONTENT))),
            Route::new("/told/", |_, _| {
                Ok(Response::text("abc").with_header(header::CONTENT_LENGTH, 99.into()))
            }),
            Route::new("/missing/", |_, _| Err(engine_sync::Error::not_found("no such thing"))),
        ])
        .announce(|_, _| {})
        .build()
        .unwrap()
}

fn ask(chain: &Chain, method: Method, uri: &str) -> Response {
    chain.respond(Request::new(method, uri).with_header(header::HOST, "testserver"))
}

#[track_caller]
fn check(chain: &Chain, uri: &str, status: u16, location: Option<&str>) {
    let response = ask(chain, Method::GET, uri);
    assert_eq!(response.status(), status, "{uri}");
    assert_eq!(response.header(header::LOCATION), location, "{uri}");
}

#[test]
fn a_slash_is_appended_where_that_leads_somewhere() {
    let chain = chain(|_| {});
    check(&chain, "/slash/", 200, None);
    check(&chain, "/slash", 301, Some("/slash/"));
    check(&chain, "/slash?a=b%20c&d", 301, Some("/slash/?a=b%20c&d"));
    check(&chain, "/noslash", 200, None);
    check(&chain, "/noslash/", 404, None);
    check(&chain, "/both", 200, None);
    check(&chain, "/unknown", 404, None);
    check(&chain, "/missing/", 404, None);
    check(&chain, "/caf%C3%A9/x", 301, Some("/caf%C3%A9/x/"));
    assert_eq!(ask(&chain, Method::POST, "/slash").status(), 301);
    assert_eq!(ask(&chain, Method::GET, "/post").header(header::LOCATION), Some("/post/"));
}

#[test]
fn a_redirect_never_leads_to_another_host() {
    let chain = chain(|_| {});
    let mut request = Request::get("/").with_header(header::HOST, "testserver");
    *request.uri_mut() =
        engine_sync::http::Uri::builder().path_and_query("//evil/x").build().unwrap();
    let response = chain.respond(request);
    if let Some(location) = response.header(header::LOCATION) {
        assert!(location.starts_with("/%2Fevil/"), "{location}");
    }
    let www = self::chain(|options| options.prepend_www = true);
    check(&www, "/slash", 301, Some("http://www.testserver/slash/"));
}

#[test]
fn appending_slashes_can_be_switched_off() {
    check(&chain(|options| options.append_slash = false), "/slash", 404, None);
}

#[test]
fn during_development_a_redirect_that_loses_a_body_is_an_error_that_says_so() {
    let chain = chain(|options| options.debug = true);
    for method in [Method::POST, Method::PUT, Method::PATCH, Method::DELETE] {
        let response = ask(&chain, method.clone(), "/slash");
        assert_eq!(response.status(), 500);
        let message = response.cause().unwrap().message();
        assert!(message.contains("let the form point to testserver/slash/"), "{message}");
    }
    assert_eq!(ask(&chain, Method::GET, "/slash").status(), 301);
}

#[test]
fn www_is_prepended_together_with_the_slash() {
    let chain = chain(|options| {
        options.prepend_www = true;
        options.allowed_hosts.push("www.testserver".into());
    });
    check(&chain, "/slash/?x=1", 301, Some("http://www.testserver/slash/?x=1"));
    check(&chain, "/slash?x=1", 301, Some("http://www.testserver/slash/?x=1"));
    check(&chain, "/unknown", 301, Some("http://www.testserver/unknown"));
    let request = Request::get("/slash/").with_header(header::HOST, "www.testserver");
    assert_eq!(chain.respond(request).status(), 200);
}

#[test]
fn only_allowed_hosts_are_served() {
    let chain = chain(|_| {});
    let check = |hosts: &[&str], expected: u16, message: &str| {
        let mut request = Request::get("/slash/");
        for host in hosts {
            request = request.with_header(header::HOST, host);
        }
        let response = chain.respond(request);
        assert_eq!(response.status(), expected, "{hosts:?}");
        let cause = response.cause().map_or("", |cause| cause.message());
        assert!(cause.contains(message), "{cause}");
    };
    check(&["testserver"], 200, "");
    check(&["TESTSERVER:8000"], 200, "");
    check(&["testserver."], 200, "");
    check(&["a.b.sub.example"], 200, "");
    check(&["sub.example"], 200, "");
    check(&["evil.example"], 400, "You may need to add \"evil.example\" to `allowed_hosts`");
    check(&["evilsub.example"], 400, "allowed_hosts");
    check(&["testserver/evil"], 400, "not valid according to RFC 1034/1035");
    check(&["testserver@evil"], 400, "not valid according to RFC 1034/1035");
    check(&[""], 400, "not valid");
    check(&[], 400, "no Host header");
    check(&["testserver", "testserver"], 400, "more than one Host header");
}

#[test]
fn an_unwanted_client_is_refused() {
    let chain = chain(|options| {
        options.disallowed_user_agents = ["BadBot", "^Evil"].map(String::from).into();
    });
    for (agent, expected) in
        [("a BadBot/1", 403), ("Evil/2", 403), ("not Evil", 200), ("badbot", 200), ("", 200)]
    {
        let request = Request::get("/slash/")
            .with_header(header::HOST, "testserver")
            .with_header(header::USER_AGENT, agent);
        assert_eq!(chain.respond(request).status(), expected, "{agent:?}");
    }
}

#[test]
fn the_length_of_a_body_that_is_all_there_is_said() {
    let chain = chain(|_| {});
    let length = |uri| {
        let response = ask(&chain, Method::GET, uri);
        response.header(header::CONTENT_LENGTH).map(str::to_owned)
    };
    assert_eq!(length("/slash/").as_deref(), Some("5"));
    assert_eq!(length("/told/").as_deref(), Some("99"));
    assert_eq!(length("/stream/"), None);
    assert_eq!(length("/nothing/"), None);
    assert_eq!(length("/slash").as_deref(), Some("0"));
}

#[test]
fn a_trusted_proxy_says_whether_the_client_came_over_https() {
    let scheme = |chain: &Chain, value: &str| {
        let request = Request::get("/host/")
            .with_header(header::HOST, "testserver:81")
            .with_header("x-forwarded-proto".parse().unwrap(), value);
        crate::browser::text(&chain.respond(request)).to_owned()
    };
    let trusting = chain(|options| {
        options.proxy_ssl_header = Some(("X-Forwarded-Proto".into(), "https".into()));
    });
    assert_eq!(scheme(&trusting, "https"), "https testserver:81");
    assert_eq!(scheme(&trusting, "https, http"), "https testserver:81");
    assert_eq!(scheme(&trusting, "http, https"), "http testserver:81");
    assert_eq!(scheme(&chain(|_| {}), "https"), "http testserver:81");
}

#[test]
fn options_that_make_no_sense_name_their_cure() {
    let check = |change: fn(&mut CommonOptions), expected: &str| {
        let mut options = CommonOptions::default();
        change(&mut options);
        let error = Common::new(options).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check(|o| o.allowed_hosts.clear(), "list the hosts you serve");
    check(|o| o.allowed_hosts = vec!["https://a.example".into()], "write the host alone");
    check(|o| o.allowed_hosts = vec!["a.example:80".into()], "write the host alone");
    check(|o| o.allowed_hosts = vec!["*.example".into()], "`.example.org` for all below it");
    check(|o| o.disallowed_user_agents = vec!["(".into()], "put a `\\` before");
    check(
        |o| o.proxy_ssl_header = Some(("a b".into(), "x".into())),
        "write the header as it is sent",
    );
}
