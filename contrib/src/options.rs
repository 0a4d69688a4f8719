//! Options that make no sense, said so that they can be mended.

use std::fmt;

/// Options of a layer that contradict each other or would do nothing; the message says the cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError(String);

impl OptionsError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        OptionsError(message.into())
    }
}

impl From<String> for OptionsError {
    fn from(message: String) -> Self {
        OptionsError(message)
    }
}

impl fmt::Display for OptionsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for OptionsError {}
