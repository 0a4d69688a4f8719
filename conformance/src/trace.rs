//! What an engine did, event by event.

use serde::{Deserialize, Serialize};
use std::fmt;

/// One thing that happened, written as in the recorded cases: `A.process_request`, `view`,
/// `handler404`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Event(String);

impl Event {
    /// An event by its text.
    pub fn new(text: impl Into<String>) -> Self {
        Event(text.into())
    }

    /// Something that happened at a layer: `A.process_request`.
    pub fn at(layer: &str, what: &str) -> Self {
        Event(format!("{layer}.{what}"))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The layer and what happened there, for an event at a layer.
    pub fn parts(&self) -> Option<(&str, &str)> {
        self.0.split_once('.')
    }
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The events of one unit in the order in which they happened.
pub type Trace = Vec<Event>;

/// The answer to one case: the trace, how it ended, and, where the engine can tell, the order in
/// which the layers were built.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer<O> {
    /// What happened, in order.
    pub trace: Trace,
    /// How it ended, seen from outside.
    pub outcome: O,
    /// The layers in the order in which they were built, for engines that can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Vec<String>>,
}
