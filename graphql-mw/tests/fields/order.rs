//! The order of layers (rules S1, S2, S5, F1, F2, F3, G1).

use crate::harness::{Log, ask, builder, executor, logs, stack};
use graphql_mw::{Profile, Resolved, Stack, from_fn};

#[test]
fn rule_s1_the_first_listed_layer_is_the_outermost() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A"), logs(&log, "B")]);
    assert_eq!(ask(&executor, &log, "{ hello }"), r#"{"data":{"hello":"hello world"}}"#);
    assert_eq!(
        log.take(),
        ["A.enter@hello", "B.enter@hello", "resolver@hello", "B.exit@hello", "A.exit@hello"]
    );
}

#[test]
fn rule_g1_in_profile_graphene_the_last_listed_layer_is_the_outermost() {
    let log = Log::default();
    for profile in [Profile::Graphene, Profile::GraphqlCore33] {
        let stack = stack([logs(&log, "A"), logs(&log, "B")]);
        let executor = builder(&log).stack(&stack).profile(profile).build().unwrap();
        ask(&executor, &log, "{ hello }");
        assert_eq!(
            log.take(),
            ["B.enter@hello", "A.enter@hello", "resolver@hello", "A.exit@hello", "B.exit@hello"]
        );
    }
}

#[test]
fn rule_s5_a_stack_inside_a_stack_is_its_layers_in_its_place() {
    let log = Log::default();
    let inner = stack([logs(&log, "B"), logs(&log, "C")]);
    let whole = Stack::builder()
        .layer(logs(&log, "A"))
        .stack("inner", &inner)
        .layer(logs(&log, "D"))
        .build()
        .unwrap();
    let executor = builder(&log).stack(&whole).build().unwrap();
    ask(&executor, &log, "{ b }");
    let entered: Vec<_> = log.take().into_iter().filter(|event| event.contains("enter")).collect();
    assert_eq!(entered, ["A.enter@b", "B.enter@b", "C.enter@b", "D.enter@b"]);
}

#[test]
fn rule_f1_a_layer_runs_for_every_field_also_of_introspection_and_without_a_resolver() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    ask(
        &executor,
        &log,
        "{ plain users(n: 1) { name } __typename __schema { queryType { name } } }",
    );
    let entered: Vec<_> = log.take().into_iter().filter(|event| event.contains("enter")).collect();
    assert_eq!(
        entered,
        [
            "A.enter@plain",
            "A.enter@users",
            "A.enter@users.0.name",
            "A.enter@__typename",
            "A.enter@__schema",
            "A.enter@__schema.queryType",
            "A.enter@__schema.queryType.name",
        ]
    );
}

#[test]
fn rule_f2_children_start_when_the_parent_has_left_and_items_are_completed_in_order() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    ask(&executor, &log, "{ users { name age } }");
    assert_eq!(
        log.take(),
        [
            "A.enter@users",
            "A.exit@users",
            "A.enter@users.0.name",
            "A.exit@users.0.name",
            "A.enter@users.0.age",
            "A.exit@users.0.age",
            "A.enter@users.1.name",
            "A.exit@users.1.name",
            "A.enter@users.1.age",
            "A.exit@users.1.age",
        ]
    );
}

#[test]
fn rule_f3_a_layer_that_does_not_pass_on_keeps_out_inner_layers_and_the_resolver() {
    let log = Log::default();
    let answers = from_fn("answers", |field, next| match field.info.field_name() {
        "hello" => Resolved::value("short"),
        _ => next.resolve(field),
    });
    let executor = executor(&log, [logs(&log, "A"), answers, logs(&log, "B")]);
    assert_eq!(ask(&executor, &log, "{ hello }"), r#"{"data":{"hello":"short"}}"#);
    assert_eq!(log.take(), ["A.enter@hello", "A.exit@hello"]);
}

#[test]
fn rule_f3_children_of_an_object_that_a_layer_made_resolve_as_usual() {
    let log = Log::default();
    let answers = from_fn("answers", |field, next| match field.info.field_name() {
        "user" => Resolved::value(graphql_mw::Value::object([("name", "made".into())])),
        _ => next.resolve(field),
    });
    let executor = executor(&log, [answers, logs(&log, "B")]);
    assert_eq!(
        ask(&executor, &log, "{ user { name friend { name } } }"),
        r#"{"data":{"user":{"name":"made","friend":null}}}"#
    );
    assert_eq!(
        log.take(),
        ["B.enter@user.name", "B.exit@user.name", "B.enter@user.friend", "B.exit@user.friend"]
    );
}

#[test]
fn rule_f7_a_document_that_is_not_valid_runs_no_layer() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    for query in ["{ hello", "{ nope }", "query Q($n: Int!) { users(n: $n) { name } }"] {
        let answer = ask(&executor, &log, query);
        assert!(answer.starts_with(r#"{"errors":["#) && !answer.contains("data"), "{answer}");
        assert!(log.take().is_empty());
    }
}
