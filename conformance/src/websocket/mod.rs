//! Websocket connections: layers around `(ws, receive, send)`.

mod blame;
mod generate;
mod json;
pub mod laws;
pub mod model;
mod needs;
mod outcome;
mod program;
mod rephrase;
mod script;
mod settle;
mod simpler;
mod small;

pub use generate::programs;
pub use outcome::{End, Frame, Outcome};
pub use program::{App, Behaviour, Hook, Layer, Listed, PROFILE, Program};
pub use script::{Item, Kind, Message};
pub use small::{every_small_program, every_small_stack};

use crate::capability::Capability;
use crate::case::Question;
use crate::engine::{Engine, Hello, Trouble};
use crate::lifecycle::{Aspect, Lifecycle};
use crate::rule::{Rule, rule};
use crate::trace::{Answer, Event, Trace};
use proptest::strategy::{BoxedStrategy, Strategy};
use serde_json::{Map, Value};

/// The lifecycle of one websocket connection.
#[derive(Clone, Copy, Debug)]
pub struct WebSocket;

impl Lifecycle for WebSocket {
    const NAME: &'static str = "websocket";
    const PROFILE: &'static str = PROFILE;
    const SHOWN: &'static [&'static str] = &["system", "version", "script"];
    type Program = Program;
    type Outcome = Outcome;

    fn profile(_: &Program) -> &'static str {
        PROFILE
    }

    fn expect(program: &Program) -> Answer<Outcome> {
        model::run(program).answer
    }

    fn needs(program: &Program, reached: &Trace) -> Vec<Capability> {
        needs::needs(program, reached)
    }

    fn is_unrecorded(event: &Event) -> bool {
        settle::is_left(event)
    }

    fn settled(program: &Program, trace: Trace) -> Trace {
        settle::settled(program, trace)
    }

    fn passed_over(input: &Map<String, Value>) -> Option<&'static str> {
        json::passed_over(input)
    }

    fn chooses_otherwise(
        program: &Program,
        recorded: &Answer<Outcome>,
    ) -> Option<(&'static Rule, Answer<Outcome>)> {
        // What those layers do to a connection only the recording knows.
        if !program.message_layers.is_empty() {
            return None;
        }
        let account = model::run(program);
        let expected = Answer { init: recorded.init.clone(), ..account.answer };
        let first = account.chosen.first().filter(|_| expected != *recorded)?;
        Some((rule(first), expected))
    }

    fn builds_in_listed_order(_: &Program) -> bool {
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
        (profile == PROFILE).then(|| programs().boxed())
    }

    fn every_small_program(profile: &str) -> Option<Box<dyn Iterator<Item = Program>>> {
        (profile == PROFILE).then(|| Box::new(every_small_program()) as Box<_>)
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
        serde_json::to_value(outcome).unwrap_or_default()
    }
}

/// The reference model as an engine: it passes its own checks, and a broken engine is easily made
/// of it.
#[derive(Clone, Copy, Debug)]
pub struct Model;

impl Engine<WebSocket> for Model {
    fn hello(&self) -> Hello {
        let all = Capability::ALL.into_iter();
        Hello {
            engine: String::from("the reference model"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            lifecycles: vec![String::from(WebSocket::NAME)],
            profiles: vec![String::from(PROFILE)],
            capabilities: all.filter(|other| *other != Capability::MessageLayers).collect(),
        }
    }

    fn run(&self, question: &Question<WebSocket>) -> Result<Answer<Outcome>, Trouble> {
        Ok(model::run(&question.program).answer)
    }

    fn run_at_once(
        &self,
        question: &Question<WebSocket>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        (0..units).map(|_| self.run(question)).collect()
    }
}
