//! The GraphQL half: a schema for real clients, over HTTP and over websockets at one address.

use contrib::graphql::{Socket, SocketOptions, View};
use contrib::websocket::Upgrade;
use engine_async::runtime::{Handle, Runtime};
use engine_async::server::{Server, ShutdownHandle};
use engine_async::{Chain, Error, Stack};
use engine_sync::http::header;
use engine_sync::{Request, Response, Result};
use futures_util::stream::{self, Stream};
use graphql_mw::{Executor, Field, Schema, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const SDL: &str = r#"
type Query {
  "Always `world`."
  hello: String!
  "The argument."
  echo(text: String!): String!
  "Always a field error."
  boom: String
  "How many `forever` streams are live in the server now."
  activeStreams: Int!
}

type Mutation {
  "The sum."
  add(a: Int!, b: Int!): Int!
}

type Subscription {
  "From `from` down to 0, then it completes."
  countdown(from: Int!, delayMs: Int = 0): Int!
  "0, 1, 2, ... until it is stopped."
  forever(delayMs: Int = 20): Int!
  "Events 0..count-1; odd events are a field error `odd`."
  flaky(count: Int!): Int
}
"#;

/// Both ways to the schema.
pub(crate) struct Graphql<R: Runtime> {
    view: View,
    server: Server<R>,
    upgrade: Upgrade<R>,
}

impl<R: Runtime> Graphql<R> {
    pub(crate) fn new(
        runtime: R,
        init_timeout: Duration,
    ) -> std::result::Result<Self, Box<dyn std::error::Error>> {
        let executor = executor(Handle::new(runtime.clone()))?;
        let options = SocketOptions::default().with_init_timeout(init_timeout);
        let socket = Socket::new(&executor).options(options).on_init(|_, payload| {
            let is_denied = payload.0.get("token").and_then(Value::as_str) == Some("deny");
            let decision = if is_denied { Err(Error::forbidden("denied")) } else { Ok(None) };
            Box::pin(std::future::ready(decision))
        });
        let chain = Chain::builder(&Stack::empty()).app(socket).build()?;
        let server = Server::builder(runtime, &chain).build()?;
        let (view, upgrade) = (View::new(&executor), Upgrade::to(&server));
        Ok(Graphql { view, server, upgrade })
    }

    /// Answers a request, or hands its connection over.
    pub(crate) fn respond(&self, request: &mut Request) -> Result<Response> {
        let upgrade = request.header(header::UPGRADE);
        if upgrade.is_some_and(|name| name.eq_ignore_ascii_case("websocket")) {
            return Ok(self.upgrade.respond(request));
        }
        self.view.respond(request)
    }

    pub(crate) fn shutdown_handle(&self) -> ShutdownHandle {
        self.server.shutdown_handle()
    }

    /// Waits until all websockets are closed.
    pub(crate) async fn drained(&self) {
        self.server.drained().await;
    }
}

fn executor(runtime: Handle) -> std::result::Result<Executor, Box<dyn std::error::Error>> {
    let streams = Arc::new(AtomicUsize::new(0));
    let (live, countdown_runtime) = (Arc::clone(&streams), runtime.clone());
    let executor = Executor::builder(Schema::parse(SDL)?)
        .resolver("Query.hello", |_| Ok("world"))
        .resolver("Query.echo", |field| Ok(field.arg("text").clone()))
        .resolver("Query.boom", |_| Err::<(), _>(graphql_mw::Error::new("boom")))
        .resolver("Query.activeStreams", move |_| {
            Ok(i64::try_from(streams.load(Ordering::SeqCst))?)
        })
        .resolver("Mutation.add", |field| Ok(int(field, "a") + int(field, "b")))
        .source("Subscription.countdown", move |field| {
            let numbers = (0..=int(field, "from")).rev();
            Ok(spread(numbers, delay(field), countdown_runtime.clone()))
        })
        .source("Subscription.forever", move |field| {
            let one_more = Counted::new(&live);
            let numbers = (0..).inspect(move |_| one_more.is_there());
            Ok(spread(numbers, delay(field), runtime.clone()))
        })
        .source("Subscription.flaky", |field| {
            let event = |n| if n % 2 == 0 { Value::Int(n) } else { Value::Error(odd()) };
            Ok(stream::iter((0..int(field, "count")).map(event).map(Ok)))
        })
        .build()?;
    Ok(executor)
}

fn odd() -> graphql_mw::Error {
    graphql_mw::Error::new("odd")
}

fn int(field: &Field<'_>, name: &str) -> i64 {
    field.arg(name).as_i64().unwrap_or(0)
}

fn delay(field: &Field<'_>) -> Duration {
    Duration::from_millis(u64::try_from(int(field, "delayMs")).unwrap_or(0))
}

/// These numbers, this far apart.
fn spread(
    numbers: impl Iterator<Item = i64> + Send + 'static,
    delay: Duration,
    runtime: Handle,
) -> impl Stream<Item = graphql_mw::Result<Value>> + Send + 'static {
    stream::unfold((numbers, false), move |(mut numbers, has_begun)| {
        let runtime = runtime.clone();
        async move {
            if has_begun && !delay.is_zero() {
                runtime.sleep(delay).await;
            }
            let number = numbers.next()?;
            Some((Ok(Value::Int(number)), (numbers, true)))
        }
    })
}

/// One of the streams that are live.
struct Counted(Arc<AtomicUsize>);

impl Counted {
    fn new(live: &Arc<AtomicUsize>) -> Self {
        live.fetch_add(1, Ordering::SeqCst);
        Counted(Arc::clone(live))
    }

    /// Moves it into a closure that keeps it as long as its stream.
    fn is_there(&self) {}
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
