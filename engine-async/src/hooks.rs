//! Hook-style layers: what they see on the way in, of each event, and at the exit.

use crate::event::{Incoming, Outgoing};
use crate::step::Step;
use crate::websocket::WebSocket;
use engine_core::{Exit, Layer};
use std::fmt;
use std::sync::Arc;

/// A layer that hooks into a connection without wrapping it. It says which hooks it has by
/// installing them:
///
/// ```
/// use engine_async::{Hooks, Incoming, Layer, On, Step, WebSocket};
///
/// struct Small(usize);
///
/// impl Layer for Small {}
///
/// impl Hooks for Small {
///     fn install(&self, on: &mut On<Self>) {
///         on.receive(Self::measure);
///     }
/// }
///
/// impl Small {
///     fn measure<'a>(&'a self, _ws: &'a WebSocket, event: &'a mut Incoming) -> Step<'a> {
///         match event {
///             Incoming::Message(message) if message.len() > self.0 => Step::close(1009, "too big"),
///             _ => Step::Pass,
///         }
///     }
/// }
/// ```
///
/// Neighbouring hook-style layers run as one loop for each event. A hook that decides at once
/// costs no allocation.
pub trait Hooks: Layer + Sized {
    /// Installs the hooks that this layer has. Called once, when the layer is listed.
    fn install(&self, on: &mut On<Self>);
}

/// Where a layer installs its hooks; see [`Hooks::install`]. Installing a hook again replaces it.
pub struct On<L> {
    layer: Arc<L>,
    pub(crate) table: HookTable,
}

/// The hooks of one layer.
#[derive(Clone, Default)]
pub(crate) struct HookTable {
    pub(crate) enter: Option<Arc<dyn EnterHook>>,
    pub(crate) receive: Option<Arc<dyn ReceiveHook>>,
    pub(crate) send: Option<Arc<dyn SendHook>>,
    pub(crate) exit: Option<Arc<dyn ExitHook>>,
}

pub(crate) trait EnterHook: Send + Sync {
    fn call<'a>(&'a self, ws: &'a WebSocket) -> Step<'a>;
}

pub(crate) trait ReceiveHook: Send + Sync {
    fn call<'a>(&'a self, ws: &'a WebSocket, event: &'a mut Incoming) -> Step<'a>;
}

pub(crate) trait SendHook: Send + Sync {
    fn call<'a>(&'a self, ws: &'a WebSocket, event: &'a mut Outgoing) -> Step<'a>;
}

pub(crate) trait ExitHook: Send + Sync {
    fn call(&self, ws: &WebSocket, how: Exit);
}

/// A hook with the layer that it belongs to. What a hook decides may borrow from the layer, which
/// a closure that owns the layer could not express.
struct Of<L, F> {
    layer: Arc<L>,
    hook: F,
}

impl<L: Layer> On<L> {
    pub(crate) fn new(layer: Arc<L>) -> Self {
        On { layer, table: HookTable::default() }
    }

    /// Runs once for a connection, in listed order, before the connect is received (rule W1).
    pub fn enter(
        &mut self,
        hook: impl for<'a> Fn(&'a L, &'a WebSocket) -> Step<'a> + Send + Sync + 'static,
    ) -> &mut Self {
        self.table.enter = Some(Arc::new(Of { layer: Arc::clone(&self.layer), hook }));
        self
    }

    /// Runs for each event from the client, in listed order (rule W2). It may change the event, or
    /// drop it (rule W4).
    pub fn receive(
        &mut self,
        hook: impl for<'a> Fn(&'a L, &'a WebSocket, &'a mut Incoming) -> Step<'a>
        + Send
        + Sync
        + 'static,
    ) -> &mut Self {
        self.table.receive = Some(Arc::new(Of { layer: Arc::clone(&self.layer), hook }));
        self
    }

    /// Runs for each event to the client, in reverse order (rule W2). It may change the event, or
    /// drop it (rule W4).
    pub fn send(
        &mut self,
        hook: impl for<'a> Fn(&'a L, &'a WebSocket, &'a mut Outgoing) -> Step<'a>
        + Send
        + Sync
        + 'static,
    ) -> &mut Self {
        self.table.send = Some(Arc::new(Of { layer: Arc::clone(&self.layer), hook }));
        self
    }

    /// Runs exactly once for each connection this layer has entered, in reverse order, when the
    /// connection is over: by return, error, panic, disconnect, time-out, shutdown, or because its
    /// future was dropped (rule S9). A panic in it is logged and stops nobody.
    pub fn exit(
        &mut self,
        hook: impl Fn(&L, &WebSocket, Exit) + Send + Sync + 'static,
    ) -> &mut Self {
        self.table.exit = Some(Arc::new(Of { layer: Arc::clone(&self.layer), hook }));
        self
    }
}

impl<L: Layer, F> EnterHook for Of<L, F>
where
    F: for<'a> Fn(&'a L, &'a WebSocket) -> Step<'a> + Send + Sync,
{
    fn call<'a>(&'a self, ws: &'a WebSocket) -> Step<'a> {
        (self.hook)(&self.layer, ws)
    }
}

impl<L: Layer, F> ReceiveHook for Of<L, F>
where
    F: for<'a> Fn(&'a L, &'a WebSocket, &'a mut Incoming) -> Step<'a> + Send + Sync,
{
    fn call<'a>(&'a self, ws: &'a WebSocket, event: &'a mut Incoming) -> Step<'a> {
        (self.hook)(&self.layer, ws, event)
    }
}

impl<L: Layer, F> SendHook for Of<L, F>
where
    F: for<'a> Fn(&'a L, &'a WebSocket, &'a mut Outgoing) -> Step<'a> + Send + Sync,
{
    fn call<'a>(&'a self, ws: &'a WebSocket, event: &'a mut Outgoing) -> Step<'a> {
        (self.hook)(&self.layer, ws, event)
    }
}

impl<L: Layer, F: Fn(&L, &WebSocket, Exit) + Send + Sync> ExitHook for Of<L, F> {
    fn call(&self, ws: &WebSocket, how: Exit) {
        (self.hook)(&self.layer, ws, how);
    }
}

impl HookTable {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        [
            ("enter", self.enter.is_some()),
            ("receive", self.receive.is_some()),
            ("send", self.send.is_some()),
            ("exit", self.exit.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, there)| there.then_some(name))
        .collect()
    }
}

impl<L> fmt::Debug for On<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.table.names()).finish()
    }
}
