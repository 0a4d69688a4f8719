//! A thousand subscriptions of graphql-mw, each with a source of its own.

use super::EVENTS;
use super::plywood::{Kind, Touch};
use crate::Run;
use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::{FutureExt, StreamExt};
use graphql_mw::{Executor, Request, Schema, Stack, Subscription, Value};
use std::hint::black_box;
use std::sync::{Arc, Mutex};

/// How many there are.
pub(super) const COUNT: usize = 1000;

const SDL: &str = "
    type Query { nothing: Int }
    type Subscription { tick: Tick! }
    type Tick { id: Int! text: String! }
";

struct Tick {
    id: i64,
    text: Arc<str>,
}

/// Sends one event to each of them, and takes each one's response.
pub(super) fn tell(layers: usize) -> Run {
    let senders: Arc<Mutex<Vec<UnboundedSender<graphql_mw::Result<Value>>>>> = Arc::default();
    let kept = Arc::clone(&senders);
    let mut stack = Stack::builder();
    for _ in 0..layers {
        stack = stack.layer(Touch::layer());
    }
    let executor = Executor::builder(Schema::parse(SDL).expect("a schema"))
        .stack(&stack.build().expect("layers without needs"))
        .source("Subscription.tick", move |_| {
            let (sender, events) = unbounded();
            kept.lock().expect("nobody panics").push(sender);
            Ok(events)
        })
        .resolver("Tick.id", |field| Ok(field.root_as::<Tick>()?.id))
        .resolver("Tick.text", |field| Ok(field.root_as::<Tick>()?.text.clone()))
        .build()
        .expect("resolvers of the schema's fields");
    let mut subscriptions: Vec<Subscription> = (0..COUNT)
        .map(|_| {
            let started = executor.subscribe(Request::new(EVENTS));
            futures_executor::block_on(started).expect("a source that is there")
        })
        .collect();
    let event = Value::any(Tick { id: 7, text: "a text".into() });
    Box::new(move || {
        for sender in senders.lock().expect("nobody panics").iter() {
            sender.unbounded_send(Ok(event.clone())).expect("a subscriber");
        }
        for subscription in &mut subscriptions {
            let response = subscription.next().now_or_never().flatten();
            let response = response.expect("the event's response is there at once");
            assert!(response.errors.is_empty(), "{:?}", response.errors);
            black_box(response);
        }
    })
}
