//! A layer of this engine: hook-style or call-style, and which one is a matter of type.

use crate::around::Around;
use crate::chain::Next;
use crate::error::Result;
use crate::hooks::{HookTable, Hooks, On};
use crate::request::Request;
use crate::response::Response;
use engine_core::{Layer, LayerType, Member, Order};
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A layer ready to be listed in a [`Stack`](crate::Stack); made by [`hooks`], [`around`],
/// [`hook_fns`] or [`from_fn`].
pub struct HttpLayer {
    layer: Arc<dyn Layer>,
    of: LayerType,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Hooks(HookTable),
    Around(Arc<dyn Around>),
}

/// A hook-style layer.
pub fn hooks<L: Hooks>(layer: L) -> Arc<HttpLayer> {
    let layer = Arc::new(layer);
    let mut on = On::new(Arc::clone(&layer));
    layer.install(&mut on);
    let kind = Kind::Hooks(on.table);
    Arc::new(HttpLayer { layer, of: LayerType::of::<L>(), kind })
}

/// A call-style layer.
pub fn around<L: Around>(layer: L) -> Arc<HttpLayer> {
    let layer = Arc::new(layer);
    let kind = Kind::Around(Arc::clone(&layer) as Arc<dyn Around>);
    Arc::new(HttpLayer { layer, of: LayerType::of::<L>(), kind })
}

/// A call-style layer made of a closure.
///
/// ```
/// use engine_sync::{Stack, from_fn};
///
/// let stack = Stack::builder()
///     .layer(from_fn("log", |request, next| {
///         let response = next.run(request);
///         println!("{} {}", request.path(), response.status());
///         Ok(response)
///     }))
///     .build()?;
/// # Ok::<(), engine_core::BuildError>(())
/// ```
pub fn from_fn(
    name: impl Into<Cow<'static, str>>,
    handle: impl Fn(&mut Request, Next<'_>) -> Result<Response> + Send + Sync + 'static,
) -> Arc<HttpLayer> {
    around(FromFn { name: name.into(), handle })
}

struct FromFn<F> {
    name: Cow<'static, str>,
    handle: F,
}

impl<F: Send + Sync + 'static> Layer for FromFn<F> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }
}

impl<F> Around for FromFn<F>
where
    F: Fn(&mut Request, Next<'_>) -> Result<Response> + Send + Sync + 'static,
{
    fn handle(&self, request: &mut Request, next: Next<'_>) -> Result<Response> {
        (self.handle)(request, next)
    }
}

/// A hook-style layer made of closures. Each closure's first argument is the layer itself, which
/// has only its name.
///
/// ```
/// use engine_sync::{Stack, hook_fns};
///
/// let stack = Stack::builder()
///     .layer(hook_fns("powered by", |on| {
///         on.process_response(|_, _request, response| {
///             response.headers_mut().insert("x-powered-by", "plywood".parse()?);
///             Ok(())
///         });
///     }))
///     .build()?;
/// # Ok::<(), engine_core::BuildError>(())
/// ```
pub fn hook_fns(
    name: impl Into<Cow<'static, str>>,
    install: impl FnOnce(&mut On<HookFns>),
) -> Arc<HttpLayer> {
    let layer = Arc::new(HookFns(name.into()));
    let mut on = On::new(Arc::clone(&layer));
    install(&mut on);
    let kind = Kind::Hooks(on.table);
    Arc::new(HttpLayer { layer, of: LayerType::of::<HookFns>(), kind })
}

/// The layer behind [`hook_fns`]: a name.
#[derive(Debug)]
pub struct HookFns(Cow<'static, str>);

impl Layer for HookFns {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl Layer for HttpLayer {
    fn name(&self) -> Cow<'_, str> {
        self.layer.name()
    }

    fn declare(&self, order: &mut Order) {
        self.layer.declare(order);
    }
}

impl Member for HttpLayer {
    fn layer_type(&self) -> LayerType {
        self.of
    }

    fn hooks(&self) -> Option<Vec<&'static str>> {
        Some(match &self.kind {
            Kind::Hooks(table) => table.names(),
            Kind::Around(_) => vec!["handle"],
        })
    }
}

impl fmt::Debug for HttpLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.name(), Member::hooks(self).unwrap_or_default())
    }
}
