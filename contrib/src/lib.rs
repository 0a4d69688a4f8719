//! The layers people expect of a web framework, with Django 5.2's behaviour as the reference.
//!
//! | layer | name | provides | requires |
//! |---|---|---|---|
//! | [`timing::Timing`] | `timing` | when the request came | |
//! | [`gzip::Gzip`] | `gzip` | | |
//! | [`sessions::Sessions`] | `sessions` | [`sessions::Session`] | |
//! | [`common::Common`] | `common` | [`Site`] | |
//! | [`csrf::Csrf`] | `csrf` | [`csrf::CsrfToken`] | |
//! | [`auth::Authentication`] | `auth` | [`auth::User`] | `Session` |
//! | [`timezone::Timezone`] | `timezone` | [`timezone::TimeZone`] | `User`, `Session` |
//! | [`messages::MessageLayer`] | `messages` | [`messages::Messages`] | `Session` |
//! | [`frame_options::FrameOptions`] | `frame-options` | | |
//!
//! That is also an order that works. [`registry()`] makes all of them known by name, and each
//! module begins with a small program of its own where it helps. The layers for websockets are in
//! [`websocket`], those for GraphQL fields in [`fields`].

pub mod auth;
pub mod common;
mod cookies;
pub mod csrf;
pub mod fields;
pub mod frame_options;
pub mod graphql;
pub mod gzip;
pub mod messages;
mod options;
mod random;
mod registry;
pub mod sessions;
pub mod signing;
mod site;
mod sqlite;
mod store_error;
pub mod timezone;
pub mod timing;
mod urls;
pub mod websocket;

pub use cookies::SameSite;
pub use options::OptionsError;
pub use registry::{Stores, registry};
pub use site::Site;
pub use sqlite::{Database, DatabaseOptions};
pub use store_error::StoreError;
pub use urls::is_safe_url;
