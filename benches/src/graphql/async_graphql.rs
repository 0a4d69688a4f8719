//! async-graphql, its layers as extensions.

use super::{DEEP, EVENTS, LIST, OBJECTS, documents, subscribers};
use crate::{Run, touch_in, touch_out};
use async_graphql::dynamic::{
    Field, FieldFuture, FieldValue, Object as DynamicObject, ResolverContext,
    Schema as DynamicSchema, TypeRef,
};
use async_graphql::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextResolve, ResolveInfo,
};
use async_graphql::{
    Context, EmptyMutation, EmptySubscription, Object, Response, Schema, ServerResult,
    SimpleObject, Subscription, Value,
};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{FutureExt, StreamExt};
use std::hint::black_box;
use std::sync::{Arc, Mutex, OnceLock};

/// An extension that looks at the field before, and at its value after.
struct Touch;

impl ExtensionFactory for Touch {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Touch)
    }
}

#[async_graphql::async_trait::async_trait]
impl Extension for Touch {
    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<Value>> {
        touch_in(info.name.len());
        let result = next.run(ctx, info).await;
        touch_out(u16::from(result.is_ok()));
        result
    }
}

#[derive(Clone, SimpleObject)]
struct User {
    id: i32,
    name: String,
    email: String,
    age: i32,
    active: bool,
}

#[derive(SimpleObject)]
struct Node {
    id: i32,
    name: String,
    next: Option<Box<Node>>,
}

/// The same object, each of its fields an async function.
struct Person(User);

#[Object]
impl Person {
    async fn id(&self) -> i32 {
        self.0.id
    }

    async fn name(&self) -> &str {
        &self.0.name
    }

    async fn email(&self) -> &str {
        &self.0.email
    }

    async fn age(&self) -> i32 {
        self.0.age
    }

    async fn active(&self) -> bool {
        self.0.active
    }
}

fn users() -> &'static Vec<User> {
    static USERS: OnceLock<Vec<User>> = OnceLock::new();
    USERS.get_or_init(|| {
        let user = |id| User {
            id,
            name: format!("user {id}"),
            email: format!("user{id}@example.org"),
            age: id % 90,
            active: id % 2 == 0,
        };
        (0..OBJECTS as i32).map(user).collect()
    })
}

fn people() -> &'static Vec<Person> {
    static PEOPLE: OnceLock<Vec<Person>> = OnceLock::new();
    PEOPLE.get_or_init(|| users().iter().cloned().map(Person).collect())
}

fn chain() -> &'static Node {
    static NODE: OnceLock<Node> = OnceLock::new();
    NODE.get_or_init(|| {
        let nodes = (0..5)
            .rev()
            .fold(None, |next, id| Some(Box::new(Node { id, name: format!("node {id}"), next })));
        *nodes.expect("five nodes")
    })
}

struct Query;

#[Object]
impl Query {
    async fn users(&self) -> &Vec<User> {
        users()
    }

    async fn node(&self) -> &Node {
        chain()
    }
}

struct People;

#[Object]
impl People {
    async fn users(&self) -> &Vec<Person> {
        people()
    }
}

macro_rules! ask {
    ($builder:expr, $document:expr, $layers:expr) => {{
        let mut builder = $builder;
        for _ in 0..$layers {
            builder = builder.extension(Touch);
        }
        let schema = builder.finish();
        Box::new(move || check(futures_executor::block_on(schema.execute($document)))) as Run
    }};
}

fn check(response: Response) {
    assert!(response.errors.is_empty(), "{:?}", response.errors);
    black_box(response);
}

pub(super) fn list_of_plain_fields(layers: usize) -> Run {
    ask!(Schema::build(Query, EmptyMutation, EmptySubscription), LIST, layers)
}

pub(super) fn list_of_async_functions(layers: usize) -> Run {
    ask!(Schema::build(People, EmptyMutation, EmptySubscription), LIST, layers)
}

pub(super) fn deep(layers: usize) -> Run {
    ask!(Schema::build(Query, EmptyMutation, EmptySubscription), DEEP, layers)
}

/// How a field of a dynamic object gives its value.
type Give = for<'a> fn(&ResolverContext<'a>) -> FieldValue<'a>;

fn give(name: &str, of: &str, is_awaited: bool, value: Give) -> Field {
    Field::new(name, TypeRef::named(of), move |ctx| match is_awaited {
        true => FieldFuture::new(async move { Ok(Some(value(&ctx))) }),
        false => FieldFuture::Value(Some(value(&ctx))),
    })
}

fn parent<'a, T: 'static>(ctx: &ResolverContext<'a>) -> &'a T {
    ctx.parent_value.downcast_ref().expect("the type's own value")
}

fn dynamic(document: &'static str, is_awaited: bool, layers: usize) -> Run {
    let user = DynamicObject::new("User")
        .field(give("id", TypeRef::INT, is_awaited, |ctx| {
            FieldValue::value(parent::<User>(ctx).id)
        }))
        .field(give("name", TypeRef::STRING, is_awaited, |ctx| {
            FieldValue::value(parent::<User>(ctx).name.as_str())
        }))
        .field(give("email", TypeRef::STRING, is_awaited, |ctx| {
            FieldValue::value(parent::<User>(ctx).email.as_str())
        }))
        .field(give("age", TypeRef::INT, is_awaited, |ctx| {
            FieldValue::value(parent::<User>(ctx).age)
        }))
        .field(give("active", TypeRef::BOOLEAN, is_awaited, |ctx| {
            FieldValue::value(parent::<User>(ctx).active)
        }));
    let node = DynamicObject::new("Node")
        .field(give("id", TypeRef::INT, is_awaited, |ctx| {
            FieldValue::value(parent::<Node>(ctx).id)
        }))
        .field(give("name", TypeRef::STRING, is_awaited, |ctx| {
            FieldValue::value(parent::<Node>(ctx).name.as_str())
        }))
        .field(give("next", "Node", is_awaited, |ctx| match &parent::<Node>(ctx).next {
            Some(next) => FieldValue::borrowed_any(&**next),
            None => FieldValue::NULL,
        }));
    let query = DynamicObject::new("Query")
        .field(Field::new("users", TypeRef::named_list("User"), |_| {
            let users = users().iter().map(|user| FieldValue::borrowed_any(user));
            FieldFuture::Value(Some(FieldValue::list(users)))
        }))
        .field(give("node", "Node", is_awaited, |_| FieldValue::borrowed_any(chain())));
    let builder = DynamicSchema::build("Query", None, None).register(user).register(node);
    let mut builder = builder.register(query);
    for _ in 0..layers {
        builder = builder.extension(Touch);
    }
    let schema = builder.finish().expect("a schema");
    Box::new(move || check(futures_executor::block_on(schema.execute(document))))
}

pub(super) fn list_of_dynamic_values(layers: usize) -> Run {
    dynamic(LIST, false, layers)
}

pub(super) fn list_of_dynamic_futures(layers: usize) -> Run {
    dynamic(LIST, true, layers)
}

pub(super) fn deep_dynamic(layers: usize) -> Run {
    dynamic(DEEP, false, layers)
}

pub(super) fn parse(times: usize) -> Run {
    let text = documents::text(times);
    Box::new(move || {
        black_box(async_graphql::parser::parse_query(&text).expect("a document"));
    })
}

#[derive(Clone, SimpleObject)]
struct Tick {
    id: i32,
    text: String,
}

type Senders = Arc<Mutex<Vec<UnboundedSender<Tick>>>>;

struct Events;

#[Subscription]
impl Events {
    async fn tick(&self, ctx: &Context<'_>) -> UnboundedReceiver<Tick> {
        let (sender, events) = unbounded();
        ctx.data_unchecked::<Senders>().lock().expect("nobody panics").push(sender);
        events
    }
}

/// Sends one event to each subscriber, and takes each one's response.
pub(super) fn tell(layers: usize) -> Run {
    let senders = Senders::default();
    let mut builder = Schema::build(Query, EmptyMutation, Events).data(Arc::clone(&senders));
    for _ in 0..layers {
        builder = builder.extension(Touch);
    }
    let schema = builder.finish();
    let mut streams: Vec<_> =
        (0..subscribers::COUNT).map(|_| schema.execute_stream(EVENTS).boxed()).collect();
    for stream in &mut streams {
        assert!(stream.next().now_or_never().is_none(), "nobody has sent an event yet");
    }
    let event = Tick { id: 7, text: String::from("a text") };
    Box::new(move || {
        for sender in senders.lock().expect("nobody panics").iter() {
            sender.unbounded_send(event.clone()).expect("a subscriber");
        }
        for stream in &mut streams {
            let response = stream.next().now_or_never().flatten();
            check(response.expect("the event's response is there at once"));
        }
    })
}
