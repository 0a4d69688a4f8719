use super::*;
use engine_core::{Endpoint, Problem, Stack};

fn build(layers: Vec<Arc<Named>>) -> Result<Stack<Named>, engine_core::BuildError> {
    layers.into_iter().fold(Stack::builder(), |builder, layer| builder.layer(layer)).build()
}

/// Builds a stack that must not build, and compares its message line by line.
#[track_caller]
fn check(layers: Vec<Arc<Named>>, expected: &[&str]) {
    let error = build(layers).expect_err("the stack must not build").to_string();
    assert_eq!(error.lines().map(str::trim).collect::<Vec<_>>(), expected);
}

#[test]
fn s11_the_article_s_first_listing_names_both_layers_their_places_and_the_move() {
    check(
        vec![book(), sessions(), plain("Common"), authentication(), plain("Messages")],
        &[
            "the stack does not build",
            "`BookMiddleware` (1st) needs `User`; it is provided by `Authentication` (4th): \
             list `BookMiddleware` after `Authentication`",
            "an order that satisfies every declaration: `Sessions`, `Common`, `Authentication`, \
             `BookMiddleware`, `Messages`",
        ],
    );
}

#[test]
fn s11_a_provider_that_is_not_there_at_all() {
    check(
        vec![sessions(), book()],
        &[
            "the stack does not build",
            "`BookMiddleware` (2nd) needs `User`, which no layer of this stack provides: \
             list a layer that provides `User` before `BookMiddleware`",
        ],
    );
}

#[test]
fn s11_before_and_after_bind_only_where_the_other_is_listed() {
    let gzip = || {
        layer("gzip", |order| {
            order.before("sessions").after("timing");
        })
    };
    assert!(build(vec![gzip(), plain("other")]).is_ok());
    check(
        vec![plain("sessions"), gzip(), plain("timing")],
        &[
            "the stack does not build",
            "`gzip` (2nd) must stand before `sessions` (1st): list `gzip` before `sessions`",
            "`gzip` (2nd) must stand after `timing` (3rd): list `gzip` after `timing`",
            "an order that satisfies every declaration: `timing`, `gzip`, `sessions`",
        ],
    );
}

#[test]
fn s11_declarations_that_contradict_each_other_are_shown_as_a_ring() {
    let first = layer("First", |order| {
        order.after("Second");
    });
    let second = layer("Second", |order| {
        order.after("First");
    });
    check(
        vec![plain("Other"), first, second],
        &[
            "the stack does not build",
            "no order satisfies these declarations: `First` (2nd) must stand after `Second` \
             (3rd), and `Second` (3rd) must stand after `First` (2nd): remove one of the layers, \
             or one of the declarations",
        ],
    );
}

#[test]
fn s11_a_single_layer_listed_twice() {
    check(
        vec![sessions(), plain("Common"), sessions()],
        &[
            "the stack does not build",
            "`Sessions` may be listed only once, and is listed 1st and 3rd: \
             remove one of the two",
        ],
    );
}

#[test]
fn s11_what_has_a_name_instead_of_a_type() {
    let nonce = || {
        layer("Nonce", |order| {
            order.provides_named("csp nonce");
        })
    };
    let page = || {
        layer("Page", |order| {
            order.requires_named("csp nonce");
        })
    };
    assert!(build(vec![nonce(), page()]).is_ok());
    let error = build(vec![page(), nonce()]).unwrap_err();
    assert!(
        matches!(&error.problems()[0], Problem::ProviderLate { needs, .. } if needs == "csp nonce")
    );
}

#[test]
fn s11_an_endpoint_s_needs_count_too() {
    let stack = build(vec![sessions()]).unwrap();
    let endpoint = Endpoint::new("the route `profile`").requires::<User>();
    assert_eq!(
        stack.check_endpoint(&endpoint).unwrap_err().problems()[0].to_string(),
        "the route `profile` needs `User`, which no layer of this stack provides: \
         list a layer that provides `User` in the stack around it",
    );
    assert!(stack.check_endpoint(&Endpoint::new("the route").requires::<Session>()).is_ok());
}

#[test]
fn arrange_satisfies_every_declaration() {
    let builder = [book(), authentication(), plain("Messages"), sessions()]
        .into_iter()
        .fold(Stack::builder(), |builder, layer| builder.layer(layer));
    let stack = builder.arrange().build().unwrap();
    let names: Vec<_> = stack.layers().iter().map(|layer| layer.name.to_owned()).collect();
    assert_eq!(names, ["Sessions", "Authentication", "BookMiddleware", "Messages"]);
}
