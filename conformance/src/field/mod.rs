//! GraphQL fields: layers around the resolvers of a fixed schema, for queries, mutations and
//! subscriptions.

mod blame;
mod document;
mod generate;
mod json;
pub mod laws;
pub mod model;
mod needs;
mod outcome;
mod program;
mod rephrase;
mod schema;
mod settle;
mod simpler;
mod small;

pub use generate::programs;
pub use outcome::{FieldError, Outcome, Path, Response, Step};
pub use program::{
    Behaviour, Exit, Field, Hooks, Init, Kind, Layer, Listed, Mode, Operation, Phase, Profile,
    Program, Resolver, Selection,
};
pub use small::every_small_program;

use crate::capability::Capability;
use crate::case::Question;
use crate::engine::{Engine, Hello, Trouble};
use crate::lifecycle::{Aspect, Lifecycle};
use crate::rule::{Rule, rule};
use crate::trace::{Answer, Event, Trace};
use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Map, Value};

/// The lifecycle of the fields of one operation.
#[derive(Clone, Copy, Debug)]
pub struct Fields;

impl Lifecycle for Fields {
    const NAME: &'static str = "graphql-field";
    const PROFILE: &'static str = "graphql";
    const SHOWN: &'static [&'static str] = &["mode", "document", "resolvers", "drop_after"];
    type Program = Program;
    type Outcome = Outcome;

    fn profile(program: &Program) -> &'static str {
        program.profile.name()
    }

    fn expect(program: &Program) -> Answer<Outcome> {
        model::run(program).answer
    }

    fn needs(program: &Program, _reached: &Trace) -> Vec<Capability> {
        needs::needs(program)
    }

    fn is_unrecorded(event: &Event) -> bool {
        settle::parts(event).is_exit()
    }

    fn settled(program: &Program, trace: Trace) -> Trace {
        settle::settled(program, trace)
    }

    fn settled_outcome(program: &Program, outcome: Outcome) -> Outcome {
        settle::settled_outcome(program, outcome)
    }

    fn passed_over(input: &Map<String, Value>) -> Option<&'static str> {
        json::passed_over(input)
    }

    fn chooses_otherwise(
        program: &Program,
        recorded: &Answer<Outcome>,
    ) -> Option<(&'static Rule, Answer<Outcome>)> {
        let chosen_by = program.chosen_by?;
        let expected = Self::expect(program);
        let compared = |answer: &Answer<Outcome>| {
            let trace = answer.trace.iter().filter(|event| !Self::is_unrecorded(event)).cloned();
            let outcome = settle::settled_outcome(program, answer.outcome.clone());
            (settle::settled(program, trace.collect()), outcome)
        };
        (compared(&expected) != compared(recorded)).then(|| (rule(chosen_by), expected))
    }

    fn builds_in_listed_order(_program: &Program) -> bool {
        false
    }

    fn simpler(program: &Program) -> Vec<Program> {
        simpler::simpler(program)
    }

    fn rephrased(program: &Program) -> Vec<(&'static Rule, Program)> {
        rephrase::rephrased(program)
    }

    fn blame(
        program: &Program,
        expected: &Answer<Outcome>,
        actual: &Answer<Outcome>,
    ) -> &'static Rule {
        blame::blame(program, expected, actual)
    }

    fn aspect(program: &Program, expected: &Answer<Outcome>, actual: &Answer<Outcome>) -> Aspect {
        blame::aspect(program, expected, actual)
    }

    fn is_certain(blamed: &'static Rule) -> bool {
        ["S8", "S9"].contains(&blamed.id)
    }

    fn programs(profile: &str) -> Option<BoxedStrategy<Program>> {
        Some(programs(Profile::by_name(profile)?).boxed())
    }

    fn every_small_program(profile: &str) -> Option<Box<dyn Iterator<Item = Program>>> {
        Some(Box::new(every_small_program(Profile::by_name(profile)?)))
    }

    fn to_input(program: &Program) -> Map<String, Value> {
        json::to_input(program)
    }

    fn from_input(input: &Map<String, Value>) -> Result<Program, String> {
        json::from_input(input)
    }

    fn outcome(value: Value) -> serde_json::Result<Outcome> {
        serde_json::from_value(value)
    }

    fn outcome_value(outcome: &Outcome) -> Value {
        json::outcome_value(outcome)
    }
}

/// The reference model as an engine: it passes its own checks, and a broken engine is easily made
/// of it.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Engine<Fields> for Model {
    fn hello(&self) -> Hello {
        Hello {
            engine: String::from("the reference model"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            lifecycles: vec![String::from(Fields::NAME)],
            profiles: Profile::ALL.map(|profile| String::from(profile.name())).to_vec(),
            capabilities: Capability::ALL.to_vec(),
        }
    }

    fn run(&self, question: &Question<Fields>) -> Result<Answer<Outcome>, Trouble> {
        Ok(model::run(&question.program).answer)
    }

    fn run_at_once(
        &self,
        question: &Question<Fields>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        (0..units).map(|_| self.run(question)).collect()
    }
}
