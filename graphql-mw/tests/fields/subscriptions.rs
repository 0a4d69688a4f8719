//! Subscriptions: the source, and each of its events (rule F10, S9).

use crate::harness::{Log, builder, executor, logs, refusal, stack, subscribe};
use futures_executor::block_on;
use futures_util::stream::{self, StreamExt};
use graphql_mw::{
    Error, Executor, Exit, Field, FieldLayer, FieldMiddleware, Info, Layer, Next, On, Phase,
    Profile, Request, Resolved, Schema, Source, Value, field, from_fn,
};
use std::sync::Arc;

/// Writes down which of the two runs a layer is in, and its exits.
struct Watches(Log);

fn watches(log: &Log) -> Arc<FieldLayer> {
    field(Watches(log.clone()))
}

impl Layer for Watches {}

impl FieldMiddleware for Watches {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        let info = field.info;
        self.0.add(format!("enter {:?} {}", info.phase(), info.path()));
        next.resolve(field).then(move |result| {
            self.0.add(format!("leave {:?} {}", info.phase(), info.path()));
            result
        })
    }

    fn install(&self, on: &mut On<Self>) {
        on.exit(|watches, info: &Info<'_>, how: Exit| {
            watches.0.add(format!("exit {:?} {} {how}", info.phase(), info.path()));
        });
    }
}

#[test]
fn rule_f10_a_layer_runs_around_the_source_and_around_each_event_and_its_children() {
    let log = Log::default();
    let executor = executor(&log, [watches(&log)]);
    assert_eq!(
        subscribe(&executor, "subscription { ticks(n: 1) { i } }"),
        [r#"{"data":{"ticks":{"i":0}}}"#]
    );
    assert_eq!(
        log.take(),
        [
            "enter Source ticks",
            "leave Source ticks",
            "enter Resolve ticks",
            "leave Resolve ticks",
            "exit Resolve ticks done",
            "enter Resolve ticks.i",
            "leave Resolve ticks.i",
            "exit Resolve ticks.i done",
            "exit Source ticks done",
        ]
    );
}

#[test]
fn rule_f10_in_profile_graphql_core_no_layer_runs_around_the_source() {
    let log = Log::default();
    let stack = stack([logs(&log, "A")]);
    let executor = builder(&log).stack(&stack).profile(Profile::GraphqlCore33).build().unwrap();
    subscribe(&executor, "subscription { count(n: 1) }");
    assert_eq!(log.take(), ["A.enter@count", "A.exit@count"]);
}

#[test]
fn rule_f10_a_layer_may_refuse_the_source() {
    let log = Log::default();
    let refuses = from_fn("refuses", |field, next| match field.info.phase() {
        Phase::Source => Resolved::error(Error::new("not for you")),
        Phase::Resolve => next.resolve(field),
    });
    let executor = executor(&log, [watches(&log), refuses]);
    assert_eq!(
        refusal(&executor, "subscription { count }"),
        r#"{"errors":[{"message":"not for you","locations":[{"line":1,"column":16}],"path":["count"]}]}"#
    );
    assert_eq!(
        log.take(),
        ["enter Source count", "leave Source count", "exit Source count failed"]
    );
}

#[test]
fn rule_f10_anything_but_a_source_around_the_source_is_a_request_error() {
    let log = Log::default();
    let answers = from_fn("answers", |field, next| match field.info.phase() {
        Phase::Source => Resolved::value(1),
        Phase::Resolve => next.resolve(field),
    });
    let answer = refusal(&executor(&log, [answers]), "subscription { count }");
    assert!(answer.contains("gave an integer and no events"), "{answer}");
    assert!(!answer.contains("data"), "{answer}");
}

#[test]
fn rule_f10_a_layer_may_wrap_the_events_of_the_source() {
    let log = Log::default();
    let doubles = from_fn("doubles", |field, next| {
        next.resolve(field).map(|value| match value {
            Value::Source(source) => match source.take() {
                Some(events) => Value::Source(Source::new(
                    events.flat_map(|event| stream::iter([event.clone(), event])),
                )),
                None => Value::Source(source),
            },
            other => other,
        })
    });
    assert_eq!(
        subscribe(&executor(&log, [doubles]), "subscription { count(n: 2) }"),
        [0, 0, 1, 1].map(|n| format!(r#"{{"data":{{"count":{n}}}}}"#))
    );
}

#[test]
fn rule_f10_an_error_in_one_event_nulls_its_field_and_the_stream_goes_on() {
    let log = Log::default();
    let fails = from_fn("fails", |field, next| {
        let phase = field.info.phase();
        next.resolve(field).and_then(move |value| match (phase, value.as_i64()) {
            (Phase::Resolve, Some(1)) => Err(Error::new("one")),
            _ => Ok(value),
        })
    });
    assert_eq!(
        subscribe(&executor(&log, [fails]), "subscription { count(n: 3) }"),
        [
            r#"{"data":{"count":0}}"#,
            r#"{"errors":[{"message":"one","locations":[{"line":1,"column":16}],"path":["count"]}],"data":{"count":null}}"#,
            r#"{"data":{"count":2}}"#,
        ]
    );
}

#[test]
fn rule_f10_a_source_that_fails_at_the_start_is_a_request_error() {
    let log = Log::default();
    assert_eq!(
        refusal(&executor(&log, [watches(&log)]), "subscription { boomAtStart }"),
        r#"{"errors":[{"message":"boom at start","locations":[{"line":1,"column":16}],"path":["boomAtStart"]}]}"#
    );
    assert_eq!(log.take().last().map(String::as_str), Some("exit Source boomAtStart failed"));
}

#[test]
fn rule_f10_a_source_that_fails_in_the_middle_ends_the_stream_with_an_error() {
    let log = Log::default();
    assert_eq!(
        subscribe(&executor(&log, [watches(&log)]), "subscription { boomInTheMiddle }"),
        [
            r#"{"data":{"boomInTheMiddle":0}}"#,
            r#"{"errors":[{"message":"boom in the middle","locations":[{"line":1,"column":16}],"path":["boomInTheMiddle"]}]}"#,
        ]
    );
    assert_eq!(log.take().last().map(String::as_str), Some("exit Source boomInTheMiddle failed"));
}

#[test]
fn rule_s10_a_source_that_panics_ends_the_stream_with_an_error_without_the_text() {
    let executor = Executor::builder(
        Schema::parse("type Query { a: Int } type Subscription { s: Int }").unwrap(),
    )
    .source("Subscription.s", |_| {
        Ok(stream::iter(0..3).map(|n| match n {
            1 => panic!("secret"),
            n => Ok(Value::Int(n)),
        }))
    })
    .build()
    .unwrap();
    let responses = subscribe(&executor, "subscription { s }");
    assert_eq!(responses.len(), 2);
    assert!(responses[1].contains("internal error") && !responses[1].contains("secret"));
}

#[test]
fn rule_s9_a_subscription_that_is_dropped_drops_its_source_and_then_exits() {
    struct Told(Log);
    impl Drop for Told {
        fn drop(&mut self) {
            self.0.add("the source is dropped");
        }
    }
    let log = Log::default();
    let told = log.clone();
    let executor = Executor::builder(
        Schema::parse("type Query { a: Int } type Subscription { s: Int }").unwrap(),
    )
    .stack(&stack([watches(&log)]))
    .source("Subscription.s", move |_| {
        let told = Told(told.clone());
        Ok(stream::iter(0..).map(move |n| {
            let _ = &told;
            Ok(Value::Int(n))
        }))
    })
    .build()
    .unwrap();
    let mut responses = block_on(executor.subscribe(Request::new("subscription { s }"))).unwrap();
    block_on(responses.next()).unwrap();
    block_on(responses.next()).unwrap();
    log.take();
    drop(responses);
    assert_eq!(log.take(), ["the source is dropped", "exit Source s dropped"]);
}

#[test]
fn a_source_may_be_awaited_before_it_begins() {
    let executor = Executor::builder(
        Schema::parse("type Query { a: Int } type Subscription { s(n: Int!): Int }").unwrap(),
    )
    .async_source("Subscription.s", |field| {
        Box::pin(async move {
            crate::harness::pass().await;
            let n = field.arg("n").as_i64().unwrap_or(0);
            Ok(Source::new(stream::iter((0..n).map(|n| Ok(Value::Int(n))))))
        })
    })
    .build()
    .unwrap();
    assert_eq!(
        subscribe(&executor, "subscription { s(n: 2) }"),
        [r#"{"data":{"s":0}}"#, r#"{"data":{"s":1}}"#]
    );
}

#[test]
fn a_query_is_no_stream_and_a_subscription_is_no_single_answer() {
    let log = Log::default();
    let executor = executor(&log, []);
    assert!(refusal(&executor, "{ b }").contains("a query is no stream"));
    let answer = executor.execute_blocking(Request::new("subscription { count }"));
    assert!(answer.is_request_error());
}

#[test]
fn ten_thousand_subscriptions_leave_nothing_behind() {
    let log = Log::default();
    let executor = Executor::builder(
        Schema::parse("type Query { a: Int } type Subscription { s: Int }").unwrap(),
    )
    .stack(&stack([watches(&log)]))
    .source("Subscription.s", |_| Ok(stream::pending()))
    .build()
    .unwrap();
    let start = || block_on(executor.subscribe(Request::new("subscription { s }"))).unwrap();
    let open: Vec<_> = (0..10_000).map(|_| start()).collect();
    log.take();
    drop(open);
    let exits = log.take();
    assert_eq!(exits.len(), 10_000);
    assert!(exits.iter().all(|event| event == "exit Source s dropped"));
}
