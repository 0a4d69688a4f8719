//! Why a text is no document.

use std::error::Error;
use std::fmt;

use crate::location::Location;

/// A text that is not GraphQL, or goes over a limit: what is wrong, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    message: String,
    location: Location,
}

impl ParseError {
    pub(crate) fn new(message: impl Into<String>, location: Location) -> ParseError {
        ParseError { message: message.into(), location }
    }

    /// What is wrong and what to do, without the place.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where it is wrong; the end of the text where something is missing.
    pub fn location(&self) -> Location {
        self.location
    }
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message)
    }
}

impl Error for ParseError {}
