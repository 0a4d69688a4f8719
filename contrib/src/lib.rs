//! The layers people expect of a web framework, with Django 5.2's behaviour as the reference.

mod cookies;
mod options;
mod random;
pub mod sessions;
pub mod signing;
mod sqlite;
mod store_error;

pub use cookies::SameSite;
pub use options::OptionsError;
pub use sqlite::{Database, DatabaseOptions};
pub use store_error::StoreError;
