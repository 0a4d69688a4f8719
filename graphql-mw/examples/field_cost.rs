//! What a field costs: 1,000 objects of 5 fields each, with 0, 1, 2 and 4 layers, of resolvers
//! whose values are ready and of resolvers that are futures.
//!
//! `cargo run --release -p graphql-mw --example field_cost [ROUNDS [LAYERS]]`
//!
//! Nanoseconds are those of the best of many rounds; allocations are counted, and are the same in
//! every round.

use graphql_mw::{Executor, Request, Schema, Stack, Value, from_fn};
use std::sync::Arc;
use std::time::Instant;

struct User {
    id: i64,
    name: Arc<str>,
    email: Arc<str>,
    age: i64,
    is_active: bool,
}

fn executor(layers: usize, awaited: bool) -> Result<Executor, Box<dyn std::error::Error>> {
    let schema = Schema::parse(
        "type Query { users: [User!]! }
         type User { id: Int! name: String! email: String! age: Int! active: Boolean! }",
    )?;
    let users: Vec<Value> = (0..1000)
        .map(|id| {
            let (name, email) = (format!("user {id}").into(), format!("u{id}@example.org").into());
            Value::any(User { id, name, email, age: id % 90, is_active: id % 2 == 0 })
        })
        .collect();
    let users = Value::list(users);
    let mut stack = Stack::builder();
    for n in 0..layers {
        stack = stack.layer(from_fn(format!("layer {n}"), |field, next| next.resolve(field)));
    }
    let mut builder = Executor::builder(schema)
        .stack(&stack.build()?)
        .resolver("Query.users", move |_| Ok(users.clone()))
        .resolver("User.id", |field| Ok(field.root_as::<User>()?.id))
        .resolver("User.name", |field| Ok(Arc::clone(&field.root_as::<User>()?.name)))
        .resolver("User.email", |field| Ok(Arc::clone(&field.root_as::<User>()?.email)))
        .resolver("User.age", |field| Ok(field.root_as::<User>()?.age))
        .resolver("User.active", |field| Ok(field.root_as::<User>()?.is_active));
    if awaited {
        builder = builder
            .async_resolver("User.id", |field| {
                Box::pin(async move { Ok(field.root_as::<User>()?.id.into()) })
            })
            .async_resolver("User.name", |field| {
                Box::pin(async move { Ok(Arc::clone(&field.root_as::<User>()?.name).into()) })
            })
            .async_resolver("User.email", |field| {
                Box::pin(async move { Ok(Arc::clone(&field.root_as::<User>()?.email).into()) })
            })
            .async_resolver("User.age", |field| {
                Box::pin(async move { Ok(field.root_as::<User>()?.age.into()) })
            })
            .async_resolver("User.active", |field| {
                Box::pin(async move { Ok(field.root_as::<User>()?.is_active.into()) })
            });
    }
    Ok(builder.build()?)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    const FIELDS: f64 = 5000.0;
    let request = || Request::new("{ users { id name email age active } }");
    let rounds: u32 = std::env::args().nth(1).map_or(Ok(300), |rounds| rounds.parse())?;
    let layers: Vec<usize> = match std::env::args().nth(2) {
        Some(layers) => vec![layers.parse()?],
        None => vec![0, 1, 2, 4],
    };
    let cases = layers.iter().flat_map(|layers| [(*layers, false), (*layers, true)]);
    for (layers, awaited) in cases {
        let executor = executor(layers, awaited)?;
        executor.execute_blocking(request());
        let mut best = f64::INFINITY;
        for _ in 0..rounds {
            let start = Instant::now();
            let response = executor.execute_blocking(request());
            let taken = start.elapsed().as_nanos() as f64;
            assert!(response.errors.is_empty(), "{:?}", response.errors);
            drop(response);
            best = best.min(taken);
        }
        let counted = allocation_counter::measure(|| {
            executor.execute_blocking(request());
        });
        println!(
            "{layers} layers, {}: {:6.1} ns a field, {:.3} allocations a field",
            if awaited { "futures" } else { "ready" },
            best / FIELDS,
            counted.count_total as f64 / FIELDS,
        );
    }
    small(rounds)
}

/// What a request of one field costs whose document is kept.
fn small(rounds: u32) -> Result<(), Box<dyn std::error::Error>> {
    let executor = executor(0, false)?;
    let request = || Request::new("{ __typename }");
    let ask = || executor.execute_blocking(request());
    ask();
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        for _ in 0..100 {
            ask();
        }
        best = best.min(start.elapsed().as_nanos() as f64 / 100.0);
    }
    let counted = allocation_counter::measure(|| drop(ask()));
    println!("a request of one field: {best:6.0} ns, {} allocations", counted.count_total);
    Ok(())
}
