//! The laws: two ways of saying the same that must come to the same, whatever the model says.

use super::Http;
use super::outcome::Outcome;
use super::program::{Behaviour, Hook, Layer, Listed, Program};
use crate::capability::Capability;
use crate::case::Question;
use crate::engine::{Engine, Trouble};
use crate::trace::{Answer, Event};

/// What came of asking for a law.
pub type Held = Result<(), String>;

fn run(engine: &dyn Engine<Http>, program: &Program) -> Result<Answer<Outcome>, String> {
    let answer = engine.run(&Question::new("law", program.clone()));
    let answer = answer.map_err(|Trouble(trouble)| trouble)?;
    // In which order, and whom else, an engine has built is no part of what the unit saw.
    Ok(Answer { init: None, ..answer })
}

fn same(engine: &dyn Engine<Http>, one: &Program, other: &Program) -> Held {
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
    engine: &dyn Engine<Http>,
    program: &Program,
    place: usize,
) -> Held {
    same(engine, program, &with(program, place, Layer::new("Z", [])))
}

/// A layer that declares itself not used changes nothing, whatever hooks it has (rule S7).
///
/// # Errors
///
/// Both programs and what came of them.
pub fn not_used_changes_nothing(
    engine: &dyn Engine<Http>,
    program: &Program,
    place: usize,
) -> Held {
    let hooks = Hook::PHASES.map(|hook| (hook, Behaviour::Raise));
    let layer = Layer::new("Z", hooks.into_iter().chain([(Hook::Init, Behaviour::NotUsed)]));
    same(engine, program, &with(program, place, layer))
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
pub fn flattening_changes_nothing(engine: &dyn Engine<Http>, program: &Program) -> Held {
    same(engine, program, &program.flattened())
}

/// Many units at once equal each one alone (rule S6). Holds, unasked, where the engine cannot be
/// asked.
///
/// # Errors
///
/// The program and the unit that came out otherwise.
pub fn many_at_once_equal_each_alone(engine: &dyn Engine<Http>, program: &Program) -> Held {
    let alone = run(engine, program)?;
    if !engine.hello().capabilities.contains(&Capability::ManyAtOnce) {
        return Ok(());
    }
    let answers = engine.run_at_once(&Question::new("law", program.clone()), 16);
    let answers = answers.map_err(|Trouble(trouble)| trouble)?;
    match answers.iter().find(|one| one.trace != alone.trace || one.outcome != alone.outcome) {
        None => Ok(()),
        Some(other) => Err(format!("{program:#?}\nalone {alone:#?}\namong others {other:#?}")),
    }
}

/// Every layer with an exit that has been entered has exactly one, in reverse order of entry, after
/// everything else (rule S9). The answer alone shows it, but for layers that no event shows to be
/// entered: those exit at most once. Nothing in a trace tells layers of one name apart, so the program
/// is asked with a name for each.
///
/// # Errors
///
/// The program, the answer and what is wrong with it.
pub fn exactly_one_exit(engine: &dyn Engine<Http>, program: &Program) -> Held {
    let program = &program.with_distinct_names();
    let answer = run(engine, program)?;
    let wrong = |what: &str| Err(format!("{what}: {program:#?}\ngave {answer:#?}"));
    let is_exit = |event: &Event| event.parts().is_some_and(|(_, what)| what == "exit");
    let first = answer.trace.iter().position(is_exit).unwrap_or(answer.trace.len());
    if !answer.trace[first..].iter().all(is_exit) {
        return wrong("something happens after an exit");
    }
    let exits: Vec<&str> =
        answer.trace[first..].iter().filter_map(Event::parts).map(|(layer, _)| layer).collect();
    let mut in_order = exits.iter();
    for layer in program.flat().into_iter().rev() {
        let name = layer.name.as_str();
        let entered = answer.trace.contains(&Event::at(name, "process_request"))
            || answer.trace.contains(&Event::at(name, "before"));
        let failed_on_the_way_in = [Hook::ProcessRequest, Hook::Call].iter().any(|hook| {
            layer.does(*hook).is_some_and(|does| {
                use Behaviour::*;
                matches!(
                    does,
                    Raise | Raise404 | Raise403 | Raise400 | Panic | RaiseBefore | PanicBefore
                )
            })
        });
        let owed = entered && !failed_on_the_way_in && layer.does(Hook::Exit).is_some();
        let count = exits.iter().filter(|other| **other == name).count();
        if count > 1 || count < usize::from(owed) {
            return wrong(&format!("`{name}` exits {count} times"));
        }
        if count == 1 && in_order.next() != Some(&name) {
            return wrong(&format!("`{name}` exits out of order"));
        }
    }
    Ok(())
}

/// A layer written as one call does what the same layer does written with hooks.
///
/// # Errors
///
/// Both programs and what came of them.
pub fn call_style_equals_hook_style(engine: &dyn Engine<Http>, program: &Program) -> Held {
    let hooks = program.map_layers(|layer| Some(in_hook_style(layer)));
    let called = run(engine, program)?;
    let hooked = run(engine, &hooks)?;
    let (called, hooked) = (in_one_tongue(&called), in_one_tongue(&hooked));
    match called == hooked {
        true => Ok(()),
        false => Err(format!("{program:#?}\ngave {called}\n{hooks:#?}\ngave {hooked}")),
    }
}

/// The layer with hooks, where both can say it; else as it is.
fn in_hook_style(layer: &Layer) -> Layer {
    use Behaviour::*;
    let (before, after) = match layer.does(Hook::Call) {
        Some(Pass | Catch) => (Pass, Some(Pass)),
        Some(ModifyRequest) => (Modify, Some(Pass)),
        Some(ModifyResponse) => (Pass, Some(Modify)),
        Some(Behaviour::Replace) => (Pass, Some(Replace)),
        Some(Short) => (Respond, Option::None),
        Some(RaiseBefore) => (Raise, Some(Pass)),
        Some(RaiseAfter) => (Pass, Some(Raise)),
        Some(PanicBefore) => (Panic, Some(Pass)),
        Some(PanicAfter) => (Pass, Some(Panic)),
        _ => return layer.clone(),
    };
    let mut hooks = layer.hooks.clone();
    hooks.remove(&Hook::Call);
    hooks.insert(Hook::ProcessRequest, before);
    hooks.extend(after.map(|after| (Hook::ProcessResponse, after)));
    Layer { name: layer.name.clone(), hooks }
}

/// An answer as text, with the events of both styles named alike.
fn in_one_tongue(answer: &Answer<Outcome>) -> String {
    let text = format!("{:?} {:?}", answer.trace, answer.outcome);
    text.replace(".before", ".process_request").replace(".after", ".process_response")
}
