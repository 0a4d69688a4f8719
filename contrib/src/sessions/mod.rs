//! Sessions: values that belong to one visitor and outlive a request.
//!
//! ```
//! use contrib::sessions::{MemorySessions, Session, SessionOptions, Sessions};
//! use engine_sync::{Chain, Request, Response, Stack, hooks};
//! use std::sync::Arc;
//!
//! let sessions = Sessions::new(Arc::new(MemorySessions::new()), SessionOptions::default())?;
//! let stack = Stack::builder().layer(hooks(sessions)).build()?;
//! let chain = Chain::builder(&stack)
//!     .view(|request, _| {
//!         request.require::<Session>()?.insert("seen", true)?;
//!         Ok(Response::text("hello"))
//!     })
//!     .build()?;
//! let response = chain.respond(Request::get("/"));
//! assert!(response.header("set-cookie").unwrap().starts_with("sessionid="));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod layer;
mod memory;
mod session;
mod sqlite;
mod store;

pub use layer::{SessionOptions, Sessions};
pub use memory::MemorySessions;
pub use session::{Expiry, Session};
pub use sqlite::SqliteSessions;
pub use store::{SessionData, SessionKey, SessionStore};
