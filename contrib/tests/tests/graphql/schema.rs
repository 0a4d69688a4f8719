//! A schema with all that there is to try.

use contrib::graphql::InitPayload;
use futures_util::stream::{self, Stream, StreamExt};
use graphql_mw::{Error, Executor, Result, Schema, Value};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll};

const SDL: &str = "
    type Query { hello: String!, boom: String, who: String, init: String }
    type Mutation { add(a: Int!, b: Int!): Int! }
    type Subscription {
      countdown(from: Int!): Int!
      forever: Int!
      never: Int!
      failsAtTheStart: Int!
      failsInTheMiddle: Int!
      panicsInTheMiddle: Int!
      flaky: Int
    }
";

/// Who asks, as the layers know it.
#[derive(Clone)]
pub(super) struct Who(pub(super) &'static str);

/// What sources have done.
#[derive(Clone, Default)]
pub(super) struct Sources {
    alive: Arc<AtomicUsize>,
    events: Arc<AtomicUsize>,
}

impl Sources {
    /// How many there are now.
    pub(super) fn alive(&self) -> usize {
        self.alive.load(Ordering::SeqCst)
    }

    /// How many events they were asked for.
    pub(super) fn events(&self) -> usize {
        self.events.load(Ordering::SeqCst)
    }

    fn watch<S>(&self, stream: S) -> Watched<S> {
        self.alive.fetch_add(1, Ordering::SeqCst);
        Watched { stream, sources: self.clone() }
    }
}

/// A source that is counted.
struct Watched<S> {
    stream: S,
    sources: Sources,
}

impl<S: Stream + Unpin> Stream for Watched<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<S::Item>> {
        let polled = self.stream.poll_next_unpin(cx);
        if let Poll::Ready(Some(_)) = polled {
            self.sources.events.fetch_add(1, Ordering::SeqCst);
        }
        polled
    }
}

impl<S> Drop for Watched<S> {
    fn drop(&mut self) {
        self.sources.alive.fetch_sub(1, Ordering::SeqCst);
    }
}

type Events = Pin<Box<dyn Stream<Item = Result<Value>> + Send>>;

fn counting() -> impl Stream<Item = Result<Value>> + Send + Unpin {
    stream::iter((0..).map(|n: i32| Ok(Value::from(n))))
}

/// The schema, and what its sources do.
pub(super) fn executor() -> (Executor, Sources) {
    let sources = Sources::default();
    let source = |events: fn(i32) -> Events| {
        let sources = sources.clone();
        move |field: &graphql_mw::Field<'_>| {
            let from = field.arg("from").as_i64().unwrap_or(0) as i32;
            Ok(sources.watch(events(from)))
        }
    };
    let executor = Executor::builder(Schema::parse(SDL).unwrap())
        .resolver("Query.hello", |_| Ok("world"))
        .resolver("Query.boom", |_| Err::<(), _>(Error::new("boom")))
        .resolver("Query.who", |field| Ok(field.info.state_of::<Who>().map(|who| who.0)))
        .resolver("Query.init", |field| {
            let payload = field.info.state_of::<InitPayload>();
            Ok(payload.and_then(|payload| payload.0.get("name").cloned()))
        })
        .resolver("Mutation.add", |field| {
            Ok(field.arg("a").as_i64().unwrap_or(0) + field.arg("b").as_i64().unwrap_or(0))
        })
        .source(
            "Subscription.countdown",
            source(|from| stream::iter((0..=from).rev().map(|n| Ok(n.into()))).boxed()),
        )
        .source("Subscription.forever", source(|_| counting().boxed()))
        .source("Subscription.never", source(|_| stream::pending().boxed()))
        .source("Subscription.failsAtTheStart", |_| {
            Err::<stream::Empty<_>, _>(Error::new("no source"))
        })
        .source(
            "Subscription.failsInTheMiddle",
            source(|_| {
                counting().take(2).chain(stream::iter([Err(Error::new("source lost"))])).boxed()
            }),
        )
        .source(
            "Subscription.panicsInTheMiddle",
            source(|_| {
                counting().take(1).chain(stream::once(async { panic!("source broken") })).boxed()
            }),
        )
        .source(
            "Subscription.flaky",
            source(|_| {
                let event = |n: i32| if n % 2 == 0 { n.into() } else { Error::new("odd").into() };
                stream::iter((0..3).map(move |n| Ok(event(n)))).boxed()
            }),
        )
        .build()
        .unwrap();
    (executor, sources)
}
