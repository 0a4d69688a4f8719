//! Building a chain: stack, routes, error pages, profile.

use super::compiled::Compiled;
use super::{Chain, Inner, RouteChain};
use crate::error::{Error, Result};
use crate::error_pages::ErrorPages;
use crate::http_layer::{HttpLayer, Kind};
use crate::params::Params;
use crate::profile::Profile;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Matched, Route, Router, Urls};
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
}

struct Single(Arc<Matched>);

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
        self.single = Some(Single(Arc::new(Matched {
            pattern: String::from("*"),
            name: None,
            view: Arc::new(view),
            marks: State::new(),
        })));
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
        let outer = Compiled::new(&self.stack, usize::MAX);
        let mut routes = Vec::with_capacity(self.routes.len());
        for route in self.routes {
            let (stack, merged) = match &route.stack {
                None => (self.stack.clone(), None),
                Some(own) => {
                    let stack = append(&self.stack, own)?;
                    check_profile(self.profile, &stack)?;
                    let merged = Compiled::new(&stack, self.stack.len());
                    (stack, Some(merged))
                }
            };
            stack.check_endpoint(&route.needs)?;
            let matched = Arc::new(Matched {
                pattern: route.pattern,
                name: route.name,
                view: route.view,
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
                single: self.single.map(|single| single.0),
            }),
        })
    }

    fn check_profile(&self, stack: &Stack<HttpLayer>) -> Result<(), ChainError> {
        check_profile(self.profile, stack)
    }
}

/// One stack of two: the outer layers, then the route's own.
fn append(
    outer: &Stack<HttpLayer>,
    own: &Stack<HttpLayer>,
) -> Result<Stack<HttpLayer>, BuildError> {
    let mut builder = Stack::builder();
    for stack in [outer, own] {
        builder = builder.append(stack);
    }
    builder.build()
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
