//! Which rule a difference breaks.
//!
//! The first place where two traces part says it: an event that is missing breaks the rule by which
//! the model has it; one that is too many breaks the rule that forbids it there; and where all
//! events are there, in another order, it is the rule of that order. Where the traces are equal the
//! outcome says it.

use super::model::{self, Account};
use super::outcome::Outcome;
use super::program::{Behaviour, Hook, Profile, Program};
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
    let account = model::run(program);
    let (wanted, got) = (without_exits(&expected.trace), without_exits(&actual.trace));
    match aspect(program, expected, actual) {
        Aspect::Essence => {}
        Aspect::Exits => return "S9",
        Aspect::Building => return "S8",
    }
    if wanted == got {
        return of_outcome(program, &account, &expected.outcome, &actual.outcome);
    }
    let why: Vec<&'static str> = (account.answer.trace.iter().zip(&account.why))
        .filter(|(event, _)| !is_exit(event))
        .map(|(_, why)| *why)
        .collect();
    of_trace(program, &wanted, &why, &got)
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

fn is_exit(event: &Event) -> bool {
    kind(event) == Kind::At(Hook::Exit)
}

fn without_exits(trace: &[Event]) -> Vec<Event> {
    trace.iter().filter(|event| !is_exit(event)).cloned().collect()
}

/// What sort of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    At(Hook),
    Before,
    After,
    View,
    Render,
    Page,
    Unknown,
}

fn kind(event: &Event) -> Kind {
    if let Some((_, what)) = event.parts() {
        let hook = Hook::PHASES.into_iter().chain([Hook::Exit]).find(|hook| hook.name() == what);
        return match (hook, what) {
            (Some(hook), _) => Kind::At(hook),
            (None, "before") => Kind::Before,
            (None, "after") => Kind::After,
            _ => Kind::Unknown,
        };
    }
    match event.as_str() {
        "view" => Kind::View,
        text if text.starts_with("render:") => Kind::Render,
        text if text.starts_with("handler") => Kind::Page,
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
    let missing = wanted.get(at);
    let extra = got.get(at);
    let count = |events: &[Event], event: &Event| events.iter().filter(|e| *e == event).count();
    let comes_late = missing.is_some_and(|event| count(&got[at..], event) > 0);
    let comes_early = extra.is_some_and(|event| count(&wanted[at..], event) > 0);
    match (missing, extra) {
        (_, Some(extra)) if count(got, extra) > count(wanted, extra) && wanted.contains(extra) => {
            repeated(extra)
        }
        (Some(missing), Some(extra)) if comes_late && comes_early => {
            out_of_order(program, kind(missing), kind(extra))
        }
        // The page of another status in the place of the right one.
        (Some(missing), Some(extra))
            if kind(missing) == Kind::Page && kind(extra) == Kind::Page =>
        {
            why[at]
        }
        (_, Some(extra)) if !comes_early => forbidding(program, &wanted[..at], &why[..at], extra),
        (Some(_), _) => why[at],
        (None, _) => "S3",
    }
}

fn repeated(event: &Event) -> &'static str {
    match kind(event) {
        Kind::Render => "H7",
        Kind::Page => "H10",
        _ => "S3",
    }
}

/// Two events that both happen, the other way round.
fn out_of_order(program: &Program, one: Kind, other: Kind) -> &'static str {
    let either = |kind: Kind| one == kind || other == kind;
    if one == Kind::Page || other == Kind::Page {
        if program.profile.is_legacy() { "L2" } else { "H3" }
    } else if either(Kind::At(Hook::ProcessException)) {
        "H6"
    } else if either(Kind::Render) || either(Kind::At(Hook::ProcessTemplateResponse)) {
        "H7"
    } else if either(Kind::At(Hook::ProcessView)) || either(Kind::View) {
        "H5"
    } else {
        "S1"
    }
}

/// How the way in has ended.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Answered,
    Failed,
}

/// The rule that forbids an event after these.
fn forbidding(
    program: &Program,
    so_far: &[Event],
    why: &[&'static str],
    extra: &Event,
) -> &'static str {
    let legacy = program.profile.is_legacy();
    let layer = extra.parts().map(|(layer, _)| layer);
    let listed = |name| program.flat().into_iter().find(|layer| layer.name == name);
    if layer.and_then(listed).is_some_and(|layer| layer.is_not_used()) {
        return "S7";
    }
    let turned = so_far.iter().find_map(|event| turn(program, event));
    let own_turn = so_far.iter().any(|event| {
        turn(program, event).is_some() && event.parts().map(|(layer, _)| layer) == layer
    });
    match kind(extra) {
        Kind::At(Hook::ProcessException) => {
            let rendered = so_far.iter().any(|event| kind(event) == Kind::Render);
            let last = so_far.last().map(kind);
            if program.profile == Profile::Django18 && rendered {
                "L4"
            } else if last == Some(Kind::At(Hook::ProcessTemplateResponse)) {
                "H7"
            } else {
                "H6"
            }
        }
        Kind::At(Hook::ProcessTemplateResponse) | Kind::Render => "H7",
        Kind::Page => match (so_far.iter().any(|event| kind(event) == Kind::Page), legacy) {
            (false, _) => "H10",
            (true, true) => "L2",
            (true, false) => "H3",
        },
        Kind::At(Hook::ProcessResponse) | Kind::After => match (legacy, turned) {
            (true, _) if why.last() == Some(&"L3") => "L3",
            (true, _) => "L1",
            (false, Some(Turn::Failed)) => "H3",
            (false, Some(Turn::Answered)) if own_turn => "H2",
            (false, Some(Turn::Answered)) => "S2",
            (false, None) => "H4",
        },
        Kind::At(_) | Kind::Before | Kind::View => match turned {
            Some(Turn::Answered) => "S2",
            Some(Turn::Failed) if legacy => "L2",
            Some(Turn::Failed) => "H3",
            None if kind(extra) == Kind::At(Hook::ProcessRequest) => "H1",
            None => "H5",
        },
        Kind::Unknown => "S12",
    }
}

/// Whether the way in ends with this event.
fn turn(program: &Program, event: &Event) -> Option<Turn> {
    let (name, _) = event.parts()?;
    let hook = match kind(event) {
        Kind::At(hook @ (Hook::ProcessRequest | Hook::ProcessView)) => hook,
        Kind::Before => Hook::Call,
        _ => return None,
    };
    let layers = program.flat();
    let does =
        layers.iter().filter(|layer| layer.name == name).find_map(|layer| layer.does(hook))?;
    match does {
        Behaviour::Respond | Behaviour::Short => Some(Turn::Answered),
        Behaviour::Raise
        | Behaviour::Raise404
        | Behaviour::Raise403
        | Behaviour::Raise400
        | Behaviour::Panic
        | Behaviour::RaiseBefore
        | Behaviour::PanicBefore => Some(Turn::Failed),
        _ => None,
    }
}

fn of_outcome(
    program: &Program,
    account: &Account,
    expected: &Outcome,
    actual: &Outcome,
) -> &'static str {
    let boundary = if program.profile.is_legacy() { "L2" } else { "H3" };
    let (
        Outcome::Answered { status, body, x_trail, .. },
        Outcome::Answered { status: got_status, body: got_body, x_trail: got_trail, .. },
    ) = (expected, actual)
    else {
        return boundary;
    };
    if expected.without_errors() == actual.without_errors() {
        return "H10";
    }
    let base = |body: &str| body.split('|').next().unwrap_or_default().to_owned();
    if base(body) != base(got_body) || status != got_status {
        return whose_body(account, body);
    }
    if body != got_body {
        return if body.contains("|ctx=") || got_body.contains("|ctx=") {
            "H7"
        } else if marks(body, "|kw=") != marks(got_body, "|kw=") {
            "H5"
        } else {
            "H9"
        };
    }
    let names = |trail: &Option<String>| -> Vec<String> {
        trail.iter().flat_map(|trail| trail.split(',')).map(String::from).collect()
    };
    let (wanted, got) = (names(x_trail), names(got_trail));
    let kept_too_many = got.len() > wanted.len() && wanted.iter().all(|name| got.contains(name));
    if kept_too_many { "H10" } else { "H9" }
}

fn marks<'b>(body: &'b str, which: &str) -> Option<&'b str> {
    let from = body.find(which)? + which.len();
    body[from..].split('|').next()
}

/// The rule by which the answer should have been this one.
fn whose_body(account: &Account, body: &str) -> &'static str {
    if body.starts_with("handler") {
        let converted = account.answer.trace.iter().zip(&account.why);
        let last = converted.rev().find(|(event, _)| kind(event) == Kind::Page);
        return last.map_or("H3", |(_, why)| why);
    }
    match kind(&Event::new(body)) {
        Kind::At(Hook::ProcessRequest) | Kind::Before => "H1",
        Kind::At(Hook::ProcessView) => "H5",
        Kind::At(Hook::ProcessException) => "H6",
        Kind::At(Hook::ProcessResponse) | Kind::After => "H4",
        _ if body.starts_with("template:") => "H7",
        _ => "H4",
    }
}
