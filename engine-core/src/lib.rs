//! Middleware stacks that check their own order.
//!
//! A [`Stack`] is a list of layers around one endpoint. The first listed layer is the outermost
//! (rule S1). Each [`Layer`] may [declare](Layer::declare) what it provides, what it requires and
//! whom it must stand before or after; a stack whose listing breaks a declaration does not build,
//! and the error names both layers, their places and the move that mends it (rule S11).
//!
//! ```
//! use engine_core::{Layer, Member, Order, Stack};
//!
//! struct User;
//!
//! struct Authentication;
//! impl Layer for Authentication {
//!     fn declare(&self, order: &mut Order) {
//!         order.provides::<User>();
//!     }
//! }
//!
//! struct Greeting;
//! impl Layer for Greeting {
//!     fn declare(&self, order: &mut Order) {
//!         order.requires::<User>();
//!     }
//! }
//!
//! let error = Stack::<dyn Layer>::builder()
//!     .layer(std::sync::Arc::new(Greeting) as std::sync::Arc<dyn Layer>)
//!     .layer(std::sync::Arc::new(Authentication) as std::sync::Arc<dyn Layer>)
//!     .build()
//!     .unwrap_err();
//! assert_eq!(
//!     error.problems()[0].to_string(),
//!     "`Greeting` (1st) needs `User`; it is provided by `Authentication` (2nd): \
//!      list `Greeting` after `Authentication`",
//! );
//! ```
//!
//! This crate does no I/O, knows no runtime and no HTTP. The engines build on it:
//! `engine-sync` for blocking requests, `engine-async` for websockets, `graphql-mw` for fields.

mod arrange;
mod check;
mod exit;
mod explain;
mod layer;
mod nearest;
mod order;
pub mod panics;
mod place;
mod problem;
pub mod range;
mod registry;
mod settings;
mod stack;
mod state;

pub use exit::Exit;
pub use explain::{Explanation, LayerExplanation, NotUsedExplanation};
pub use layer::{Layer, LayerType, Member};
pub use nearest::nearest;
pub use order::{Endpoint, Order};
pub use place::{Ordinal, Position};
pub use problem::{BuildError, Listed, Problem};
pub use registry::{Built, FactoryError, Options, Registry, SettingsOrBuild};
pub use settings::{Settings, SettingsError};
pub use stack::{Stack, StackBuilder, Warning};
pub use state::State;
