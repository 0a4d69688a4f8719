//! The specification, sentence by sentence.

use super::*;
use crate::{Executor, Schema};

const GRAPHQL: &str = "application/graphql-response+json";
const JSON: &str = "application/json";

fn executor() -> Executor {
    let schema = Schema::parse(
        "type Query { hello: String, echo(text: String!): String, boom: String }
         type Mutation { add(a: Int!, b: Int!): Int }
         type Subscription { ticks: Int }",
    );
    Executor::builder(schema.unwrap())
        .resolver("Query.hello", |_| Ok("world"))
        .resolver("Query.echo", |field| Ok(field.arg("text").clone()))
        .resolver("Query.boom", |_| Err::<(), _>(crate::Error::new("boom")))
        .resolver("Mutation.add", |field| {
            Ok(field.arg("a").as_i64().unwrap_or(0) + field.arg("b").as_i64().unwrap_or(0))
        })
        .source("Subscription.ticks", |_| Ok(futures_util::stream::empty()))
        .build()
        .unwrap()
}

fn answer(asked: Asked<'_>) -> Answer {
    match Call::read(&asked, &Options::default()) {
        Ok(call) => call.answer_blocking(&executor()),
        Err(answer) => answer,
    }
}

fn post<'a>(accept: &'a str, body: &'a str) -> Asked<'a> {
    let (accept, body) = (Some(accept), body.as_bytes());
    Asked { content_type: Some(JSON), accept, body, ..Asked::new("POST") }
}

fn get<'a>(accept: &'a str, query: &'a str) -> Asked<'a> {
    Asked { accept: Some(accept), query: Some(query), ..Asked::new("GET") }
}

#[track_caller]
fn check(asked: Asked<'_>, status: u16, body: &str) {
    let answer = answer(asked);
    assert_eq!((answer.status, &*answer.body), (status, body), "{asked:?}");
    let expected = MediaType::accepted(asked.accept).unwrap_or_default();
    assert_eq!(answer.content_type, expected.as_str());
}

/// Checks the status, and that the one error begins like this.
#[track_caller]
fn check_refused(asked: Asked<'_>, status: u16, message: &str) {
    let answer = answer(asked);
    assert_eq!(answer.status, status, "{asked:?}: {answer:?}");
    let start = format!(r#"{{"errors":[{{"message":"{message}"#);
    assert!(answer.body.starts_with(&start), "{}", answer.body);
    assert!(!answer.body.contains(r#""data""#), "{}", answer.body);
}

#[test]
fn a_query_is_answered_by_either_method_in_either_media_type() {
    for accept in [JSON, GRAPHQL] {
        let data = r#"{"data":{"hello":"world"}}"#;
        check(post(accept, r#"{"query":"{ hello }"}"#), 200, data);
        check(get(accept, "query=%7Bhello%7D"), 200, data);
        check(get(accept, "query={hello}&other=1"), 200, data);
        let head = Asked { method: "HEAD", ..get(accept, "query={hello}") };
        check(head, 200, data);
    }
}

#[test]
fn a_request_says_which_operation_and_its_variables() {
    let data = r#"{"data":{"echo":"hi"}}"#;
    let body = r#"{"query":"query A { hello } query B($t: String!) { echo(text: $t) }",
        "operationName":"B","variables":{"t":"hi"},"extensions":{"a":1}}"#;
    check(post(GRAPHQL, body), 200, data);
    let query = "query=query+A{hello}query+B($t:String!){echo(text:$t)}&operationName=B\
                 &variables=%7B%22t%22%3A%22hi%22%7D&extensions={}";
    check(get(GRAPHQL, query), 200, data);
}

#[test]
fn members_may_be_null_and_unknown_ones_are_ignored() {
    let body =
        r#"{"query":"{ hello }","operationName":null,"variables":null,"extensions":null,"id":7}"#;
    check(post(GRAPHQL, body), 200, r#"{"data":{"hello":"world"}}"#);
    check(
        get(GRAPHQL, "query={hello}&operationName=&variables=null"),
        200,
        r#"{"data":{"hello":"world"}}"#,
    );
}

#[test]
fn field_errors_are_no_failure_of_the_request() {
    for accept in [JSON, GRAPHQL] {
        let answer = answer(post(accept, r#"{"query":"{ boom hello }"}"#));
        assert_eq!(answer.status, 200);
        assert!(answer.body.contains(r#""data":{"boom":null,"hello":"world"}"#));
    }
}

#[test]
fn a_document_that_cannot_be_executed_is_400_where_the_client_can_read_it() {
    for document in ["{", "{ nowhere }", "query($n: Int!) { hello }"] {
        let body = format!(r#"{{"query":"{document}"}}"#);
        check_refused(post(GRAPHQL, &body), 400, "");
        check_refused(post(JSON, &body), 200, "");
    }
}

#[test]
fn a_mutation_is_sent_by_post_only() {
    let body = r#"{"query":"mutation { add(a: 1, b: 2) }"}"#;
    check(post(GRAPHQL, body), 200, r#"{"data":{"add":3}}"#);
    for accept in [JSON, GRAPHQL] {
        let asked = get(accept, "query=mutation{add(a:1,b:2)}");
        check_refused(asked, 405, "a mutation changes something");
        assert_eq!(answer(asked).allow, Some("POST"));
        let chosen = get(accept, "query=mutation+M{add(a:1,b:2)}query+Q{hello}&operationName=M");
        check_refused(chosen, 405, "a mutation changes something");
    }
    let chosen = get(GRAPHQL, "query=mutation+M{add(a:1,b:2)}query+Q{hello}&operationName=Q");
    check(chosen, 200, r#"{"data":{"hello":"world"}}"#);
}

#[test]
fn a_subscription_is_not_for_http() {
    check_refused(post(GRAPHQL, r#"{"query":"subscription { ticks }"}"#), 400, "a subscription is");
}

#[test]
fn other_methods_are_refused() {
    for method in ["PUT", "DELETE", "PATCH", "OPTIONS", "post", ""] {
        let asked = Asked { method, ..post(GRAPHQL, r#"{"query":"{ hello }"}"#) };
        check_refused(asked, 405, &format!("{method} is no method of GraphQL"));
        assert_eq!(answer(asked).allow, Some("GET, POST"));
    }
}

#[test]
fn what_a_page_of_another_origin_can_post_unasked_is_refused() {
    let body = r#"{"query":"mutation { add(a: 1, b: 2) }"}"#;
    let with = |content_type| Asked { content_type, ..post(JSON, body) };
    check_refused(with(None), 415, "the body has no media type");
    for content_type in [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/graphql",
        "text/plain; application/json",
        "application/jsonp",
        "nonsense",
        "",
    ] {
        check_refused(with(Some(content_type)), 415, "`");
    }
    check_refused(with(Some("application/json; charset=utf-16")), 415, "the body is in utf-16");
}

#[test]
fn json_may_be_written_in_several_ways() {
    for content_type in ["application/json; charset=utf-8", "Application/JSON;charset=UTF-8"] {
        let asked = post(JSON, r#"{"query":"{ hello }"}"#);
        let asked = Asked { content_type: Some(content_type), ..asked };
        check(asked, 200, r#"{"data":{"hello":"world"}}"#);
    }
}

#[test]
fn what_is_no_request_is_400_in_either_media_type() {
    for accept in [JSON, GRAPHQL] {
        check_refused(post(accept, ""), 400, "the body is missing");
        check_refused(post(accept, r#"{ "not a JSON"#), 400, "the body is no JSON");
        check_refused(post(accept, "[]"), 400, "the body is a list");
        check_refused(post(accept, "7"), 400, "the body must be an object, not a number");
        check_refused(post(accept, "{}"), 400, "`query` is missing");
        check_refused(post(accept, r#"{"query":7}"#), 400, "`query` must be a string");
        let variables = r#"{"query":"{ hello }","variables":"{}"}"#;
        check_refused(post(accept, variables), 400, "`variables` must be an object, not a string");
        let extensions = r#"{"query":"{ hello }","extensions":[]}"#;
        check_refused(post(accept, extensions), 400, "`extensions` must be an object, not a list");
        let name = r#"{"query":"{ hello }","operationName":0}"#;
        check_refused(post(accept, name), 400, "`operationName` must be a string, not a number");
        check_refused(get(accept, ""), 400, "`query` is missing");
        check_refused(get(accept, "query={hello}&variables={"), 400, "`variables` is no JSON");
        check_refused(
            get(accept, "query={hello}&variables=7"),
            400,
            "`variables` must be an object",
        );
        check_refused(get(accept, "query={hello}&query={boom}"), 400, "`query` is given twice");
    }
}

#[test]
fn a_body_that_is_not_utf_8_or_is_nested_too_deep_is_no_json() {
    let asked = Asked { body: b"{\"query\":\"\xff\"}", ..post(JSON, "") };
    check_refused(asked, 400, "the body is no JSON");
    let deep = "[".repeat(100_000);
    check_refused(post(JSON, &deep), 400, "the body is no JSON");
}

#[test]
fn the_query_of_a_post_is_not_the_request() {
    let asked = Asked { query: Some("query={hello}"), ..post(JSON, "{}") };
    check_refused(asked, 400, "`query` is missing");
}

#[test]
fn a_body_that_is_too_large_is_refused_unread() {
    let options = Options::default().with_body_bytes(10);
    let answer = Call::read(&post(JSON, "[[[[[[[[[[["), &options).unwrap_err();
    assert_eq!(answer.status, 413);
    assert_eq!(answer.body, r#"{"errors":[{"message":"the body has more than 10 bytes"}]}"#);
    assert_eq!(Call::read(&post(JSON, "[[[[[[[[[["), &options).unwrap_err().status, 400);
}

#[test]
fn a_client_that_can_read_no_answer_is_told_what_there_is() {
    check_refused(post("text/html", r#"{"query":"{ hello }"}"#), 406, "answers are");
}
