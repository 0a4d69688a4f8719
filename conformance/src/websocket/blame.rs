//! Which rule a difference breaks.
//!
//! The first place where two traces part says it: an event that is missing breaks the rule by which
//! the model has it; one that is too many breaks the rule that forbids it there; and where all
//! events are there, in another order, it is the rule of that order. Where the traces are equal the
//! outcome says it.

use super::model;
use super::outcome::Outcome;
use super::program::{Behaviour, Hook, Layer, Program};
use super::settle::is_left;
use crate::lifecycle::Aspect;
use crate::rule::{Rule, rule};
use crate::trace::{Answer, Event};

pub(super) fn blame(
    program: &Program,
    expected: &Answer<Outcome>,
    actual: &Answer<Outcome>,
) -> &'static Rule {
    rule(id_of(program, expected, actual))
}

fn id_of(program: &Program, expected: &Answer<Outcome>, actual: &Answer<Outcome>) -> &'static str {
    match aspect(program, expected, actual) {
        Aspect::Essence => {}
        Aspect::Exits => return "S9",
        Aspect::Building => return "S8",
    }
    let (wanted, got) = (without_exits(&expected.trace), without_exits(&actual.trace));
    if let Some(rule) = unnamed(&expected.outcome, &actual.outcome) {
        return rule;
    }
    if wanted == got {
        return of_outcome(&wanted, &expected.outcome, &actual.outcome);
    }
    let account = model::run(program);
    let why: Vec<&'static str> = (account.answer.trace.iter().zip(&account.why))
        .filter(|(event, _)| !is_left(event))
        .map(|(_, why)| *why)
        .collect();
    match of_trace(program, &wanted, &why, &got) {
        "W6" if was_caught(expected, actual) => "W5",
        id => id,
    }
}

/// Whether an error that passes a layer and that nobody catches was ended as though there were none:
/// then that layer has caught it.
fn was_caught(expected: &Answer<Outcome>, actual: &Answer<Outcome>) -> bool {
    let passes = |event: &Event| kind(event) == Kind::WayOut("error");
    let is_logged = |answer: &Answer<Outcome>| !answer.outcome.logged.is_empty();
    expected.trace.iter().any(passes)
        && actual.trace.iter().any(is_engine)
        && is_logged(expected)
        && !is_logged(actual)
}

pub(super) fn aspect(
    program: &Program,
    expected: &Answer<Outcome>,
    actual: &Answer<Outcome>,
) -> Aspect {
    let fails = Some(Behaviour::Raise);
    if program.flat().iter().any(|layer| layer.does(Hook::Init) == fails) {
        return Aspect::Building;
    }
    let same_essence = expected.outcome == actual.outcome
        && without_exits(&expected.trace) == without_exits(&actual.trace);
    match same_essence {
        false => Aspect::Essence,
        true if expected.trace != actual.trace => Aspect::Exits,
        true => Aspect::Building,
    }
}

fn without_exits(trace: &[Event]) -> Vec<Event> {
    trace.iter().filter(|event| !is_left(event)).cloned().collect()
}

/// The rule that an error of the protocol should have named, and nobody did.
fn unnamed(expected: &Outcome, actual: &Outcome) -> Option<&'static str> {
    let names = |outcome: &Outcome, rule: &str| outcome.logged.iter().any(|entry| entry == rule);
    ["W7", "W8"].into_iter().find(|rule| names(expected, rule) && !names(actual, rule))
}

/// What sort of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind<'e> {
    Enter,
    /// `exit`, `error` or `caught`: the way out of a layer that wraps.
    WayOut(&'e str),
    Closing,
    Receive,
    Send,
    Server(&'e str),
    App(&'e str),
    /// A frame that the engine makes, with its number.
    Engine(&'e str),
    Unknown,
}

fn kind(event: &Event) -> Kind<'_> {
    match event.parts() {
        Some(("server", what)) => Kind::Server(what),
        Some(("app", what)) => Kind::App(what),
        Some(("engine", what)) => Kind::Engine(what.rsplit(':').next().unwrap_or_default()),
        Some((_, "enter")) => Kind::Enter,
        Some((_, "closing")) => Kind::Closing,
        Some((_, what @ ("exit" | "error" | "caught"))) => Kind::WayOut(what),
        Some((_, what)) if what.starts_with("receive:") => Kind::Receive,
        Some((_, what)) if what.starts_with("send:") => Kind::Send,
        _ => Kind::Unknown,
    }
}

fn of_trace(
    program: &Program,
    wanted: &[Event],
    why: &[&'static str],
    got: &[Event],
) -> &'static str {
    let at = wanted.iter().zip(got).take_while(|(one, other)| one == other).count();
    let (missing, extra) = (wanted.get(at), got.get(at));
    let before = at.checked_sub(1).map(|at| &wanted[at]);
    let comes_late = missing.is_some_and(|event| got[at..].contains(event));
    let comes_early = extra.is_some_and(|event| wanted[at..].contains(event));
    match (missing, extra) {
        // The same once more, at once.
        (_, Some(extra)) if before == Some(extra) && !is_about_frames(extra) => "S3",
        (Some(missing), Some(extra)) if comes_late && comes_early => {
            out_of_order(kind(missing), kind(extra))
        }
        // Another frame than the right one.
        (Some(missing), Some(extra)) if is_engine(missing) && is_engine(extra) => why[at],
        (_, Some(extra)) if !comes_early => forbidding(program, &wanted[..at], extra),
        (Some(_), _) => why[at],
        (None, _) => "S3",
    }
}

fn is_engine(event: &Event) -> bool {
    matches!(kind(event), Kind::Engine(_))
}

fn is_about_frames(event: &Event) -> bool {
    matches!(kind(event), Kind::Engine(_) | Kind::Server(_))
}

/// Two events that both happen, the other way round.
fn out_of_order(one: Kind<'_>, other: Kind<'_>) -> &'static str {
    match (one, other) {
        (Kind::Enter, Kind::Enter) => "S1",
        (Kind::Enter, _) | (_, Kind::Enter) => "W1",
        (Kind::Engine(_), _) | (_, Kind::Engine(_)) => "W6",
        (Kind::WayOut(_), _) | (_, Kind::WayOut(_)) => "W1",
        _ => "W2",
    }
}

fn sifts(does: &Behaviour) -> bool {
    use Behaviour::{Disconnect, Drop, DropAccept, DropConnect, Replace, Twice};
    matches!(does, Disconnect | Drop | DropAccept | DropConnect | Replace | Twice)
}

/// The rule that forbids an event after these.
fn forbidding(program: &Program, so_far: &[Event], extra: &Event) -> &'static str {
    let layer = extra.parts().map(|(layer, _)| layer);
    let listed = |name| program.flat().into_iter().find(|layer| layer.name == name);
    if layer.and_then(listed).is_some_and(Layer::is_not_used) {
        return "S7";
    }
    let happened = |event: &str| so_far.iter().any(|other| other.as_str() == event);
    let turned = so_far.iter().any(|event| answers(program, event));
    let failed = so_far.iter().any(|event| matches!(kind(event), Kind::WayOut("error" | "caught")));
    match kind(extra) {
        Kind::Enter if turned => "S2",
        Kind::Enter => "W1",
        Kind::Server(_) if happened("server.close") => "W7",
        Kind::Receive | Kind::Send if happened("server.close") && !turned => "W7",
        Kind::Server("send") if !happened("server.accept") => "W8",
        Kind::Server("accept") if happened("server.accept") => "W8",
        Kind::App(_) | Kind::Server("accept" | "send") if turned => "S2",
        Kind::Receive | Kind::Send if turned => "W3",
        Kind::Engine("1001" | "503") => "W10",
        Kind::Engine("1011" | "500") => "W6",
        Kind::Engine(_) if turned => "W3",
        Kind::Engine(_) => "W12",
        Kind::WayOut("error" | "caught") => "W5",
        Kind::WayOut(_) if failed => "W5",
        Kind::WayOut(_) if turned => "W3",
        Kind::App("on_error") => "W5",
        Kind::WayOut(_) => "W5",
        Kind::Closing | Kind::Unknown => "S12",
        Kind::App(_) | Kind::Receive | Kind::Send | Kind::Server(_) => {
            let sifts = program.flat().iter().any(|layer| layer.hooks.values().any(sifts));
            if sifts { "W4" } else { "W5" }
        }
    }
}

/// Whether this event is the way in of a layer that does not call inward.
fn answers(program: &Program, event: &Event) -> bool {
    use Behaviour::{Close, Refuse, Silent};
    let Some((name, "enter")) = event.parts() else { return false };
    program.flat().into_iter().filter(|layer| layer.name == name).any(|layer| {
        let way_in = layer.does(Hook::Call).or(layer.does(Hook::Enter));
        matches!(way_in, Some(Close | Refuse | Silent))
    })
}

fn of_outcome(trace: &[Event], expected: &Outcome, actual: &Outcome) -> &'static str {
    let happened = |event: &str| trace.iter().any(|other| other.as_str() == event);
    let is_given = |event: &Event| {
        matches!(kind(event), Kind::Receive | Kind::App(_) | Kind::Server("accept" | "send"))
    };
    if unnamed(actual, expected).is_some() {
        // Nobody breaks the protocol, so somebody was run once too often.
        "S3"
    } else if expected.logged != actual.logged {
        "W6"
    } else if expected.end != actual.end {
        let is_about_grace = happened("app.message:hang") || happened("engine.close:1001");
        if is_about_grace { "W10" } else { "S9" }
    } else if expected.sent != actual.sent {
        if without_marks(expected) == without_marks(actual) { "W1" } else { "W4" }
    } else if expected.unread != actual.unread {
        if trace.iter().any(is_given) { "W7" } else { "W3" }
    } else {
        "S9"
    }
}

/// What was sent, without what shows in which order layers were entered.
fn without_marks(outcome: &Outcome) -> String {
    let sent = format!("{:?}", outcome.sent);
    let words = sent.split('#').map(|part| part.trim_start_matches(|c: char| c != '"' && c != '>'));
    words.collect()
}
