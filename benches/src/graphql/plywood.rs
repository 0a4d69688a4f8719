//! graphql-mw's executor.

use super::{DEEP, LIST, OBJECTS};
use crate::{Run, touch_in, touch_out};
use graphql_mw::{
    Executor, ExecutorBuilder, Field, FieldLayer, FieldMiddleware, Layer, Next, On, Request,
    Resolved, Result, Schema, Scope, Stack, Value, field, from_fn, scoped,
};
use std::hint::black_box;
use std::sync::Arc;

const SDL: &str = "
    type Query { users: [User!]! node: Node }
    type User { id: Int! name: String! email: String! age: Int! active: Boolean! }
    type Node { id: Int! name: String! next: Node }
";

struct User {
    id: i64,
    name: Arc<str>,
    email: Arc<str>,
    age: i64,
    active: bool,
}

struct Node {
    id: i64,
    name: Arc<str>,
    next: Value,
}

/// How the values of fields come.
pub(super) trait Resolve {
    fn attach<V: Into<Value>>(
        executor: ExecutorBuilder,
        name: &str,
        value: fn(&Field<'_>) -> Result<V>,
    ) -> ExecutorBuilder
    where
        V: 'static;
}

/// From functions that return them.
pub(super) struct Ready;

/// From functions whose futures are ready at their first poll.
pub(super) struct Awaited;

impl Resolve for Ready {
    fn attach<V: Into<Value> + 'static>(
        executor: ExecutorBuilder,
        name: &str,
        value: fn(&Field<'_>) -> Result<V>,
    ) -> ExecutorBuilder {
        executor.resolver(name, value)
    }
}

impl Resolve for Awaited {
    fn attach<V: Into<Value> + 'static>(
        executor: ExecutorBuilder,
        name: &str,
        value: fn(&Field<'_>) -> Result<V>,
    ) -> ExecutorBuilder {
        executor.async_resolver(name, move |field| {
            Box::pin(async move { value(&field).map(Into::into) })
        })
    }
}

/// A kind of layer.
pub(super) trait Kind {
    fn layer() -> Arc<FieldLayer>;
}

/// Looks at the field before, and at its value after.
pub(super) struct Touch;

/// Passes the field on, and has no after-part.
pub(super) struct PassOn;

/// The touch for a type of which nothing is asked.
pub(super) struct Elsewhere;

/// Looks at the field before its value is there, and in an exit.
pub(super) struct WithExit;

/// Allocates: the gate looks at it to see that it would notice.
pub(super) struct Allocating;

impl Layer for Touch {}

impl FieldMiddleware for Touch {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        touch_in(field.info.field_name().len());
        next.resolve(field).then(|result| {
            touch_out(u16::from(result.is_ok()));
            result
        })
    }
}

impl Kind for Touch {
    fn layer() -> Arc<FieldLayer> {
        field(Touch)
    }
}

impl Kind for PassOn {
    fn layer() -> Arc<FieldLayer> {
        from_fn("pass on", |field, next| next.resolve(field))
    }
}

impl Kind for Elsewhere {
    fn layer() -> Arc<FieldLayer> {
        scoped(Scope::types(["Node"]), Touch::layer())
    }
}

impl Layer for WithExit {}

impl FieldMiddleware for WithExit {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        touch_in(field.info.field_name().len());
        next.resolve(field)
    }

    fn install(&self, on: &mut On<Self>) {
        on.exit(|_, info, _| touch_in(info.field_name().len()));
    }
}

impl Kind for WithExit {
    fn layer() -> Arc<FieldLayer> {
        field(WithExit)
    }
}

impl Kind for Allocating {
    fn layer() -> Arc<FieldLayer> {
        from_fn("allocate", |field, next| {
            black_box(Box::new(field.info.field_name().len()));
            next.resolve(field)
        })
    }
}

/// An executor of both questions.
fn executor<R: Resolve, K: Kind>(layers: usize) -> Executor {
    let users: Vec<User> = (0..OBJECTS as i64)
        .map(|id| User {
            id,
            name: format!("user {id}").into(),
            email: format!("user{id}@example.org").into(),
            age: id % 90,
            active: id % 2 == 0,
        })
        .collect();
    let users = Value::anys(users);
    let node = (0..5).rev().fold(Value::Null, |next, id| {
        Value::any(Node { id, name: format!("node {id}").into(), next })
    });
    let mut stack = Stack::builder();
    for _ in 0..layers {
        stack = stack.layer(K::layer());
    }
    let stack = stack.build().expect("layers without needs");
    let mut executor = Executor::builder(Schema::parse(SDL).expect("a schema"))
        .stack(&stack)
        .resolver("Query.users", move |_| Ok(users.clone()))
        .resolver("Query.node", move |_| Ok(node.clone()));
    executor = R::attach(executor, "User.id", |field| Ok(field.root_as::<User>()?.id));
    executor = R::attach(executor, "User.name", |field| Ok(field.root_as::<User>()?.name.clone()));
    executor =
        R::attach(executor, "User.email", |field| Ok(field.root_as::<User>()?.email.clone()));
    executor = R::attach(executor, "User.age", |field| Ok(field.root_as::<User>()?.age));
    executor = R::attach(executor, "User.active", |field| Ok(field.root_as::<User>()?.active));
    executor = R::attach(executor, "Node.id", |field| Ok(field.root_as::<Node>()?.id));
    executor = R::attach(executor, "Node.name", |field| Ok(field.root_as::<Node>()?.name.clone()));
    executor = R::attach(executor, "Node.next", |field| Ok(field.root_as::<Node>()?.next.clone()));
    executor.build().expect("resolvers of the schema's fields")
}

fn ask(executor: Executor, document: &'static str) -> Run {
    let first = executor.execute_blocking(Request::new(document));
    assert!(first.errors.is_empty(), "{:?}", first.errors);
    Box::new(move || {
        black_box(executor.execute_blocking(Request::new(document)));
    })
}

pub(super) fn list<R: Resolve, K: Kind>(layers: usize) -> Run {
    ask(executor::<R, K>(layers), LIST)
}

pub(super) fn deep<R: Resolve, K: Kind>(layers: usize) -> Run {
    ask(executor::<R, K>(layers), DEEP)
}
