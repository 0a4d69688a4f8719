//! GraphQL on both servers: a view for queries and mutations, and a websocket app for everything.
//!
//! | | [`View`] | [`Socket`] |
//! |---|---|---|
//! | of | engine-sync | engine-async |
//! | runs | queries, mutations | queries, mutations, subscriptions |
//! | executes | on the thread of its request | side by side, on the connection's task |
//!
//! Both run the same schema through the same field layers, and hand what the layers around them
//! know to the fields:
//!
//! ```
//! use contrib::auth::User;
//! use contrib::graphql::{Socket, View};
//! use engine_sync::Route;
//! use engine_sync::http::Method;
//! use graphql_mw::{Executor, Schema};
//!
//! let schema = Schema::parse("type Query { hello: String }")?;
//! let executor = Executor::builder(schema).resolver("Query.hello", |_| Ok("world")).build()?;
//!
//! let view = View::new(&executor);
//! let route = Route::new("/graphql", move |request, _| view.respond(request))
//!     .methods([Method::GET, Method::POST]);
//! let chain = engine_sync::Chain::builder(&engine_sync::Stack::empty()).route(route).build()?;
//!
//! let app = Socket::new(&executor).carrying::<User>();
//! let sockets = engine_async::Chain::builder(&engine_async::Stack::empty()).app(app).build()?;
//! # let _ = (chain, sockets);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod init;
mod operations;
mod run;
mod socket;
mod turns;
mod view;

pub use init::{InitFuture, InitPayload};
pub use socket::{Socket, SocketOptions};
pub use view::View;
