//! The same layers around the fields of async-graphql, as an extension of its schemas.
//!
//! ```
//! use async_graphql::{EmptyMutation, EmptySubscription, Object, Schema};
//! use graphql_mw::async_graphql::Layers;
//! use graphql_mw::{Stack, from_fn};
//!
//! struct Query;
//!
//! #[Object]
//! impl Query {
//!     async fn hello(&self) -> &str {
//!         "hello"
//!     }
//! }
//!
//! let shout = from_fn("shout", |field, next| {
//!     next.resolve(field).map(|value| match value.as_str() {
//!         Some(text) => text.to_uppercase().into(),
//!         None => value,
//!     })
//! });
//! let stack = Stack::builder().layer(shout).build()?;
//! let schema = Schema::build(Query, EmptyMutation, EmptySubscription)
//!     .extension(Layers::new(&stack))
//!     .finish();
//! let response = futures_executor::block_on(schema.execute("{ hello }"));
//! assert_eq!(response.data.to_string(), r#"{hello: "HELLO"}"#);
//! # Ok::<(), graphql_mw::BuildError>(())
//! ```
//!
//! # What async-graphql cannot express
//!
//! - **Parents are not told.** [`Field::root`] is null.
//! - **Arguments are read only.** Those that a layer changes reach the inner layers, and not the
//!   resolver.
//! - **Values come completed**, the fields below them included: a layer's after-part runs when
//!   those are through (rule F2 does not hold). Lists, objects and other values that are no plain
//!   scalar are [`Value::any`] of an `async_graphql::Value`, which is not copied.
//! - **The source of a subscription is nobody's field**: layers run around the fields of each event
//!   only, as in [`Profile::GraphqlCore33`].
//! - **A field that is asked of an interface is not said to be of an object**: [`Info`] names the
//!   first of the objects it could be, and layers whose scope tells those apart are refused.
//! - **An error of a field that must not be null leaves the field out**, as the resolver's own does.
//! - **A field is resolved once**: a retry is answered with an error.
//! - **No hook is called for `__typename`.**
//!
//! Each document is parsed and validated by this crate, too, under its default
//! [`Limits`](crate::Limits), so that [`Info`] can say all that it says elsewhere.

use super::arena::Arena;
use super::batches::Batches;
use super::compiled::{Reach, Resolver};
use super::node::{At, Held, Node, Step};
use super::plan::{Operation, Planned, Selected};
use super::prepare::Prepared;
use super::resolve::FieldStack;
use super::run::Run;
use super::unit::Exits;
use super::{Executor, Inner};
use crate::Stack;
use crate::ast::OperationKind;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::info::Info;
use crate::next::Rest;
use crate::profile::Profile;
use crate::request::Request;
use crate::resolved::Resolved;
use crate::schema::{Schema, TypeId};
use crate::value::Value;
use ::async_graphql as theirs;
use engine_core::State;
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use futures_util::stream;
use std::collections::HashMap;
use std::fmt;
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use theirs::extensions::{
    Extension, ExtensionContext, ExtensionFactory, NextExecute, NextPrepareRequest, NextResolve,
    ResolveInfo,
};
use theirs::{QueryPathSegment, ServerError, ServerResult};

mod convert;

/// A stack of field layers as an extension of an async-graphql schema.
///
/// Layers see the state that the request carries as `Arc<Mutex<State>>` among its data
/// (`request.data(state)`); without one it begins empty.
#[derive(Clone)]
pub struct Layers {
    stack: Stack,
    profile: Profile,
    /// Made of the schema, which is known from the first request on.
    executor: Arc<OnceLock<Result<Executor, String>>>,
}

impl Layers {
    /// These layers, the first one outermost.
    pub fn new(stack: &Stack) -> Self {
        Layers { stack: stack.clone(), profile: Profile::default(), executor: Arc::default() }
    }

    /// The same layers by these rules where systems differ.
    pub fn profile(self, profile: Profile) -> Self {
        Layers { profile, executor: Arc::default(), ..self }
    }

    fn executor(&self, sdl: impl FnOnce() -> String) -> ServerResult<&Executor> {
        let built = self.executor.get_or_init(|| self.build(&sdl()));
        built.as_ref().map_err(|message| ServerError::new(message.clone(), None))
    }

    fn build(&self, sdl: &str) -> Result<Executor, String> {
        let schema = Schema::parse(sdl).map_err(|error| error.to_string())?;
        let subscription = schema.root(OperationKind::Subscription);
        let is_source = |field: &&crate::schema::Field| Some(field.parent) == subscription;
        let sources: Vec<_> = schema.fields().iter().filter(is_source).collect();
        let name = |of: TypeId, field: &str| format!("{}.{field}", schema[of].name);
        let sources: Vec<_> = sources.iter().map(|f| name(f.parent, &f.name)).collect();
        let builder = Executor::builder(schema).stack(&self.stack).profile(self.profile);
        let builder = sources
            .into_iter()
            .fold(builder, |builder, field| builder.source(field, |_| Ok(stream::empty())));
        let executor = builder.build().map_err(|error| error.to_string())?;
        check_interfaces(&executor.0)?;
        Ok(executor)
    }
}

/// Checks that the objects of an interface have the same layers around the fields it has, for
/// async-graphql does not say which of them a field is asked of.
fn check_interfaces(inner: &Inner) -> Result<(), String> {
    let schema = &inner.compiled.types;
    let interfaces = schema.types().iter().filter(|of| !schema.possible_types(of.id).is_empty());
    let fields = interfaces.flat_map(|of| of.kind.fields().into_iter().flat_map(|f| f.ids()));
    for field in fields.map(|id| &schema[*id]) {
        let layers = |object: TypeId, reach| {
            let own = schema.field(object, &field.name)?;
            let layers = inner.compiled.layers(object, own.id, reach);
            Some(layers.run.iter().map(Arc::as_ptr).map(<*const _>::cast::<()>).collect::<Vec<_>>())
        };
        let objects = schema.possible_types(field.parent);
        for reach in Reach::ALL {
            if objects.windows(2).any(|two| layers(two[0], reach) != layers(two[1], reach)) {
                return Err(format!(
                    "`{0}.{1}` has other layers around it in one of its objects than in another, \
                     and async-graphql does not say which it is asked of: give the layers a scope \
                     that treats `{1}` the same in all objects of `{0}`",
                    schema[field.parent].name, field.name,
                ));
            }
        }
    }
    Ok(())
}

impl ExtensionFactory for Layers {
    fn create(&self) -> Arc<dyn Extension> {
        Arc::new(Running {
            layers: self.clone(),
            prepared: OnceLock::new(),
            types: Mutex::default(),
            errors: Mutex::default(),
        })
    }
}

impl fmt::Debug for Layers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Layers")
            .field("stack", &self.stack)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

/// One request on its way.
struct Running {
    layers: Layers,
    prepared: OnceLock<(Arc<Inner>, Prepared)>,
    /// Of which type the object at a place of the response is.
    types: Mutex<HashMap<String, TypeId>>,
    /// Errors of nullable fields, which are null and stop nobody else.
    errors: Mutex<Vec<ServerError>>,
}

#[theirs::async_trait::async_trait]
impl Extension for Running {
    async fn prepare_request(
        &self,
        ctx: &ExtensionContext<'_>,
        request: theirs::Request,
        next: NextPrepareRequest<'_>,
    ) -> ServerResult<theirs::Request> {
        let request = next.run(ctx, request).await?;
        let executor = self.layers.executor(|| ctx.sdl())?;
        let prepared = executor.0.prepare(convert::request(ctx, &request)).map_err(|refused| {
            let error = refused.errors.into_iter().next();
            error.map_or_else(|| ServerError::new("internal error", None), convert::refusal)
        })?;
        let _ = self.prepared.set((Arc::clone(&executor.0), prepared));
        Ok(request)
    }

    async fn execute(
        &self,
        ctx: &ExtensionContext<'_>,
        operation_name: Option<&str>,
        next: NextExecute<'_>,
    ) -> theirs::Response {
        lock(&self.types).clear();
        let mut response = next.run(ctx, operation_name).await;
        response.errors.append(&mut lock(&self.errors));
        response
    }

    async fn resolve(
        &self,
        ctx: &ExtensionContext<'_>,
        info: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<theirs::Value>> {
        // This hook is called for each item of a list, too, which is no field (rule F2).
        let is_field = matches!(info.path_node.segment, QueryPathSegment::Name(_));
        match self.prepared.get() {
            Some((inner, prepared)) if is_field => {
                self.through_layers(inner, prepared, ctx, info, next).await
            }
            _ => next.run(ctx, info).await,
        }
    }
}

impl Running {
    async fn through_layers(
        &self,
        inner: &Inner,
        prepared: &Prepared,
        ctx: &ExtensionContext<'_>,
        theirs: ResolveInfo<'_>,
        next: NextResolve<'_>,
    ) -> ServerResult<Option<theirs::Value>> {
        let schema = &inner.compiled.types;
        let op = prepared.operation(inner);
        let reach = Reach::of(op.ast.kind);
        let mut path = Vec::from_iter(theirs.path_node.parents().map(|node| node.segment));
        path.reverse();
        let named = schema.type_named(theirs.parent_type);
        // Of an interface the first object stands for all: their layers are the same.
        let parent = named.and_then(|named| schema.possible_types(named.id).first().copied());
        let def = parent.and_then(|parent| schema.field(parent, theirs.name));
        let (Some(named), Some(parent), Some(def)) = (named, parent, def) else {
            return next.run(ctx, theirs).await;
        };
        if !path.is_empty() {
            let mut types = lock(&self.types);
            match named.id == parent {
                true => drop(types.insert(convert::dotted(&path), parent)),
                false => drop(types.entry(convert::dotted(&path)).or_insert(parent)),
            }
        }
        let layers = inner.compiled.layers(parent, def.id, reach);
        if layers.run.is_empty() {
            return next.run(ctx, theirs).await;
        }

        let (nodes, stacks, errors) = (Arena::new(), Arena::new(), Mutex::new(Vec::new()));
        let batches = Batches::new();
        let selected = op.root(reach);
        let (asking, asked) = oneshot::channel();
        let (answer, answered) = oneshot::channel();
        let resolver = endpoint(asking, answered);
        let objects = Arena::new();
        let run = Run {
            op: &op,
            nodes: &nodes,
            stacks: &stacks,
            objects: &objects,
            errors: &errors,
            batches: &batches,
        };
        let key = theirs.alias.unwrap_or(theirs.name);
        let found = selected.as_ref().and_then(|selected| {
            let (node, selected) = self.place(&run, selected, &path)?;
            Some((node, selected.fields.iter().find(|field| **field.key == *key)?))
        });
        // Whoever has layers does not go without them: what cannot be told to them fails.
        let Some((node, planned)) = found else {
            let message =
                format!("`{key}` was not found in the document at `{}`", theirs.path_node);
            return Err(ServerError::new(message, None));
        };
        let args = match &planned.args {
            Ok(args) => args,
            Err(bad) => {
                return Err(
                    convert::Place::of(&theirs, &Info { planned, parent: node }).error(&bad.error)
                );
            }
        };
        let info = Info { planned, parent: node };
        let stack = stacks.alloc(FieldStack::new(layers, &resolver).counted());
        let field = Field { root: node.value(), info, args };
        let place = convert::Place::of(&theirs, &info);
        let is_nullable = !theirs.return_type.ends_with('!');
        let resolved = Exits::new(stack, info).after(Rest { stack, place: 0 }.resolve(field));
        let result = match resolved {
            Resolved::Ready(result) => result,
            Resolved::Future(layers) => {
                let layers = pin!(batches.drive(layers));
                let resolver = pin!(async move {
                    if asked.await.is_ok() {
                        let result = next.run(ctx, theirs).await;
                        let _ = answer.send(convert::from_theirs(result));
                    }
                });
                match select(layers, resolver).await {
                    Either::Left((result, _)) => result,
                    Either::Right(((), layers)) => layers.await,
                }
            }
        };
        match result.and_then(convert::to_theirs) {
            Ok(value) => Ok(Some(value)),
            Err(error) => match convert::same_error(&error) {
                Some(same) => Err(same),
                None if is_nullable => {
                    lock(&self.errors).push(place.error(&error));
                    Ok(Some(theirs::Value::Null))
                }
                None => Err(place.error(&error)),
            },
        }
    }

    /// The object at a place of the response, and what is selected of it.
    fn place<'a>(
        &self,
        run: &'a Run<'a>,
        root: &'a Selected<'a>,
        path: &[QueryPathSegment<'_>],
    ) -> Option<(&'a Node<'a>, &'a Selected<'a>)> {
        let op: &'a Operation<'a> = run.op;
        let (mut node, mut selected) = (run.nodes.alloc(Node::root(run, Value::Null)), root);
        let step = |parent: &'a Node<'a>, step| {
            run.nodes.alloc(Node::new(Held::Owned(Value::Null), At { parent, step }))
                as &'a Node<'a>
        };
        for (at, segment) in path.iter().enumerate() {
            match segment {
                QueryPathSegment::Index(index) => node = step(node, Step::Item(*index)),
                QueryPathSegment::Name(key) => {
                    let planned: &'a Planned<'a> =
                        selected.fields.iter().find(|field| **field.key == **key)?;
                    node = step(node, Step::Field(planned));
                    let items = path[at + 1..].iter();
                    let items = items.take_while(|s| matches!(s, QueryPathSegment::Index(_)));
                    let end = at + 1 + items.count();
                    let of = lock(&self.types).get(&convert::dotted(&path[..end])).copied()?;
                    selected = planned.is_possible(of).then(|| planned.below(op, of))?;
                }
            }
        }
        Some((node, selected))
    }
}

/// The resolver as the layers see it: it asks for async-graphql's own, which is no value that
/// could be called from there, and awaits what that answers.
fn endpoint(asking: oneshot::Sender<()>, answered: oneshot::Receiver<Result<Value>>) -> Resolver {
    let ends = Mutex::new(Some((asking, answered)));
    Resolver::Any(Box::new(move |_| {
        let Some((asking, answered)) = lock(&ends).take() else {
            return Resolved::error(Error::new("async-graphql resolves a field once"));
        };
        Resolved::future(async move {
            let _ = asking.send(());
            answered.await.unwrap_or_else(|_| Err(Error::new("the field was dropped")))
        })
    }))
}

/// The request's state, where it has one.
fn state(ctx: &ExtensionContext<'_>, request: &theirs::Request) -> Option<Arc<Mutex<State>>> {
    let of_request = request.data.get(&std::any::TypeId::of::<Arc<Mutex<State>>>());
    let of_request = of_request.and_then(|state| state.downcast_ref::<Arc<Mutex<State>>>());
    of_request.or_else(|| ctx.data_opt()).cloned()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
