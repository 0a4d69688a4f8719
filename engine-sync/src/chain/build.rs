//! Building a chain: stack, routes, error pages, profile.

use super::compiled::Compiled;
use super::trace::{OnTrace, Trace, traced_view};
use super::{Chain, Inner, RouteChain};
use crate::error::{Error, Result};
use crate::error_pages::ErrorPages;
use crate::http_layer::{HttpLayer, Kind};
use crate::params::Params;
use crate::profile::Profile;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Matched, Route, Router, Urls, View};
use engine_core::{BuildError, Problem, Stack, State};
use http::StatusCode;
use std::fmt;
use std::sync::Arc;

/// Collects what a [`Chain`] is made of.
#[derive(Debug)]
pub struct ChainBuilder {
    stack: Stack<HttpLayer>,
    profile: Profile,
    pages: ErrorPages,
    routes: Vec<Route>,
    single: Option<Single>,
    on_trace: Option<Traces>,
}

struct Traces(OnTrace);

impl fmt::Debug for Traces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("traces")
    }
}

/// The pattern that stands for every path, and the view.
struct Single(String, View);

impl fmt::Debug for Single {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("view")
    }
}

/// Why a chain did not build.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum ChainError {
    /// The stack around a route, or around the view, is wrong.
    Stack(BuildError),
    /// A route is wrong: what, and how to mend it.
    Route(String),
    /// There is nothing to serve: the chain has neither routes nor a view.
    Nothing,
}

impl fmt::Display for ChainError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ChainError::Stack(error) => error.fmt(f),
            ChainError::Route(message) => f.write_str(message),
            ChainError::Nothing => {
                f.write_str("the chain has nothing to serve: give it routes or a view")
            }
        }
    }
}

impl std::error::Error for ChainError {}

impl From<BuildError> for ChainError {
    fn from(error: BuildError) -> Self {
        ChainError::Stack(error)
    }
}

impl ChainBuilder {
    pub(super) fn new(stack: Stack<HttpLayer>) -> Self {
        ChainBuilder {
            stack,
            profile: Profile::default(),
            pages: ErrorPages::default(),
            routes: Vec::new(),
            single: None,
            on_trace: None,
        }
    }

    /// Chooses which Django's rules hold. Default: [`Profile::Django5`].
    pub fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Adds a route; of several that fit a path the first one added answers.
    pub fn route(mut self, route: Route) -> Self {
        self.routes.push(route);
        self
    }

    /// Adds routes.
    pub fn routes(mut self, routes: impl IntoIterator<Item = Route>) -> Self {
        self.routes.extend(routes);
        self
    }

    /// Answers every request with one view. Routes, where there are any, win.
    pub fn view(
        mut self,
        view: impl Fn(&mut Request, &Params) -> Result<Response> + Send + Sync + 'static,
    ) -> Self {
        self.single = Some(Single(String::from("*"), Arc::new(view)));
        self
    }

    /// Makes the response for errors of this status (rule H10). Without one a plain page is
    /// shown. A page that panics is replaced by the plain 500.
    pub fn error_page(
        mut self,
        status: StatusCode,
        page: impl Fn(&Request, &Error) -> Response + Send + Sync + 'static,
    ) -> Self {
        self.pages.set(status, page);
        self
    }

    /// Hears of each error that becomes a response of status 500 or above, in the order in which
    /// they do (rule H10). Default: the log.
    pub fn announce(mut self, announce: impl Fn(&Request, &Error) + Send + Sync + 'static) -> Self {
        self.pages.set_announce(announce);
        self
    }

    /// Notes which layer does what for each request, and tells `on_trace` when the response has
    /// passed every layer, before it is sent (rule S12). For development and for looking into a
    /// problem: each hook then costs two readings of the clock and an entry in a list.
    pub fn trace(
        mut self,
        on_trace: impl Fn(&Request, &Trace, &mut Response) + Send + Sync + 'static,
    ) -> Self {
        self.on_trace = Some(Traces(Arc::new(on_trace)));
        self
    }

    /// Builds the chain: every stack around a route is checked, its needs included.
    ///
    /// # Errors
    ///
    /// A stack that breaks a declaration, a need that no layer serves, a call-style layer under a
    /// legacy profile, a route that is malformed or in another's way, or nothing to serve.
    pub fn build(self) -> Result<Chain, ChainError> {
        if self.routes.is_empty() && self.single.is_none() {
            return Err(ChainError::Nothing);
        }
        self.check_profile(&self.stack)?;
        let urls = match self.routes.is_empty() {
            true => None,
            false => Some(Urls(Arc::new(Router::new(&self.routes).map_err(ChainError::Route)?))),
        };
        let traces = self.on_trace.is_some();
        let view = |view| if traces { traced_view(view) } else { view };
        let outer = Compiled::new(&self.stack, usize::MAX, traces);
        let mut routes = Vec::with_capacity(self.routes.len());
        for route in self.routes {
            let around = |error: BuildError| {
                ChainError::Route(format!("around the route `{}`: {error}", route.pattern))
            };
            let (stack, merged) = match route.own {
                None => (self.stack.clone(), None),
                Some(own) => {
                    let stack =
                        Stack::builder().append(&self.stack).extend(own).build().map_err(around)?;
                    check_profile(self.profile, &stack)?;
                    let merged = Compiled::new(&stack, self.stack.len(), traces);
                    (stack, Some(merged))
                }
            };
            stack.check_endpoint(&route.needs)?;
            let matched = Arc::new(Matched {
                pattern: route.pattern,
                name: route.name,
                view: view(route.view),
                marks: route.marks,
            });
            routes.push(RouteChain { matched, merged, stack });
        }
        Ok(Chain {
            inner: Arc::new(Inner {
                profile: self.profile,
                stack: self.stack,
                pages: self.pages,
                outer,
                routes,
                urls,
                single: self.single.map(|single| {
                    Arc::new(Matched {
                        pattern: single.0,
                        name: None,
                        view: view(single.1),
                        marks: State::new(),
                    })
                }),
                on_trace: self.on_trace.map(|traces| traces.0),
            }),
        })
    }

    fn check_profile(&self, stack: &Stack<HttpLayer>) -> Result<(), ChainError> {
        check_profile(self.profile, stack)
    }
}

/// Django 1.8 knows no call-style middleware, so rules L say nothing of it.
fn check_profile(profile: Profile, stack: &Stack<HttpLayer>) -> Result<(), ChainError> {
    if !profile.is_legacy() {
        return Ok(());
    }
    let problems: Vec<_> = (stack.layers().iter().enumerate())
        .filter(|(_, layer)| matches!(layer.kind, Kind::Around(_)))
        .filter_map(|(place, _)| stack.listed(place))
        .map(|listed| Problem::Unsupported {
            layer: listed.clone(),
            message: format!(
                "wraps the call, and the profile `{profile}` runs hooks only: write it with \
                 hooks, or choose the profile `{}`",
                Profile::Django5,
            ),
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(BuildError::new(problems).into()) }
}
