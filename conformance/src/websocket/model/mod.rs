//! The reference model: what an engine that follows every rule does, written to be read.
//!
//! It runs a connection without suspending, in calls that stand for awaiting, and shares nothing
//! with any engine. It can also conduct itself as the recorded systems do, which neither answer for
//! their layers nor keep the protocol: that is what holds it to every recorded case, and what tells
//! the cases where the contract chooses otherwise. Each event is written down together with the rule that
//! makes it happen.

mod app;
mod ending;
mod fault;
mod layers;
mod socket;
mod unit;

use super::Outcome;
use super::outcome::End;
use super::program::{Behaviour, Hook, Layer, Program};
use crate::trace::{Answer, Trace};
use unit::Unit;

/// What happens, and why.
#[derive(Clone, Debug)]
pub struct Account {
    /// What happens.
    pub answer: Answer<Outcome>,
    /// For each event of the trace the id of the rule that makes it happen.
    pub why: Vec<&'static str>,
    /// The rules that had a say where the recorded systems do something else, in that order.
    pub chosen: Vec<&'static str>,
}

/// Whose conduct the socket and the end of a connection have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conduct {
    /// The contract's.
    Contract,
    /// That of Luna and Channels, so far as it was recorded: no check at the socket (W7, W8), no
    /// frame of its own (W3, W6, W12), and an error that nobody catches is swallowed (Luna 0.x) or
    /// escapes.
    Recorded,
}

/// Runs a program by the contract.
pub fn run(program: &Program) -> Account {
    run_as(Conduct::Contract, program)
}

/// Runs a program by the contract or as the recorded systems do.
pub fn run_as(conduct: Conduct, program: &Program) -> Account {
    let mut init = Vec::new();
    let mut layers: Vec<&Layer> = Vec::new();
    for layer in program.flat() {
        init.push(layer.name.clone());
        match layer.does(Hook::Init) {
            Some(Behaviour::NotUsed) => {}
            Some(_) => return not_built(program, &layer.name),
            None => layers.push(layer),
        }
    }
    let mut unit = Unit::new(conduct, program, layers);
    let result = unit.call(0);
    let outcome = ending::end(&mut unit, result);
    for layer in std::mem::take(&mut unit.entered).into_iter().rev() {
        // A panic of this hook stops nobody, so what it does makes no difference.
        if layer.does(Hook::Left).is_some() {
            unit.event("S9", format!("{}.left", layer.name));
        }
    }
    Account {
        answer: Answer { trace: unit.trace, outcome, init: Some(init) },
        why: unit.why,
        chosen: unit.chosen,
    }
}

/// A layer that cannot be built leaves no stack (rule S8). Whether the layers behind it are built
/// all the same, to report every mistake at once, is left to the engine.
fn not_built(program: &Program, layer: &str) -> Account {
    let outcome = Outcome {
        end: End::Escaped,
        escaped: Some(format!("Boom: {layer}.init")),
        sent: Vec::new(),
        unread: program.script.len(),
        tasks_left: 0,
        logged: Vec::new(),
    };
    let answer = Answer { trace: Trace::new(), outcome, init: None };
    Account { answer, why: Vec::new(), chosen: Vec::new() }
}
