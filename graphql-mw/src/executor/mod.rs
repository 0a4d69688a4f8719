//! Executing operations.

mod arena;
#[cfg(feature = "async-graphql")]
pub mod async_graphql;
mod batches;
mod blocking;
mod builder;
mod coerce;
mod compile;
mod compiled;
mod complete;
mod documents;
mod generator;
mod introspection;
mod leaf;
mod node;
mod plan;
mod prepare;
mod resolve;
mod run;
mod subscribe;
mod unit;

pub(crate) use batches::{Batches, Queue};
pub use builder::{ExecutorBuilder, ExecutorError};
pub(crate) use node::Node;
pub(crate) use plan::{Operation, Planned, Selected};
pub(crate) use resolve::FieldStack;
pub(crate) use run::Run;
pub use subscribe::Subscription;
pub(crate) use unit::Unit;

use crate::Stack;
use crate::ast::OperationKind;
use crate::limits::Limits;
use crate::profile::Profile;
use crate::request::Request;
use crate::response::{Response, ResponseError};
use crate::schema::Schema;
use compiled::Compiled;
use documents::Documents;
use std::fmt;
use std::sync::Arc;

/// A schema with its resolvers and its layers, ready to answer requests; cheap to clone.
///
/// ```
/// use graphql_mw::{Executor, Request, Schema, Stack, from_fn};
///
/// let shout = from_fn("shout", |field, next| {
///     next.resolve(field).map(|value| match value.as_str() {
///         Some(text) => text.to_uppercase().into(),
///         None => value,
///     })
/// });
/// let executor = Executor::builder(Schema::parse("type Query { hello(name: String = \"world\"): String }")?)
///     .stack(&Stack::builder().layer(shout).build()?)
///     .resolver("Query.hello", |field| {
///         Ok(format!("hello {}", field.arg("name").as_str().unwrap_or("nobody")))
///     })
///     .build()?;
/// let response = executor.execute_blocking(Request::new("{ hello }"));
/// assert_eq!(response.to_json(), r#"{"data":{"hello":"HELLO WORLD"}}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// One executor answers blocking and asynchronously, with the same results.
#[derive(Clone)]
pub struct Executor(Arc<Inner>);

pub(crate) struct Inner {
    compiled: Compiled,
    stack: Stack,
    profile: Profile,
    limits: Limits,
    documents: Documents,
}

impl Executor {
    /// Starts an executor of this schema.
    pub fn builder(schema: Schema) -> ExecutorBuilder {
        ExecutorBuilder::new(schema)
    }

    /// Executes a query or a mutation. Needs no particular runtime.
    ///
    /// Fields of a query that are awaited are awaited side by side; the root fields of a mutation
    /// run one after another (rule F11). A document is parsed and validated once and then kept.
    ///
    /// Cancel safety: dropping the future drops the fields where they stand, then runs the exit of
    /// every entered layer with [`Exit::Dropped`](crate::Exit::Dropped).
    pub async fn execute(&self, request: Request) -> Response {
        let prepared = match self.0.prepare(request) {
            Ok(prepared) => prepared,
            Err(response) => return response,
        };
        if prepared.ast().kind == OperationKind::Subscription {
            let error = ResponseError::new("a subscription is a stream: subscribe to it");
            return Response::request_error([error.at(prepared.ast().location)]);
        }
        let op = prepared.operation(&self.0);
        run::run(&op, prepared.root.clone()).await
    }

    /// Executes a query or a mutation on this thread, which sleeps where something is awaited.
    ///
    /// A resolver that needs a runtime for its future must bring one that runs on another thread.
    pub fn execute_blocking(&self, request: Request) -> Response {
        blocking::block_on(self.execute(request))
    }

    /// Subscribes: asks for the source, and gives the stream of responses to its events.
    ///
    /// # Errors
    ///
    /// A response without data, where the request is no valid subscription, or its source fails at
    /// the start or is refused by a layer (rule F10).
    pub async fn subscribe(&self, request: Request) -> Result<Subscription, Response> {
        let prepared = self.0.prepare(request)?;
        if prepared.ast().kind != OperationKind::Subscription {
            let kind = prepared.ast().kind.as_str();
            let error = ResponseError::new(format!("a {kind} is no stream: execute it"));
            return Err(Response::request_error([error.at(prepared.ast().location)]));
        }
        Subscription::start(Arc::clone(&self.0), prepared).await
    }

    /// The kind of the operation that a request means, so that a transport can decide what to do
    /// with it. The document is kept for when it is executed.
    ///
    /// # Errors
    ///
    /// The response to a request that does not parse, is not valid or means no operation.
    pub fn operation_kind(&self, request: &Request) -> Result<OperationKind, Response> {
        let document = self.0.document(&request.query)?;
        let place = prepare::choose(&document, request.operation_name.as_deref())?;
        Ok(document.operations[place].kind)
    }

    /// The schema.
    pub fn schema(&self) -> &Schema {
        &self.0.compiled.types
    }

    /// The layers, in listed order.
    pub fn stack(&self) -> &Stack {
        &self.0.stack
    }

    /// Whose rules the stack follows.
    pub fn profile(&self) -> Profile {
        self.0.profile
    }

    /// The names of the layers that run around values of a field (`Type.field`) in operations of
    /// this kind, outermost first; none where there is no such field.
    pub fn layers_of(&self, kind: OperationKind, field: &str) -> Option<Vec<String>> {
        let (type_name, field_name) = field.split_once('.')?;
        let types = &self.0.compiled.types;
        let parent = types.type_named(type_name)?.id;
        let field = types.field(parent, field_name)?.id;
        let layers = self.0.compiled.layers(parent, field, compiled::Reach::of(kind));
        Some(layers.run.iter().map(|layer| layer.name().into_owned()).collect())
    }
}

impl fmt::Debug for Executor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Executor")
            .field("stack", &self.0.stack)
            .field("profile", &self.0.profile)
            .finish_non_exhaustive()
    }
}
