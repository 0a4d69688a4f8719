//! The laws: ways of saying the same that must come to the same, whatever the model says.

use super::WebSocket;
use super::outcome::Outcome;
use super::program::{Behaviour, Hook, Layer, Listed, Program};
use super::settle::{is_last_of_its_layer, is_left, settled};
use crate::capability::Capability;
use crate::case::Question;
use crate::engine::{Engine, Trouble};
use crate::trace::{Answer, Event};

/// What came of asking for a law.
pub type Held = Result<(), String>;

fn run(engine: &dyn Engine<WebSocket>, program: &Program) -> Result<Answer<Outcome>, String> {
    let answer = engine.run(&Question::new("law", program.clone()));
    let answer = answer.map_err(|Trouble(trouble)| trouble)?;
    // In which order, and whom else, an engine has built is no part of what the unit saw.
    Ok(Answer { trace: settled(program, answer.trace), init: None, ..answer })
}

fn same(engine: &dyn Engine<WebSocket>, one: &Program, other: &Program) -> Held {
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
    engine: &dyn Engine<WebSocket>,
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
    engine: &dyn Engine<WebSocket>,
    program: &Program,
    place: usize,
) -> Held {
    let hooks = [Hook::Call, Hook::Receive, Hook::Send].map(|hook| (hook, Behaviour::Raise));
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
pub fn flattening_changes_nothing(engine: &dyn Engine<WebSocket>, program: &Program) -> Held {
    same(engine, program, &program.flattened())
}

/// Many units at once equal each one alone (rule S6). Holds, unasked, where the engine cannot be
/// asked.
///
/// # Errors
///
/// The program and the unit that came out otherwise.
pub fn many_at_once_equal_each_alone(engine: &dyn Engine<WebSocket>, program: &Program) -> Held {
    let alone = run(engine, program)?;
    if !engine.hello().capabilities.contains(&Capability::ManyAtOnce) {
        return Ok(());
    }
    let answers = engine.run_at_once(&Question::new("law", program.clone()), 16);
    for answer in answers.map_err(|Trouble(trouble)| trouble)? {
        let among = Answer { trace: settled(program, answer.trace), init: None, ..answer };
        if among != alone {
            return Err(format!("{program:#?}\nalone {alone:#?}\namong others {among:#?}"));
        }
    }
    Ok(())
}

/// A layer that suspends does what one does that passes on at once.
///
/// # Errors
///
/// Both programs and what came of them.
pub fn waiting_changes_nothing(engine: &dyn Engine<WebSocket>, program: &Program) -> Held {
    let at_once = program.map_layers(|layer| {
        let hooks = layer.hooks.iter().map(|(hook, does)| match does {
            Behaviour::Wait => (*hook, Behaviour::Pass),
            does => (*hook, *does),
        });
        Some(Layer::new(&layer.name, hooks))
    });
    same(engine, program, &at_once)
}

/// Every one of these engines, one for each runtime, does the same (rule W11).
///
/// # Errors
///
/// The program, and two engines that part with what they did.
pub fn same_on_every_runtime(engines: &[&dyn Engine<WebSocket>], program: &Program) -> Held {
    let Some((first, others)) = engines.split_first() else { return Ok(()) };
    let expected = run(*first, program)?;
    for other in others {
        let actual = run(*other, program)?;
        if actual != expected {
            let (one, two) = (first.hello().engine, other.hello().engine);
            return Err(format!("{program:#?}\n{one} gave {expected:#?}\n{two} gave {actual:#?}"));
        }
    }
    Ok(())
}

/// A layer written as one call does what the same layer does written with hooks, but for the events
/// of its way out.
///
/// # Errors
///
/// Both programs and what came of them.
pub fn call_style_equals_hook_style(engine: &dyn Engine<WebSocket>, program: &Program) -> Held {
    use Behaviour::{Close, Modify, Panic, Pass, Raise, Refuse, Wait};
    let program = &program.with_distinct_names();
    let mut rewritten = Vec::new();
    let hooks = program.map_layers(|layer| {
        let takes_a_call = layer.hooks.iter().any(|(hook, does)| hook.takes_a_call(*does));
        let both = [Pass, Modify, Wait, Close, Refuse, Raise, Panic];
        let call = layer.does(Hook::Call).filter(|does| both.contains(does) && !takes_a_call);
        let Some(does) = call else { return Some(layer.clone()) };
        rewritten.push(layer.name.clone());
        let mut hooks = layer.hooks.clone();
        hooks.remove(&Hook::Call);
        hooks.insert(Hook::Enter, does);
        Some(Layer { name: layer.name.clone(), hooks })
    });
    let mut called = run(engine, program)?;
    called.trace.retain(|event| {
        let is_way_out = |what| ["exit", "error"].contains(&what);
        let rewritten = |layer: &str| rewritten.iter().any(|name| name == layer);
        !event.parts().is_some_and(|(layer, what)| is_way_out(what) && rewritten(layer))
    });
    for logged in &mut called.outcome.logged {
        for name in &rewritten {
            *logged = logged.replace(&format!(": {name}.call"), &format!(": {name}.enter"));
        }
    }
    let hooked = run(engine, &hooks)?;
    match called == hooked {
        true => Ok(()),
        false => Err(format!("{program:#?}\ngave {called:#?}\n{hooks:#?}\ngave {hooked:#?}")),
    }
}

/// Every layer with `left` that has been entered leaves exactly once, in reverse order of entry, and
/// nothing goes on inside it later (rule S9), asked of an engine.
///
/// # Errors
///
/// The program, the answer and what is wrong with it.
pub fn exactly_one_exit(engine: &dyn Engine<WebSocket>, program: &Program) -> Held {
    let program = &program.with_distinct_names();
    let answer = engine.run(&Question::new("law", program.clone()));
    exits_are_exact(program, &answer.map_err(|Trouble(trouble)| trouble)?.trace)
}

/// The same of a trace, wherever its connection was cut short (rule S9).
///
/// Only the trace is looked at: a layer owes its exit where something shows that it was entered (an
/// event of its own after its way in, or any event further in). One that may have been suspended on
/// its way in exits at most once; one that fails on its way in, or that was not reached, never.
///
/// # Errors
///
/// The program, the trace and what is wrong with it; also that two layers share a name, since nothing
/// in a trace then tells them apart.
pub fn exits_are_exact(program: &Program, trace: &[Event]) -> Held {
    let wrong = |what: &str| Err(format!("{what}: {program:#?}\ngave {trace:#?}"));
    if !program.has_distinct_names() {
        return wrong("two layers share a name");
    }
    let layers: Vec<&Layer> =
        program.flat().into_iter().filter(|layer| !layer.is_not_used()).collect();
    let mut left = trace.iter().filter(|event| is_left(event)).filter_map(Event::parts);
    for (place, layer) in layers.iter().enumerate().rev() {
        let of = |event: &Event| event.parts().is_some_and(|(name, _)| name == layer.name);
        let count = trace.iter().filter(|event| is_left(event) && of(event)).count();
        let owed = owed(&layers, place, trace);
        if count > 1 {
            return wrong(&format!("`{}` leaves {count} times", layer.name));
        }
        match (count, owed) {
            (0, Owed::Once) => return wrong(&format!("`{}` never leaves", layer.name)),
            (1, Owed::Never) => {
                return wrong(&format!("`{}` leaves what it has not entered", layer.name));
            }
            _ => {}
        }
        if count == 0 {
            continue;
        }
        if left.next().is_none_or(|(name, _)| name != layer.name) {
            return wrong(&format!("`{}` leaves out of order", layer.name));
        }
        let at = trace.iter().position(|event| is_left(event) && of(event));
        if at.is_some_and(|at| !is_last_of_its_layer(program, trace, at)) {
            return wrong(&format!("something goes on inside `{}` after it has left", layer.name));
        }
    }
    match left.next() {
        None => Ok(()),
        Some((name, _)) => wrong(&format!("`{name}` leaves out of order, or is not listed")),
    }
}

enum Owed {
    Never,
    AtMostOnce,
    Once,
}

/// What a trace shows of the exit of the layer at this place.
fn owed(layers: &[&Layer], place: usize, trace: &[Event]) -> Owed {
    let layer = layers[place];
    if layer.does(Hook::Left).is_none() {
        return Owed::Never;
    }
    let is_of = |event: &Event, layer: &Layer, what: fn(&str) -> bool| {
        event.parts().is_some_and(|(name, event)| name == layer.name && what(event))
    };
    let way_in = layer.does(Hook::Call).or(layer.does(Hook::Enter));
    if matches!(way_in, Some(Behaviour::Raise | Behaviour::Panic)) {
        return Owed::Never;
    }
    // Whoever is further in, or the app, was reached through this layer; a close that a layer sends
    // on its way in passes those outside it only.
    let further_in = trace.iter().any(|event| {
        layers[place + 1..].iter().any(|inner| is_of(event, inner, |_| true))
            || event.parts().is_some_and(|(name, _)| name == "app")
            || ["server.accept", "server.send"].contains(&event.as_str())
    });
    // Only the app asks for events, and a layer is through with its rest when it has a way out.
    let shown = layers.iter().any(|any| {
        trace.iter().any(|event| is_of(event, any, |what| what.starts_with("receive:")))
    }) || trace
        .iter()
        .any(|event| is_of(event, layer, |what| ["exit", "error", "caught"].contains(&what)));
    if further_in || shown {
        return Owed::Once;
    }
    let reached = match way_in {
        Some(_) => trace.iter().any(|event| is_of(event, layer, |what| what == "enter")),
        // What has no way in shows nothing of its own; the layers outside it must have let it.
        None => layers[..place].iter().all(|outer| lets_in(outer, trace)),
    };
    if reached { Owed::AtMostOnce } else { Owed::Never }
}

/// Whether a trace leaves it open that this layer has let somebody in.
fn lets_in(layer: &Layer, trace: &[Event]) -> bool {
    use Behaviour::{Close, Panic, Raise, Refuse, Silent};
    let way_in = layer.does(Hook::Call).or(layer.does(Hook::Enter));
    match way_in {
        None => true,
        Some(Close | Panic | Raise | Refuse | Silent) => false,
        Some(_) => trace.contains(&Event::at(&layer.name, "enter")),
    }
}
