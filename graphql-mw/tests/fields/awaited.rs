//! Ready and awaited values (rules F2, F9).

use crate::harness::{Log, ask, executor, logs, pass};
use graphql_mw::{Executor, Request, Resolved, Schema, Value, from_fn};
use std::mem::size_of;

#[test]
fn rule_f9_an_after_part_runs_when_the_value_is_there_ready_or_awaited() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    assert_eq!(ask(&executor, &log, "{ late b }"), r#"{"data":{"late":"late","b":"B"}}"#);
    assert_eq!(
        log.take(),
        ["A.enter@late", "A.enter@b", "A.exit@b", "resolver@late", "A.exit@late"]
    );
}

#[test]
fn rule_f9_a_ready_value_passes_a_layer_without_an_allocation() {
    let schema = "type Query { ones: [One!]! } type One { one: Int }";
    let build = |layers: usize| {
        let passes =
            |n| from_fn(format!("layer {n}"), |field, next| next.resolve(field).map(|v| v));
        let ones = Value::list((0..100).map(|_| Value::object([("one", Value::Int(1))])));
        Executor::builder(Schema::parse(schema).unwrap())
            .stack(&crate::harness::stack((0..layers).map(passes)))
            .resolver("Query.ones", move |_| Ok(ones.clone()))
            .build()
            .unwrap()
    };
    let count = |executor: &Executor| {
        let ask = || executor.execute_blocking(Request::new("{ ones { one } }"));
        assert!(ask().errors.is_empty());
        allocation_counter::measure(|| drop(ask())).count_total
    };
    assert_eq!(count(&build(0)), count(&build(4)));
    assert!(count(&build(0)) < 150, "about one allocation for each object");
}

#[test]
fn rule_f9_what_is_handed_on_is_small() {
    assert_eq!(size_of::<Value>(), 24);
    assert_eq!(size_of::<Resolved<'_>>(), 24);
    assert_eq!(size_of::<graphql_mw::Next<'_>>(), 16);
}

#[test]
fn rule_f2_awaited_fields_and_items_go_on_side_by_side() {
    let log = Log::default();
    let schema = "type Query { a: Int b: Int items: [Int] }";
    let (a, b, items) = (log.clone(), log.clone(), log.clone());
    let step = |log: Log, name: &'static str| async move {
        log.add(format!("{name} starts"));
        pass().await;
        log.add(format!("{name} ends"));
        Ok(Value::Int(1))
    };
    let executor = Executor::builder(Schema::parse(schema).unwrap())
        .async_resolver("Query.a", move |_| Box::pin(step(a.clone(), "a")))
        .async_resolver("Query.b", move |_| Box::pin(step(b.clone(), "b")))
        .resolver("Query.items", move |_| {
            let later = |name| Value::later(step(items.clone(), name));
            Ok(Value::list([later("0"), Value::Int(7), later("2")]))
        })
        .build()
        .unwrap();
    let answer = ask(&executor, &log, "{ a b items }");
    assert_eq!(answer, r#"{"data":{"a":1,"b":1,"items":[1,7,1]}}"#);
    assert_eq!(
        log.take(),
        ["a starts", "b starts", "0 starts", "2 starts", "a ends", "b ends", "0 ends", "2 ends"]
    );
}

#[test]
fn a_layer_may_await_before_it_passes_on() {
    let log = Log::default();
    let waits = from_fn("waits", |field, next| {
        Resolved::future(async move {
            pass().await;
            next.resolve(field).await
        })
    });
    let executor = executor(&log, [logs(&log, "A"), waits, logs(&log, "C")]);
    assert_eq!(ask(&executor, &log, "{ b }"), r#"{"data":{"b":"B"}}"#);
    assert_eq!(log.take(), ["A.enter@b", "C.enter@b", "C.exit@b", "A.exit@b"]);
}

#[test]
fn an_execution_can_be_moved_between_threads() {
    fn is_send<T: Send>(value: T) -> T {
        value
    }
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    let future = is_send(executor.execute(Request::new("{ late }")));
    let answer = std::thread::scope(|scope| {
        scope.spawn(move || futures_executor::block_on(future)).join().unwrap()
    });
    assert_eq!(answer.to_json(), r#"{"data":{"late":"late"}}"#);
    drop(is_send(executor.subscribe(Request::new("subscription { count }"))));
}

#[test]
fn whether_fields_are_ready_or_awaited_changes_no_answer() {
    let sdl = "type Query { boom: Int user: User users: [User!] n: Int }
         type User { id: Int! bad: Int! friend: User }";
    let query =
        "{ boom user { id friend { id bad } } users { id friend { id } } n x: user { bad } }";
    let names = ["Query.boom", "Query.user", "Query.users", "Query.n", "User.id", "User.bad"];
    let resolve = |name: &str| match name {
        "Query.user" => Ok(Value::object([("friend", Value::object([("friend", Value::Null)]))])),
        "Query.users" => Ok(Value::list((0..3).map(|_| Value::object([("friend", Value::Null)])))),
        "Query.boom" | "User.bad" => Err(graphql_mw::Error::new("boom")),
        _ => Ok(Value::Int(1)),
    };
    let answer = |awaited: u32| {
        let mut builder = Executor::builder(Schema::parse(sdl).unwrap());
        for (place, name) in names.into_iter().enumerate() {
            builder = match awaited >> place & 1 {
                0 => builder.resolver(name, move |_| resolve(name)),
                _ => builder.async_resolver(name, move |_| {
                    Box::pin(async move {
                        pass().await;
                        resolve(name)
                    })
                }),
            };
        }
        let log = Log::default();
        let executor = builder.stack(&crate::harness::stack([logs(&log, "A")])).build().unwrap();
        ask(&executor, &log, query);
        let mut response = executor.execute_blocking(Request::new(query));
        // Errors stand in the order in which they happened, which is what awaiting changes.
        response.errors.sort_by_key(|error| format!("{:?}", error.path));
        response.to_json()
    };
    let ready = answer(0);
    assert_eq!(ready.matches(r#""message":"boom""#).count(), 3, "{ready}");
    for awaited in 1..1 << names.len() {
        assert_eq!(answer(awaited), ready, "{awaited:b}");
    }
}

#[test]
fn an_executor_is_shared_by_threads() {
    fn is_shared<T: Send + Sync + Clone + 'static>(_: &T) {}
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    is_shared(&executor);
    let ask = || executor.execute_blocking(Request::new("{ hello late user { name } }")).to_json();
    let alone = ask();
    std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        assert!(all.into_iter().all(|one| one.join().unwrap() == alone));
    });
}
