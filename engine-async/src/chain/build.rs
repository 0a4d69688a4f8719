//! Building a chain: a stack and an app.

use super::compiled::Compiled;
use super::{Chain, Inner};
use crate::app::{App, DynApp};
use crate::ws_layer::WsLayer;
use engine_core::{BuildError, Endpoint, Stack};
use std::fmt;
use std::sync::Arc;

/// Collects what a [`Chain`] is made of.
pub struct ChainBuilder {
    stack: Stack<WsLayer>,
    needs: Endpoint,
    app: Arc<dyn DynApp>,
}

impl ChainBuilder {
    pub(super) fn new(stack: Stack<WsLayer>) -> Self {
        let nothing = crate::app_fn(|_, _, _| {
            Box::pin(async { Err(crate::Error::not_found("the chain has no app")) })
        });
        ChainBuilder { stack, needs: Endpoint::new("the app"), app: Arc::new(nothing) }
    }

    /// The endpoint of every connection. Without one they are refused with 404.
    pub fn app(mut self, app: impl App) -> Self {
        self.app = Arc::new(app);
        self
    }

    /// Declares that the app needs a `T` in the connection's state: the chain does not build
    /// without a layer that provides it (rule S11).
    pub fn requires<T: 'static>(mut self) -> Self {
        self.needs = self.needs.requires::<T>();
        self
    }

    /// Builds the chain.
    ///
    /// # Errors
    ///
    /// The app requires what no layer provides.
    pub fn build(self) -> Result<Chain, BuildError> {
        self.stack.check_endpoint(&self.needs)?;
        let compiled = Compiled::new(&self.stack);
        Ok(Chain { inner: Arc::new(Inner { stack: self.stack, compiled, app: self.app }) })
    }
}

impl fmt::Debug for ChainBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainBuilder").field("stack", &self.stack).finish_non_exhaustive()
    }
}
