//! The view of the blocking engine.

use super::schema::{Who, executor};
use contrib::graphql::View;
use engine_sync::http::{Method, StatusCode, header};
use engine_sync::{Body, Chain, Request, Response, Route, Stack, from_fn};
use graphql_mw::{Executor, Schema};
use std::io::{self, Read};

fn chain_of(view: View) -> Chain {
    let route = Route::new("/graphql", move |request, _| view.respond(request))
        .methods([Method::GET, Method::POST]);
    Chain::builder(&Stack::empty()).route(route).build().unwrap()
}

fn ask(request: Request) -> Response {
    chain_of(View::new(&executor().0)).respond(request)
}

fn post(body: impl Into<Body>) -> Request {
    Request::post("/graphql", body).with_header(header::CONTENT_TYPE, "application/json")
}

fn text(response: &Response) -> &str {
    std::str::from_utf8(response.body().as_bytes().unwrap()).unwrap()
}

#[test]
fn queries_come_by_get_and_post() {
    let data = r#"{"data":{"hello":"world"}}"#;
    let response = ask(Request::get("/graphql?query=%7B%20hello%20%7D"));
    assert_eq!((response.status(), text(&response)), (StatusCode::OK, data));
    let response = ask(post(r#"{"query":"{ hello }"}"#));
    assert_eq!((response.status(), text(&response)), (StatusCode::OK, data));
    assert_eq!(response.header("content-type"), Some("application/json; charset=utf-8"));
    assert_eq!(response.header("vary"), Some("Accept"));
}

#[test]
fn several_accept_headers_say_what_one_would() {
    let request = post(r#"{"query":"{ nowhere }"}"#).with_header(header::ACCEPT, "text/html");
    assert_eq!(ask(request).status(), StatusCode::NOT_ACCEPTABLE);
    let mut request = post(r#"{"query":"{ nowhere }"}"#).with_header(header::ACCEPT, "text/html");
    let graphql = "application/graphql-response+json".parse().unwrap();
    request.headers_mut().append(header::ACCEPT, graphql);
    let response = ask(request);
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let media_type = "application/graphql-response+json; charset=utf-8";
    assert_eq!(response.header("content-type"), Some(media_type));
}

#[test]
fn a_mutation_by_get_is_told_the_method_it_needs() {
    let response = ask(Request::get("/graphql?query=mutation%7Badd(a:1,b:2)%7D"));
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(response.header("allow"), Some("POST"));
}

#[test]
fn a_body_that_is_too_large_is_answered_in_graphql_announced_or_not() {
    let options = graphql_mw::transport::http::Options::default().with_body_bytes(100);
    let chain = chain_of(View::new(&executor().0).options(options));
    let message = r#"{"errors":[{"message":"the body has more than 100 bytes"}]}"#;
    for body in [
        Body::from("x".repeat(101)),
        Body::stream(io::repeat(b'x').take(101)),
        Body::stream(io::repeat(b'x').take(1 << 30)),
    ] {
        let response = chain.respond(post(body));
        assert_eq!((response.status().as_u16(), text(&response)), (413, message));
    }
}

#[test]
fn fields_and_the_layers_of_the_http_stack_share_one_state() {
    #[derive(Clone)]
    struct Seen(&'static str);
    let schema = Schema::parse("type Query { who: String, broken: String }").unwrap();
    let executor = Executor::builder(schema)
        .resolver("Query.who", |field| {
            field.info.state().insert(Seen("by a field"));
            Ok(field.info.state_of::<Who>().map(|who| who.0))
        })
        .resolver("Query.broken", |_| -> graphql_mw::Result<()> { panic!("a field is broken") })
        .build()
        .unwrap();
    let layer = from_fn("who", |request, next| {
        request.state_mut().insert(Who("ann"));
        let response = next.run(request);
        assert_eq!(request.state().get::<Who>().map(|who| who.0), Some("ann"));
        let seen = request.state().get::<Seen>().map_or("by nobody", |seen| seen.0);
        Ok(response.with_header(header::SERVER, seen.parse()?))
    });
    let stack = Stack::builder().layer(layer).build().unwrap();
    let view = View::new(&executor);
    let chain = Chain::builder(&stack).view(move |request, _| view.respond(request));
    let chain = chain.build().unwrap();

    let response = chain.respond(post(r#"{"query":"{ who }"}"#));
    assert_eq!(text(&response), r#"{"data":{"who":"ann"}}"#);
    assert_eq!(response.header("server"), Some("by a field"));
    let response = chain.respond(post(r#"{"query":"{ broken }"}"#));
    assert!(text(&response).contains(r#""message":"internal error""#), "{}", text(&response));
    assert_eq!(response.header("server"), Some("by nobody"));
}
