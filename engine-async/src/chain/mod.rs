//! A stack around an app, ready to run connections.

mod build;
mod compiled;
mod ended;
mod fused;
mod gate;
mod inward;
mod run;
mod unit;

pub use build::ChainBuilder;
pub use ended::{Ended, Turned};
pub use inward::Next;

use crate::app::DynApp;
use crate::ws_layer::WsLayer;
use compiled::Compiled;
use engine_core::Stack;
use std::fmt;
use std::sync::Arc;

/// A stack around an app. Cheap to clone; run it around a [`Socket`](crate::Socket), or give it to
/// a server.
#[derive(Clone)]
pub struct Chain {
    inner: Arc<Inner>,
}

struct Inner {
    stack: Stack<WsLayer>,
    compiled: Compiled,
    app: Arc<dyn DynApp>,
}

impl Chain {
    /// Starts a chain.
    pub fn builder(stack: &Stack<WsLayer>) -> ChainBuilder {
        ChainBuilder::new(stack.clone())
    }

    /// The stack, to be asked for itself (rule S12).
    pub fn stack(&self) -> &Stack<WsLayer> {
        &self.inner.stack
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain").field("stack", &self.inner.stack).finish_non_exhaustive()
    }
}
