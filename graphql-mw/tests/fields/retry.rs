//! Resolving more than once, by name (rules S3, F8).

use crate::harness::{Log, ask, executor, logs};
use graphql_mw::{Resolved, from_fn};

#[test]
fn rule_f8_a_retry_runs_the_inner_layers_and_the_resolver_once_more() {
    let log = Log::default();
    let twice = from_fn("twice", |field, next| {
        let retry = next.retryable();
        let first = retry.resolve(field);
        drop(first);
        retry.resolve(field)
    });
    let executor = executor(&log, [twice, logs(&log, "B")]);
    assert_eq!(ask(&executor, &log, "{ a }"), r#"{"data":{"a":"A"}}"#);
    let once = ["B.enter@a", "resolver@a", "B.exit@a"];
    assert_eq!(log.take(), [once, once].concat());
}

#[test]
fn rule_f8_a_retry_may_wait_for_the_first_result() {
    let log = Log::default();
    let again = from_fn("again", |field, next| {
        let retry = next.retryable();
        Resolved::future(async move {
            match retry.resolve(field).await {
                Err(_) => retry.resolve(field).await,
                result => result,
            }
        })
    });
    let executor = executor(&log, [again, logs(&log, "B")]);
    let answer = ask(&executor, &log, "{ lateBoom }");
    assert!(answer.contains("late boom"), "{answer}");
    let once = ["B.enter@lateBoom", "B.error@lateBoom"];
    assert_eq!(log.take(), [once, once].concat());
}
