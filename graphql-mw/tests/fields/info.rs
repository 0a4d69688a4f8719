//! What a layer may ask about its field.

use crate::harness::{Log, ask, executor};
use graphql_mw::{Request, from_fn};

#[test]
fn a_layer_knows_the_field_its_place_and_its_operation() {
    let log = Log::default();
    let told = log.clone();
    let tells = from_fn("tells", move |field, next| {
        let info = field.info;
        told.add(format!(
            "{} as {} of {}: {} ({}, list {}) at {} depth {} in {} {:?}",
            info.field_name(),
            info.response_key(),
            info.parent_type(),
            info.return_type(),
            info.named_type(),
            info.is_list(),
            info.path(),
            info.depth(),
            info.operation().as_str(),
            info.operation_name(),
        ));
        next.resolve(field)
    });
    let executor = executor(&log, [tells]);
    ask(&executor, &log, "query Q { x: users(n: 1) { friend { age } } }");
    assert_eq!(
        log.take(),
        [
            "users as x of Query: [User] (User, list true) at x depth 1 in query Some(\"Q\")",
            "friend as friend of User: User (User, list false) at x.0.friend depth 2 in query \
             Some(\"Q\")",
            "age as age of User: Int! (Int, list false) at x.0.friend.age depth 3 in query \
             Some(\"Q\")",
        ]
    );
}

#[test]
fn a_layer_can_look_ahead_through_fragments() {
    let log = Log::default();
    let told = log.clone();
    let tells = from_fn("tells", move |field, next| {
        if field.info.field_name() == "users" {
            let selection = field.info.selection();
            told.add(format!("{selection:?}"));
            assert!(selection.contains("friend") && !selection.contains("age"));
        }
        next.resolve(field)
    });
    let executor = executor(&log, [tells]);
    let query =
        "{ users { ...F } } fragment F on User { x: name friend { name } age @skip(if: true) }";
    ask(&executor, &log, query);
    assert_eq!(log.take(), ["[name [], friend [name []]]"]);
}

#[test]
fn merged_fields_tell_all_their_places() {
    let log = Log::default();
    let told = log.clone();
    let tells = from_fn("tells", move |field, next| {
        let places: Vec<_> = field.info.locations().iter().map(ToString::to_string).collect();
        told.add(format!("{} {}", field.info.path(), places.join(" ")));
        next.resolve(field)
    });
    let executor = executor(&log, [tells]);
    ask(&executor, &log, "{ user { name } user { age } }");
    assert_eq!(log.take(), ["user 1:3 1:17", "user.name 1:10", "user.age 1:24"]);
}

#[test]
fn layers_and_resolvers_share_the_state_of_the_request() {
    #[derive(Clone)]
    struct Visitor(&'static str);
    let log = Log::default();
    let greets = from_fn("greets", |field, next| {
        let visitor = field.info.state_of::<Visitor>();
        field.info.state().insert(1_u8);
        next.resolve(field).map(move |_| visitor.map_or("who?", |visitor| visitor.0).into())
    });
    let executor = executor(&log, [greets]);
    let request = Request::new("{ b }").with(Visitor("ann"));
    let state = std::sync::Arc::clone(request.state());
    assert_eq!(executor.execute_blocking(request).to_json(), r#"{"data":{"b":"ann"}}"#);
    assert_eq!(state.lock().unwrap().get::<u8>(), Some(&1));
}

#[test]
fn variables_are_known_with_their_defaults() {
    let log = Log::default();
    let told = log.clone();
    let tells = from_fn("tells", move |field, next| {
        told.add(format!("{:?}", field.info.variables()));
        next.resolve(field)
    });
    let executor = executor(&log, [tells]);
    ask(
        &executor,
        &log,
        "query Q($name: String = \"x\", $n: Int) { hello(name: $name) users(n: $n) { name } }",
    );
    assert_eq!(log.take()[0], r#"{"name": "x"}"#);
}
