//! One small engine with a place for every fault of the shelf.
//!
//! It is written in another way than the reference model, so that the two do not share a mistake: what
//! is awaited is a real future, polled side by side with its siblings, and values are plain JSON.

use super::fault::Fault;
use super::run::{Run, Unit};
use conformance::field::{
    Fields, Init, Kind, Layer, Listed, Operation, Outcome, Path, Profile, Program, Response,
};
use conformance::{Answer, Capability, Engine, Event, Hello, Question, Trouble};
use serde_json::Value;
use std::rc::Rc;
use std::sync::Mutex;

/// An engine with one fault.
pub(super) struct Broken {
    fault: Fault,
    left_behind: Mutex<Option<String>>,
}

impl Broken {
    pub(super) fn new(fault: Fault) -> Self {
        Broken { fault, left_behind: Mutex::default() }
    }

    fn answer(&self, program: &Program) -> Answer<Outcome> {
        let (layers, init) = match self.build(program) {
            Ok(built) => built,
            Err(layer) => {
                let outcome = Outcome::Escaped(format!("Boom: {layer}.init"));
                return Answer { trace: Vec::new(), outcome, init: None };
            }
        };
        let names: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
        let unit = Unit::new(self.fault, program, layers);
        let outcome = match &program.selection {
            None => self.refuse(&unit),
            Some(selection) if selection.operation == Operation::Subscription => {
                Rc::clone(&unit).subscription(&selection.fields)
            }
            Some(selection) => Rc::clone(&unit).query(selection),
        };
        unit.drop_what_is_open();
        let mut trace = unit.trace.take();
        if self.fault == Fault::LeavesAnEventBehind {
            let mut left = self.left_behind.lock().unwrap();
            trace.extend(left.take().map(Event::new));
            *left = names.first().map(|name| format!("{name}.enter@a"));
        }
        let outcome = match self.fault {
            Fault::PanicEscapes if unit.panicked.get() => Outcome::Escaped(String::from("a panic")),
            _ => outcome,
        };
        Answer { trace, outcome, init: Some(init) }
    }

    fn refuse(&self, unit: &Rc<Run>) -> Outcome {
        if self.fault == Fault::RunsLayersOfRefusedDocuments {
            unit.event(
                unit.layers
                    .first()
                    .map_or(String::new(), |layer| format!("{}.enter@a", layer.name)),
            );
        }
        if self.fault == Fault::ExecutesRefusedDocuments {
            let data = Value::Object(Default::default());
            return Outcome::Answered(Response { data, errors: Vec::new() });
        }
        unit.error("this is no document", None::<Path>);
        Outcome::Answered(Response { data: Value::Null, errors: unit.errors.take() })
    }

    /// The layers that run, the outermost first, and the order of building; or the one that failed.
    fn build(&self, program: &Program) -> Result<(Vec<Layer>, Vec<String>), String> {
        let mut listed: Vec<Layer> = program.flat().into_iter().cloned().collect();
        let is_nested = |item: &&Listed| matches!(item, Listed::Stack { .. });
        let (nested, plain): (Vec<_>, Vec<_>) = program.layers.iter().partition(is_nested);
        let apart = |items: Vec<&Listed>| {
            let layers = items.into_iter().cloned().collect();
            let part = Program { layers, ..program.clone() };
            part.flat().into_iter().cloned().collect::<Vec<Layer>>()
        };
        match self.fault {
            Fault::NestedStackFirst => listed = [apart(nested), apart(plain)].concat(),
            Fault::NestedStackForgotten => listed = apart(plain),
            _ => {}
        }
        let mut init: Vec<String> = listed.iter().map(|layer| layer.name.clone()).collect();
        if self.fault == Fault::BuildsInReverse {
            init.reverse();
        }
        if self.fault == Fault::LastOfEightForgotten && listed.len() == 8 {
            listed.truncate(7);
        }
        let mut layers: Vec<Layer> = Vec::new();
        for layer in listed {
            let again = layers.iter().any(|other: &Layer| other.name == layer.name);
            match layer.hooks.init {
                Some(Init::NotUsed) if self.fault != Fault::NotUsedRunsAllTheSame => {}
                Some(Init::Raise) if self.fault == Fault::BuildsWithoutTheFailingLayer => {}
                Some(Init::Raise) => return Err(layer.name),
                _ if again && self.fault == Fault::SecondOfANameForgotten => {}
                _ if matches!(layer.kind, Kind::Notfunction | Kind::Partial) => {}
                _ => layers.push(layer),
            }
        }
        if program.profile.is_reversed() != (self.fault == Fault::StackReversed) {
            layers.reverse();
        }
        if self.fault == Fault::NothingBehindAHooklessLayer {
            let hookless = layers.iter().position(|layer| layer.hooks.resolve.is_none());
            layers.truncate(hookless.unwrap_or(layers.len()));
        }
        Ok((layers, init))
    }
}

impl Engine<Fields> for Broken {
    fn hello(&self) -> Hello {
        Hello {
            engine: format!("{:?}", self.fault),
            version: String::from("0"),
            lifecycles: vec![String::from("graphql-field")],
            profiles: Profile::ALL.map(|profile| String::from(profile.name())).to_vec(),
            capabilities: Capability::ALL
                .into_iter()
                .filter(|capability| {
                    use Capability::{PythonCallableKinds, UntypedIntrospection};
                    !matches!(capability, PythonCallableKinds | UntypedIntrospection)
                })
                .collect(),
        }
    }

    fn run(&self, question: &Question<Fields>) -> Result<Answer<Outcome>, Trouble> {
        Ok(self.answer(&question.program))
    }

    fn run_at_once(
        &self,
        question: &Question<Fields>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        let mut answers: Vec<_> = (0..units).map(|_| self.answer(&question.program)).collect();
        // What is shared is what all units have failed with together.
        if self.fault == Fault::SharesErrorsAmongUnits
            && let Some(Answer { outcome: Outcome::Answered(last), .. }) = answers.last_mut()
            && let Some(error) = last.errors.first_mut()
        {
            error.path = None;
        }
        Ok(answers)
    }
}
