use super::school::{School, contains, logged};
use contrib::fields::{Timing, TimingOptions, Tracing};
use graphql_mw::{Request, field};

fn timing(slow_ms: u64) -> School {
    let mut options = TimingOptions::default();
    options.slow_ms = slow_ms;
    School::new([field(Timing::new(options).unwrap())])
}

#[test]
fn every_field_is_timed_and_slow_ones_are_logged_by_themselves() {
    let log = logged(|| drop(timing(0).ask(Request::new("{ open late boom __typename }"))));
    assert_eq!(log.matches("slow field").count(), 3, "{log}");
    contains(&log, &["path=open phase=Resolve took=", "path=late", "is_ok=false"]);
    let log = logged(|| drop(timing(60_000).ask(Request::new("{ open }"))));
    contains(&log, &["TRACE"]);
    assert!(!log.contains("slow"), "{log}");
}

#[test]
fn a_subscription_is_timed_at_its_source_and_at_each_event() {
    let query = "subscription { ticks { i } }";
    let log = logged(|| drop(timing(0).subscribe(Request::new(query))));
    assert_eq!(log.matches("phase=Source").count(), 1, "{log}");
    assert_eq!(log.matches("path=ticks phase=Resolve").count(), 2, "{log}");
    assert_eq!(log.matches("path=ticks.i").count(), 2, "{log}");
}

#[test]
fn what_a_resolver_logs_stands_in_its_fields_span() {
    let school = School::new([field(Tracing)]);
    let log = logged(|| drop(school.ask(Request::new("query { soon: late boom }"))));
    let line = log.lines().find(|line| line.contains("in the resolver")).unwrap();
    contains(
        line,
        &["field{path=soon of=\"Query\" name=\"late\" operation=\"query\" phase=Resolve}"],
    );
    let failed = log.lines().find(|line| line.contains("the field failed")).unwrap();
    contains(failed, &["field{path=boom", "error=secret: no such table"]);
}

#[test]
fn nothing_is_spent_on_spans_where_nobody_listens() {
    let school = School::new([field(Tracing)]);
    assert_eq!(school.ask(Request::new("{ open late }")), r#"{"data":{"open":"open","late":1}}"#);
}
