//! The arguments of a view, taken from the path.

use crate::error::{Error, Result};
use std::borrow::Cow;
use std::str::FromStr;

/// The arguments of a view by name: what the route's pattern found in the path, and what
/// `process_view` hooks made of it (rule H5).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Params {
    values: Vec<(Cow<'static, str>, String)>,
}

impl Params {
    /// The text of an argument, decoded.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// An argument as a number or whatever else is made from text.
    ///
    /// # Errors
    ///
    /// 404 when the text is no `T`, 500 when the route has no such argument.
    pub fn parse<T: FromStr>(&self, name: &str) -> Result<T> {
        let text = self
            .get(name)
            .ok_or_else(|| Error::internal(format!("the route has no argument `{name}`")))?;
        text.parse().map_err(|_| Error::not_found(format!("{text:?} is no valid `{name}`")))
    }

    /// Sets an argument, as a `process_view` hook may.
    pub fn set(&mut self, name: impl Into<Cow<'static, str>>, value: impl Into<String>) {
        let (name, value) = (name.into(), value.into());
        match self.values.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value,
            None => self.values.push((name, value)),
        }
    }

    /// All arguments in the order of the pattern.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.values.iter().map(|(name, value)| (name.as_ref(), value.as_str()))
    }
}
