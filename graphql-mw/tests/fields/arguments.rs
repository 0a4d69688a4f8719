//! Arguments on their way through the layers (rule F6).

use crate::harness::{Log, ask, executor};
use graphql_mw::{Resolved, Value, from_fn};
use std::sync::{Arc, Mutex};

#[test]
fn rule_f6_a_layer_sees_the_defaults_of_the_schema() {
    let log = Log::default();
    let seen = log.clone();
    let sees = from_fn("sees", move |field, next| {
        seen.add(format!("{:?}", field.args));
        next.resolve(field)
    });
    let executor = executor(&log, [sees]);
    ask(&executor, &log, "{ hello x: hello(name: null) users(n: 0) { name } }");
    assert_eq!(
        log.take(),
        [
            r#"{"name": "world"}"#,
            "resolver@hello",
            r#"{"name": null}"#,
            "resolver@x",
            r#"{"n": 0}"#,
        ]
    );
}

#[test]
fn rule_f6_changed_arguments_reach_inner_layers_and_the_resolver_only() {
    let log = Log::default();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let sees = |name: &'static str| {
        let seen = Arc::clone(&seen);
        from_fn(name, move |field, next| {
            let (seen, args) = (Arc::clone(&seen), field.args);
            next.resolve(field).then(move |result| {
                let name_of = args.get("name").and_then(Value::as_str).map(str::to_owned);
                seen.lock().unwrap().push((name, name_of));
                result
            })
        })
    };
    let changes = from_fn("changes", |mut field, next| {
        let name = format!("{}+", field.arg("name").as_str().unwrap_or_default());
        field.set_arg("name", name);
        next.resolve(field)
    });
    let executor = executor(&log, [sees("outer"), changes, sees("inner")]);
    assert_eq!(ask(&executor, &log, "{ hello }"), r#"{"data":{"hello":"hello world+"}}"#);
    let seen = seen.lock().unwrap();
    assert_eq!(seen[0], ("inner", Some("world+".into())));
    assert_eq!(seen[1], ("outer", Some("world".into())));
}

#[test]
fn rule_f6_arguments_can_be_changed_in_a_future_too() {
    let log = Log::default();
    let changes = from_fn("changes", |mut field, next| {
        Resolved::future(async move {
            crate::harness::pass().await;
            field.set_arg("name", "later");
            next.resolve(field).await
        })
    });
    let executor = executor(&log, [changes]);
    assert_eq!(ask(&executor, &log, "{ hello }"), r#"{"data":{"hello":"hello later"}}"#);
}
