//! The reference model: what an engine that follows every rule does, written to be read.
//!
//! It follows Django's own code step by step and shares nothing with any engine. It is itself held
//! to every recorded case, None included, which no engine in Rust has to express. Each event is
//! written down together with the rule that makes it happen; that is what a missing event breaks.

mod centre;
mod fault;
mod legacy;
mod onion;
mod response;
mod unit;

use super::Outcome;
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
}

/// Runs a program by the rules of its profile.
pub fn run(program: &Program) -> Account {
    let mut init = Vec::new();
    let mut layers: Vec<&Layer> = Vec::new();
    for layer in program.flat() {
        init.push(layer.name.clone());
        match layer.does(Hook::Init) {
            Some(Behaviour::NotUsed) => {}
            Some(_) => return not_built(&layer.name),
            None => layers.push(layer),
        }
    }
    let mut unit = Unit::new(program);
    let response = match program.profile.is_legacy() {
        true => Some(legacy::run(&mut unit, &layers)),
        false => onion::run(&mut unit, &layers),
    };
    for layer in std::mem::take(&mut unit.entered).into_iter().rev() {
        // A panic of an exit hook stops nobody, so what it does makes no difference.
        if layer.does(Hook::Exit).is_some() {
            unit.event("S9", format!("{}.exit", layer.name));
        }
    }
    let errors = unit.announced;
    let outcome = match response {
        Some(response) => {
            let (body, x_trail) = (response.body, response.trail);
            let x_trail = (!x_trail.is_empty()).then(|| x_trail.join(","));
            Outcome::Answered { status: response.status, body, x_trail, errors }
        }
        // The handler asks the response for its status, and there is none.
        None => Outcome::Escaped { escaped: String::from("AttributeError"), errors },
    };
    Account { answer: Answer { trace: unit.trace, outcome, init: Some(init) }, why: unit.why }
}

/// A layer that cannot be built leaves no stack (rule S8). Whether the layers behind it are built
/// all the same, to report every mistake at once, is left to the engine.
fn not_built(layer: &str) -> Account {
    let outcome = Outcome::Escaped { escaped: format!("Boom: {layer}.init"), errors: Vec::new() };
    Account { answer: Answer { trace: Trace::new(), outcome, init: None }, why: Vec::new() }
}
