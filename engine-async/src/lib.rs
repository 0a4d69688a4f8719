//! The websocket chain: layers around `(ws, receive, send)`, on any runtime, with exits that
//! always happen.
//!
//! A layer is one of two things: [`Hooks`], which see the way in, each event in both directions and
//! the exit; or [`Around`], one call around the rest of the connection. A [`Stack`] lists layers,
//! the first one outermost, and checks their declared order when it is built. A [`Chain`] runs a
//! stack around one [`App`].
//!
//! ```text
//!   connect, messages, disconnect             accept, messages, close
//!           |                                          ^
//!           v                                          |
//!  +-- authentication --------------------------------------+
//!  |   enter |  receive                          send  ^    |
//!  |  +-- rate limit --------------------------------------+ |
//!  |  |      |                                        |   | |
//!  |  |      +--------------->  app  -----------------+   | |
//!  |  +---------------------------------------------------+ |
//!  +--------------------------------------------------------+
//!           exit, exit: once each, however it ended
//! ```

mod app;
mod around;
#[cfg(feature = "axum")]
mod axum;
mod chain;
mod error;
mod event;
mod hooks;
mod outbound;
mod receive;
pub mod runtime;
pub mod server;
mod socket;
mod step;
pub mod testing;
mod websocket;
mod ws_layer;

pub use app::{App, AppFn, app_fn};
pub use around::Around;
pub use chain::{Chain, ChainBuilder, Ended, Next, Turned};
pub use error::{Error, Result};
pub use event::{Accept, CloseFrame, Incoming, Message, Outgoing, Refusal};
pub use hooks::{Hooks, On};
pub use outbound::Outbound;
pub use receive::Receive;
pub use socket::{Last, Socket};
pub use step::Step;
pub use websocket::WebSocket;
pub use ws_layer::{HookFns, WsLayer, around, from_fn, hook_fns, hooks};

pub use bytes::Bytes;
pub use engine_core::panics::quiet_panics;
pub use engine_core::{BuildError, Exit, Layer, Order, State};
pub use http;
pub use tungstenite::Utf8Bytes;

/// A stack of this engine's layers.
pub type Stack = engine_core::Stack<WsLayer>;

/// Layers of this engine by name.
pub type Registry = engine_core::Registry<WsLayer>;
