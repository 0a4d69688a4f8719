//! Which rule a difference breaks.
//!
//! The first place where two settled traces part says it: an event that is missing breaks the rule by
//! which the model has it; one that is too many breaks the rule that forbids it there; and where all
//! events are there, in another order, it is the rule of that order. Where the traces are equal the
//! outcome says it.

use super::model;
use super::outcome::{Outcome, Response};
use super::program::{Behaviour, Field, Init, Mode, Operation, Program, is_index};
use super::settle::{Parts, parts};
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
    if program.selection.is_none() {
        return "F7";
    }
    let (wanted, got) = (without_exits(&expected.trace), without_exits(&actual.trace));
    match wanted == got {
        true => of_outcome(program, &expected.outcome, &actual.outcome),
        false => of_trace(program, &wanted, &got),
    }
}

pub(super) fn aspect(
    program: &Program,
    expected: &Answer<Outcome>,
    actual: &Answer<Outcome>,
) -> Aspect {
    if program.flat().iter().any(|layer| layer.hooks.init == Some(Init::Raise)) {
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
    trace.iter().filter(|event| !parts(event).is_exit()).cloned().collect()
}

fn is_subscription(program: &Program) -> bool {
    program.mode == Mode::Subscribe
}

fn mutates(program: &Program) -> bool {
    program.selection.as_ref().is_some_and(|s| s.operation == Operation::Mutation)
}

fn does(program: &Program, words: &[Behaviour]) -> bool {
    let listed = program.flat();
    listed.iter().any(|layer| layer.hooks.resolve.is_some_and(|word| words.contains(&word)))
}

fn of_trace(program: &Program, wanted: &[Event], got: &[Event]) -> &'static str {
    let at = wanted.iter().zip(got).take_while(|(one, other)| one == other).count();
    let missing = wanted.get(at);
    let extra = got.get(at);
    let count = |events: &[Event], event: &Event| events.iter().filter(|e| *e == event).count();
    let comes_late = missing.is_some_and(|event| count(&got[at..], event) > 0);
    let comes_early = extra.is_some_and(|event| count(&wanted[at..], event) > 0);
    if let Some(extra) = extra
        && count(got, extra) > count(wanted, extra)
        && wanted.contains(extra)
    {
        return repeated(program, extra);
    }
    if let (Some(missing), Some(extra)) = (missing, extra)
        && comes_late
        && comes_early
    {
        return out_of_order(program, &parts(missing), &parts(extra));
    }
    if is_subscription(program) {
        return "F10";
    }
    let parts_missing = missing.map(parts);
    if let Some(extra) = extra.map(parts).filter(|_| !comes_early)
        && let Some(id) = forbidding(program, &wanted[..at], wanted, &extra, parts_missing.as_ref())
    {
        return id;
    }
    let Some(missing) = missing else { return "S3" };
    let parts = parts(missing);
    match parts.what {
        "error" | "caught" => "F5",
        // An item that an argument asks for.
        _ if is_of_an_item_less(program, parts.path, got) => "F6",
        // A layer that is done before what is ready has run.
        _ if extra.map(super::settle::parts).is_some_and(|extra| goes_on(&extra, &parts)) => "F9",
        "exit" => "F9",
        // What has been begun goes on where a sibling has failed.
        _ if is_beside_a_null(program, parts.path) => "F4",
        _ => why(program, wanted, at),
    }
}

/// Whether a layer has gone on where something further in was to come at the same field.
fn goes_on(extra: &Parts<'_>, missing: &Parts<'_>) -> bool {
    extra.what == "exit" && extra.path == missing.path
}

/// Whether the field is one of an object that another of its fields has nulled.
fn is_beside_a_null(program: &Program, path: &str) -> bool {
    model::run(program).crowded.iter().any(|object| {
        object.0.is_empty()
            || path.strip_prefix(&object.to_string()).is_some_and(|rest| rest.starts_with('.'))
    })
}

/// The rule by which the model has the event at this place.
fn why(program: &Program, wanted: &[Event], at: usize) -> &'static str {
    let account = model::run(program);
    let before = wanted[..at].iter().filter(|event| **event == wanted[at]).count();
    let events = account.answer.trace.iter().zip(&account.why);
    events.filter(|(event, _)| **event == wanted[at]).nth(before).map_or("F1", |(_, why)| why)
}

/// Whether this is at an item of a list that others lack altogether, and an argument says how many
/// there are.
fn is_of_an_item_less(program: &Program, path: &str, others: &[Event]) -> bool {
    let steps: Vec<&str> = path.split('.').collect();
    let Some(item) = steps.iter().position(|step| is_index(step)) else { return false };
    let item = steps[..=item].join(".");
    let within = |path: &str| path.strip_prefix(&item).is_some_and(|rest| rest.starts_with('.'));
    counts_by_argument(program) && !others.iter().any(|event| within(parts(event).path))
}

/// Whether how much there is depends on an argument that a layer or a default gives.
fn counts_by_argument(program: &Program) -> bool {
    fn any(fields: &[Field]) -> bool {
        fields
            .iter()
            .any(|field| field.field == "users" && field.args.is_empty() || any(&field.fields))
    }
    let fields = program.selection.as_ref().map_or(&[][..], |selection| &selection.fields);
    any(fields) || does(program, &[Behaviour::Args])
}

fn repeated(program: &Program, event: &Event) -> &'static str {
    let event = parts(event);
    if is_subscription(program) {
        "F10"
    } else if event.layer.is_some() && gives_a_list(program, event.path) {
        "F2"
    } else {
        "S3"
    }
}

/// Whether the field at this path gives a list.
fn gives_a_list(program: &Program, path: &str) -> bool {
    program.field_at(path).is_some_and(|(_, known)| known.of.list)
}

/// Two events that both happen, the other way round.
fn out_of_order(program: &Program, one: &Parts<'_>, other: &Parts<'_>) -> &'static str {
    let holds = |outer: &str, inner: &str| inner.starts_with(&format!("{outer}."));
    let first = |path: &'_ str| path.split('.').next().map(String::from);
    if one.path == other.path && !one.path.is_empty() && one.at_source == other.at_source {
        match (one.layer, other.layer) {
            (Some(_), Some(_)) if one.what == other.what => match program.profile.is_reversed() {
                true => "G1",
                false => "S1",
            },
            _ if is_subscription(program) => "F10",
            _ => "F9",
        }
    } else if is_subscription(program) {
        "F10"
    } else if holds(one.path, other.path) || holds(other.path, one.path) {
        "F2"
    } else if mutates(program) && first(one.path) != first(other.path) {
        "F11"
    } else {
        "F2"
    }
}

/// The rule that forbids an event after these, where one is to be found.
fn forbidding(
    program: &Program,
    so_far: &[Event],
    wanted: &[Event],
    extra: &Parts<'_>,
    missing: Option<&Parts<'_>>,
) -> Option<&'static str> {
    let here = |event: &&Event| parts(event).path == extra.path;
    let short = so_far.iter().filter(here).any(|event| answers(program, &parts(event)));
    if short {
        return Some("F3");
    }
    let error = |what: &str| ["error", "caught"].contains(&what);
    if missing.is_some_and(|missing| error(missing.what)) || error(extra.what) {
        return Some("F5");
    }
    if missing.is_some_and(|missing| goes_on(extra, missing)) {
        return Some("F9");
    }
    let is_new = !wanted.iter().any(|event| parts(event).path == extra.path);
    if is_of_an_item_less(program, extra.path, wanted) {
        return Some("F6");
    }
    if extra.layer.is_some() && !is_new && gives_a_list(program, extra.path) {
        return Some("F2");
    }
    // A field that should not have been begun: a sibling has failed at once.
    let is_root_of_a_mutation = mutates(program) && !extra.path.contains('.');
    is_new.then_some(match program.mode.is_sync() {
        true => "F4",
        false if is_root_of_a_mutation => "F11",
        false => "F9",
    })
}

/// Whether a layer answers here without calling next.
fn answers(program: &Program, event: &Parts<'_>) -> bool {
    let listed = program.flat();
    let layer = listed.into_iter().find(|layer| Some(layer.name.as_str()) == event.layer);
    let word = layer.and_then(|layer| layer.hooks.resolve);
    event.what == "enter" && matches!(word, Some(Behaviour::Short | Behaviour::Null))
}

fn of_outcome(program: &Program, expected: &Outcome, actual: &Outcome) -> &'static str {
    if is_subscription(program) {
        return "F10";
    }
    let (Outcome::Answered(wanted), Outcome::Answered(got)) = (expected, actual) else {
        return "F4";
    };
    if wanted.errors != got.errors {
        return of_errors(program, wanted, got);
    }
    let fields = program.selection.as_ref().map_or(&[][..], |selection| &selection.fields);
    if !wanted.errors.is_empty() {
        "F4"
    } else if does(program, &[Behaviour::Args]) || uses_a_default(fields) {
        "F6"
    } else if does(program, &[Behaviour::Short, Behaviour::Null]) {
        "F3"
    } else if does(program, &[Behaviour::Catch]) {
        "F5"
    } else {
        "F9"
    }
}

fn of_errors(program: &Program, wanted: &Response, got: &Response) -> &'static str {
    let lost = wanted.errors.iter().find(|error| !got.errors.contains(error));
    let is_of_an_after_part = |message: &str| message.ends_with(".raise_after");
    if does(program, &[Behaviour::Catch]) {
        "F5"
    } else if lost.is_some_and(|error| is_of_an_after_part(&error.message))
        && got.errors.is_empty()
        && !program.mode.is_sync()
    {
        "F9"
    } else {
        "F4"
    }
}

/// Whether a field is asked for without the argument that it has a default for.
fn uses_a_default(fields: &[Field]) -> bool {
    fields.iter().any(|field| {
        let own = ["hello", "users"].contains(&field.field.as_str()) && field.args.is_empty();
        own || uses_a_default(&field.fields)
    })
}
