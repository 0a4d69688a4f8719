//! Options that make no sense, said so that they can be mended.

use serde::de::{Deserialize, Deserializer, Error};
use std::fmt;

/// Options of a layer that contradict each other or would do nothing; the message says the cure.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionsError(String);

impl OptionsError {
    pub(crate) fn new(message: impl Into<String>) -> Self {
        OptionsError(message.into())
    }
}

/// Reads an option and checks it at once, so that the error has the place of the option in the
/// settings; the check is made again where the layer is built from options that were not read.
pub(crate) fn checked<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    from: D,
    check: impl FnOnce(&T) -> Result<(), OptionsError>,
) -> Result<T, D::Error> {
    let value = T::deserialize(from)?;
    check(&value).map_err(D::Error::custom)?;
    Ok(value)
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
