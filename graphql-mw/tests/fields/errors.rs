//! Errors and panics (rules F4, F5, S10).

use crate::harness::{Log, ask, executor, logs};
use graphql_mw::{Error, Executor, Resolved, Schema, Value, from_fn};

#[test]
fn rule_f4_an_error_is_null_there_with_its_path_and_its_place_in_the_document() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    assert_eq!(
        ask(&executor, &log, "{ user { friend { x: bad } } }"),
        r#"{"errors":[{"message":"bad","locations":[{"line":1,"column":19}],"path":["user","friend","x"]}],"data":{"user":{"friend":{"x":null}}}}"#
    );
}

#[test]
fn rule_f4_a_non_null_field_passes_the_null_on_and_stops_its_later_siblings() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    assert_eq!(
        ask(&executor, &log, "{ a user { name badMust age } }"),
        r#"{"errors":[{"message":"bad must","locations":[{"line":1,"column":17}],"path":["user","badMust"]}],"data":{"a":"A","user":null}}"#
    );
    assert!(!log.take().iter().any(|event| event.contains("age")));
}

#[test]
fn rule_f4_an_item_that_may_not_be_null_passes_the_null_on_and_stops_the_later_items() {
    let log = Log::default();
    let executor = Executor::builder(
        Schema::parse("type Query { users: [User!] } type User { id: Int! }").unwrap(),
    )
    .stack(&crate::harness::stack([logs(&log, "A")]))
    .resolver("Query.users", |_| {
        let user = |id: Option<i64>| Value::object([("id", Value::from(id))]);
        Ok(Value::list([user(Some(0)), user(None), user(Some(2))]))
    })
    .build()
    .unwrap();
    assert_eq!(
        ask(&executor, &log, "{ users { id } }"),
        r#"{"errors":[{"message":"`User.id` is not nullable, and its value is null","locations":[{"line":1,"column":11}],"path":["users",1,"id"]}],"data":{"users":null}}"#
    );
    assert!(!log.take().iter().any(|event| event.contains("users.2")));
}

#[test]
fn rule_f4_futures_that_have_been_started_go_on() {
    let log = Log::default();
    let refuses = from_fn("refuses", |field, next| match field.info.field_name() {
        "must" => Resolved::error(Error::new("no")),
        _ => next.resolve(field),
    });
    let executor = executor(&log, [logs(&log, "A"), refuses]);
    let answer = ask(&executor, &log, "{ late must b }");
    assert!(answer.ends_with(r#""data":null}"#), "{answer}");
    assert_eq!(
        log.take(),
        ["A.enter@late", "A.enter@must", "A.error@must", "resolver@late", "A.exit@late"]
    );
}

#[test]
fn rule_f4_an_error_of_a_layer_is_a_field_error_before_and_after_next() {
    let log = Log::default();
    let before = from_fn("before", |_, _| Resolved::error(Error::new("before")));
    let after = from_fn("after", |field, next| {
        next.resolve(field).and_then(|_| Err(Error::new("after").with_extension("code", 7)))
    });
    assert_eq!(
        ask(&executor(&log, [before]), &log, "{ b }"),
        r#"{"errors":[{"message":"before","locations":[{"line":1,"column":3}],"path":["b"]}],"data":{"b":null}}"#
    );
    assert_eq!(
        ask(&executor(&log, [after]), &log, "{ b }"),
        r#"{"errors":[{"message":"after","locations":[{"line":1,"column":3}],"path":["b"],"extensions":{"code":7}}],"data":{"b":null}}"#
    );
}

#[test]
fn rule_f5_outer_layers_see_an_inner_error_and_may_make_a_value_of_it() {
    let log = Log::default();
    let catches = from_fn("catches", |field, next| {
        next.resolve(field).or_else(|error| Ok(format!("caught {error}").into()))
    });
    let executor = executor(&log, [catches, logs(&log, "B")]);
    assert_eq!(
        ask(&executor, &log, "{ boom lateBoom }"),
        r#"{"data":{"boom":"caught boom","lateBoom":"caught late boom"}}"#
    );
    assert!(log.take().contains(&"B.error@lateBoom".to_owned()));
}

#[test]
fn rule_s10_a_panic_is_a_field_error_without_its_text_wherever_it_happens() {
    let schema = "type Query { ready: Int awaited: Int layer: Int after: Int late: Int fine: Int }";
    let layer = from_fn("panics", |field, next| match field.info.field_name() {
        "layer" => panic!("secret"),
        "after" | "late" => next.resolve(field).map(|_| panic!("secret")),
        _ => next.resolve(field),
    });
    let executor = Executor::builder(Schema::parse(schema).unwrap())
        .stack(&crate::harness::stack([layer]))
        .resolver("Query.ready", |_| -> graphql_mw::Result<Value> { panic!("secret") })
        .async_resolver("Query.awaited", |_| Box::pin(async { panic!("secret") }))
        .async_resolver("Query.late", |_| {
            Box::pin(async {
                crate::harness::pass().await;
                Ok(Value::from(1))
            })
        })
        .resolver("Query.fine", |_| Ok(1))
        .build()
        .unwrap();
    let log = Log::default();
    let answer = ask(&executor, &log, "{ ready awaited layer after late fine }");
    assert!(!answer.contains("secret"), "{answer}");
    assert_eq!(answer.matches(r#""message":"internal error""#).count(), 5, "{answer}");
    assert!(answer.ends_with(
        r#""data":{"ready":null,"awaited":null,"layer":null,"after":null,"late":null,"fine":1}}"#
    ));
}

#[test]
fn rule_s10_layers_outside_see_a_panic_as_an_error_and_may_answer_it() {
    let log = Log::default();
    let catches = from_fn("catches", |field, next| {
        next.resolve(field).or_else(|error| match error.is_panic() {
            true => Ok("saved".into()),
            false => Err(error),
        })
    });
    let panics = from_fn("panics", |_, _| panic!("secret"));
    let executor = executor(&log, [catches, logs(&log, "B"), panics]);
    assert_eq!(ask(&executor, &log, "{ b }"), r#"{"data":{"b":"saved"}}"#);
    assert_eq!(log.take(), ["B.enter@b", "B.error@b"]);
}
