//! A layer of this engine: hook-style or call-style, and which one is a matter of type.

use crate::around::{Around, DynAround};
use crate::chain::Next;
use crate::error::Result;
use crate::hooks::{HookTable, Hooks, On};
use crate::outbound::Outbound;
use crate::receive::Receive;
use crate::websocket::WebSocket;
use engine_core::{Layer, LayerType, Member, Order};
use futures_util::future::BoxFuture;
use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

/// A layer ready to be listed in a [`Stack`](crate::Stack); made by [`hooks`], [`around`],
/// [`hook_fns`] or [`from_fn`].
pub struct WsLayer {
    layer: Arc<dyn Layer>,
    of: LayerType,
    pub(crate) kind: Kind,
}

pub(crate) enum Kind {
    Hooks(HookTable),
    Around(Arc<dyn DynAround>),
}

/// A hook-style layer.
pub fn hooks<L: Hooks>(layer: L) -> Arc<WsLayer> {
    let layer = Arc::new(layer);
    let mut on = On::new(Arc::clone(&layer));
    layer.install(&mut on);
    let kind = Kind::Hooks(on.table);
    Arc::new(WsLayer { layer, of: LayerType::of::<L>(), kind })
}

/// A call-style layer.
pub fn around<L: Around>(layer: L) -> Arc<WsLayer> {
    let layer = Arc::new(layer);
    let kind = Kind::Around(Arc::clone(&layer) as Arc<dyn DynAround>);
    Arc::new(WsLayer { layer, of: LayerType::of::<L>(), kind })
}

/// A call-style layer made of a closure, which boxes its future.
///
/// ```
/// use engine_async::{Stack, from_fn};
///
/// let stack = Stack::builder()
///     .layer(from_fn("log", |ws, receive, send, next| {
///         Box::pin(async move {
///             let result = next.run(receive, send).await;
///             println!("{} is over", ws.path());
///             result
///         })
///     }))
///     .build()?;
/// # Ok::<(), engine_core::BuildError>(())
/// ```
pub fn from_fn<F>(name: impl Into<Cow<'static, str>>, call: F) -> Arc<WsLayer>
where
    F: for<'a> Fn(&'a WebSocket, Receive<'a>, Outbound<'a>, Next<'a>) -> BoxFuture<'a, Result<()>>
        + Send
        + Sync
        + 'static,
{
    around(FromFn { name: name.into(), call })
}

struct FromFn<F> {
    name: Cow<'static, str>,
    call: F,
}

impl<F: Send + Sync + 'static> Layer for FromFn<F> {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }
}

impl<F> Around for FromFn<F>
where
    F: for<'a> Fn(&'a WebSocket, Receive<'a>, Outbound<'a>, Next<'a>) -> BoxFuture<'a, Result<()>>
        + Send
        + Sync
        + 'static,
{
    fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
        next: Next<'a>,
    ) -> impl Future<Output = Result<()>> + Send + 'a {
        (self.call)(ws, receive, send, next)
    }
}

/// A hook-style layer made of closures. Each closure's first argument is the layer itself, which
/// has only its name.
///
/// ```
/// use engine_async::{Incoming, Stack, Step, hook_fns};
///
/// let stack = Stack::builder()
///     .layer(hook_fns("log", |on| {
///         on.receive(|_, ws, event| {
///             println!("{} {}", ws.path(), event.name());
///             Step::Pass
///         });
///     }))
///     .build()?;
/// # Ok::<(), engine_core::BuildError>(())
/// ```
pub fn hook_fns(
    name: impl Into<Cow<'static, str>>,
    install: impl FnOnce(&mut On<HookFns>),
) -> Arc<WsLayer> {
    let layer = Arc::new(HookFns(name.into()));
    let mut on = On::new(Arc::clone(&layer));
    install(&mut on);
    let kind = Kind::Hooks(on.table);
    Arc::new(WsLayer { layer, of: LayerType::of::<HookFns>(), kind })
}

/// The layer behind [`hook_fns`]: a name.
#[derive(Debug)]
pub struct HookFns(Cow<'static, str>);

impl Layer for HookFns {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0)
    }
}

impl Layer for WsLayer {
    fn name(&self) -> Cow<'_, str> {
        self.layer.name()
    }

    fn declare(&self, order: &mut Order) {
        self.layer.declare(order);
    }
}

impl Member for WsLayer {
    fn layer_type(&self) -> LayerType {
        self.of
    }

    fn hooks(&self) -> Option<Vec<&'static str>> {
        Some(match &self.kind {
            Kind::Hooks(table) => table.names(),
            Kind::Around(_) => vec!["call"],
        })
    }
}

impl fmt::Debug for WsLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.name(), Member::hooks(self).unwrap_or_default())
    }
}
