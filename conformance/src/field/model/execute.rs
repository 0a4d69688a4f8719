//! From a selection to data: fields in order, lists item by item, and where a null goes.

use super::stack::{Got, Resolved, Stop, call};
use super::unit::{At, Unit};
use super::value::{Args, Value};
use crate::field::outcome::{Path, Step};
use crate::field::program::{Field, Operation, Phase};
use crate::field::schema::{Type, field_of};
use serde_json::{Map, Value as Json};
use std::rc::Rc;

/// Why a field has no data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Lost {
    /// A null where none may be: it goes to the next object outward (rule F4).
    Nulled,
    /// It waits for what never comes.
    Stuck,
}

type Data = Result<Json, Lost>;

/// Data that is there, or that has to be awaited.
pub(super) enum Done<'p> {
    Ready(Data),
    Later(Box<dyn FnOnce(&mut Unit<'p>) -> Data + 'p>),
}

impl<'p> Done<'p> {
    pub(super) fn awaited(self, unit: &mut Unit<'p>) -> Data {
        match self {
            Done::Ready(data) => data,
            Done::Later(later) => later(unit),
        }
    }

    fn then(
        self,
        unit: &mut Unit<'p>,
        next: impl FnOnce(&mut Unit<'p>, Data) -> Data + 'p,
    ) -> Self {
        match self {
            Done::Ready(data) => Done::Ready(next(unit, data)),
            Done::Later(later) => Done::Later(Box::new(move |unit| {
                let data = later(unit);
                next(unit, data)
            })),
        }
    }
}

/// An object's fields: each is begun in order; what has to be awaited goes on side by side, but for a
/// mutation's root fields, which come one after another (rule F11).
pub(super) fn object<'p>(
    unit: &mut Unit<'p>,
    parent: &'static str,
    (root, path, phase): (&Value, &Path, Phase),
    fields: &'p [Field],
) -> Done<'p> {
    let serial = unit.operation == Operation::Mutation && path.0.is_empty();
    if serial && fields.len() > 1 {
        unit.touched.insert("F11");
    }
    if !path.0.is_empty() {
        unit.touched.insert("F2");
    }
    let mut begun = Vec::with_capacity(fields.len());
    for field in fields {
        let mut done = one_field(unit, parent, (root, path, phase), field);
        if serial {
            done = Done::Ready(done.awaited(unit));
        }
        let stops = matches!(done, Done::Ready(Err(_)));
        begun.push((field.key.clone(), done));
        if stops {
            // Those that have been begun go on, the later ones are not begun (rule F4).
            break;
        }
    }
    let path = path.clone();
    let awaits = begun.iter().any(|(_, done)| matches!(done, Done::Later(_)));
    let collect = move |unit: &mut Unit<'p>, begun: Vec<(String, Done<'p>)>| {
        let mut data = Map::new();
        let (mut nulled, mut stuck) = (0, false);
        for (key, done) in begun {
            match done.awaited(unit) {
                Ok(value) => {
                    data.insert(key, value);
                }
                Err(Lost::Nulled) => nulled += 1,
                Err(Lost::Stuck) => stuck = true,
            }
        }
        if nulled > 0 && awaits {
            unit.crowded.push(path);
        }
        // Whether the null waits for what never comes is an engine's own affair.
        unit.undetermined |= nulled > 0 && stuck;
        match (nulled, stuck) {
            (0, false) => Ok(Json::Object(data)),
            (0, true) => Err(Lost::Stuck),
            _ => Err(Lost::Nulled),
        }
    };
    match awaits {
        false => Done::Ready(collect(unit, begun)),
        true => Done::Later(Box::new(move |unit| collect(unit, begun))),
    }
}

fn one_field<'p>(
    unit: &mut Unit<'p>,
    parent: &'static str,
    (root, path, phase): (&Value, &Path, Phase),
    field: &'p Field,
) -> Done<'p> {
    let Some(known) = field_of(parent, &field.field) else { return Done::Ready(Ok(Json::Null)) };
    let path = path.to(Step::Key(field.key.clone()));
    let at = At::new(unit, (parent, known, field), (path, phase, root.clone()));
    match call(unit, &at, 0, Args::of(known, field)) {
        Resolved::Ready(got) => {
            at.leave(unit);
            complete(unit, &at, got)
        }
        Resolved::Later(later) => Done::Later(Box::new(move |unit| match later(unit) {
            Err(Stop::Stuck) => {
                unit.stuck.push(at);
                Err(Lost::Stuck)
            }
            got => {
                at.leave(unit);
                complete(unit, &at, got).awaited(unit)
            }
        })),
    }
}

/// The data of a field whose layers have left.
fn complete<'p>(unit: &mut Unit<'p>, at: &Rc<At<'p>>, got: Got) -> Done<'p> {
    let of = at.known.of;
    let lost = if of.non_null { Err(Lost::Nulled) } else { Ok(Json::Null) };
    match got {
        Err(Stop::Stuck) => Done::Ready(Err(Lost::Stuck)),
        Err(Stop::Fault(message)) => {
            unit.error(message, Some(&at.path));
            Done::Ready(lost)
        }
        Ok(Value::Null) if of.non_null => {
            let message = format!(
                "Cannot return null for non-nullable field {}.{}.",
                at.parent, at.known.name
            );
            unit.error(message, Some(&at.path));
            Done::Ready(lost)
        }
        Ok(value) => {
            let done = completed(unit, at, of, value, &at.path);
            done.then(unit, move |_, data| if data == Err(Lost::Nulled) { lost } else { data })
        }
    }
}

fn completed<'p>(
    unit: &mut Unit<'p>,
    at: &Rc<At<'p>>,
    of: Type,
    value: Value,
    path: &Path,
) -> Done<'p> {
    match value {
        Value::Null => Done::Ready(Ok(Json::Null)),
        Value::List(items) if of.list => list(unit, at, of, items, path),
        value if of.is_object() => {
            object(unit, of.name, (&value, path, Phase::Event), &at.field.fields)
        }
        value => Done::Ready(Ok(value.leaf())),
    }
}

/// The items of a list, in order; each may be null.
fn list<'p>(
    unit: &mut Unit<'p>,
    at: &Rc<At<'p>>,
    of: Type,
    items: Vec<Value>,
    path: &Path,
) -> Done<'p> {
    let of = Type { list: false, ..of };
    let mut begun = Vec::with_capacity(items.len());
    for (index, item) in items.into_iter().enumerate() {
        let done = completed(unit, at, of, item, &path.to(Step::Index(index)));
        let or_null =
            |_: &mut Unit<'p>, data| if data == Err(Lost::Nulled) { Ok(Json::Null) } else { data };
        begun.push(done.then(unit, or_null));
    }
    let collect = move |unit: &mut Unit<'p>, begun: Vec<Done<'p>>| {
        let all: Vec<Data> = begun.into_iter().map(|done| done.awaited(unit)).collect();
        all.into_iter().collect::<Result<Vec<Json>, Lost>>().map(Json::Array)
    };
    match begun.iter().all(|done| matches!(done, Done::Ready(_))) {
        true => Done::Ready(collect(unit, begun)),
        false => Done::Later(Box::new(move |unit| collect(unit, begun))),
    }
}
