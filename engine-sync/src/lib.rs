//! The blocking request/response chain: Django's middleware for Rust, with an order that can be
//! relied on.
//!
//! ```
//! use engine_sync::{Chain, Request, Response, Stack, from_fn};
//!
//! let stack = Stack::builder()
//!     .layer(from_fn("shout", |request, next| {
//!         let mut response = next.run(request);
//!         response.set_body("HELLO");
//!         Ok(response)
//!     }))
//!     .build()?;
//! let chain = Chain::builder(&stack).view(|_, _| Ok(Response::text("hello"))).build()?;
//! assert_eq!(chain.respond(Request::get("/")).body().as_bytes(), Some(&b"HELLO"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A layer is one of two things: [`Hooks`], up to five hooks named as in Django, or [`Around`],
//! one call around the rest. A [`Stack`] lists layers, the first one outermost, and checks their
//! declared order when it is built. A [`Chain`] runs a stack around [`Route`]s or one view.
//!
//! ```text
//!        request                                   response
//!           |                                          ^
//!           v                                          |
//!  +-- sessions -------------------------------------------+
//!  |        | process_request         process_response ^    |
//!  |  +-- authentication ---------------------------------+ |
//!  |  |     |                                         |   | |
//!  |  |  routing -> process_view -> view -> rendering-+   | |
//!  |  +---------------------------------------------------+ |
//!  +--------------------------------------------------------+
//!           exit, exit: once each, however it ended
//! ```
//!
//! # Features
//!
//! | feature | default | what |
//! |---|---|---|
//! | `server` | yes | the HTTP/1.1 server (Linux) |
//! | `minijinja` | yes | templates for deferred responses |
//! | `tower` | no | the chain as a tower layer around any asynchronous service |

mod around;
mod body;
mod chain;
mod error;
mod error_pages;
mod form;
mod hooks;
mod http_layer;
mod params;
mod pattern;
mod profile;
mod request;
mod response;
mod router;
#[cfg(feature = "server")]
pub mod server;
mod template;
#[cfg(feature = "minijinja")]
mod templates;
#[cfg(feature = "tower")]
pub mod tower;
mod upgrade;

pub use around::Around;
pub use body::Body;
pub use chain::{
    Chain, ChainBuilder, ChainError, Ended, Exchange, Next, Outcome, Trace, TraceEvent,
};
pub use error::{Error, Result};
pub use form::{Form, FormFile, FormLimits};
pub use hooks::{Flow, Hooks, On};
pub use http_layer::{HookFns, HttpLayer, around, from_fn, hook_fns, hooks};
pub use params::Params;
pub use profile::{Profile, UnknownProfile};
pub use request::Request;
pub use response::Response;
pub use router::{Route, Urls, View, ViewMatch};
pub use template::{Context, Render, TemplateResponse};
#[cfg(feature = "minijinja")]
pub use templates::Templates;
pub use upgrade::{Upgrade, Upgraded};

pub use cookie;
pub use engine_core::panics::quiet_panics;
pub use engine_core::{BuildError, Exit, Layer, Order, State};
pub use http;

/// A stack of this engine's layers.
pub type Stack = engine_core::Stack<HttpLayer>;

/// Layers of this engine by name.
pub type Registry = engine_core::Registry<HttpLayer>;
