//! Errors that clients are meant to read.

use graphql_mw::Error;
use std::fmt;

/// An error that clients are meant to read: [`MaskErrors`](super::MaskErrors) lets it pass.
///
/// ```
/// let error = contrib::fields::public("this name is taken").with_extension("code", "TAKEN");
/// assert!(contrib::fields::is_public(&error));
/// assert!(!contrib::fields::is_public(&graphql_mw::Error::new("no such table: users")));
/// ```
pub fn public(message: impl Into<String>) -> Error {
    Error::from(Public(message.into()))
}

/// Whether the error was made by [`public`].
pub fn is_public(error: &Error) -> bool {
    error.downcast_ref::<Public>().is_some()
}

/// The mark, which stays where extensions are added to the error.
#[derive(Debug)]
struct Public(String);

impl fmt::Display for Public {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Public {}
