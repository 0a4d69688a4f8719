//! GraphQL with field middleware whose order can be relied on: one layer for queries, mutations and
//! subscriptions, blocking and asynchronous.
//!
//! ```
//! use graphql_mw::{Executor, Request, Schema, Stack, from_fn};
//!
//! let stack = Stack::builder()
//!     .layer(from_fn("shout", |field, next| {
//!         next.resolve(field).map(|value| match value.as_str() {
//!             Some(text) => text.to_uppercase().into(),
//!             None => value,
//!         })
//!     }))
//!     .build()?;
//! let executor = Executor::builder(Schema::parse("type Query { hello: String }")?)
//!     .stack(&stack)
//!     .resolver("Query.hello", |_| Ok("hello"))
//!     .build()?;
//! let response = executor.execute_blocking(Request::new("{ hello }"));
//! assert_eq!(response.to_json(), r#"{"data":{"hello":"HELLO"}}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A [`FieldMiddleware`] stands around the resolving of fields. A [`Stack`] lists layers, the first
//! one outermost, and checks their declared order when it is built. An [`Executor`] is a [`Schema`]
//! with its resolvers and a stack; which layers a field has is decided when it is built, by their
//! [`Scope`]s, and a field without layers pays nothing.
//!
//! ```text
//!         (root, info, args)                       value or error
//!           |                                          ^   ready, or awaited
//!           v                                          |
//!  +-- login required -------------------------------------+
//!  |        | before next                  after next  ^    |
//!  |  +-- timing -----------------------------------------+ |
//!  |  |     |                                         |   | |
//!  |  |     +------------->  resolver  ---------------+   | |
//!  |  +---------------------------------------------------+ |
//!  +--------------------------------------------------------+
//!           exit, exit: once each, however it ended
//! ```
//!
//! For subscriptions the same layers run around the source, and around the fields of each event.
//!
//! # From text to execution
//!
//! A document goes through three doors, each of which may refuse it and says why and where:
//!
//! 1. [`Document::parse`] reads the text under [`Limits`] and makes the [`ast`];
//! 2. [`validate()`] holds it against a [`Schema`], rule by rule, with graphql-js's rule names;
//! 3. [`Limits::check_operations`] weighs what its operations ask for once fragments are put in
//!    their places.
//!
//! ```
//! use graphql_mw::{Document, Limits, Schema, validate};
//!
//! let schema = Schema::parse("type Query { hello(name: String!): String }")?;
//! let document = Document::parse("{ hello }", &Limits::default())?;
//! let violations = validate(&schema, &document);
//! assert_eq!(
//!     violations[0].to_string(),
//!     "1:3: field `hello` needs its argument `name` of type `String!`: add `name: …` \
//!      (ProvidedRequiredArguments)",
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! No part of this crate does I/O. Bad input ends in an error within milliseconds; it never
//! panics, and memory and time are bounded by the document's size.

pub mod ast;
mod data;
mod error;
mod executor;
mod field;
mod info;
mod limits;
mod loader;
mod location;
mod middleware;
mod next;
mod parser;
mod path;
mod profile;
mod request;
mod resolved;
mod response;
pub mod schema;
mod scope;
mod selection;
pub mod transport;
pub mod validate;
mod value;
mod weigh;

pub use ast::Document;
pub use limits::{LimitError, Limits};
pub use location::Location;
pub use parser::ParseError;
pub use schema::{Schema, SchemaError};
pub use validate::{Rule, Violation, validate};

pub use data::{Data, DataObject};
pub use error::{Error, Result};
#[cfg(feature = "async-graphql")]
pub use executor::async_graphql;
pub use executor::{Executor, ExecutorBuilder, ExecutorError, Subscription};
pub use field::Field;
pub use info::{Info, Phase};
pub use loader::Loader;
pub use middleware::{FieldLayer, FieldMiddleware, On, field, from_fn, scoped};
pub use next::{Next, Retry};
pub use path::{Path, PathSegment};
pub use profile::{Profile, UnknownProfile};
pub use request::Request;
pub use resolved::{FieldFuture, Resolved};
pub use response::{Response, ResponseError};
pub use scope::{Scope, Target};
pub use selection::{SelectedField, Selection};
pub use value::{Later, Object, Source, Text, Value};

pub use engine_core::panics::quiet_panics;
pub use engine_core::{BuildError, Exit, Layer, Order, State};

/// A stack of this engine's layers.
pub type Stack = engine_core::Stack<FieldLayer>;

/// Layers of this engine by name.
pub type Registry = engine_core::Registry<FieldLayer>;
