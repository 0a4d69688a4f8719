//! Layers around the resolving of fields.

use crate::field::Field;
use crate::info::Info;
use crate::next::Next;
use crate::resolved::Resolved;
use crate::scope::Scope;
use engine_core::{Exit, Layer, LayerType, Member, Order};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A layer around the resolving of fields: one for queries, mutations and subscriptions.
///
/// ```
/// use graphql_mw::{Error, Field, FieldMiddleware, Layer, Next, Resolved};
///
/// struct User;
///
/// struct LoginRequired;
///
/// impl Layer for LoginRequired {}
///
/// impl FieldMiddleware for LoginRequired {
///     fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
///         if field.info.state().get::<User>().is_none() {
///             return Resolved::error(Error::new("log in first"));
///         }
///         next.resolve(field)
///     }
/// }
/// ```
///
/// It runs for every field in its [`Scope`]: nested ones, those of each item of a list, those
/// without a resolver of their own, and introspection (rule F1). An error is a field error, with
/// null in the field's place (rule F4); layers further out see it and may make a value of it (rule
/// F5). A panic is an error without the panic's text (rule S10).
pub trait FieldMiddleware: Layer {
    /// Resolves a field, by passing it on with [`Next::resolve`] or by answering it.
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a>;

    /// Says what else this layer has: an exit, a scope. Called once, when the layer is put into a
    /// stack. Default: neither.
    ///
    /// An exit that is not installed does not exist and costs nothing; a method that was written
    /// for one and not installed is reported by the compiler as never used.
    fn install(&self, on: &mut On<Self>)
    where
        Self: Sized,
    {
        let _ = on;
    }
}

pub(crate) type ExitHook = Arc<dyn Fn(&Info<'_>, Exit) + Send + Sync>;

/// Where a layer says what it has beside [`resolve`](FieldMiddleware::resolve).
pub struct On<L> {
    layer: Arc<L>,
    exit: Option<ExitHook>,
    scopes: Vec<Scope>,
}

impl<L: FieldMiddleware> On<L> {
    /// Runs exactly once for each field this layer has entered, in reverse order: when the value
    /// is there or the field's future is dropped; around a subscription's source when its stream
    /// ends (rule S9). A panic in it is logged and stops nobody.
    ///
    /// It is told [`Exit::Done`] for a value, [`Exit::Failed`] for an error, and
    /// [`Exit::Dropped`].
    pub fn exit(
        &mut self,
        hook: impl Fn(&L, &Info<'_>, Exit) + Send + Sync + 'static,
    ) -> &mut Self {
        let layer = Arc::clone(&self.layer);
        self.exit = Some(Arc::new(move |info, how| hook(&layer, info, how)));
        self
    }

    /// Runs for these fields only, wherever it is listed.
    pub fn scope(&mut self, scope: Scope) -> &mut Self {
        self.scopes.push(scope);
        self
    }
}

impl<L> fmt::Debug for On<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("On")
            .field("exit", &self.exit.is_some())
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// A layer ready to be listed in a [`Stack`](crate::Stack); made by [`field`], [`scoped`] or
/// [`from_fn`].
pub struct FieldLayer {
    pub(crate) layer: Arc<dyn FieldMiddleware>,
    of: LayerType,
    pub(crate) exit: Option<ExitHook>,
    /// All of them must hold.
    pub(crate) scopes: Vec<Scope>,
}

/// A layer around fields.
pub fn field<L: FieldMiddleware>(layer: L) -> Arc<FieldLayer> {
    let layer = Arc::new(layer);
    let mut on = On { layer: Arc::clone(&layer), exit: None, scopes: Vec::new() };
    layer.install(&mut on);
    let (exit, scopes) = (on.exit, on.scopes);
    Arc::new(FieldLayer { layer, of: LayerType::of::<L>(), exit, scopes })
}

/// The same layer for these fields only; a scope that it has already holds, too.
///
/// ```
/// use graphql_mw::{Scope, Stack, from_fn, scoped};
///
/// let audit = from_fn("audit", |field, next| next.resolve(field));
/// let stack = Stack::builder().layer(scoped(Scope::types(["Payment"]), audit)).build()?;
/// # Ok::<(), engine_core::BuildError>(())
/// ```
pub fn scoped(scope: Scope, layer: Arc<FieldLayer>) -> Arc<FieldLayer> {
    let mut scopes = layer.scopes.clone();
    scopes.push(scope);
    let FieldLayer { layer, of, exit, .. } = &*layer;
    Arc::new(FieldLayer { layer: Arc::clone(layer), of: *of, exit: exit.clone(), scopes })
}

/// A layer made of a closure.
///
/// ```
/// use graphql_mw::{Stack, from_fn};
///
/// let stack = Stack::builder()
///     .layer(from_fn("log", |field, next| {
///         let info = field.info;
///         next.resolve(field).then(move |result| {
///             println!("{} {}", info.path(), if result.is_ok() { "ok" } else { "failed" });
///             result
///         })
///     }))
///     .build()?;
/// # Ok::<(), engine_core::BuildError>(())
/// ```
pub fn from_fn(
    name: impl Into<Cow<'static, str>>,
    resolve: impl for<'a> Fn(Field<'a>, Next<'a>) -> Resolved<'a> + Send + Sync + 'static,
) -> Arc<FieldLayer> {
    field(FromFn { name: name.into(), resolve })
}

struct FromFn<F> {
    name: Cow<'static, str>,
    resolve: F,
}

impl<F: Send + Sync + 'static> Layer for FromFn<F> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }
}

impl<F> FieldMiddleware for FromFn<F>
where
    F: for<'a> Fn(Field<'a>, Next<'a>) -> Resolved<'a> + Send + Sync + 'static,
{
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        (self.resolve)(field, next)
    }
}

impl Layer for FieldLayer {
    fn name(&self) -> Cow<'_, str> {
        self.layer.name()
    }

    fn declare(&self, order: &mut Order) {
        self.layer.declare(order);
    }
}

impl Member for FieldLayer {
    fn layer_type(&self) -> LayerType {
        self.of
    }

    fn hooks(&self) -> Option<Vec<&'static str>> {
        let exit = self.exit.is_some().then_some("exit");
        Some(std::iter::once("resolve").chain(exit).collect())
    }
}

impl fmt::Debug for FieldLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.name(), Member::hooks(self).unwrap_or_default())
    }
}
