//! The layers of this crate around the fields of async-graphql.

use async_graphql::{
    Context, EmptyMutation, Interface, Object, Request, Schema, SimpleObject, Subscription,
};
use futures_executor::block_on;
use futures_util::stream::{self, Stream, StreamExt};
use graphql_mw::async_graphql::Layers;
use graphql_mw::{
    Error, Exit, Field, FieldLayer, FieldMiddleware, Layer, Next, On, Profile, Resolved, Scope,
    Stack, State, Value, field, from_fn, scoped,
};
use std::sync::{Arc, Mutex};

#[derive(SimpleObject, Clone)]
struct Dog {
    name: String,
    barks: bool,
}

#[derive(SimpleObject, Clone)]
struct Cat {
    name: String,
}

#[derive(Interface, Clone)]
#[graphql(field(name = "name", ty = "&String"))]
enum Pet {
    Dog(Dog),
    Cat(Cat),
}

#[derive(Default)]
struct Query;

#[Object]
impl Query {
    async fn hello(&self, ctx: &Context<'_>, #[graphql(default)] name: String) -> Option<String> {
        if let Some(log) = ctx.data_opt::<Log>() {
            log.add("resolver");
        }
        Some(format!("hello {name}"))
    }
    async fn must(&self) -> i32 {
        7
    }
    async fn boom(&self) -> async_graphql::Result<Option<String>> {
        Err("boom".into())
    }
    async fn pets(&self) -> Vec<Pet> {
        let (dog, cat) = (Dog { name: "Rex".into(), barks: true }, Cat { name: "Tom".into() });
        vec![Pet::Dog(dog), Pet::Cat(cat)]
    }
    async fn never(&self) -> Option<String> {
        std::future::pending().await
    }
}

struct Events;

#[Subscription]
impl Events {
    async fn ticks(&self) -> impl Stream<Item = i32> {
        stream::iter([1, 2])
    }
}

/// What happened, in order.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, event: impl Into<String>) {
        self.0.lock().unwrap().push(event.into());
    }
    fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

fn logs(log: &Log, name: &'static str) -> Arc<FieldLayer> {
    let log = log.clone();
    from_fn(name, move |field, next| {
        let (log, info) = (log.clone(), field.info);
        log.add(format!("{name}.enter@{}", info.path()));
        next.resolve(field).then(move |result| {
            log.add(format!("{name}.{}", if result.is_ok() { "exit" } else { "error" }));
            result
        })
    })
}

type Theirs = Schema<Query, EmptyMutation, Events>;

fn schema(layers: impl IntoIterator<Item = Arc<FieldLayer>>) -> Theirs {
    let stack = layers.into_iter().fold(Stack::builder(), |stack, layer| stack.layer(layer));
    with(Layers::new(&stack.build().unwrap()))
}

fn with(layers: Layers) -> Theirs {
    Schema::build(Query, EmptyMutation, Events).extension(layers).finish()
}

fn ask(schema: &Theirs, request: impl Into<Request>) -> String {
    serde_json::to_string(&block_on(schema.execute(request))).unwrap()
}

#[test]
fn the_first_layer_is_the_outermost() {
    let log = Log::default();
    let schema = schema([logs(&log, "a"), logs(&log, "b")]);
    let answer = ask(&schema, Request::new("{ hi: hello(name: \"ada\") }").data(log.clone()));
    assert_eq!(answer, r#"{"data":{"hi":"hello ada"}}"#);
    assert_eq!(log.take(), ["a.enter@hi", "b.enter@hi", "resolver", "b.exit", "a.exit"]);
}

#[test]
fn the_profile_graphene_turns_the_order_round() {
    let log = Log::default();
    let stack = Stack::builder().layer(logs(&log, "a")).layer(logs(&log, "b")).build().unwrap();
    ask(&with(Layers::new(&stack).profile(Profile::Graphene)), "{ must }");
    assert_eq!(log.take(), ["b.enter@must", "a.enter@must", "a.exit", "b.exit"]);
}

#[test]
fn a_layer_that_answers_lets_nobody_further_in_see_the_field() {
    let log = Log::default();
    let answers = from_fn("answers", |_, _| Resolved::value("here"));
    let schema = schema([logs(&log, "a"), answers, logs(&log, "b")]);
    let answer = ask(&schema, Request::new("{ hello }").data(log.clone()));
    assert_eq!(answer, r#"{"data":{"hello":"here"}}"#);
    assert_eq!(log.take(), ["a.enter@hello", "a.exit"]);
}

#[test]
fn an_error_of_the_resolver_becomes_a_value() {
    let forgives = from_fn("forgives", |field, next| {
        next.resolve(field).or_else(|error| Ok(Value::from(format!("sorry: {error}"))))
    });
    assert_eq!(ask(&schema([forgives]), "{ boom }"), r#"{"data":{"boom":"sorry: boom"}}"#);
}

#[test]
fn an_error_that_no_layer_touches_is_the_same_as_without_layers() {
    let plain = Schema::build(Query, EmptyMutation, Events).finish();
    let through = from_fn("through", |field, next| next.resolve(field));
    assert_eq!(ask(&schema([through]), "{ must boom }"), ask(&plain, "{ must boom }"));
}

#[test]
fn a_layers_error_nulls_its_field_and_has_its_place_and_its_extensions() {
    let refuses = from_fn("refuses", |_, _| {
        Resolved::error(Error::new("log in first").with_extension("code", "UNAUTHENTICATED"))
    });
    let refuses = scoped(Scope::fields(["Query.hello"]), refuses);
    let answer = ask(&schema([refuses]), "{ must hello }");
    let answer: serde_json::Value = serde_json::from_str(&answer).unwrap();
    assert_eq!(answer["data"], serde_json::json!({"must": 7, "hello": null}));
    assert_eq!(
        answer["errors"],
        serde_json::json!([{
            "message": "log in first",
            "locations": [{"line": 1, "column": 8}],
            "path": ["hello"],
            "extensions": {"code": "UNAUTHENTICATED"},
        }]),
    );
}

#[test]
fn an_error_of_a_field_that_must_not_be_null_leaves_it_out() {
    let refuses = from_fn("refuses", |_, _| Resolved::error(Error::new("no")));
    let refuses = scoped(Scope::fields(["Query.must"]), refuses);
    let answer = ask(&schema([refuses]), "{ hello must }");
    assert!(answer.starts_with(r#"{"data":{"hello":"hello "},"errors":[{"message":"no","#));
    assert!(answer.contains(r#""path":["must"]"#), "{answer}");
}

/// Notes how each field ends.
struct Notes(Log);

impl Layer for Notes {}

impl FieldMiddleware for Notes {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        next.resolve(field)
    }
    fn install(&self, on: &mut On<Self>) {
        on.exit(|notes, info, how| notes.0.add(format!("{}: {how}", info.path())));
    }
}

#[test]
fn exits_run_once_also_where_the_request_is_dropped() {
    let log = Log::default();
    let schema = schema([field(Notes(log.clone()))]);
    ask(&schema, "{ must }");
    ask(&schema, "{ boom }");
    assert_eq!(log.take(), [format!("must: {}", Exit::Done), format!("boom: {}", Exit::Failed)]);
    let mut running = Box::pin(schema.execute("{ never }"));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(running.as_mut().poll(&mut cx).is_pending());
    assert_eq!(log.take(), [""; 0]);
    drop(running);
    assert_eq!(log.take(), [format!("never: {}", Exit::Dropped)]);
}

#[test]
fn items_of_a_list_and_objects_of_an_interface_have_their_own_fields() {
    let log = Log::default();
    let layer = scoped(Scope::types(["Dog", "Cat"]), logs(&log, "a"));
    let query = "{ pets { name ... on Dog { barks } } }";
    let answer = ask(&schema([layer]), query);
    assert_eq!(answer, r#"{"data":{"pets":[{"name":"Rex","barks":true},{"name":"Tom"}]}}"#);
    let entered: Vec<_> = log.take().into_iter().filter(|e| e.contains("enter")).collect();
    assert_eq!(entered.len(), 3, "{entered:?}");
    for path in ["pets.0.name", "pets.0.barks", "pets.1.name"] {
        assert!(entered.contains(&format!("a.enter@{path}")), "{path} in {entered:?}");
    }
    // Not asked of an interface, a field belongs to its object alone.
    let dogs = scoped(Scope::fields(["Dog.barks"]), logs(&log, "b"));
    ask(&schema([dogs]), query);
    assert_eq!(log.take(), ["b.enter@pets.0.barks", "b.exit"]);
    // A list is one field, and not one more for each item.
    let whole = scoped(Scope::fields(["Query.pets"]), logs(&log, "b"));
    ask(&schema([whole]), query);
    assert_eq!(log.take(), ["b.enter@pets", "b.exit"]);
}

#[test]
fn layers_that_tell_the_objects_of_an_interface_apart_are_refused() {
    let refuses = from_fn("refuses", |_, _| Resolved::error(Error::new("no")));
    let answer = ask(&schema([scoped(Scope::types(["Dog"]), refuses)]), "{ pets { name } }");
    assert!(answer.contains("`Pet.name` has other layers"), "{answer}");
    assert!(!answer.contains("Rex"), "{answer}");
}

#[test]
fn layers_see_arguments_and_variables_and_the_state() {
    let seen = Log::default();
    let log = seen.clone();
    let reads = from_fn("reads", move |field, next| {
        let who = field.info.state_of::<&str>().unwrap_or("nobody");
        log.add(format!("{who}: {}", field.arg("name").as_str().unwrap_or("none")));
        next.resolve(field)
    });
    let state: Arc<Mutex<State>> = Arc::default();
    state.lock().unwrap().insert("ada");
    let variables = async_graphql::Variables::from_json(serde_json::json!({"n": "bob"}));
    let request = Request::new("query($n: String!) { hello(name: $n) }").variables(variables);
    let schema = schema([reads]);
    ask(&schema, request.data(state));
    ask(&schema, "{ hello }");
    assert_eq!(seen.take(), ["ada: bob", "nobody: "]);
}

#[test]
fn layers_run_around_each_event_of_a_subscription() {
    let doubles = from_fn("doubles", |field, next| {
        next.resolve(field).map(|value| value.as_i64().map(|value| 2 * value).into())
    });
    let log = Log::default();
    let schema = schema([logs(&log, "a"), doubles]);
    let events: Vec<_> = block_on(schema.execute_stream("subscription { ticks }").collect());
    let events: Vec<_> = events.iter().map(|e| serde_json::to_string(e).unwrap()).collect();
    assert_eq!(events, [r#"{"data":{"ticks":2}}"#, r#"{"data":{"ticks":4}}"#]);
    assert_eq!(log.take(), ["a.enter@ticks", "a.exit", "a.enter@ticks", "a.exit"]);
}

#[test]
fn a_retry_is_answered_with_an_error() {
    let again = from_fn("again", |field, next| {
        let retry = next.retryable();
        Resolved::future(async move {
            let _ = retry.resolve(field).await;
            retry.resolve(field).await
        })
    });
    assert!(ask(&schema([again]), "{ hello }").contains("async-graphql resolves a field once"));
}

#[test]
fn a_scope_that_the_schema_does_not_have_is_said_at_the_first_request() {
    let layer = scoped(Scope::types(["Dgo"]), from_fn("x", |field, next| next.resolve(field)));
    assert!(ask(&schema([layer]), "{ must }").contains("`Dgo`"));
}
