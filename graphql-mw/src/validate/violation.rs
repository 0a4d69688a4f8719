//! What validation answers.

use std::error::Error;
use std::fmt;

use super::Rule;
use crate::location::Location;

/// One thing that is wrong with a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule that it breaks.
    pub rule: Rule,
    /// What is wrong and what to do.
    pub message: String,
    /// The places that it is about, the first one foremost; never empty.
    pub locations: Vec<Location>,
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(location) = self.locations.first() {
            write!(f, "{location}: ")?;
        }
        write!(f, "{} ({})", self.message, self.rule.name())
    }
}

impl Error for Violation {}
