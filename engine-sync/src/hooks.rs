//! Hook-style layers: up to five hooks named as in Django, and the exit.

use crate::error::{Error, Result};
use crate::request::Request;
use crate::response::Response;
use crate::router::ViewMatch;
use engine_core::{Exit, Layer};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// What `process_request` and `process_view` decide: go on inward, or answer here and now.
///
/// `Ok(ControlFlow::Continue(()))` passes the request on; `Ok(ControlFlow::Break(response))`
/// answers it, and nobody further in sees it (rules S2, H1, H5).
pub type Flow = ControlFlow<Response>;

/// A layer that hooks into the phases of a request. It says which by installing them:
///
/// ```
/// use engine_sync::{Flow, Hooks, Layer, On, Request, Response, Result};
/// use std::ops::ControlFlow;
///
/// struct BookMiddleware;
///
/// impl Layer for BookMiddleware {}
///
/// impl Hooks for BookMiddleware {
///     fn install(&self, on: &mut On<Self>) {
///         on.process_request(Self::greet).process_response(Self::sign);
///     }
/// }
///
/// impl BookMiddleware {
///     fn greet(&self, _request: &mut Request) -> Result<Flow> {
///         println!("Middleware executed");
///         Ok(ControlFlow::Continue(()))
///     }
///
///     fn sign(&self, _request: &mut Request, _response: &mut Response) -> Result<()> {
///         println!("BookMiddleware process_response executed");
///         Ok(())
///     }
/// }
/// ```
///
/// A hook that is not installed does not exist: it costs nothing, and a layer without hooks is as
/// if it were not listed (rule S4). A method that was written and not installed is reported by the
/// compiler as never used.
pub trait Hooks: Layer + Sized {
    /// Installs the hooks this layer has. Called once, when the layer is put into a stack; a
    /// layer with options may install different ones for different options.
    fn install(&self, on: &mut On<Self>);
}

/// Names the boxed functions of one hook.
///
/// They are boxes that can be cloned and not `Arc<dyn Fn>`: finding the function inside an `Arc`
/// costs five instructions for each call, as its place depends on its alignment, and a chain calls
/// hooks for a living.
macro_rules! boxed_hook {
    ($name:ident, $function:ident, fn($($argument:ty),*) $(-> $output:ty)?) => {
        pub(crate) type $name = Box<dyn $function>;

        pub(crate) trait $function: Fn($($argument),*) $(-> $output)? + Send + Sync {
            fn clone_box(&self) -> $name;
        }

        impl<F> $function for F
        where
            F: Fn($($argument),*) $(-> $output)? + Clone + Send + Sync + 'static,
        {
            fn clone_box(&self) -> $name {
                Box::new(self.clone())
            }
        }

        impl Clone for $name {
            fn clone(&self) -> Self {
                (**self).clone_box()
            }
        }
    };
}

boxed_hook!(RequestHook, RequestFn, fn(&mut Request) -> Result<Flow>);
boxed_hook!(ViewHook, ViewFn, fn(&mut Request, &mut ViewMatch) -> Result<Flow>);
boxed_hook!(TemplateHook, TemplateFn, fn(&mut Request, &mut Response) -> Result<()>);
boxed_hook!(ExceptionHook, ExceptionFn, fn(&mut Request, &Error) -> Result<Option<Response>>);
boxed_hook!(ResponseHook, ResponseFn, fn(&mut Request, &mut Response) -> Result<()>);
boxed_hook!(ExitHook, ExitFn, fn(&Request, Exit));

/// The hooks of one layer, each there or not.
#[derive(Clone, Default)]
pub(crate) struct HookTable {
    pub(crate) process_request: Option<RequestHook>,
    pub(crate) process_view: Option<ViewHook>,
    pub(crate) process_template_response: Option<TemplateHook>,
    pub(crate) process_exception: Option<ExceptionHook>,
    pub(crate) process_response: Option<ResponseHook>,
    pub(crate) exit: Option<ExitHook>,
}

impl HookTable {
    pub(crate) fn names(&self) -> Vec<&'static str> {
        [
            ("process_request", self.process_request.is_some()),
            ("process_view", self.process_view.is_some()),
            ("process_template_response", self.process_template_response.is_some()),
            ("process_exception", self.process_exception.is_some()),
            ("process_response", self.process_response.is_some()),
            ("exit", self.exit.is_some()),
        ]
        .into_iter()
        .filter_map(|(name, there)| there.then_some(name))
        .collect()
    }
}

/// Where a layer installs its hooks; see [`Hooks::install`].
///
/// Each method takes a function whose first argument is the layer, so a method's path fits:
/// `on.process_request(Self::greet)`. Installing a hook again replaces it.
pub struct On<L> {
    layer: Arc<L>,
    pub(crate) table: HookTable,
}

impl<L: Layer> On<L> {
    pub(crate) fn new(layer: Arc<L>) -> Self {
        On { layer, table: HookTable::default() }
    }

    /// Runs before routing, in listed order. An answer ends the way in; this layer's own
    /// `process_response` still runs (rules H1, H2). An error is answered by its error page, and
    /// the layers outside see that response (rule H3).
    pub fn process_request(
        &mut self,
        hook: impl Fn(&L, &mut Request) -> Result<Flow> + Send + Sync + 'static,
    ) -> &mut Self {
        let (layer, hook) = (Arc::clone(&self.layer), Arc::new(hook));
        self.table.process_request = Some(Box::new(move |request| hook(&layer, request)));
        self
    }

    /// Runs after every `process_request` and after routing, right before the view, in listed
    /// order. It may change the view's arguments; an answer skips the later ones and the view
    /// (rule H5).
    pub fn process_view(
        &mut self,
        hook: impl Fn(&L, &mut Request, &mut ViewMatch) -> Result<Flow> + Send + Sync + 'static,
    ) -> &mut Self {
        let (layer, hook) = (Arc::clone(&self.layer), Arc::new(hook));
        self.table.process_view = Some(Box::new(move |request, view| hook(&layer, request, view)));
        self
    }

    /// Runs for a deferred response only, in reverse order, before it is rendered. It may change
    /// or replace the response; one that is no longer deferred afterwards cannot be rendered, which
    /// is an error, as in Django (rule H7).
    pub fn process_template_response(
        &mut self,
        hook: impl Fn(&L, &mut Request, &mut Response) -> Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        let (layer, hook) = (Arc::clone(&self.layer), Arc::new(hook));
        self.table.process_template_response =
            Some(Box::new(move |request, response| hook(&layer, request, response)));
        self
    }

    /// Is asked in reverse order about an error of the view or of rendering; the first response
    /// wins, and an error raised here replaces the first (rule H6).
    pub fn process_exception(
        &mut self,
        hook: impl Fn(&L, &mut Request, &Error) -> Result<Option<Response>> + Send + Sync + 'static,
    ) -> &mut Self {
        let (layer, hook) = (Arc::clone(&self.layer), Arc::new(hook));
        self.table.process_exception =
            Some(Box::new(move |request, error| hook(&layer, request, error)));
        self
    }

    /// Runs in reverse order with the response, to change or replace it (rule H4).
    pub fn process_response(
        &mut self,
        hook: impl Fn(&L, &mut Request, &mut Response) -> Result<()> + Send + Sync + 'static,
    ) -> &mut Self {
        let (layer, hook) = (Arc::clone(&self.layer), Arc::new(hook));
        self.table.process_response =
            Some(Box::new(move |request, response| hook(&layer, request, response)));
        self
    }

    /// Runs exactly once for each request this layer has entered, in reverse order, after the
    /// response, a streamed body included, was handed over or given up: by answer, error, panic,
    /// disconnect, time-out or shutdown (rule S9). A panic in it is logged and stops nobody.
    pub fn exit(&mut self, hook: impl Fn(&L, &Request, Exit) + Send + Sync + 'static) -> &mut Self {
        let (layer, hook) = (Arc::clone(&self.layer), Arc::new(hook));
        self.table.exit = Some(Box::new(move |request, how| hook(&layer, request, how)));
        self
    }
}

impl<L> fmt::Debug for On<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.table.names()).finish()
    }
}
