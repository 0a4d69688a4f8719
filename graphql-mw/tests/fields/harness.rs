//! A schema, layers that write down what they see, and ways to ask.

use futures_executor::block_on;
use futures_util::future::BoxFuture;
use futures_util::stream::{self, StreamExt};
use graphql_mw::{
    Error, Executor, ExecutorBuilder, FieldLayer, Request, Response, Result, Schema, Stack, Value,
    from_fn,
};
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::Poll;

pub(crate) const SCHEMA: &str = r#"
    type Query {
        hello(name: String = "world"): String
        a: String
        b: String
        must: String!
        boom: String
        late: String
        lateBoom: String
        user: User
        users(n: Int = 2): [User]
        plain: String
    }
    type User { name: String age: Int! friend: User bad: String badMust: String! }
    type Mutation { set(v: Int!): Int setLate(v: Int!): Int setBoom(v: Int!): Int }
    type Subscription { ticks(n: Int = 2): Tick count(n: Int = 2): Int boomAtStart: Int boomInTheMiddle: Int }
    type Tick { i: Int label: String }
"#;

/// What happened, in order.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    pub(crate) fn add(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// A layer that writes down when a field comes in and what goes out.
pub(crate) fn logs(log: &Log, name: &'static str) -> Arc<FieldLayer> {
    let log = log.clone();
    from_fn(name, move |field, next| {
        let (log, info) = (log.clone(), field.info);
        log.add(format!("{name}.enter@{}", info.path()));
        next.resolve(field).then(move |result| {
            let how = if result.is_ok() { "exit" } else { "error" };
            log.add(format!("{name}.{how}@{}", info.path()));
            result
        })
    })
}

pub(crate) fn stack(layers: impl IntoIterator<Item = Arc<FieldLayer>>) -> Stack {
    layers.into_iter().fold(Stack::builder(), |stack, layer| stack.layer(layer)).build().unwrap()
}

fn user(name: &str, depth: usize) -> Value {
    let friend = (depth > 0).then(|| user(&format!("{name}f"), depth - 1));
    Value::object([
        ("name", Value::from(name.to_owned())),
        ("age", Value::from(7)),
        ("friend", Value::from(friend)),
    ])
}

/// Lets the other futures of the operation run once.
pub(crate) async fn pass() {
    let mut has_passed = false;
    poll_fn(|cx| match std::mem::replace(&mut has_passed, true) {
        true => Poll::Ready(()),
        false => {
            cx.waker().wake_by_ref();
            Poll::Pending
        }
    })
    .await;
}

fn boxed<'a>(
    value: impl Future<Output = Result<Value>> + Send + 'a,
) -> BoxFuture<'a, Result<Value>> {
    Box::pin(value)
}

/// The schema with its resolvers, which write down that they run.
pub(crate) fn builder(log: &Log) -> ExecutorBuilder {
    let (a, b, c, d, e) = (log.clone(), log.clone(), log.clone(), log.clone(), log.clone());
    let event = |i: i64| Ok(Value::from(i));
    Executor::builder(Schema::parse(SCHEMA).unwrap())
        .resolver("Query.hello", move |field| {
            a.add(format!("resolver@{}", field.info.path()));
            Ok(format!("hello {}", field.arg("name").as_str().unwrap_or("nobody")))
        })
        .resolver("Query.a", move |field| {
            b.add(format!("resolver@{}", field.info.path()));
            Ok("A")
        })
        .resolver("Query.b", |_| Ok("B"))
        .resolver("Query.must", |_| Ok("must"))
        .resolver("Query.boom", |_| Err::<Value, _>(Error::new("boom")))
        .async_resolver("Query.late", move |field| {
            let c = c.clone();
            boxed(async move {
                pass().await;
                c.add(format!("resolver@{}", field.info.path()));
                Ok("late".into())
            })
        })
        .async_resolver("Query.lateBoom", |_| {
            boxed(async {
                pass().await;
                Err(Error::new("late boom"))
            })
        })
        .resolver("Query.user", |_| Ok(user("u", 2)))
        .resolver("Query.users", |field| {
            let n = field.arg("n").as_i64().unwrap_or(0);
            Ok(Value::list((0..n).map(|i| user(&format!("u{i}"), 1))))
        })
        .resolver("User.bad", |_| Err::<Value, _>(Error::new("bad")))
        .resolver("User.badMust", |_| Err::<Value, _>(Error::new("bad must")))
        .resolver("Mutation.set", move |field| {
            d.add(format!("resolver@{}", field.info.path()));
            Ok(field.arg("v").as_i64().map(|v| 10 * v))
        })
        .async_resolver("Mutation.setLate", move |field| {
            let e = e.clone();
            boxed(async move {
                pass().await;
                e.add(format!("resolver@{}", field.info.path()));
                Ok(field.arg("v").clone())
            })
        })
        .resolver("Mutation.setBoom", |_| Err::<Value, _>(Error::new("set boom")))
        .source("Subscription.ticks", |field| {
            let n = field.arg("n").as_i64().unwrap_or(0);
            let tick = |i| {
                let members = [("i", Value::Int(i)), ("label", Value::from(format!("t{i}")))];
                Ok(Value::object([("ticks", Value::object(members))]))
            };
            Ok(stream::iter((0..n).map(tick)))
        })
        .source("Subscription.count", move |field| {
            let n = field.arg("n").as_i64().unwrap_or(0);
            Ok(stream::iter((0..n).map(event)))
        })
        .source("Subscription.boomAtStart", |_| {
            Err::<stream::Empty<_>, _>(Error::new("boom at start"))
        })
        .source("Subscription.boomInTheMiddle", move |_| {
            Ok(stream::iter([event(0), Err(Error::new("boom in the middle")), event(2)]))
        })
}

pub(crate) fn executor(log: &Log, layers: impl IntoIterator<Item = Arc<FieldLayer>>) -> Executor {
    builder(log).stack(&stack(layers)).build().unwrap()
}

/// Asks blocking and asynchronously, which must answer the same and do the same, and gives the
/// answer as JSON text.
pub(crate) fn ask(executor: &Executor, log: &Log, query: &str) -> String {
    log.take();
    let blocking = executor.execute_blocking(Request::new(query));
    let events = log.take();
    let awaited = block_on(executor.execute(Request::new(query)));
    assert_eq!(blocking, awaited, "blocking and awaited");
    let again = log.take();
    assert_eq!(events, again, "blocking and awaited");
    events.into_iter().for_each(|event| log.add(event));
    blocking.to_json()
}

/// All responses to a subscription as JSON text.
pub(crate) fn subscribe(executor: &Executor, query: &str) -> Vec<String> {
    let responses = block_on(executor.subscribe(Request::new(query)));
    let responses = responses.unwrap_or_else(|refused| panic!("refused: {}", refused.to_json()));
    block_on(responses.map(|response: Response| response.to_json()).collect())
}

/// The answer to a subscription that does not start, as JSON text.
pub(crate) fn refusal(executor: &Executor, query: &str) -> String {
    block_on(executor.subscribe(Request::new(query))).unwrap_err().to_json()
}
