//! What is compared: everything whose order the rules fix, in one place each.
//!
//! A blocking run has one order. Where values are awaited, the order along one path is fixed: an event
//! stands to those of the same field, of the objects that hold it and of the fields that it holds. What
//! happens at the source, and each response, stands to everything; and so does one root field of a
//! mutation to the next (rule F11; Graphene runs those side by side, so it is not compared there).
//! An exit comes after all else that the layer does at that field, and when within the field's time
//! is left to the engine (rule S9); they are listed at the end.

use super::model::{self, ENGINES_WORDS};
use super::outcome::{FieldError, Outcome, Path, Response};
use super::program::{Behaviour, Operation, Profile, Program};
use crate::trace::{Event, Trace};
use std::collections::{BTreeMap, BTreeSet};

/// An event taken apart: `A.source.enter@ticks`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parts<'e> {
    /// The layer, or none.
    pub(super) layer: Option<&'e str>,
    /// Whether it is the layer's run around the source.
    pub(super) at_source: bool,
    /// What happens: `enter`, `resolver`, `source.start`, `response`.
    pub(super) what: &'e str,
    /// The path, steps joined by dots.
    pub(super) path: &'e str,
}

pub(super) fn parts(event: &Event) -> Parts<'_> {
    let (what, path) = event.as_str().split_once('@').unwrap_or((event.as_str(), ""));
    let (layer, what) = match what.split_once('.') {
        Some((layer, rest)) if layer != "source" => (Some(layer), rest),
        _ => (None, what),
    };
    let (at_source, what) = match what.strip_prefix("source.") {
        Some(rest) if layer.is_some() => (true, rest),
        _ => (false, what),
    };
    Parts { layer, at_source, what, path }
}

impl Parts<'_> {
    pub(super) fn is_exit(&self) -> bool {
        self.layer.is_some() && self.what == "left"
    }

    /// Whether it stands to everything else.
    fn is_everywhere(&self) -> bool {
        self.path.is_empty() || self.at_source || self.what.starts_with("source.")
    }

    fn first_key(&self) -> &str {
        self.path.split('.').next().unwrap_or_default()
    }
}

/// Whether the order of two events is fixed.
fn ordered(serial: bool, one: &Parts<'_>, other: &Parts<'_>) -> bool {
    let holds = |outer: &str, inner: &str| {
        inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    one.is_everywhere()
        || other.is_everywhere()
        || holds(one.path, other.path)
        || holds(other.path, one.path)
        || (serial && one.first_key() != other.first_key())
}

/// A trace in the order in which it is compared.
pub(super) fn settled(program: &Program, trace: Trace) -> Trace {
    let (mut trace, exits) = without_exits(program, trace);
    if !program.mode.is_sync() {
        trace = in_one_order(program, &trace);
    }
    trace.extend(exits);
    trace
}

/// The exits that come when they may are taken out, and grouped by field.
fn without_exits(program: &Program, trace: Trace) -> (Trace, Vec<Event>) {
    let retries = program.flat().iter().any(|layer| layer.hooks.resolve == Some(Behaviour::Twice));
    let all: Vec<Parts<'_>> = trace.iter().map(parts).collect();
    let mut kept = Trace::new();
    let mut exits: BTreeMap<(usize, &str), Vec<Event>> = BTreeMap::new();
    let mut responses = 0;
    for (at, (this, event)) in all.iter().zip(&trace).enumerate() {
        responses += usize::from(this.what == "response");
        let too_early =
            all[at + 1..].iter().take_while(|next| next.what != "response").any(|next| {
                let same_run = next.layer == this.layer && next.at_source == this.at_source;
                let goes_on = same_run && next.path == this.path && !next.is_exit() && !retries;
                goes_on
                    || (this.at_source && next.layer.is_none() && next.what.starts_with("source."))
            });
        if this.is_exit() && !too_early {
            let segment = if this.at_source { usize::MAX } else { responses };
            exits.entry((segment, this.path)).or_default().push(event.clone());
        } else {
            kept.push(event.clone());
        }
    }
    let exits = exits.into_values().flatten().collect();
    (kept, exits)
}

/// Of all orders that differ only in what is not fixed, the one that goes by path.
fn in_one_order(program: &Program, trace: &Trace) -> Trace {
    let mutates = program.selection.as_ref().is_some_and(|s| s.operation == Operation::Mutation);
    let serial = mutates && program.profile != Profile::Graphene;
    let all: Vec<Parts<'_>> = trace.iter().map(parts).collect();
    // Of each event those that come after it in any order, and how many come before it.
    let after: Vec<Vec<usize>> = (0..all.len())
        .map(|at| {
            (at + 1..all.len()).filter(|next| ordered(serial, &all[at], &all[*next])).collect()
        })
        .collect();
    let mut before = vec![0; all.len()];
    after.iter().flatten().for_each(|next| before[*next] += 1);
    let mut free: BTreeSet<(&str, usize)> =
        (0..all.len()).filter(|at| before[*at] == 0).map(|at| (all[at].path, at)).collect();
    let mut order = Trace::with_capacity(trace.len());
    while let Some((_, at)) = free.pop_first() {
        order.push(trace[at].clone());
        for next in &after[at] {
            before[*next] -= 1;
            if before[*next] == 0 {
                free.insert((all[*next].path, *next));
            }
        }
    }
    order
}

/// An outcome as it is compared: errors are a set, and of those that the engine words only the
/// presence counts.
pub(super) fn settled_outcome(program: &Program, outcome: Outcome) -> Outcome {
    let may_be_late = !program.mode.is_sync()
        && outcome.responses().iter().any(|response| !response.errors.is_empty());
    let crowded = if may_be_late { model::run(program).crowded } else { Vec::new() };
    let mut outcome = outcome;
    if let Outcome::Streamed { escaped: Some(escaped), .. } = &mut outcome
        && let Some(message) = escaped.strip_prefix("Boom: ")
    {
        *escaped = String::from(message);
    }
    let is_stream = !matches!(outcome, Outcome::Streamed { stream: false, .. });
    outcome.map_responses(|Response { data, errors }| {
        let errors = errors.into_iter().map(|error| settled_error(program, error, is_stream));
        let mut errors: Vec<FieldError> =
            errors.map(|error| told_of_the_object(&crowded, error)).collect();
        errors.sort();
        errors.dedup();
        Response { data, errors }
    })
}

fn settled_error(program: &Program, error: FieldError, is_stream: bool) -> FieldError {
    match is_the_programs_own(program, &error.message) {
        true => error,
        // A request error has a path only where a layer or the source has said so.
        false => FieldError {
            message: String::from(ENGINES_WORDS),
            path: error.path.filter(|_| is_stream),
        },
    }
}

/// Where an object is nulled while others of its fields are awaited, one of the errors is enough: the
/// others may come too late to be told.
fn told_of_the_object(crowded: &[Path], error: FieldError) -> FieldError {
    let within = |object: &&Path| error.path.as_ref().is_some_and(|path| path.starts_with(object));
    match crowded.iter().filter(within).min_by_key(|object| object.0.len()) {
        Some(object) => {
            FieldError { message: String::from(ENGINES_WORDS), path: Some(object.clone()) }
        }
        None => error,
    }
}

/// Whether a resolver or a layer has failed with this text. That of a panic counts too: nobody may be
/// told it (rule S10), so it is not passed over as the engine's words.
fn is_the_programs_own(program: &Program, message: &str) -> bool {
    const FAIL: [&str; 8] = [
        "boom",
        "boomNonNull",
        "bad",
        "badNonNull",
        "setBoom",
        "countBoom",
        "startBoom",
        "streamBoom",
    ];
    FAIL.contains(&message)
        || message.contains("Panic:")
        || program.flat().iter().any(|layer| {
            let how = message.strip_prefix(layer.name.as_str());
            matches!(how, Some(".raise" | ".raise_after"))
        })
}
