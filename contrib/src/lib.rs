//! The layers people expect of a web framework, with Django 5.2's behaviour as the reference.

pub mod auth;
pub mod common;
mod cookies;
pub mod csrf;
pub mod frame_options;
pub mod gzip;
mod options;
mod random;
pub mod sessions;
pub mod signing;
mod site;
mod sqlite;
mod store_error;
pub mod timing;
mod urls;

pub use cookies::SameSite;
pub use options::OptionsError;
pub use site::Site;
pub use sqlite::{Database, DatabaseOptions};
pub use store_error::StoreError;
pub use urls::is_safe_url;
