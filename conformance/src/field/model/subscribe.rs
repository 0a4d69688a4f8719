//! A subscription: its source, and a response for each event (rule F10).

use super::execute::object;
use super::stack::{ENGINES_WORDS, Stop, call};
use super::unit::{At, Unit};
use super::value::{Args, Value};
use crate::field::outcome::{Outcome, Path, Response, Step};
use crate::field::program::{Field, Phase};
use crate::field::schema::field_of;
use serde_json::Value as Json;
use std::rc::Rc;

pub(super) fn run<'p>(unit: &mut Unit<'p>, fields: &'p [Field]) -> Outcome {
    let parent = unit.operation.root();
    let Some((field, known)) =
        fields.first().and_then(|field| Some((field, field_of(parent, &field.field)?)))
    else {
        return Outcome::Dropped;
    };
    let path = Path::default().to(Step::Key(field.key.clone()));
    let layers = unit.layers.clone();
    if !unit.program.profile.wraps_sources() {
        unit.layers.clear();
    }
    let at = At::new(unit, (parent, known, field), (path, Phase::Source, Value::Root));
    let got = call(unit, &at, 0, Args::of(known, field)).awaited(unit);
    unit.layers = layers;
    let events = match got {
        Ok(Value::Stream(events)) => events,
        Ok(_) => return refused(unit, &at, ENGINES_WORDS),
        Err(Stop::Fault(message)) => return refused(unit, &at, &message),
        Err(Stop::Stuck) => return Outcome::Dropped,
    };
    let mut responses = Vec::new();
    let mut dropped = false;
    for k in 0..events {
        if unit.program.drop_after == Some(responses.len()) {
            dropped = true;
            break;
        }
        unit.event("F10", format!("source.event{k}@{}", at.path));
        let root = Value::Event(k);
        let data = object(unit, parent, (&root, &Path::default(), Phase::Event), fields);
        let data = data.awaited(unit).unwrap_or(Json::Null);
        responses.push(Response { data, errors: std::mem::take(&mut unit.errors) });
        unit.event("F10", "response");
    }
    dropped |= unit.program.drop_after == Some(responses.len());
    let mut escaped = None;
    if !dropped {
        unit.event("F10", format!("source.end@{}", at.path));
        escaped = (known.name == "streamBoom").then(|| String::from("Boom: streamBoom"));
    }
    at.leave(unit);
    Outcome::Streamed { stream: true, responses, escaped, dropped }
}

/// A source that fails at the start is a request error; so is one that is no stream.
fn refused<'p>(unit: &mut Unit<'p>, at: &Rc<At<'p>>, message: &str) -> Outcome {
    at.leave(unit);
    unit.error(message, Some(&at.path));
    unit.event("F10", "response");
    let errors = std::mem::take(&mut unit.errors);
    let responses = vec![Response { data: Json::Null, errors }];
    Outcome::Streamed { stream: false, responses, escaped: None, dropped: false }
}
