//! Protection against forged requests (Django's `CsrfViewMiddleware`).
//!
//! Another site can make a visitor's browser send a form here, with this site's cookies. It
//! cannot read this site's pages, though, so a form must carry a token from one of them:
//!
//! ```
//! use contrib::csrf::{self, Csrf, CsrfOptions};
//! use engine_sync::{Chain, Request, Response, Stack, hooks};
//!
//! let stack = Stack::builder().layer(hooks(Csrf::new(CsrfOptions::default())?)).build()?;
//! let chain = Chain::builder(&stack)
//!     .view(|request, _| {
//!         let token = csrf::token(request)?;
//!         Ok(Response::html(format!(
//!             "<form method=post><input type=hidden name=csrfmiddlewaretoken value={token}>"
//!         )))
//!     })
//!     .build()?;
//! let page = chain.respond(Request::get("/"));
//! assert!(page.header("set-cookie").unwrap().starts_with("csrftoken="));
//! assert_eq!(chain.respond(Request::post("/", "")).status(), 403);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod check;
mod layer;
mod token;

pub use layer::{Csrf, CsrfExempt, CsrfOptions};
pub use token::{CsrfToken, rotate, token};
