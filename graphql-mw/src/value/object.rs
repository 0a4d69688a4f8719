//! Named members in order.

use super::{Text, Value};
use std::fmt;

/// Members with names, in order. Looking one up walks along them.
#[derive(Clone, Default, PartialEq)]
pub struct Object {
    members: Vec<(Text, Value)>,
}

impl Object {
    /// An object without members.
    pub const fn new() -> Self {
        Object { members: Vec::new() }
    }

    /// The member called `name`.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.members.iter().find(|(key, _)| **key == *name).map(|(_, value)| value)
    }

    /// Sets a member, in its place if it is there, else behind the others.
    pub fn set(&mut self, name: impl Into<Text>, value: impl Into<Value>) {
        let (name, value) = (name.into(), value.into());
        match self.members.iter_mut().find(|(key, _)| *key == name) {
            Some((_, old)) => *old = value,
            None => self.members.push((name, value)),
        }
    }

    /// Takes a member out.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        let at = self.members.iter().position(|(key, _)| **key == *name)?;
        Some(self.members.remove(at).1)
    }

    /// The members in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Text, &Value)> {
        self.members.iter().map(|(key, value)| (key, value))
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there are no members.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Puts a member behind the others, of which none has its name.
    pub(crate) fn push(&mut self, name: Text, value: Value) {
        self.members.push((name, value));
    }
}

/// Of two members with one name the first one is found.
impl<K: Into<Text>> FromIterator<(K, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (K, Value)>>(members: I) -> Self {
        Object { members: members.into_iter().map(|(key, value)| (key.into(), value)).collect() }
    }
}

impl fmt::Debug for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}
