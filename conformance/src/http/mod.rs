//! HTTP requests: the first lifecycle.

mod blame;
mod generate;
mod json;
pub mod laws;
pub mod model;
mod needs;
mod outcome;
mod program;
mod rephrase;
mod simpler;
mod small;

pub use generate::programs;
pub use outcome::Outcome;
pub use program::{Behaviour, Hook, Layer, Listed, Profile, Program, View};
pub use small::every_small_program;

use crate::capability::Capability;
use crate::case::Question;
use crate::engine::{Engine, Hello, Trouble};
use crate::lifecycle::{Aspect, Lifecycle};
use crate::rule::Rule;
use crate::trace::{Answer, Event, Trace};
use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Map, Value};

/// The lifecycle of one HTTP request.
#[derive(Clone, Copy, Debug)]
pub struct Http;

impl Lifecycle for Http {
    const NAME: &'static str = "http";
    const PROFILE: &'static str = "django-5";
    const SHOWN: &'static [&'static str] = &["view"];
    type Program = Program;
    type Outcome = Outcome;

    fn profile(program: &Program) -> &'static str {
        program.profile.name()
    }

    fn expect(program: &Program) -> Answer<Outcome> {
        model::run(program).answer
    }

    fn needs(program: &Program, reached: &Trace) -> Vec<Capability> {
        needs::needs(program, reached)
    }

    fn is_unrecorded(event: &Event) -> bool {
        event.parts().is_some_and(|(_, what)| what == Hook::Exit.name())
    }

    fn builds_in_listed_order(program: &Program) -> bool {
        let fails = |layer: &&Layer| layer.does(Hook::Init) == Some(Behaviour::Raise);
        program.profile.is_legacy() && !program.flat().iter().any(fails)
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

impl Engine<Http> for Model {
    fn hello(&self) -> Hello {
        Hello {
            engine: String::from("the reference model"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            lifecycles: vec![String::from(Http::NAME)],
            profiles: Profile::ALL.map(|profile| String::from(profile.name())).to_vec(),
            capabilities: Capability::ALL.to_vec(),
        }
    }

    fn run(&self, question: &Question<Http>) -> Result<Answer<Outcome>, Trouble> {
        Ok(model::run(&question.program).answer)
    }

    fn run_at_once(
        &self,
        question: &Question<Http>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        (0..units).map(|_| self.run(question)).collect()
    }
}
