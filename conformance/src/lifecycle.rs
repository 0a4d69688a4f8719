//! What one lifecycle adds to the kit: its programs, its model, and how it reads a difference.

use crate::capability::Capability;
use crate::rule::Rule;
use crate::trace::{Answer, Event, Trace};
use proptest::strategy::BoxedStrategy;
use std::fmt::Debug;

/// What of an answer differs. Where more is wrong the lesser aspects follow from it, so a rule about
/// the essence is reported before one about exits, and that before one about building.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Aspect {
    /// The trace, exits aside, or the outcome.
    Essence,
    /// The exits alone (rule S9).
    Exits,
    /// The building alone: its order, or a layer that cannot be built (rule S8).
    Building,
}

/// A lifecycle: HTTP requests, and beside it whatever comes next. The core of the kit is written
/// against this trait only.
pub trait Lifecycle: Sized + Clone + Debug + 'static {
    /// The name in cases and hellos.
    const NAME: &'static str;

    /// The profile that a check is of where none is named.
    const PROFILE: &'static str;

    /// The fields of a case's input, beside the layers, that a reader of a report needs.
    const SHOWN: &'static [&'static str];

    /// A stack with known behaviours and a fixed input.
    type Program: Clone + Debug + PartialEq + Send + Sync + 'static;

    /// How a unit ended, seen from outside.
    type Outcome: Clone + Debug + PartialEq + Send + 'static;

    /// Which of the profiles a program runs under, by name.
    fn profile(program: &Self::Program) -> &'static str;

    /// What an engine that follows every rule does.
    fn expect(program: &Self::Program) -> Answer<Self::Outcome>;

    /// What an engine must be able to express to be given this program, seen what is reached.
    fn needs(program: &Self::Program, reached: &Trace) -> Vec<Capability>;

    /// Whether an event is one that recorded systems do not have, so it is left out when an answer
    /// is compared with a recording.
    fn is_unrecorded(event: &Event) -> bool;

    /// A trace in the order in which it is compared: what the rules leave free is put in one place.
    fn settled(_: &Self::Program, trace: Trace) -> Trace {
        trace
    }

    /// An outcome as it is compared: what an engine words itself is put in one place.
    fn settled_outcome(_: &Self::Program, outcome: Self::Outcome) -> Self::Outcome {
        outcome
    }

    /// Why a recorded case with this input is no case of this lifecycle's kit, in a few words;
    /// `None` where it is one. It is counted, and not put to an engine.
    fn passed_over(_: &serde_json::Map<String, serde_json::Value>) -> Option<&'static str> {
        None
    }

    /// What is expected of a recorded case where the contract chooses otherwise than the recorded
    /// system, and the rule that does.
    fn chooses_otherwise(
        _: &Self::Program,
        _recorded: &Answer<Self::Outcome>,
    ) -> Option<(&'static Rule, Answer<Self::Outcome>)> {
        None
    }

    /// Whether the recorded order of building is the one that the contract asks for (rule S8).
    fn builds_in_listed_order(program: &Self::Program) -> bool;

    /// Programs that are one step simpler, the greatest step first.
    fn simpler(program: &Self::Program) -> Vec<Self::Program>;

    /// The same program saying one thing in another way that must come to the same, each with the
    /// rule that would be to blame if the engine were right about that one only. The most basic
    /// rule comes first.
    fn rephrased(program: &Self::Program) -> Vec<(&'static Rule, Self::Program)>;

    /// The rule that a difference breaks, read off the program and both answers.
    fn blame(
        program: &Self::Program,
        expected: &Answer<Self::Outcome>,
        actual: &Answer<Self::Outcome>,
    ) -> &'static Rule;

    /// How much of an answer a difference touches, see [`Aspect`].
    fn aspect(
        program: &Self::Program,
        expected: &Answer<Self::Outcome>,
        actual: &Answer<Self::Outcome>,
    ) -> Aspect;

    /// Whether nothing but this rule can be to blame where [`blame`](Self::blame) says so, and no
    /// rephrasing need be tried.
    fn is_certain(blamed: &'static Rule) -> bool;

    /// Programs of every kind under a profile, mostly small.
    fn programs(profile: &str) -> Option<BoxedStrategy<Self::Program>>;

    /// Every program of the smallest sizes under a profile.
    fn every_small_program(profile: &str) -> Option<Box<dyn Iterator<Item = Self::Program>>>;

    /// The input of a case as a line of the driver protocol carries it, but for the id.
    fn to_input(program: &Self::Program) -> serde_json::Map<String, serde_json::Value>;

    /// Reads an outcome out of an answer or a recording.
    fn outcome(value: serde_json::Value) -> serde_json::Result<Self::Outcome>;

    /// Reads a program out of the input of a case.
    ///
    /// # Errors
    ///
    /// What is wrong with the input.
    fn from_input(
        input: &serde_json::Map<String, serde_json::Value>,
    ) -> Result<Self::Program, String>;

    /// The outcome as JSON.
    fn outcome_value(outcome: &Self::Outcome) -> serde_json::Value;
}
