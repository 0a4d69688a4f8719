use super::school::{School, Visitors, contains};
use contrib::fields::{RateLimit, RateLimitOptions};
use graphql_mw::{Request, State, field};
use std::sync::{Arc, Mutex};

/// So slow to fill that no test waits for it.
fn school(burst: u32, cost: u32, costs: &[(&str, u32)]) -> School {
    let mut options = RateLimitOptions::default();
    (options.per_second, options.burst, options.cost) = (1, burst, cost);
    options.costs = costs.iter().map(|(name, cost)| (name.to_string(), *cost)).collect();
    School::new([field(RateLimit::new(options).unwrap())])
}

const LIMITED: &str = "\"code\":\"RATE_LIMITED\",\"retryAfter\":";

#[test]
fn a_user_spends_one_allowance_over_many_requests_and_others_have_their_own() {
    let Visitors { alice, bob, .. } = Visitors::new();
    let school = school(100, 60, &[]);
    let ask = |user| school.ask(Request::new("{ open }").with(user));
    assert_eq!(ask(alice.clone()), r#"{"data":{"open":"open"}}"#);
    contains(&ask(alice), &["\"open\":null", LIMITED]);
    assert_eq!(ask(bob), r#"{"data":{"open":"open"}}"#);
}

#[test]
fn somebody_who_is_not_logged_in_pays_by_connection() {
    let school = school(100, 60, &[]);
    let connection: Arc<Mutex<State>> = Arc::default();
    let ask = |state: &_| school.ask(Request::new("{ open }").with_state(Arc::clone(state)));
    assert_eq!(ask(&connection), r#"{"data":{"open":"open"}}"#);
    contains(&ask(&connection), &[LIMITED]);
    assert_eq!(ask(&Arc::default()), r#"{"data":{"open":"open"}}"#);
}

#[test]
fn a_field_costs_what_is_said_of_it_or_of_its_type_and_introspection_is_free() {
    let school = school(100, 0, &[("Account", 30), ("Account.email", 60), ("Query.calls", 100)]);
    let ask = |query: &str| school.ask(Request::new(query));
    assert!(!ask("{ account { email name } open __typename }").contains("errors"));
    contains(&ask("{ account { email name more: name } }"), &["\"more\":null", LIMITED]);
    contains(&ask("{ calls again: calls }"), &["\"calls\":1,\"again\":null", LIMITED]);
    assert_eq!(school.calls(), 1);
}

#[test]
fn an_event_that_is_too_much_is_an_error_and_the_next_ones_still_come() {
    let school = school(300, 100, &[("Tick", 0)]);
    let events = school.subscribe(Request::new("subscription { ticks(n: 4) { i } }"));
    // The source is one, and two events are left.
    assert_eq!(events.len(), 4);
    assert!(events[..2].iter().all(|event| !event.contains("errors")), "{events:?}");
    assert!(events[2..].iter().all(|event| event.contains(LIMITED)), "{events:?}");
}

#[test]
fn a_limit_that_nobody_could_keep_is_refused_with_the_cure() {
    let with = |change: fn(&mut RateLimitOptions)| {
        let mut options = RateLimitOptions::default();
        change(&mut options);
        RateLimit::new(options).unwrap_err().to_string()
    };
    contains(&with(|options| options.per_second = 0), &["`per_second` is 0"]);
    contains(&with(|options| options.users = 0), &["`users` is 0"]);
    let dear = with(|options| options.costs.extend([("Query.calls".into(), 10_001)]));
    contains(&dear, &["`Query.calls` costs 10001", "raise `burst`"]);
}
