//! What does not fit is found when the executor is built.

use graphql_mw::{Executor, ExecutorBuilder, Schema, Value};

fn problems(attach: impl FnOnce(ExecutorBuilder) -> ExecutorBuilder) -> Vec<String> {
    let schema =
        "type Query { user: User pet: Pet } type User { name: String } type Dog { name: String }
         union Pet = Dog scalar Date interface Named { name: String }";
    let builder = attach(Executor::builder(Schema::parse(schema).unwrap()));
    builder.build().map_or_else(|error| error.problems().to_vec(), |_| Vec::new())
}

#[test]
fn a_resolver_of_a_field_that_does_not_exist_names_the_nearest() {
    assert_eq!(
        problems(|builder| builder.resolver("User.nam", |_| Ok(1)).resolver("Usr.name", |_| Ok(1))),
        [
            "a resolver is attached to `User.nam`, and `User` has no such field: did you mean \
             `User.name`?",
            "a resolver (`Usr.name`) is attached to `Usr`, and there is no such type: did you mean \
             `User`?",
        ]
    );
    assert_eq!(
        problems(|builder| builder.resolver("name", |_| Ok(1))),
        ["a resolver is attached to `name`: write it as `Type.field`"]
    );
}

#[test]
fn a_resolver_of_an_interface_would_never_run() {
    assert_eq!(
        problems(|builder| builder.resolver("Named.name", |_| Ok(1))),
        [
            "a resolver (`Named.name`) is attached to `Named`, which is not an object: attach it to one"
        ]
    );
}

#[test]
fn types_and_scalars_are_checked_as_well() {
    assert_eq!(
        problems(|builder| {
            builder
                .type_of("User", |_| None)
                .rust_type::<u8>("Pet")
                .parse_scalar("Dat", Ok)
                .serialize_scalar("Int", Ok)
        })
        .len(),
        4
    );
    assert!(
        problems(|builder| builder.parse_scalar("Date", Ok).type_of("Pet", |_| None)).is_empty()
    );
}

#[test]
fn a_subscription_without_a_source_does_not_build() {
    let schema = Schema::parse("type Query { a: Int } type Subscription { s: Int }").unwrap();
    let error = Executor::builder(schema).build().unwrap_err();
    assert_eq!(
        error.to_string(),
        "`Subscription.s` has no source of events: attach one with `.source(\"Subscription.s\", ..)`"
    );
}

#[test]
fn a_source_of_a_query_does_not_build() {
    let found = problems(|builder| {
        builder.source("Query.user", |_| {
            Ok(futures_util::stream::empty::<graphql_mw::Result<Value>>())
        })
    });
    assert!(found[0].contains("is no field of the subscription root"), "{found:?}");
}
