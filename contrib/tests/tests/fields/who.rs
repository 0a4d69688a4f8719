use super::school::{School, Visitors, contains};
use contrib::fields::{
    LoginRequired, LoginRequiredOptions, PermissionRequired, PermissionRequiredOptions,
};
use graphql_mw::{FieldLayer, Request, field};
use std::sync::Arc;

fn login(types: &[&str], fields: &[&str], except: &[&str]) -> Arc<FieldLayer> {
    let owned = |names: &[&str]| names.iter().map(|name| name.to_string()).collect();
    let mut options = LoginRequiredOptions::default();
    (options.types, options.fields, options.except) = (owned(types), owned(fields), owned(except));
    field(LoginRequired::new(options).unwrap())
}

const REFUSED: &str = "\"extensions\":{\"code\":\"UNAUTHENTICATED\"}";

#[test]
fn fields_of_a_type_are_for_users_only_and_the_others_for_everybody() {
    let Visitors { alice, nobody, .. } = Visitors::new();
    let school = School::new([login(&["Account"], &[], &[])]);
    let query = "{ open account { email } }";
    let answer = school.ask(Request::new(query).with(nobody));
    contains(&answer, &["\"open\":\"open\"", "\"account\":{\"email\":null}", "log in first"]);
    contains(&answer, &[REFUSED, "[\"account\",\"email\"]"]);
    let answer = school.ask(Request::new(query).with(alice));
    assert_eq!(answer, r#"{"data":{"open":"open","account":{"email":"ada@example.org"}}}"#);
}

#[test]
fn one_field_is_for_users_only_and_its_resolver_does_not_run_for_others() {
    let Visitors { nobody, .. } = Visitors::new();
    let school = School::new([login(&[], &["Query.calls"], &[])]);
    let answer = school.ask(Request::new("{ open calls }").with(nobody));
    contains(&answer, &["\"open\":\"open\"", "\"calls\":null", REFUSED]);
    assert_eq!(school.calls(), 0);
}

#[test]
fn everything_but_introspection_and_what_is_excepted_is_for_users_only() {
    let Visitors { nobody, .. } = Visitors::new();
    let school = School::new([login(&[], &[], &["Mutation.login"])]);
    let ask = |query: &str| school.ask(Request::new(query).with(nobody.clone()));
    contains(&ask("{ open }"), &[REFUSED]);
    contains(&ask("mutation { calls }"), &[REFUSED]);
    assert_eq!(ask("mutation { login }"), r#"{"data":{"login":"welcome"}}"#);
    assert_eq!(ask("{ __typename }"), r#"{"data":{"__typename":"Query"}}"#);
}

#[test]
fn a_subscription_is_refused_at_its_source() {
    let Visitors { alice, nobody, .. } = Visitors::new();
    let school = School::new([login(&[], &["Subscription.ticks"], &[])]);
    let refused = school.subscribe(Request::new("subscription { ticks { i } }").with(nobody));
    assert_eq!(refused.len(), 1);
    contains(&refused[0], &[REFUSED]);
    assert_eq!(school.calls(), 0);
    let events = school.subscribe(Request::new("subscription { ticks { i } }").with(alice));
    assert_eq!(events, [0, 1].map(|i| format!(r#"{{"data":{{"ticks":{{"i":{i}}}}}}}"#)));
}

#[test]
fn a_field_of_each_event_is_refused_where_only_it_is_for_users() {
    let Visitors { nobody, .. } = Visitors::new();
    let school = School::new([login(&["Tick"], &[], &[])]);
    let events = school.subscribe(Request::new("subscription { ticks { i } }").with(nobody));
    assert_eq!(events.len(), 2);
    for event in events {
        contains(&event, &["\"ticks\":{\"i\":null}", REFUSED]);
    }
}

#[test]
fn a_request_whose_user_nobody_knows_is_refused_with_the_cure() {
    let school = School::new([login(&[], &[], &[])]);
    contains(&school.ask(Request::new("{ open }")), &["\"open\":null", "Request::with_state"]);
}

#[test]
fn a_permission_tells_who_is_not_logged_in_from_who_may_not() {
    let Visitors { alice, bob, nobody } = Visitors::new();
    let mut options = PermissionRequiredOptions::default();
    options.permission = "read".into();
    options.fields = vec!["Account.email".into()];
    let layer = PermissionRequired::new(options, |account, permission| {
        Ok(account.username == "alice" && permission == "read")
    });
    let school = School::new([field(layer.unwrap())]);
    let ask = |user| school.ask(Request::new("{ account { name email } }").with(user));
    contains(&ask(nobody), &["\"name\":\"Ada\",\"email\":null", REFUSED]);
    contains(&ask(bob), &["\"email\":null", "\"code\":\"FORBIDDEN\"", "permission `read`"]);
    contains(&ask(alice), &["\"email\":\"ada@example.org\"}}}"]);
}

#[test]
fn the_permission_staff_is_known_and_another_one_is_not() {
    let Visitors { alice, .. } = Visitors::new();
    let layer = PermissionRequired::staff(PermissionRequiredOptions::default()).unwrap();
    let school = School::new([field(layer)]);
    contains(&school.ask(Request::new("{ open }").with(alice)), &["FORBIDDEN"]);
    let mut options = PermissionRequiredOptions::default();
    options.permission = "fly".into();
    let error = PermissionRequired::staff(options).unwrap_err();
    contains(&error.to_string(), &["`fly`", "PermissionRequired::new"]);
}
