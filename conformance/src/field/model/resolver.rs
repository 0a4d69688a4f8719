//! The resolvers of the schema.

use super::stack::{ENGINES_WORDS, Got, Resolved, Stop};
use super::unit::{At, Unit};
use super::value::{Args, Value};
use crate::field::program::{Mode, Phase, Resolver};
use std::rc::Rc;

/// The innermost: the field's resolver, or the subscription's source.
pub(super) fn resolve<'p>(unit: &mut Unit<'p>, at: &Rc<At<'p>>, args: Args) -> Resolved<'p> {
    if at.phase == Phase::Source {
        return Resolved::Ready(source(unit, at, &args));
    }
    if !at.known.resolver {
        return Resolved::Ready(by_default(unit, at));
    }
    let own = if unit.program.mode == Mode::Async { Resolver::Later } else { Resolver::Ready };
    let named = format!("{}.{}", at.parent, at.known.name);
    let word = unit.program.resolvers.get(&named).copied().unwrap_or(own);
    let at = Rc::clone(at);
    let run = move |unit: &mut Unit<'p>| -> Got {
        let why = at.turn(unit);
        unit.event(why, format!("resolver@{}", at.path));
        match word {
            Resolver::Never => Err(Stop::Stuck),
            Resolver::Panic => {
                unit.panicked = true;
                unit.touched.insert("S10");
                Err(Stop::Fault(String::from(ENGINES_WORDS)))
            }
            _ => {
                if args != Args::None && at.field.args.is_empty() {
                    unit.touched.insert("F6");
                }
                value(&at, &args)
            }
        }
    };
    let is_ready = match word {
        Resolver::Ready => true,
        Resolver::Panic => own == Resolver::Ready,
        Resolver::Later | Resolver::Never => false,
    };
    match is_ready {
        true => Resolved::Ready(run(unit)),
        false => Resolved::Later(Box::new(run)),
    }
}

fn boom(name: &str) -> Got {
    Err(Stop::Fault(String::from(name)))
}

fn value(at: &At<'_>, args: &Args) -> Got {
    Ok(match (at.parent, at.known.name, &at.root) {
        (_, name @ ("boom" | "boomNonNull" | "bad" | "badNonNull" | "setBoom"), _) => {
            return boom(name);
        }
        (_, "hello", _) => Value::Text(format!("hello {}", args.text())),
        (_, "a", _) => Value::text("A"),
        (_, "b", _) => Value::text("B"),
        (_, "c", _) => Value::text("C"),
        (_, "must", _) => Value::text("must"),
        (_, "user", _) => Value::user("u"),
        (_, "users", _) => {
            Value::List((0..args.number()).map(|at| Value::user(&format!("u{at}"))).collect())
        }
        (_, "setA" | "setB", _) => Value::Number(10 * args.number()),
        (_, "makeUser", _) => {
            Value::MadeUser { ok: true, user: Box::new(Value::user(args.text())) }
        }
        ("User", "name", Value::User { name, .. }) => Value::text(name),
        ("User", "age", Value::User { age, .. }) => Value::Number(*age),
        ("User", "tags", _) => Value::List(vec![Value::text("t1"), Value::text("t2")]),
        ("User", "friend", Value::User { name, depth: depth @ 1.., .. }) => {
            Value::User { name: format!("{name}f"), age: 7, depth: depth - 1 }
        }
        ("Tick", "i", Value::Tick { i, .. }) => Value::Number(*i),
        ("Tick", "label", Value::Tick { label, .. }) => Value::text(label),
        (_, "countBoom", Value::Event(1)) => return boom("countBoom"),
        (_, "ticks", Value::Event(k)) => Value::Tick { i: *k, label: format!("t{k}") },
        ("Subscription", _, Value::Event(k)) => Value::Number(*k),
        _ => Value::Null,
    })
}

/// What a field without a resolver of its own gives: what is there under its name.
fn by_default(unit: &mut Unit<'_>, at: &At<'_>) -> Got {
    Ok(match (at.known.name, &at.root) {
        ("__typename", _) => Value::text(at.parent),
        ("__schema", _) => Value::Schema,
        ("queryType", Value::Schema) => Value::Named("Query"),
        ("name", Value::Named(name)) => Value::text(name),
        ("plain", _) => Value::text("plain"),
        ("ok", Value::MadeUser { ok, .. }) => Value::Truth(*ok),
        ("user", Value::MadeUser { user, .. }) => (**user).clone(),
        // A layer has put something else in the place of what introspection gives.
        _ => {
            unit.untyped = true;
            return boom(ENGINES_WORDS);
        }
    })
}

fn source(unit: &mut Unit<'_>, at: &At<'_>, args: &Args) -> Got {
    let why = if unit.again { "F8" } else { "F10" };
    unit.event(why, format!("source.start@{}", at.path));
    match at.known.name {
        "startBoom" => boom("startBoom"),
        "streamBoom" => Ok(Value::Stream(1)),
        _ => Ok(Value::Stream(args.number().max(0))),
    }
}
