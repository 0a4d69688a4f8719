//! Putting an executor together.

use super::compile::compile;
use super::compiled::{AnyFn, Resolver, Scalar, TypeFn};
use super::documents::Documents;
use super::{Executor, Inner};
use crate::Stack;
use crate::error::Result;
use crate::field::Field;
use crate::limits::Limits;
use crate::profile::Profile;
use crate::resolved::Resolved;
use crate::schema::Schema;
use crate::value::{Source, Value};
use futures_util::future::BoxFuture;
use futures_util::stream::Stream;
use std::any::{self, Any};
use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

/// Collects the resolvers, the layers and the settings of an [`Executor`].
///
/// A field without a resolver takes the member of its parent that has its name. Attaching something
/// twice replaces it.
pub struct ExecutorBuilder {
    schema: Schema,
    stack: Stack,
    profile: Profile,
    limits: Limits,
    pub(super) attached: Attached,
}

/// What was attached to names, to be found in the schema when it is built.
#[derive(Default)]
pub(super) struct Attached {
    pub(super) resolvers: Vec<(String, Resolver)>,
    pub(super) sources: Vec<(String, Resolver)>,
    pub(super) scalars: HashMap<String, Scalar>,
    pub(super) types_of: Vec<(String, Box<TypeFn>)>,
    pub(super) rust_types: Vec<(any::TypeId, String)>,
}

impl ExecutorBuilder {
    pub(super) fn new(schema: Schema) -> Self {
        ExecutorBuilder {
            schema,
            stack: Stack::empty(),
            profile: Profile::default(),
            limits: Limits::default(),
            attached: Attached::default(),
        }
    }

    /// Runs these layers around fields. Default: none.
    pub fn stack(mut self, stack: &Stack) -> Self {
        self.stack = stack.clone();
        self
    }

    /// Follows these rules where systems differ. Default: the contract's.
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Bounds what a document may ask for. Default: [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Resolves a field (`Type.field`) by a function whose value is there when it returns.
    ///
    /// It must not block for long where the executor is used asynchronously.
    pub fn resolver<V: Into<Value>>(
        mut self,
        field: impl Into<String>,
        resolve: impl Fn(&Field<'_>) -> Result<V> + Send + Sync + 'static,
    ) -> Self {
        let resolve = move |field: &Field<'_>| resolve(field).map(Into::into);
        self.attached.resolvers.push((field.into(), Resolver::Ready(Box::new(resolve))));
        self
    }

    /// Resolves a field (`Type.field`) by a function that boxes its future.
    ///
    /// ```
    /// use graphql_mw::{Executor, Request, Schema, Value};
    ///
    /// let executor = Executor::builder(Schema::parse("type Query { dice: Int }")?)
    ///     .async_resolver("Query.dice", |_| Box::pin(async { Ok(Value::from(4)) }))
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn async_resolver(
        self,
        field: impl Into<String>,
        resolve: impl for<'a> Fn(Field<'a>) -> BoxFuture<'a, Result<Value>> + Send + Sync + 'static,
    ) -> Self {
        self.any_resolver(field, move |field| Resolved::from(resolve(field)))
    }

    /// Resolves a field (`Type.field`) by a function whose value may be there or be awaited, such
    /// as one that is found in a cache or else fetched.
    pub fn any_resolver(
        mut self,
        field: impl Into<String>,
        resolve: impl for<'a> Fn(Field<'a>) -> Resolved<'a> + Send + Sync + 'static,
    ) -> Self {
        self.attached.resolvers.push((field.into(), any_fn(resolve)));
        self
    }

    /// Gives a field of the subscription root (`Subscription.field`) its events; see [`Source`] for
    /// what becomes of each.
    pub fn source<S>(
        mut self,
        field: impl Into<String>,
        events: impl Fn(&Field<'_>) -> Result<S> + Send + Sync + 'static,
    ) -> Self
    where
        S: Stream<Item = Result<Value>> + Send + 'static,
    {
        let events = move |field: &Field<'_>| events(field).map(Source::new).map(Value::Source);
        self.attached.sources.push((field.into(), Resolver::Ready(Box::new(events))));
        self
    }

    /// Like [`source`](Self::source), for events that have to be awaited before they begin.
    pub fn async_source(
        mut self,
        field: impl Into<String>,
        events: impl for<'a> Fn(Field<'a>) -> BoxFuture<'a, Result<Source>> + Send + Sync + 'static,
    ) -> Self {
        let events = any_fn(move |field| {
            let events = events(field);
            Resolved::future(async move { events.await.map(Value::Source) })
        });
        self.attached.sources.push((field.into(), events));
        self
    }

    /// Says of which object type a value of this interface or union is; `None` leaves it to the
    /// value's Rust type and its member `__typename`.
    pub fn type_of(
        mut self,
        type_name: impl Into<String>,
        of: impl Fn(&Value) -> Option<String> + Send + Sync + 'static,
    ) -> Self {
        self.attached.types_of.push((type_name.into(), Box::new(of)));
        self
    }

    /// Says that values of the Rust type `T` are of this object type, wherever they stand for an
    /// interface or a union.
    pub fn rust_type<T: Any>(mut self, type_name: impl Into<String>) -> Self {
        self.attached.rust_types.push((any::TypeId::of::<T>(), type_name.into()));
        self
    }

    /// Reads values of a custom scalar that clients give. Default: as they are given.
    pub fn parse_scalar(
        mut self,
        scalar: impl Into<String>,
        parse: impl Fn(Value) -> Result<Value> + Send + Sync + 'static,
    ) -> Self {
        self.attached.scalars.entry(scalar.into()).or_default().parse = Some(Arc::new(parse));
        self
    }

    /// Writes values of a custom scalar that resolvers give. Default: as JSON has them.
    pub fn serialize_scalar(
        mut self,
        scalar: impl Into<String>,
        serialize: impl Fn(Value) -> Result<Value> + Send + Sync + 'static,
    ) -> Self {
        let scalar = self.attached.scalars.entry(scalar.into()).or_default();
        scalar.serialize = Some(Arc::new(serialize));
        self
    }

    /// Checks all names and chooses the layers of every field (rule F12).
    ///
    /// # Errors
    ///
    /// Every name that is not in the schema, with the nearest one that is; and every field of the
    /// subscription root that has no source.
    pub fn build(self) -> Result<Executor, ExecutorError> {
        let compiled = compile(self.schema, self.attached, &self.stack, self.profile)?;
        Ok(Executor(Arc::new(Inner {
            compiled,
            stack: self.stack,
            profile: self.profile,
            limits: self.limits,
            documents: Documents::default(),
        })))
    }
}

fn any_fn(resolve: impl for<'a> Fn(Field<'a>) -> Resolved<'a> + Send + Sync + 'static) -> Resolver {
    let resolve: Box<AnyFn> = Box::new(resolve);
    Resolver::Any(resolve)
}

impl fmt::Debug for ExecutorBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExecutorBuilder")
            .field("stack", &self.stack)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// Everything that does not fit between a schema and what was attached to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExecutorError {
    pub(super) problems: Vec<String>,
}

impl ExecutorError {
    /// The problems, each with what to do; never empty.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }
}

impl fmt::Display for ExecutorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problems.join("\n"))
    }
}

impl std::error::Error for ExecutorError {}
