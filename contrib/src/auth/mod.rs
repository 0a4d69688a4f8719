//! Users: who they are, how they log in, and which routes ask for it.
//!
//! ```
//! use contrib::Database;
//! use contrib::auth::{self, Accounts, Authentication, Passwords, SqliteUsers, User};
//! use contrib::sessions::{MemorySessions, SessionOptions, Sessions};
//! use contrib::signing::SecretKey;
//! use engine_sync::{Chain, Request, Response, Route, Stack, hooks};
//! use std::sync::Arc;
//!
//! let users = Arc::new(SqliteUsers::new(&Database::in_memory()?)?);
//! let accounts = Accounts::new(users.clone(), Passwords::default());
//! accounts.create_user("alice", "correct horse battery")?;
//!
//! let sessions = Sessions::new(Arc::new(MemorySessions::new()), SessionOptions::default())?;
//! let stack = Stack::builder()
//!     .layer(hooks(sessions))
//!     .layer(hooks(Authentication::new(users, &SecretKey::random())))
//!     .build()?;
//! let login = Route::post("/login/", move |request, _| {
//!     match accounts.authenticate("alice", "correct horse battery")? {
//!         Some(account) => auth::login(request, &account)?,
//!         None => return Ok(Response::text("wrong name or password")),
//!     }
//!     let name = request.require::<User>()?.name()?;
//!     Ok(Response::text(format!("hello {}", name.unwrap_or_default())))
//! });
//! let chain = Chain::builder(&stack).route(login).build()?;
//! let response = chain.respond(Request::post("/login/", ""));
//! assert_eq!(response.body().as_bytes(), Some(&b"hello alice"[..]));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod account;
mod accounts;
mod layer;
mod password;
mod required;
mod sqlite;
mod user;

pub use account::{Account, NewAccount, UserStore};
pub use accounts::{AccountError, Accounts, normalize_username};
pub use layer::Authentication;
pub use password::{Busy, Passwords};
pub use required::{LoginExempt, LoginRequired, redirect_to_login, safe_next};
pub use sqlite::SqliteUsers;
pub(crate) use user::Directory;
pub use user::{User, keep_session, login, logout};
