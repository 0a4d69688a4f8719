//! What one case says of an engine.

use crate::capability::Capability;
use crate::lifecycle::Lifecycle;
use crate::rule::Rule;
use crate::trace::Answer;

/// The verdict on one case. There is no sixth: a case is never silently absent.
#[derive(Clone, Debug)]
pub enum Verdict<L: Lifecycle> {
    /// The engine did what was expected.
    Pass,
    /// The engine did what this rule says, where a recorded system did something else.
    ByRule(&'static Rule),
    /// The engine did something else.
    Fail(Box<Difference<L>>),
    /// The engine's types cannot say what the case reaches.
    Skipped(Capability),
    /// The engine cannot be asked from here.
    NotVerifiable(&'static Rule),
}

/// What was expected and what came.
#[derive(Clone, Debug)]
pub struct Difference<L: Lifecycle> {
    /// What should have happened.
    pub expected: Answer<L::Outcome>,
    /// What did.
    pub actual: Answer<L::Outcome>,
}

impl<L: Lifecycle> Verdict<L> {
    /// Whether the engine did what was expected.
    pub fn is_pass(&self) -> bool {
        matches!(self, Verdict::Pass | Verdict::ByRule(_))
    }
}
