//! Layers for websockets: who is connected, how much they may say, and what the log is told.
//!
//! | layer | name | provides | requires |
//! |---|---|---|---|
//! | [`Logging`] | `logging` | | |
//! | [`Timing`] | `timing` | | |
//! | [`RateLimit`] | `rate-limit` | | |
//! | [`MessageSize`] | `message-size` | | |
//! | [`Authentication`] | `auth` | [`Session`](crate::sessions::Session), [`User`](crate::auth::User) | |
//! | [`LoginRequired`] | `login-required` | | `User` |
//!
//! That is also an order that works, and [`registry()`] makes all of them known by name. The types
//! are those of the HTTP side, so whoever has logged in there is known here:
//!
//! ```
//! use contrib::auth::{SqliteUsers, User};
//! use contrib::sessions::MemorySessions;
//! use contrib::signing::SecretKey;
//! use contrib::websocket::{self, Authentication, AuthenticationOptions};
//! use contrib::{Database, Stores};
//! use engine_async::{Chain, Stack, app_fn, hooks};
//! use std::sync::Arc;
//!
//! let stores = Stores {
//!     sessions: Arc::new(MemorySessions::new()),
//!     users: Arc::new(SqliteUsers::new(&Database::in_memory()?)?),
//!     secret: SecretKey::random(),
//! };
//! let authentication = Authentication::new(&stores, AuthenticationOptions::default())?;
//! let stack = Stack::builder().layer(hooks(authentication)).build()?;
//! let greet = app_fn(|ws, _, mut send| {
//!     Box::pin(async move {
//!         let account = websocket::account(ws)?;
//!         send.accept().await?;
//!         send.send(account.map_or("hello".into(), |a| format!("hello {}", a.username))).await
//!     })
//! });
//! let chain = Chain::builder(&stack).app(greet).requires::<User>().build()?;
//! # let _ = chain;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! [`Upgrade`] hands a handshake over from a view of the HTTP side, so that one port serves both.

mod authentication;
mod logging;
mod login_required;
mod message_size;
mod rate_limit;
mod registry;
mod timing;
mod upgrade;

pub use authentication::{Authentication, AuthenticationOptions, account};
pub use logging::Logging;
pub use login_required::{LoginRequired, LoginRequiredOptions};
pub use message_size::{MessageSize, MessageSizeOptions};
pub use rate_limit::{Excess, RateLimit, RateLimitOptions};
pub use registry::registry;
pub use timing::{Timing, TimingOptions};
pub use upgrade::Upgrade;
