use super::school::{School, contains, logged};
use contrib::fields::MaskErrors;
use graphql_mw::{Request, field, quiet_panics};

/// The number that the client is told.
fn id_of(answer: &str) -> &str {
    answer.split("\"id\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap()
}

#[test]
fn an_error_is_masked_and_the_log_has_it_under_the_number_that_the_client_is_told() {
    let school = School::new([field(MaskErrors)]);
    let mut answer = String::new();
    let log = logged(|| answer = school.ask(Request::new("{ boom open }")));
    contains(&answer, &["\"message\":\"internal error\"", "\"open\":\"open\"", "[\"boom\"]"]);
    assert!(!answer.contains("secret"), "{answer}");
    contains(&log, &["ERROR", id_of(&answer), "secret: no such table", "path=boom"]);
    assert_ne!(id_of(&answer), id_of(&school.ask(Request::new("{ boom }"))));
}

#[test]
fn a_public_error_passes_as_it_is() {
    let school = School::new([field(MaskErrors)]);
    let answer = school.ask(Request::new("{ public }"));
    contains(&answer, &["\"message\":\"taken\"", "\"extensions\":{\"code\":\"T\"}"]);
}

#[test]
fn an_error_among_the_items_of_a_list_is_masked_too() {
    let school = School::new([field(MaskErrors)]);
    let answer = school.ask(Request::new("{ items }"));
    contains(&answer, &["[\"a\",null,null]", "internal error", "\"message\":\"ours\""]);
    assert!(!answer.contains("secret"), "{answer}");
}

#[test]
fn a_panic_has_a_number_in_the_log_too() {
    quiet_panics();
    let school = School::new([field(MaskErrors)]);
    let mut answer = String::new();
    let log = logged(|| answer = school.ask(Request::new("{ panic }")));
    contains(&answer, &["\"message\":\"internal error\""]);
    contains(&log, &[id_of(&answer)]);
}
