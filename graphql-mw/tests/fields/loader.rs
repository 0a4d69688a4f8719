//! Many loads in one batch.

use crate::harness::{Log, ask, pass};
use graphql_mw::{Error, Executor, Loader, Schema, Value};
use std::collections::HashMap;

const SCHEMA: &str = "type Query { users: [User!]! user(id: Int!): User slow(id: Int!): User }
     type User { id: Int name: String friend: User }
     type Mutation { user(id: Int!): User }";

fn executor(log: &Log) -> Executor {
    let log = log.clone();
    let names = Loader::new(move |mut ids: Vec<i64>| {
        ids.sort();
        log.add(format!("{ids:?}"));
        Box::pin(async move {
            pass().await;
            if ids.contains(&99) {
                return Err(Error::new("no 99"));
            }
            Ok(ids.into_iter().map(|id| (id, format!("user {id}"))).collect::<HashMap<_, _>>())
        })
    });
    let object = |id: i64| Value::object([("id", Value::Int(id))]);
    let of_argument = move |field: &graphql_mw::Field<'_>| {
        Ok(field.arg("id").as_i64().map_or(Value::Null, object))
    };
    Executor::builder(Schema::parse(SCHEMA).unwrap())
        .resolver("Query.users", move |_| Ok(Value::list((0..4).map(|id| object(id % 3)))))
        .resolver("Query.user", of_argument)
        .resolver("Mutation.user", of_argument)
        .async_resolver("Query.slow", move |field| {
            Box::pin(async move {
                pass().await;
                pass().await;
                of_argument(&field)
            })
        })
        .resolver("User.friend", move |field| {
            Ok(field
                .root
                .get("id")
                .and_then(Value::as_i64)
                .map_or(Value::Null, |id| object(id + 1)))
        })
        .async_resolver("User.name", move |field| {
            let id = field.root.get("id").and_then(Value::as_i64).unwrap_or(-1);
            let load = names.load(&field.info, id);
            Box::pin(async move { Ok(Value::from(load.await?)) })
        })
        .build()
        .unwrap()
}

#[test]
fn what_the_fields_of_an_operation_ask_for_goes_out_in_one_batch() {
    let log = Log::default();
    let executor = executor(&log);
    assert_eq!(
        ask(&executor, &log, "{ users { name } }"),
        r#"{"data":{"users":[{"name":"user 0"},{"name":"user 1"},{"name":"user 2"},{"name":"user 0"}]}}"#
    );
    assert_eq!(log.take(), ["[0, 1, 2]"]);
}

#[test]
fn a_batch_waits_for_fields_that_are_ready_to_run() {
    let log = Log::default();
    ask(&executor(&log), &log, "{ user(id: 1) { name } slow(id: 2) { name } }");
    assert_eq!(log.take(), ["[1, 2]"]);
}

#[test]
fn a_key_is_loaded_once_in_a_query_and_anew_in_a_mutation() {
    let log = Log::default();
    let executor = executor(&log);
    ask(&executor, &log, "{ user(id: 1) { name } slow(id: 1) { name friend { name } } }");
    assert_eq!(log.take(), ["[1, 2]"]);
    ask(&executor, &log, "mutation { a: user(id: 1) { name } b: user(id: 1) { name } }");
    assert_eq!(log.take(), ["[1]", "[1]"]);
}

#[test]
fn every_key_of_a_batch_that_fails_has_its_error() {
    let log = Log::default();
    let answer = ask(&executor(&log), &log, "{ a: user(id: 99) { name } b: user(id: 1) { name } }");
    assert_eq!(answer.matches("no 99").count(), 2, "{answer}");
}

#[test]
fn a_batch_has_at_most_so_many_keys() {
    let log = Log::default();
    let seen = log.clone();
    let doubled = Loader::new(move |keys: Vec<i64>| {
        seen.add(keys.len().to_string());
        Box::pin(async move { Ok(keys.into_iter().map(|key| (key, key * 2)).collect()) })
    })
    .max_batch(3);
    let executor = Executor::builder(Schema::parse("type Query { all: [Int] }").unwrap())
        .resolver("Query.all", move |field| {
            let load = |key| doubled.load(&field.info, key);
            Ok(Value::list(
                (0..7).map(load).map(|load| Value::later(async { Ok(load.await?.into()) })),
            ))
        })
        .build()
        .unwrap();
    assert_eq!(ask(&executor, &log, "{ all }"), r#"{"data":{"all":[0,2,4,6,8,10,12]}}"#);
    assert_eq!(log.take(), ["3", "3", "1"]);
}

#[test]
fn a_batch_that_panics_is_an_error_of_its_keys_without_the_text() {
    let bad = Loader::new(|_: Vec<i64>| -> futures_util::future::BoxFuture<'static, _> {
        panic!("secret")
    });
    let executor = Executor::builder(Schema::parse("type Query { a: Int }").unwrap())
        .async_resolver("Query.a", move |field| {
            let load = bad.load(&field.info, 1);
            Box::pin(async move { Ok(Value::from(load.await?.map(|value: i64| value))) })
        })
        .build()
        .unwrap();
    let answer = ask(&executor, &Log::default(), "{ a }");
    assert!(answer.contains("internal error") && !answer.contains("secret"), "{answer}");
}
