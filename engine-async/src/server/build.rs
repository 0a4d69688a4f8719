//! Building a server.

use super::limits::Limits;
use super::live::Live;
use super::origin::Origins;
use super::shutdown::ShutdownHandle;
use super::{Inner, OnEnd, Server};
use crate::chain::{Chain, Ended};
use crate::runtime::{Handle, Runtime};
use std::fmt;
use std::io;
use std::sync::Arc;

/// Collects what a [`Server`] is made of.
pub struct ServerBuilder<R> {
    chain: Chain,
    runtime: R,
    limits: Limits,
    origins: Origins,
    on_end: Option<OnEnd>,
}

impl<R: Runtime> ServerBuilder<R> {
    pub(super) fn new(runtime: R, chain: Chain) -> Self {
        let (limits, origins) = (Limits::default(), Origins::default());
        ServerBuilder { chain, runtime, limits, origins, on_end: None }
    }

    /// Sets the limits. Default: [`Limits::default`].
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Lets pages of another origin connect, such as `https://app.example`. Without it only pages of
    /// the host that is asked for may, and clients that are no browsers: a browser sends its
    /// cookies along whatever page opens the connection.
    pub fn allow_origin(mut self, origin: impl Into<String>) -> Self {
        match &mut self.origins {
            Origins::SameHostAnd(others) => others.push(origin.into()),
            Origins::Any => {}
        }
        self
    }

    /// Lets pages of any origin connect. Only for connections that no cookie and no address gives
    /// any right to.
    pub fn allow_any_origin(mut self) -> Self {
        self.origins = Origins::Any;
        self
    }

    /// Hears of each connection that is over, after the last exit.
    pub fn on_end(mut self, hear: impl Fn(&Ended) + Send + Sync + 'static) -> Self {
        self.on_end = Some(Box::new(hear));
        self
    }

    /// Builds the server.
    ///
    /// # Errors
    ///
    /// A limit is out of its range.
    pub fn build(self) -> io::Result<Server<R>> {
        self.limits.check()?;
        Ok(Server {
            inner: Arc::new(Inner {
                handle: Handle::new(self.runtime.clone()),
                runtime: self.runtime,
                chain: self.chain,
                limits: Arc::new(self.limits),
                origins: self.origins,
                shutdown: ShutdownHandle::new(),
                live: Live::default(),
                on_end: self.on_end,
            }),
        })
    }
}

impl<R> fmt::Debug for ServerBuilder<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ServerBuilder")
            .field("chain", &self.chain)
            .field("limits", &self.limits)
            .finish_non_exhaustive()
    }
}
