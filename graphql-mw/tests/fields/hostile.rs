//! Requests that ask for as much as they may, and functions that misbehave.

use crate::harness::{Log, ask, logs, stack};
use graphql_mw::{Executor, Request, Schema, Value};
use std::thread;

const SCHEMA: &str = "type Query { me: User } type User { me: User name: String tags: [[[Int]]] }";

fn executor(log: &Log) -> Executor {
    let me = || Value::object([("name", "me".into()), ("tags", Value::from(1))]);
    Executor::builder(Schema::parse(SCHEMA).unwrap())
        .stack(&stack((0..4).map(|_| logs(log, "A"))))
        .resolver("Query.me", move |_| Ok(me()))
        .resolver("User.me", move |_| Ok(me()))
        .async_resolver("User.name", |_| {
            Box::pin(async {
                crate::harness::pass().await;
                Ok("me".into())
            })
        })
        .build()
        .unwrap()
}

#[test]
fn the_deepest_document_is_executed_on_a_small_stack() {
    let depth = 48;
    let query = format!("{{ {} name {} }}", "me {".repeat(depth), "}".repeat(depth));
    let small = thread::Builder::new().stack_size(1024 * 1024).spawn(move || {
        let response = executor(&Log::default()).execute_blocking(Request::new(query));
        assert!(response.errors.is_empty(), "{:?}", response.errors);
        let mut data = response.data.unwrap();
        for _ in 0..depth {
            data = data.get("me").unwrap().clone();
        }
        assert_eq!(serde_json::to_string(&data).unwrap(), r#"{"name":"me"}"#);
    });
    small.unwrap().join().unwrap();
}

#[test]
fn as_many_aliases_as_are_allowed_are_each_resolved() {
    let aliases: String = (0..1000).map(|n| format!(" a{n}: name")).collect();
    let response = executor(&Log::default())
        .execute_blocking(Request::new(format!("{{ me {{{aliases} }} }}")));
    let data = response.data.unwrap();
    assert!((0..1000).all(|n| !data.get("me").unwrap().get(&format!("a{n}")).unwrap().is_null()));
}

#[test]
fn fields_that_are_the_same_are_resolved_once() {
    let log = Log::default();
    let same = "me { name ".repeat(10) + &"} ".repeat(10);
    let query = format!("{{ {} }}", same.repeat(20));
    let answer = ask(&executor(&log), &log, &query);
    assert!(!answer.contains("errors"), "{answer}");
    let entered = log.take().iter().filter(|event| event.ends_with("enter@me")).count();
    assert_eq!(entered, 4, "one for each of the four layers");
}

#[test]
fn rule_s10_functions_of_scalars_and_types_may_panic() {
    let executor = Executor::builder(
        Schema::parse(
            "type Query { a(d: Date): Date pet: Pet fine: Int } scalar Date
             union Pet = Dog type Dog { name: String }",
        )
        .unwrap(),
    )
    .parse_scalar("Date", |_| panic!("secret"))
    .serialize_scalar("Date", |_| panic!("secret"))
    .type_of("Pet", |_| panic!("secret"))
    .resolver("Query.a", |_| Ok(1))
    .resolver("Query.pet", |_| Ok(1))
    .resolver("Query.fine", |_| Ok(1))
    .build()
    .unwrap();
    let answer = ask(&executor, &Log::default(), "{ a x: a(d: 1) pet { __typename } fine }");
    assert!(!answer.contains("secret"), "{answer}");
    assert!(answer.ends_with(r#""data":{"a":null,"x":null,"pet":null,"fine":1}}"#), "{answer}");
    let request = Request::new("query Q($d: Date) { a(d: $d) }").variable("d", 1);
    assert!(executor.execute_blocking(request).is_request_error());
}
