//! The laws: ways of saying the same that must come to the same, whatever the model says.

use super::Fields;
use super::outcome::Outcome;
use super::program::{Behaviour, Hooks, Init, Kind, Layer, Listed, Mode, Phase, Program, Resolver};
use super::settle::{parts, settled, settled_outcome};
use crate::capability::Capability;
use crate::case::Question;
use crate::engine::{Engine, Trouble};
use crate::trace::Answer;
use serde_json::Value;
use std::collections::BTreeMap;

/// What came of asking for a law.
pub type Held = Result<(), String>;

fn run(engine: &dyn Engine<Fields>, program: &Program) -> Result<Answer<Outcome>, String> {
    let answer = engine.run(&Question::new("law", program.clone()));
    answer.map(|answer| compared(program, answer)).map_err(|Trouble(trouble)| trouble)
}

/// In which order, and whom else, an engine has built is no part of what the unit saw.
fn compared(program: &Program, answer: Answer<Outcome>) -> Answer<Outcome> {
    let trace = settled(program, answer.trace);
    Answer { trace, outcome: settled_outcome(program, answer.outcome), init: None }
}

fn same(engine: &dyn Engine<Fields>, one: &Program, other: &Program) -> Held {
    let (first, second) = (run(engine, one)?, run(engine, other)?);
    match first == second {
        true => Ok(()),
        false => Err(format!("{one:#?}\ngave {first:#?}\n{other:#?}\ngave {second:#?}")),
    }
}

/// A hookless layer at this place changes nothing (rule S4).
///
/// # Errors
///
/// Both programs and what came of them.
pub fn hookless_changes_nothing(
    engine: &dyn Engine<Fields>,
    program: &Program,
    place: usize,
) -> Held {
    same(engine, program, &with(program, place, Layer::new("Z", Kind::Function, None)))
}

/// A layer that declares itself not used changes nothing, whatever it does (rule S7).
///
/// # Errors
///
/// Both programs and what came of them.
pub fn not_used_changes_nothing(
    engine: &dyn Engine<Fields>,
    program: &Program,
    place: usize,
) -> Held {
    let raises = Layer::new("Z", Kind::Function, Behaviour::Raise);
    let hooks = Hooks { init: Some(Init::NotUsed), ..raises.hooks.clone() };
    same(engine, program, &with(program, place, Layer { hooks, ..raises }))
}

fn with(program: &Program, place: usize, layer: Layer) -> Program {
    let mut with = program.clone();
    with.layers.insert(place.min(program.layers.len()), Listed::Layer(layer));
    with
}

/// Taking nested stacks apart changes nothing (rule S5).
///
/// # Errors
///
/// Both programs and what came of them.
pub fn flattening_changes_nothing(engine: &dyn Engine<Fields>, program: &Program) -> Held {
    same(engine, program, &program.flattened())
}

/// Many operations at once equal each one alone (rule S6). Holds, unasked, where the engine cannot be
/// asked.
///
/// # Errors
///
/// The program and the operation that came out otherwise.
pub fn many_at_once_equal_each_alone(engine: &dyn Engine<Fields>, program: &Program) -> Held {
    let alone = run(engine, program)?;
    if !engine.hello().capabilities.contains(&Capability::ManyAtOnce) {
        return Ok(());
    }
    let answers = engine.run_at_once(&Question::new("law", program.clone()), 16);
    for answer in answers.map_err(|Trouble(trouble)| trouble)? {
        let among = compared(program, answer);
        if among != alone {
            return Err(format!("{program:#?}\nalone {alone:#?}\namong others {among:#?}"));
        }
    }
    Ok(())
}

/// Every layer that has come in at a field, and not failed on the way in, exits once for it, the inner
/// ones before the outer ones (rule S9). Nothing in a trace tells layers of one name apart, so the
/// program is asked with a name for each.
///
/// # Errors
///
/// The program, the answer and what is wrong with it.
pub fn exactly_one_exit(engine: &dyn Engine<Fields>, program: &Program) -> Held {
    let program = &program.with_distinct_names();
    let answer = run(engine, program)?;
    let wrong = |what: &str| Err(format!("{what}: {program:#?}\ngave {answer:#?}"));
    let listed = program.flat();
    // How often it has come in, and how often it has left. A path may be that of many fields, one
    // in each event of a subscription; behind a retry one field is come into twice, and left once.
    let mut seen: BTreeMap<(String, String, bool), (usize, usize)> = BTreeMap::new();
    let retries = listed.iter().any(|layer| layer.hooks.resolve == Some(Behaviour::Twice));
    for event in &answer.trace {
        let parts = parts(event);
        let layer = listed.iter().find(|layer| Some(layer.name.as_str()) == parts.layer);
        let (Some(layer), Some((parent, known))) = (layer, program.field_at(parts.path)) else {
            continue;
        };
        let phase = if parts.at_source { Phase::Source } else { Phase::Event };
        let does = layer.does(phase, parent, known.name);
        let fails = matches!(does, Some(Behaviour::Raise | Behaviour::Panic));
        // A layer without `resolve` comes in unseen.
        let is_owed = layer.hooks.exit.is_some() && does.is_some() && !fails;
        let (entered, left) = match parts.what {
            "enter" if is_owed => (1, 0),
            "left" if does.is_some() => (0, 1),
            _ => continue,
        };
        let key = (layer.name.clone(), String::from(parts.path), parts.at_source);
        let so_far = seen.entry(key).or_default();
        *so_far = (so_far.0 + entered, so_far.1 + left);
    }
    for ((layer, path, _), (entered, left)) in &seen {
        let least = if retries { 1.min(*entered) } else { *entered };
        if !(least..=*entered).contains(left) {
            return wrong(&format!(
                "`{layer}` enters {entered} times and leaves {left} at `{path}`"
            ));
        }
    }
    Ok(())
}

/// Blocking and awaited execution give the same data, where layers wait for what they get (rules F4
/// and F9).
///
/// # Errors
///
/// Both programs and what came of them.
pub fn blocking_equals_awaited(engine: &dyn Engine<Fields>, program: &Program) -> Held {
    let never = program.resolvers.values().any(|word| *word == Resolver::Never);
    if never || program.mode == Mode::Subscribe {
        return Ok(());
    }
    let in_mode = |mode: Mode| {
        let layers =
            program.map_layers(|layer| Some(Layer { kind: Kind::Either, ..layer.clone() }));
        Program { mode, ..layers }
    };
    let (blocking, awaited) = (in_mode(Mode::Sync), in_mode(Mode::Async));
    let data = |program: &Program| -> Result<Vec<Value>, String> {
        let outcome = run(engine, program)?.outcome;
        Ok(outcome.responses().iter().map(|response| response.data.clone()).collect())
    };
    let (first, second) = (data(&blocking)?, data(&awaited)?);
    match first == second {
        true => Ok(()),
        false => Err(format!("{blocking:#?}\ngave {first:?}, awaited {second:?}")),
    }
}
