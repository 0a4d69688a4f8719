//! juniper, which has no layers around fields.

use super::{DEEP, LIST, OBJECTS};
use crate::Run;
use juniper::{
    EmptyMutation, EmptySubscription, GraphQLObject, RootNode, Variables, graphql_object,
};
use std::hint::black_box;
use std::sync::OnceLock;

#[derive(Clone, GraphQLObject)]
struct User {
    id: i32,
    name: String,
    email: String,
    age: i32,
    active: bool,
}

#[derive(GraphQLObject)]
struct Node {
    id: i32,
    name: String,
    next: Option<Box<Node>>,
}

/// The same object, each of its fields an async function.
struct Person(User);

#[graphql_object]
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

fn users() -> &'static [User] {
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

fn people() -> &'static [Person] {
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

#[graphql_object]
impl Query {
    fn users() -> &'static [User] {
        users()
    }

    fn node() -> &'static Node {
        chain()
    }
}

struct People;

#[graphql_object]
impl People {
    fn users() -> &'static [Person] {
        people()
    }
}

type Root<Q> = RootNode<Q, EmptyMutation<()>, EmptySubscription<()>>;

fn root<Q>(query: Q) -> Root<Q>
where
    Q: juniper::GraphQLType<juniper::DefaultScalarValue, Context = (), TypeInfo = ()>,
{
    RootNode::new(query, EmptyMutation::new(), EmptySubscription::new())
}

fn sync(document: &'static str) -> Run {
    let root = root(Query);
    Box::new(move || {
        let done = juniper::execute_sync(document, None, &root, &Variables::new(), &());
        assert!(black_box(done).is_ok_and(|(_, errors)| errors.is_empty()));
    })
}

fn asynchronous(document: &'static str) -> Run {
    let root = root(Query);
    Box::new(move || {
        let variables = Variables::new();
        let done = juniper::execute(document, None, &root, &variables, &());
        let done = futures_executor::block_on(done);
        assert!(black_box(done).is_ok_and(|(_, errors)| errors.is_empty()));
    })
}

pub(super) fn list_sync(_: usize) -> Run {
    sync(LIST)
}

pub(super) fn list_async(_: usize) -> Run {
    asynchronous(LIST)
}

pub(super) fn deep_sync(_: usize) -> Run {
    sync(DEEP)
}

pub(super) fn deep_async(_: usize) -> Run {
    asynchronous(DEEP)
}

pub(super) fn list_of_async_functions(_: usize) -> Run {
    let root = root(People);
    Box::new(move || {
        let variables = Variables::new();
        let done = juniper::execute(LIST, None, &root, &variables, &());
        let done = futures_executor::block_on(done);
        assert!(black_box(done).is_ok_and(|(_, errors)| errors.is_empty()));
    })
}
