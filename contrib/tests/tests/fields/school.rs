use crate::websocket::house::House;
use contrib::auth::User;
use contrib::fields::public;
use futures_executor::block_on;
use futures_util::StreamExt;
use futures_util::stream;
use graphql_mw::{
    Error, Executor, ExecutorBuilder, FieldLayer, Phase, Request, Schema, Stack, Value,
};
use std::io::{self, Write};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

const SCHEMA: &str = "
    type Query { open: String account: Account calls(n: Int = 1): Int items: [String] boom: String
                 public: String panic: String late: Int self: Query }
    type Account { email: String name: String }
    type Mutation { login: String calls: Int }
    type Subscription { ticks(n: Int = 2): Tick }
    type Tick { i: Int }
";

/// The schema, with a count of how often `calls` and the source of `ticks` were resolved.
pub(crate) struct School {
    pub(crate) executor: Executor,
    pub(crate) calls: Arc<AtomicUsize>,
}

fn resolvers(calls: &Arc<AtomicUsize>) -> ExecutorBuilder {
    let counts = || {
        let calls = Arc::clone(calls);
        move || i64::try_from(calls.fetch_add(1, Ordering::SeqCst) + 1).unwrap()
    };
    let (query, mutation, late, source) = (counts(), counts(), counts(), counts());
    let account = [("email", Value::from("ada@example.org")), ("name", Value::from("Ada"))];
    let account = Value::object(account);
    let tick = |i| Ok(Value::object([("ticks", Value::object([("i", Value::Int(i))]))]));
    Executor::builder(Schema::parse(SCHEMA).unwrap())
        .resolver("Query.open", |_| Ok("open"))
        .resolver("Query.account", move |_| Ok(account.clone()))
        .resolver("Query.self", |_| Ok(Value::any(())))
        .resolver("Query.calls", move |field| match field.arg("n").as_i64() {
            Some(0) => Err(Error::new(format!("call {}", query()))),
            _ => Ok(query()),
        })
        .async_resolver("Query.late", move |_| {
            let late = late();
            Box::pin(async move {
                tracing::info!("in the resolver");
                Ok(late.into())
            })
        })
        .resolver("Query.items", |_| {
            Ok(Value::list(["a".into(), Error::new("secret item").into(), public("ours").into()]))
        })
        .resolver("Query.boom", |_| Err::<Value, _>(Error::new("secret: no such table")))
        .resolver("Query.public", |_| Err::<Value, _>(public("taken").with_extension("code", "T")))
        .resolver("Query.panic", |_| -> graphql_mw::Result<Value> { panic!("secret panic") })
        .resolver("Mutation.login", |_| Ok("welcome"))
        .resolver("Mutation.calls", move |_| Ok(mutation()))
        .source("Subscription.ticks", move |field| {
            assert_eq!(field.info.phase(), Phase::Source);
            source();
            Ok(stream::iter((0..field.arg("n").as_i64().unwrap()).map(tick)))
        })
}

impl School {
    pub(crate) fn new(layers: impl IntoIterator<Item = Arc<FieldLayer>>) -> Self {
        let stack = layers.into_iter().fold(Stack::builder(), |stack, layer| stack.layer(layer));
        School::with(&stack.build().unwrap())
    }

    pub(crate) fn with(stack: &Stack) -> Self {
        let calls = Arc::default();
        let executor = resolvers(&calls).stack(stack).build().unwrap();
        School { executor, calls }
    }

    pub(crate) fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    pub(crate) fn ask(&self, request: Request) -> String {
        self.executor.execute_blocking(request).to_json()
    }

    /// All responses to a subscription, or the one that refuses it.
    pub(crate) fn subscribe(&self, request: Request) -> Vec<String> {
        match block_on(self.executor.subscribe(request)) {
            Ok(events) => block_on(events.map(|event| event.to_json()).collect()),
            Err(refusal) => vec![refusal.to_json()],
        }
    }
}

/// Who asks.
pub(crate) struct Visitors {
    pub(crate) alice: User,
    pub(crate) bob: User,
    pub(crate) nobody: User,
}

impl Visitors {
    pub(crate) fn new() -> Self {
        let house = House::new();
        let (alice, bob) = (house.log_in("alice").1, house.log_in("bob").1);
        Visitors { alice, bob, nobody: house.nobody() }
    }
}

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged meanwhile.
pub(crate) fn logged(work: impl FnOnce()) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, work);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[track_caller]
pub(crate) fn contains(text: &str, parts: &[&str]) {
    for part in parts {
        assert!(text.contains(part), "no {part:?} in:\n{text}");
    }
}
