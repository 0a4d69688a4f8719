//! An engine under test, as the kit sees it.

use crate::capability::Capability;
use crate::case::Question;
use crate::lifecycle::Lifecycle;
use crate::trace::Answer;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What an engine says of itself before the first case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hello {
    /// Its name.
    pub engine: String,
    /// Its version.
    pub version: String,
    /// The lifecycles it can run, by name.
    pub lifecycles: Vec<String>,
    /// The profiles it can follow, by name.
    pub profiles: Vec<String>,
    /// What it can express.
    #[serde(default)]
    pub capabilities: Vec<Capability>,
}

/// An engine that runs programs of one lifecycle.
///
/// An adapter implements this in about a hundred lines: it builds a stack of real layers that do
/// what the program's words say and write down when they are called, runs it once, and answers
/// with what was written.
pub trait Engine<L: Lifecycle>: Sync {
    /// What the engine says of itself.
    fn hello(&self) -> Hello;

    /// Runs the unit of one question through a stack built for it.
    ///
    /// # Errors
    ///
    /// The engine could not be asked at all. Whatever the layers and the endpoint do, errors and
    /// panics included, is part of the answer and no trouble.
    fn run(&self, question: &Question<L>) -> Result<Answer<L::Outcome>, Trouble>;

    /// Builds **one** stack and runs this many units through it at the same time (rule S6). Asked
    /// only of an engine that claims [`Capability::ManyAtOnce`].
    ///
    /// # Errors
    ///
    /// The engine could not be asked at all.
    fn run_at_once(
        &self,
        question: &Question<L>,
        units: usize,
    ) -> Result<Vec<Answer<L::Outcome>>, Trouble> {
        let _ = units;
        Err(Trouble(format!("cannot run `{}` more than once at a time", question.id)))
    }
}

/// The engine could not be asked: it died, hung, or said what is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trouble(pub String);

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Trouble {}
