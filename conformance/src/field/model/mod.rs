//! The reference model: what an engine that follows every rule does, written to be read.
//!
//! A layer is a function around the rest; what next hands back is ready, or has to be awaited, and
//! then nothing of it has happened yet. It shares nothing with any engine, and is itself held to every
//! recorded case. Each event is written down together with the rule that makes it happen.

mod execute;
mod resolver;
mod stack;
mod subscribe;
mod unit;
mod value;

pub(super) use stack::ENGINES_WORDS;

use super::outcome::{Outcome, Path, Response};
use super::program::{Init, Kind, Layer, Operation, Phase, Program, Selection};
use crate::trace::{Answer, Trace};
use execute::{Lost, object};
use serde_json::Value as Json;
use std::collections::BTreeSet;
use unit::Unit;
use value::Value;

/// What happens, and why.
#[derive(Clone, Debug)]
pub struct Account {
    /// What happens.
    pub answer: Answer<Outcome>,
    /// For each event of the trace the id of the rule that makes it happen.
    pub why: Vec<&'static str>,
    /// Every rule that had a say, events or not.
    pub touched: BTreeSet<&'static str>,
    /// Whether a panic is reached.
    pub panicked: bool,
    /// Whether the default resolver of an introspection field is asked about a value that a layer has
    /// put in the place of introspection's own.
    pub untyped: bool,
    /// Whether the rules leave the end open: a null that no object may hold beside a field that
    /// never ends.
    pub undetermined: bool,
    /// Objects that one of their fields has nulled while others were awaited: which of the errors are
    /// told is left to the engine, as long as one is.
    pub(super) crowded: Vec<Path>,
}

/// Runs a program by the rules of its profile.
pub fn run(program: &Program) -> Account {
    let mut init = Vec::new();
    let mut layers: Vec<&Layer> = Vec::new();
    for layer in program.flat() {
        init.push(layer.name.clone());
        match layer.hooks.init {
            Some(Init::NotUsed) => {}
            Some(Init::Raise) => {
                let escaped = Outcome::Escaped(format!("Boom: {}.init", layer.name));
                return account(Unit::new(program, Operation::Query, Vec::new()), escaped, None);
            }
            None if matches!(layer.kind, Kind::Notfunction | Kind::Partial) => {}
            None => layers.push(layer),
        }
    }
    if program.profile.is_reversed() {
        layers.reverse();
    }
    let Some(Selection { operation, fields }) = &program.selection else {
        let mut unit = Unit::new(program, Operation::Query, layers);
        unit.touched.insert("F7");
        unit.error(ENGINES_WORDS, None);
        let errors = std::mem::take(&mut unit.errors);
        let refused = Outcome::Answered(Response { data: Json::Null, errors });
        return account(unit, refused, Some(init));
    };
    let mut unit = Unit::new(program, *operation, layers);
    let outcome = match operation {
        Operation::Subscription => subscribe::run(&mut unit, fields),
        Operation::Query | Operation::Mutation => {
            let root = (&Value::Root, &Path::default(), Phase::Event);
            let data = object(&mut unit, operation.root(), root, fields).awaited(&mut unit);
            let errors = std::mem::take(&mut unit.errors);
            match data {
                Ok(data) => Outcome::Answered(Response { data, errors }),
                Err(Lost::Nulled) => Outcome::Answered(Response { data: Json::Null, errors }),
                Err(Lost::Stuck) => Outcome::Dropped,
            }
        }
    };
    for at in std::mem::take(&mut unit.stuck) {
        at.leave(&mut unit);
    }
    account(unit, outcome, Some(init))
}

fn account(unit: Unit<'_>, outcome: Outcome, init: Option<Vec<String>>) -> Account {
    let trace: Trace = unit.trace;
    Account {
        answer: Answer { trace, outcome, init },
        why: unit.why,
        touched: unit.touched,
        panicked: unit.panicked,
        untyped: unit.untyped,
        undetermined: unit.undetermined,
        crowded: unit.crowded,
    }
}
