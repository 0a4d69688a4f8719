//! The kit's schema, with real resolvers that write down when they are called.

use crate::adapter::Log;
use conformance::field::{Mode, Program, Resolver};
use futures_util::stream;
use graphql_mw::{
    Error, Executor, ExecutorBuilder, Field, Resolved, Result, Schema, SchemaError, Value,
};

const SDL: &str = r#"
    type Query {
        hello(name: String = "world"): String  a: String  b: String  c: String  must: String!
        boom: String  boomNonNull: String!  nothing: String  plain: String  user: User
        users(n: Int = 2): [User]
    }
    type User {
        name: String  age: Int!  friend: User  tags: [String]  bad: String  badNonNull: String!
    }
    type MakeUser { ok: Boolean  user: User }
    type Mutation {
        setA(v: Int!): Int  setB(v: Int!): Int  setBoom(v: Int!): Int
        makeUser(name: String!): MakeUser
    }
    type Tick { i: Int  label: String }
    type Subscription {
        ticks(n: Int = 2): Tick  count(n: Int = 2): Int  countBoom(n: Int = 2): Int
        startBoom: Int  streamBoom: Int
    }
"#;

/// The fields that have a resolver of their own.
const RESOLVED: [&str; 27] = [
    "Query.hello",
    "Query.a",
    "Query.b",
    "Query.c",
    "Query.must",
    "Query.boom",
    "Query.boomNonNull",
    "Query.nothing",
    "Query.user",
    "Query.users",
    "User.name",
    "User.age",
    "User.friend",
    "User.tags",
    "User.bad",
    "User.badNonNull",
    "Mutation.setA",
    "Mutation.setB",
    "Mutation.setBoom",
    "Mutation.makeUser",
    "Tick.i",
    "Tick.label",
    "Subscription.ticks",
    "Subscription.count",
    "Subscription.countBoom",
    "Subscription.startBoom",
    "Subscription.streamBoom",
];

const SOURCES: [&str; 5] = ["ticks", "count", "countBoom", "startBoom", "streamBoom"];

/// A user, with friends to this depth.
pub(crate) struct User {
    pub(crate) name: String,
    pub(crate) age: i64,
    pub(crate) depth: u8,
}

impl User {
    fn value(name: impl Into<String>) -> Value {
        Value::any(User { name: name.into(), age: 7, depth: 2 })
    }
}

pub(crate) struct Tick {
    pub(crate) i: i64,
    pub(crate) label: String,
}

/// The schema with the resolvers that a program asks for.
pub(crate) fn executor(program: &Program) -> std::result::Result<ExecutorBuilder, SchemaError> {
    let mut builder = Executor::builder(Schema::parse(SDL)?);
    let later = if program.mode == Mode::Async { Resolver::Later } else { Resolver::Ready };
    for field in RESOLVED {
        let word = program.resolvers.get(field).copied().unwrap_or(later);
        let is_later = match word {
            Resolver::Ready => false,
            Resolver::Panic => later == Resolver::Later,
            Resolver::Later | Resolver::Never => true,
        };
        builder = builder.any_resolver(field, move |field| match is_later {
            false => Resolved::from(resolve(&field, word)),
            true => Resolved::future(async move {
                let value = resolve(&field, word);
                if word == Resolver::Never {
                    std::future::pending::<()>().await;
                }
                value
            }),
        });
    }
    for name in SOURCES {
        builder = builder.source(format!("Subscription.{name}"), source);
    }
    Ok(builder)
}

/// The value that operations begin at.
pub(crate) fn root() -> Value {
    Value::object([("plain", Value::from("plain"))])
}

fn resolve(field: &Field<'_>, word: Resolver) -> Result<Value> {
    Log::of(&field.info).event(format!("resolver@{}", field.info.path()));
    let named = format!("{}.{}", field.info.parent_type(), field.info.field_name());
    if word == Resolver::Panic {
        crate::adapter::panic(&format!("Panic: {named}"));
    }
    let number = |name| field.arg(name).as_i64().unwrap_or_default();
    let text = |name| field.arg(name).as_str().unwrap_or_default();
    let user = || field.root.downcast_ref::<User>();
    Ok(match named.as_str() {
        "Query.hello" => Value::from(format!("hello {}", text("name"))),
        "Query.a" => Value::from("A"),
        "Query.b" => Value::from("B"),
        "Query.c" => Value::from("C"),
        "Query.must" => Value::from("must"),
        "Query.user" => User::value("u"),
        "Query.users" => Value::list((0..number("n")).map(|at| User::value(format!("u{at}")))),
        "User.name" => Value::from(user().map(|user| user.name.clone())),
        "User.age" => Value::from(user().map(|user| user.age)),
        "User.tags" => Value::list(["t1", "t2"].map(Value::from)),
        "User.friend" => match user() {
            Some(User { name, depth: depth @ 1.., .. }) => {
                Value::any(User { name: format!("{name}f"), age: 7, depth: depth - 1 })
            }
            _ => Value::Null,
        },
        "Mutation.setA" | "Mutation.setB" => Value::from(10 * number("v")),
        "Mutation.makeUser" => {
            Value::object([("ok", Value::from(true)), ("user", User::value(text("name")))])
        }
        "Tick.i" => Value::from(field.root.downcast_ref::<Tick>().map(|tick| tick.i)),
        "Tick.label" => {
            Value::from(field.root.downcast_ref().map(|tick: &Tick| tick.label.clone()))
        }
        "Subscription.countBoom" if field.root.as_i64() == Some(1) => {
            return Err(Error::new("countBoom"));
        }
        "Subscription.ticks" => {
            let i = field.root.as_i64().unwrap_or_default();
            Value::any(Tick { i, label: format!("t{i}") })
        }
        "Subscription.count" | "Subscription.countBoom" | "Subscription.streamBoom" => {
            field.root.clone()
        }
        "Query.boom" | "Query.boomNonNull" | "User.bad" | "User.badNonNull"
        | "Mutation.setBoom" => return Err(Error::new(String::from(field.info.field_name()))),
        _ => Value::Null,
    })
}

fn source(field: &Field<'_>) -> Result<stream::BoxStream<'static, Result<Value>>> {
    let (log, path) = (Log::of(&field.info), field.info.path().to_string());
    log.event(format!("source.start@{path}"));
    let (name, n) = (field.info.field_name(), field.arg("n").as_i64().unwrap_or(1));
    if name == "startBoom" {
        return Err(Error::new("startBoom"));
    }
    let fails = name == "streamBoom";
    let events = stream::unfold(0, move |k| {
        let event = match k {
            _ if k < n => {
                log.event(format!("source.event{k}@{path}"));
                Some(Ok(Value::from(k)))
            }
            _ if k > n => None,
            _ => {
                log.event(format!("source.end@{path}"));
                fails.then(|| Err(Error::new("streamBoom")))
            }
        };
        std::future::ready(event.map(|event| (event, k + 1)))
    });
    Ok(Box::pin(events))
}
