//! Layers around GraphQL fields: who may see them, how long they take, what they cost, and what the
//! client is told when they fail. One layer serves queries, mutations and subscriptions.
//!
//! | layer | name | listed |
//! |---|---|---|
//! | [`Tracing`] | `tracing` | outside of what its spans should hold |
//! | [`Timing`] | `timing` | outside of what it should measure |
//! | [`MaskErrors`] | `mask-errors` | before the four below |
//! | [`LoginRequired`] | `login-required` | before `cache` |
//! | [`PermissionRequired`] | `permission-required` | before `cache` |
//! | [`RateLimit`] | `rate-limit` | |
//! | [`Cache`] | `cache` | after whoever refuses |
//!
//! That is also an order that works, and [`registry()`] makes all of them known by name. Who asks is
//! the [`User`](crate::auth::User) of the HTTP and websocket layers, which the request's state holds:
//!
//! ```
//! use contrib::fields::{LoginRequired, LoginRequiredOptions};
//! use graphql_mw::{Executor, Request, Schema, Stack, field};
//!
//! let mut options = LoginRequiredOptions::default();
//! options.fields = vec!["Query.secret".into()];
//! let stack = Stack::builder().layer(field(LoginRequired::new(options)?)).build()?;
//! let executor = Executor::builder(Schema::parse("type Query { secret: String open: String }")?)
//!     .stack(&stack)
//!     .resolver("Query.open", |_| Ok("for everybody"))
//!     .build()?;
//! // With a `User` in its state: `Request::new(..).with_state(..)`, or `.with(user)`.
//! let response = executor.execute_blocking(Request::new("{ open }"));
//! assert_eq!(response.to_json(), r#"{"data":{"open":"for everybody"}}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod bucket;
mod cache;
mod login_required;
mod mask_errors;
mod permission_required;
mod public;
mod rate_limit;
mod registry;
mod scope;
mod timing;
mod tracing;
mod who;

pub use cache::{Cache, CacheOptions};
pub use login_required::{LoginRequired, LoginRequiredOptions};
pub use mask_errors::MaskErrors;
pub use permission_required::{PermissionRequired, PermissionRequiredOptions};
pub use public::{is_public, public};
pub use rate_limit::{RateLimit, RateLimitOptions};
pub use registry::registry;
pub use timing::{Timing, TimingOptions};
pub use tracing::Tracing;
