//! Why a value does not fit its type.

use std::fmt;

/// What does not fit, where in the value, and why.
#[derive(Debug)]
pub(super) struct Problem {
    /// From the value's outside to the part that does not fit.
    within: Vec<String>,
    message: String,
}

impl Problem {
    pub(super) fn new(message: impl Into<String>) -> Self {
        Problem { within: Vec::new(), message: message.into() }
    }

    pub(super) fn within(mut self, part: impl fmt::Display) -> Self {
        self.within.insert(0, part.to_string());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.within.is_empty() {
            write!(f, "at `{}`: ", self.within.join("."))?;
        }
        f.write_str(&self.message)
    }
}
