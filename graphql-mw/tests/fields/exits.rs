//! Exactly one exit, however the field ends (rule S9).

use crate::harness::{Log, ask, executor, pass};
use futures_util::FutureExt;
use graphql_mw::{
    Error, Exit, Field, FieldLayer, FieldMiddleware, Info, Layer, Next, On, Request, Resolved,
    field,
};
use std::borrow::Cow;
use std::sync::Arc;

/// What a layer with an exit does with a field.
#[derive(Clone, Copy)]
enum Does {
    Pass,
    Answer,
    AnswerLate,
    Fail,
    FailLate,
    Panic,
    PanicAfter,
    WaitThenPass,
}

struct Leaves {
    name: &'static str,
    does: Does,
    log: Log,
}

fn leaves(log: &Log, name: &'static str, does: Does) -> Arc<FieldLayer> {
    field(Leaves { name, does, log: log.clone() })
}

impl Layer for Leaves {
    fn name(&self) -> Cow<'_, str> {
        self.name.into()
    }
}

impl FieldMiddleware for Leaves {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        match self.does {
            Does::Pass => next.resolve(field),
            Does::Answer => Resolved::value("answered"),
            Does::AnswerLate => Resolved::future(async {
                pass().await;
                Ok("answered".into())
            }),
            Does::Fail => Resolved::error(Error::new("failed")),
            Does::FailLate => Resolved::future(async {
                pass().await;
                Err(Error::new("failed"))
            }),
            Does::Panic => panic!("on the way in"),
            Does::PanicAfter => next.resolve(field).then(|_| panic!("on the way out")),
            Does::WaitThenPass => Resolved::future(async move {
                pass().await;
                next.resolve(field).await
            }),
        }
    }

    fn install(&self, on: &mut On<Self>) {
        on.exit(Self::leave);
    }
}

impl Leaves {
    fn leave(&self, info: &Info<'_>, how: Exit) {
        self.log.add(format!("{} left {} {how}", self.name, info.path()));
    }
}

fn check(does: Does, query: &str, expected: &[&str]) {
    let log = Log::default();
    let layers =
        [leaves(&log, "A", Does::Pass), leaves(&log, "B", does), leaves(&log, "C", Does::Pass)];
    ask(&executor(&log, layers), &log, query);
    let left: Vec<_> = log.take().into_iter().filter(|event| event.contains("left")).collect();
    assert_eq!(left, expected);
}

#[test]
fn rule_s9_every_entered_layer_exits_once_in_reverse_order() {
    check(Does::Pass, "{ b }", &["C left b done", "B left b done", "A left b done"]);
    check(Does::Pass, "{ late }", &["C left late done", "B left late done", "A left late done"]);
    check(Does::WaitThenPass, "{ b }", &["C left b done", "B left b done", "A left b done"]);
}

#[test]
fn rule_s9_a_layer_that_answers_has_been_entered_and_those_further_in_have_not() {
    check(Does::Answer, "{ b }", &["B left b done", "A left b done"]);
    check(Does::AnswerLate, "{ b }", &["B left b done", "A left b done"]);
}

#[test]
fn rule_s9_a_layer_that_fails_on_the_way_in_has_not_been_entered() {
    check(Does::Fail, "{ b }", &["A left b failed"]);
    check(Does::FailLate, "{ b }", &["A left b failed"]);
    check(Does::Panic, "{ b }", &["A left b failed"]);
}

#[test]
fn rule_s9_an_error_or_a_panic_further_in_or_on_the_way_out_takes_no_exit_away() {
    let left = ["C left boom failed", "B left boom failed", "A left boom failed"];
    check(Does::Pass, "{ boom }", &left);
    check(Does::PanicAfter, "{ b }", &["C left b failed", "B left b failed", "A left b failed"]);
}

#[test]
fn rule_s9_a_field_whose_future_is_dropped_runs_its_exits() {
    let log = Log::default();
    let layers = [leaves(&log, "A", Does::Pass), leaves(&log, "B", Does::Pass)];
    let executor = executor(&log, layers);
    let mut future = Box::pin(executor.execute(Request::new("{ late b }")));
    assert!(future.as_mut().now_or_never().is_none(), "`late` is awaited");
    assert_eq!(log.take(), ["B left b done", "A left b done"]);
    drop(future);
    assert_eq!(log.take(), ["B left late dropped", "A left late dropped"]);
}

#[test]
fn rule_s9_the_exits_run_when_the_layers_futures_are_gone() {
    struct Told(Log);
    impl Drop for Told {
        fn drop(&mut self) {
            self.0.add("dropped inside");
        }
    }
    let log = Log::default();
    let told = log.clone();
    let holds = graphql_mw::from_fn("holds", move |field, next| {
        let told = Told(told.clone());
        Resolved::future(async move {
            let _told = told;
            next.resolve(field).await
        })
    });
    let executor = executor(&log, [leaves(&log, "A", Does::Pass), holds]);
    let mut future = Box::pin(executor.execute(Request::new("{ late }")));
    assert!(future.as_mut().now_or_never().is_none(), "`late` is awaited");
    drop(future);
    assert_eq!(log.take(), ["dropped inside", "A left late dropped"]);
}

#[test]
fn rule_s9_a_layer_that_waits_on_its_way_in_is_not_entered_when_it_is_dropped() {
    let log = Log::default();
    let layers = [leaves(&log, "A", Does::Pass), leaves(&log, "B", Does::WaitThenPass)];
    let executor = executor(&log, layers);
    drop(Box::pin(executor.execute(Request::new("{ b }"))).as_mut().now_or_never());
    assert_eq!(log.take(), ["A left b dropped"]);
}

#[test]
fn rule_s9_an_exit_that_panics_takes_no_other_exit_away() {
    struct Panics;
    impl Layer for Panics {}
    impl FieldMiddleware for Panics {
        fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
            next.resolve(field)
        }

        fn install(&self, on: &mut On<Self>) {
            on.exit(|_, _, _| panic!("in an exit"));
        }
    }
    let log = Log::default();
    let layers = [leaves(&log, "A", Does::Pass), field(Panics), leaves(&log, "C", Does::Pass)];
    assert_eq!(ask(&executor(&log, layers), &log, "{ b }"), r#"{"data":{"b":"B"}}"#);
    assert_eq!(log.take(), ["C left b done", "A left b done"]);
}

#[test]
fn rule_s9_a_retry_does_not_make_a_second_exit() {
    let log = Log::default();
    let twice = graphql_mw::from_fn("twice", |field, next| {
        let retry = next.retryable();
        drop(retry.resolve(field));
        retry.resolve(field)
    });
    let executor = executor(&log, [twice, leaves(&log, "B", Does::Pass)]);
    ask(&executor, &log, "{ b }");
    assert_eq!(log.take(), ["B left b done"]);
}
