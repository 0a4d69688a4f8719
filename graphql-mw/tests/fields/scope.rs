//! Which fields a layer runs for (rules F1, F12, S7, S11).

use crate::harness::{Log, ask, builder, executor, logs, stack, subscribe};
use graphql_mw::ast::OperationKind;
use graphql_mw::{
    Field, FieldMiddleware, Layer, Next, On, Phase, Profile, Resolved, Scope, Stack, field, scoped,
};

/// The paths at which a layer with this scope was entered.
fn entered(scope: Scope, query: &str) -> Vec<String> {
    let log = Log::default();
    let executor = executor(&log, [scoped(scope, logs(&log, "A"))]);
    match query.starts_with("subscription") {
        true => drop(subscribe(&executor, query)),
        false => drop(ask(&executor, &log, query)),
    }
    let events = log.take().into_iter();
    events.filter_map(|event| Some(event.strip_prefix("A.enter@")?.to_owned())).collect()
}

#[test]
fn rule_f12_a_scope_by_type_and_field_adds_up() {
    let query = "{ b user { name friend { age } } }";
    assert_eq!(
        entered(Scope::types(["User"]), query),
        ["user.name", "user.friend", "user.friend.age"]
    );
    assert_eq!(entered(Scope::fields(["User.age"]), query), ["user.friend.age"]);
    assert_eq!(
        entered(Scope::types(["Query"]).and_field("User.age"), query),
        ["b", "user", "user.friend.age"]
    );
}

#[test]
fn rule_f12_a_scope_by_operation_reaches_fields_below_the_root_too() {
    let mutations = || Scope::everywhere().operations([OperationKind::Mutation]);
    assert_eq!(entered(mutations(), "mutation { set(v: 1) __typename }"), ["set", "__typename"]);
    assert!(entered(mutations(), "{ user { name } }").is_empty());
    let subscriptions = Scope::everywhere().operations([OperationKind::Subscription]);
    let query = "subscription { ticks(n: 1) { i } }";
    assert_eq!(entered(subscriptions, query), ["ticks", "ticks", "ticks.i"]);
}

#[test]
fn rule_f1_a_scope_may_leave_introspection_out() {
    let query = "{ b __typename __schema { queryType { name } } user { __typename } }";
    assert_eq!(entered(Scope::everywhere().not_introspection(), query), ["b", "user"]);
    assert_eq!(entered(Scope::types(["User"]), query), ["user.__typename"]);
}

#[test]
fn rule_f12_a_scope_by_predicate_is_asked_when_the_schema_is_built() {
    let query = "subscription { ticks(n: 1) { i } }";
    let sources = Scope::everywhere().when(|target| target.phase == Phase::Source);
    assert_eq!(entered(sources, query), ["ticks"]);
    let log = Log::default();
    let asked = log.clone();
    let scope = Scope::everywhere().when(move |target| {
        asked.add(target.field_name);
        true
    });
    let executor = executor(&log, [scoped(scope, logs(&log, "A"))]);
    assert!(!log.take().is_empty());
    executor.execute_blocking(graphql_mw::Request::new("{ b }"));
    assert_eq!(log.take(), ["A.enter@b", "A.exit@b"]);
}

#[test]
fn rule_f12_the_layers_of_a_field_can_be_asked_for() {
    let log = Log::default();
    let layers = [logs(&log, "A"), scoped(Scope::types(["User"]), logs(&log, "B"))];
    let executor = executor(&log, layers);
    let layers = |field| executor.layers_of(OperationKind::Query, field).unwrap();
    assert_eq!(layers("Query.b"), ["A"]);
    assert_eq!(layers("User.name"), ["A", "B"]);
    assert_eq!(executor.layers_of(OperationKind::Query, "User.nope"), None);
}

#[test]
fn a_layer_may_say_its_own_scope() {
    struct OnlyUsers(Log);
    impl Layer for OnlyUsers {}
    impl FieldMiddleware for OnlyUsers {
        fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
            self.0.add(field.info.path().to_string());
            next.resolve(field)
        }

        fn install(&self, on: &mut On<Self>) {
            on.scope(Scope::types(["User"]));
        }
    }
    let log = Log::default();
    let executor = executor(&log, [field(OnlyUsers(log.clone()))]);
    ask(&executor, &log, "{ b user { name } }");
    assert_eq!(log.take(), ["user.name"]);
}

#[test]
fn a_scope_that_names_nothing_of_the_schema_does_not_build() {
    let log = Log::default();
    for (scope, message) in [
        (
            Scope::types(["Usr"]),
            "the scope of layer `A` is attached to `Usr`, and there is no such type: did you mean \
             `User`?",
        ),
        (
            Scope::fields(["User.nam"]),
            "the scope of layer `A` is attached to `User.nam`, and `User` has no such field: did \
             you mean `User.name`?",
        ),
    ] {
        let stack = stack([scoped(scope, logs(&log, "A"))]);
        let error = builder(&log).stack(&stack).build().unwrap_err();
        assert_eq!(error.problems(), [message]);
    }
}

struct User;

/// Says that it provides a user, and does so or not.
struct Knows {
    really: bool,
}

struct Needs;

impl Layer for Knows {
    fn declare(&self, order: &mut graphql_mw::Order) {
        order.provides::<User>();
    }
}

impl Layer for Needs {
    fn declare(&self, order: &mut graphql_mw::Order) {
        order.requires::<User>();
    }
}

impl FieldMiddleware for Knows {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        if self.really {
            field.info.state().insert(User);
        }
        next.resolve(field)
    }
}

impl FieldMiddleware for Needs {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        next.resolve(field)
    }
}

#[test]
fn rule_s11_a_declared_order_that_is_broken_does_not_build() {
    let knows = || field(Knows { really: true });
    let error = Stack::builder().layer(field(Needs)).layer(knows()).build().unwrap_err();
    assert_eq!(
        error.problems()[0].to_string(),
        "`Needs` (1st) needs `User`; it is provided by `Knows` (2nd): list `Needs` after `Knows`"
    );
    let stack = stack([knows(), field(Needs)]);
    let build = |profile| builder(&Log::default()).stack(&stack).profile(profile).build();
    assert!(build(Profile::Contract).is_ok());
    let error = build(Profile::Graphene).unwrap_err().to_string();
    assert!(
        error.starts_with("profile `graphene` runs the last listed layer outermost"),
        "{error}"
    );
}

#[test]
#[cfg(debug_assertions)]
fn rule_s11_a_layer_that_does_not_provide_what_it_declares_is_found_in_debug_builds() {
    let ask = |really| {
        let log = Log::default();
        ask(&executor(&log, [field(Knows { really }), field(Needs)]), &log, "{ b }")
    };
    assert_eq!(ask(true), r#"{"data":{"b":"B"}}"#);
    assert!(ask(false).contains("internal error"));
}
