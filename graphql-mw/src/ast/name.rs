//! A name and where it stands.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use crate::location::Location;

/// A name with the place of its first letter; used as the `str` it is.
///
/// Equal names of one document share their text.
#[derive(Clone, Debug)]
pub struct Name {
    /// The name itself.
    pub text: Arc<str>,
    /// Where it stands.
    pub location: Location,
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        &*self.text == other
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}
