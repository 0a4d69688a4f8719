use super::school::{School, Visitors};
use contrib::fields::{Cache, CacheOptions};
use graphql_mw::{Request, Value, field};
use std::time::{Duration, Instant};

fn school(change: impl FnOnce(&mut CacheOptions)) -> School {
    let mut options = CacheOptions::default();
    options.fields =
        ["Query.calls", "Query.late", "Query.items", "Mutation.calls"].map(String::from).into();
    change(&mut options);
    School::new([field(Cache::new(options).unwrap())])
}

#[test]
fn a_value_is_kept_for_each_user_and_each_set_of_arguments() {
    let Visitors { alice, bob, .. } = Visitors::new();
    let school = school(|_| {});
    let ask = |query: &str, user: &_| school.ask(Request::new(query).with(Clone::clone(user)));
    assert_eq!(ask("{ calls }", &alice), r#"{"data":{"calls":1}}"#);
    // The schema's default is an argument like any other.
    assert_eq!(ask("{ calls(n: 1) }", &alice), r#"{"data":{"calls":1}}"#);
    assert_eq!(ask("{ calls(n: 2) }", &alice), r#"{"data":{"calls":2}}"#);
    assert_eq!(ask("{ calls }", &bob), r#"{"data":{"calls":3}}"#);
    assert_eq!(ask("{ late }", &bob), r#"{"data":{"late":4}}"#);
    assert_eq!(ask("{ late }", &bob), r#"{"data":{"late":4}}"#);
    assert_eq!(ask("{ calls }", &alice), r#"{"data":{"calls":1}}"#);
}

#[test]
fn nothing_is_kept_for_somebody_who_is_not_logged_in_unless_values_are_shared() {
    let Visitors { alice, nobody, .. } = Visitors::new();
    let calls = |school: &School, request: Request| {
        school.ask(request);
        school.calls()
    };
    let own = school(|_| {});
    assert_eq!(calls(&own, Request::new("{ calls }").with(nobody.clone())), 1);
    assert_eq!(calls(&own, Request::new("{ calls }").with(nobody.clone())), 2);
    assert_eq!(calls(&own, Request::new("{ calls }")), 3);
    let shared = school(|options| options.shared = true);
    assert_eq!(calls(&shared, Request::new("{ calls }").with(nobody)), 1);
    assert_eq!(calls(&shared, Request::new("{ calls }").with(alice)), 1);
    assert_eq!(calls(&shared, Request::new("{ calls }")), 1);
    // A root value of the request's own may say who asks.
    assert_eq!(calls(&shared, Request::new("{ calls }").root(Value::from("carol"))), 2);
}

#[test]
fn errors_mutations_and_fields_further_down_are_never_kept() {
    let school = school(|options| options.shared = true);
    for (query, each) in
        [("{ calls(n: 0) }", 1), ("mutation { calls }", 1), ("{ self { calls } }", 1)]
    {
        let before = school.calls();
        school.ask(Request::new(query));
        school.ask(Request::new(query));
        assert_eq!(school.calls(), before + 2 * each, "{query}");
    }
    // A list with an error in it is not kept either: both answers have the error.
    let answers = [0; 2].map(|_| school.ask(Request::new("{ items }")));
    assert!(answers.iter().all(|answer| answer.contains("secret item")), "{answers:?}");
}

#[test]
fn a_value_is_resolved_again_when_its_time_is_over() {
    let school = school(|options| (options.shared, options.ttl_ms) = (true, 1));
    let end = Instant::now() + Duration::from_secs(60);
    while school.calls() < 2 {
        school.ask(Request::new("{ calls }"));
        assert!(Instant::now() < end, "the value is still kept");
    }
}
