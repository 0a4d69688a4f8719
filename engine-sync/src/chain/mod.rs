//! The chain: a stack, compiled for running, around routes or one view.

mod build;
mod center;
mod compiled;
mod exchange;
mod legacy;
mod onion;
mod trace;

pub use build::{ChainBuilder, ChainError};
pub use exchange::{Ended, Exchange};
pub use onion::Next;
pub use trace::{Outcome, Trace, TraceEvent};

use crate::error_pages::ErrorPages;
use crate::http_layer::HttpLayer;
use crate::params::Params;
use crate::profile::Profile;
use crate::request::Request;
use crate::router::{Matched, Urls};
use compiled::Compiled;
use engine_core::Stack;
use std::fmt;
use std::sync::Arc;

/// A stack compiled for running: for each hook the list of layers that have it, so that a layer
/// without it costs nothing, and the routes with a merged chain each. Immutable, cheap to clone,
/// and safe to run on many threads at once (rule S6).
///
/// ```
/// use engine_sync::{Chain, Request, Response, Stack, from_fn};
///
/// let stack = Stack::builder()
///     .layer(from_fn("greeting", |request, next| {
///         let mut response = next.run(request);
///         response.headers_mut().insert("x-greeting", "hello".parse()?);
///         Ok(response)
///     }))
///     .build()?;
/// let chain = Chain::builder(&stack).view(|_, _| Ok(Response::text("world"))).build()?;
///
/// let response = chain.respond(Request::get("/"));
/// assert_eq!(response.header("x-greeting"), Some("hello"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Chain {
    inner: Arc<Inner>,
}

pub(crate) struct Inner {
    profile: Profile,
    stack: Stack<HttpLayer>,
    pages: ErrorPages,
    on_trace: Option<trace::OnTrace>,
    /// The chain's own stack, for as long as no route is known.
    outer: Compiled,
    /// Each route with its own stack merged behind the outer one.
    routes: Vec<RouteChain>,
    urls: Option<Urls>,
    /// Which hands out the view where there are no routes.
    single: Option<Arc<Matched>>,
}

pub(crate) struct RouteChain {
    matched: Arc<Matched>,
    /// `None` where the route has no stack of its own: the outer one serves.
    merged: Option<Compiled>,
    stack: Stack<HttpLayer>,
}

/// What is remembered of a unit while it runs and until its layers have left.
#[derive(Debug, Default)]
pub(crate) struct Unit {
    /// So many layers, counted from the outermost, have been entered.
    entered: usize,
    /// The route, once it is known.
    route: Option<usize>,
    params: Params,
    ended: Ended,
}

impl Chain {
    /// Starts a chain around this stack.
    pub fn builder(stack: &Stack<HttpLayer>) -> ChainBuilder {
        ChainBuilder::new(stack.clone())
    }

    /// The stack this chain runs.
    pub fn stack(&self) -> &Stack<HttpLayer> {
        &self.inner.stack
    }

    /// The profile this chain follows.
    pub fn profile(&self) -> Profile {
        self.inner.profile
    }

    /// The routes, for reversing names; `None` where one view answers everything.
    pub fn urls(&self) -> Option<&Urls> {
        self.inner.urls.as_ref()
    }

    /// Each route's pattern with the whole stack around its view, for explaining (rule S12).
    pub fn routes(&self) -> impl Iterator<Item = (&str, &Stack<HttpLayer>)> {
        self.inner.routes.iter().map(|route| (route.matched.pattern.as_str(), &route.stack))
    }

    /// Runs a request through the chain. The layers' exits wait for the response to be handed
    /// over: [`Exchange::finish`].
    pub fn run(&self, mut request: Request) -> Exchange {
        if let Some(urls) = &self.inner.urls {
            request.set_urls(urls.clone());
        }
        let mut unit = Unit::default();
        let mut response = match self.inner.profile {
            Profile::Django5 => onion::run(&self.inner, &mut request, &mut unit),
            Profile::Django18 | Profile::Django111Legacy => {
                legacy::run(&self.inner, &mut request, &mut unit)
            }
        };
        if response.is_deferred() {
            // Django fails here too (ContentNotRenderedError): only what comes through the
            // template step is rendered.
            let error = crate::Error::internal(
                "a layer answered with a template response, which only a view may do: answer with \
                 a rendered one",
            );
            response = self.inner.pages.convert(&request, error);
        }
        if let Some(on_trace) = &self.inner.on_trace {
            let trace = request.state_mut().remove::<Trace>().unwrap_or_default();
            on_trace(&request, &trace, &mut response);
        }
        Exchange::new(self.clone(), request, response, unit)
    }

    /// Runs a request and gives the response; the exits run when its body is read to the end or
    /// dropped. For tests and adapters; a server uses [`Chain::run`], which can say how it ended.
    pub fn respond(&self, request: Request) -> crate::Response {
        self.run(request).into_response()
    }
}

impl Inner {
    /// The layers of a unit: the route's merged ones once the route is known.
    fn compiled(&self, route: Option<usize>) -> &Compiled {
        route.and_then(|route| self.routes[route].merged.as_ref()).unwrap_or(&self.outer)
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Chain")
            .field("profile", &self.inner.profile)
            .field("stack", &self.inner.stack)
            .finish_non_exhaustive()
    }
}
