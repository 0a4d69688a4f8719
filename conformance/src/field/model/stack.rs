//! The layers around one field, and what next hands back.

use super::resolver::resolve;
use super::unit::{At, Unit};
use super::value::{Args, Value};
use crate::field::program::{Behaviour, Kind, Layer};
use std::rc::Rc;

/// What comes of a field.
pub(super) type Got = Result<Value, Stop>;

/// Why there is no value.
#[derive(Clone, Debug)]
pub(super) enum Stop {
    /// It failed, with this text.
    Fault(String),
    /// What it waits for never comes.
    Stuck,
}

/// The text of an error that an engine words: of it only the presence is compared.
pub(in crate::field) const ENGINES_WORDS: &str = "(in the engine's words)";

/// What next hands back: a value that is ready, or one that has to be awaited. Nothing of a later
/// one has happened yet, and nothing ever does if it is let go.
pub(super) enum Resolved<'p> {
    Ready(Got),
    Later(Later<'p>),
}

pub(super) type Later<'p> = Box<dyn FnOnce(&mut Unit<'p>) -> Got + 'p>;

impl<'p> Resolved<'p> {
    pub(super) fn awaited(self, unit: &mut Unit<'p>) -> Got {
        match self {
            Resolved::Ready(got) => got,
            Resolved::Later(later) => later(unit),
        }
    }
}

/// The layers from this depth inward, and the resolver.
pub(super) fn call<'p>(
    unit: &mut Unit<'p>,
    at: &Rc<At<'p>>,
    depth: usize,
    args: Args,
) -> Resolved<'p> {
    let Some(layer) = at.layers.get(depth).copied() else { return resolve(unit, at, args) };
    let Some(does) = layer.does(at.phase, at.parent, at.known.name) else {
        at.enter(layer);
        return call(unit, at, depth + 1, args);
    };
    let turn = Turn { at: Rc::clone(at), layer, does, depth };
    match layer.kind {
        Kind::Function | Kind::Object => turn.looks_at_what_comes(unit, args),
        Kind::Either => turn.waits_where_it_must(unit, args),
        Kind::Async => Resolved::Later(Box::new(move |unit| turn.awaits(unit, args))),
        Kind::Class => Resolved::Ready(Err(Stop::Fault(String::from(ENGINES_WORDS)))),
        Kind::Notfunction | Kind::Partial => call(unit, at, depth + 1, args),
    }
}

/// One layer's turn at one field.
struct Turn<'p> {
    at: Rc<At<'p>>,
    layer: &'p Layer,
    does: Behaviour,
    depth: usize,
}

impl<'p> Turn<'p> {
    fn looks_at_what_comes(self, unit: &mut Unit<'p>, args: Args) -> Resolved<'p> {
        let args = match self.before(unit, args) {
            Ok(args) => args,
            Err(got) => return Resolved::Ready(got),
        };
        let mut resolved = self.next(unit, args.clone());
        if self.does == Behaviour::Twice && !matches!(resolved, Resolved::Ready(Err(_))) {
            // What the first call would still have done is let go.
            resolved = self.next_again(unit, args);
        }
        let later = match resolved {
            Resolved::Ready(got) => return Resolved::Ready(self.after(unit, got)),
            Resolved::Later(later) => later,
        };
        self.event(unit, "F9", "exit");
        match self.does {
            Behaviour::RaiseAfter | Behaviour::PanicAfter => Resolved::Ready(Err(self.fault(unit))),
            Behaviour::Replace => Resolved::Ready(Ok(self.constant("replace"))),
            _ => Resolved::Later(later),
        }
    }

    fn waits_where_it_must(self, unit: &mut Unit<'p>, args: Args) -> Resolved<'p> {
        let args = match self.before(unit, args) {
            Ok(args) => args,
            Err(got) => return Resolved::Ready(got),
        };
        let later = match self.next(unit, args.clone()) {
            Resolved::Later(later) => later,
            Resolved::Ready(Ok(_)) if self.does == Behaviour::Twice => {
                match self.next_again(unit, args) {
                    Resolved::Ready(got) => return Resolved::Ready(self.after(unit, got)),
                    Resolved::Later(later) => {
                        return Resolved::Later(Box::new(move |unit| {
                            let got = later(unit);
                            self.after(unit, got)
                        }));
                    }
                }
            }
            Resolved::Ready(got) => return Resolved::Ready(self.after(unit, got)),
        };
        Resolved::Later(Box::new(move |unit| {
            let got = later(unit);
            let got = self.once_more_if_asked(unit, got, args);
            self.after(unit, got)
        }))
    }

    fn awaits(self, unit: &mut Unit<'p>, args: Args) -> Got {
        let args = match self.before(unit, args) {
            Ok(args) => args,
            Err(got) => return got,
        };
        let got = self.next(unit, args.clone()).awaited(unit);
        let got = self.once_more_if_asked(unit, got, args);
        self.after(unit, got)
    }

    /// The way in. What is an error here has ended the field at this layer.
    fn before(&self, unit: &mut Unit<'p>, args: Args) -> Result<Args, Got> {
        let why = self.at.turn(unit);
        self.event(unit, why, "enter");
        match self.does {
            Behaviour::Short | Behaviour::Null => {
                unit.touched.insert("F3");
                self.at.enter(self.layer);
                let is_null = self.does == Behaviour::Null;
                Err(Ok(if is_null { Value::Null } else { self.constant("short") }))
            }
            Behaviour::Raise | Behaviour::Panic => Err(Err(self.fault(unit))),
            Behaviour::Args => {
                unit.touched.insert("F6");
                self.at.enter(self.layer);
                Ok(args.changed_by(&self.layer.name))
            }
            _ => {
                self.at.enter(self.layer);
                Ok(args)
            }
        }
    }

    fn next(&self, unit: &mut Unit<'p>, args: Args) -> Resolved<'p> {
        call(unit, &self.at, self.depth + 1, args)
    }

    fn next_again(&self, unit: &mut Unit<'p>, args: Args) -> Resolved<'p> {
        let outer = std::mem::replace(&mut unit.again, true);
        let resolved = self.next(unit, args);
        unit.again = outer;
        resolved
    }

    fn once_more_if_asked(&self, unit: &mut Unit<'p>, got: Got, args: Args) -> Got {
        if self.does != Behaviour::Twice || got.is_err() {
            return got;
        }
        let outer = std::mem::replace(&mut unit.again, true);
        let got = self.next(unit, args).awaited(unit);
        unit.again = outer;
        got
    }

    /// The way out, with the value there.
    fn after(&self, unit: &mut Unit<'p>, got: Got) -> Got {
        match got {
            Err(Stop::Stuck) => Err(Stop::Stuck),
            Err(Stop::Fault(_)) if self.does == Behaviour::Catch => {
                self.event(unit, "F5", "caught");
                Ok(self.constant("catch"))
            }
            Err(fault) => {
                self.event(unit, "F5", "error");
                Err(fault)
            }
            Ok(value) => {
                self.event(unit, "F9", "exit");
                match self.does {
                    Behaviour::RaiseAfter | Behaviour::PanicAfter => Err(self.fault(unit)),
                    Behaviour::Replace => Ok(self.constant("replace")),
                    Behaviour::Modify => Ok(value.marked(&self.layer.name)),
                    _ => Ok(value),
                }
            }
        }
    }

    fn event(&self, unit: &mut Unit<'p>, why: &'static str, what: &str) {
        self.at.event(unit, why, self.layer, what);
    }

    fn constant(&self, how: &str) -> Value {
        Value::constant(self.at.known.of, &format!("{}.{how}", self.layer.name))
    }

    /// What this layer fails with. Of a panic nobody is told the text (rule S10).
    fn fault(&self, unit: &mut Unit<'p>) -> Stop {
        let name = &self.layer.name;
        Stop::Fault(match self.does {
            Behaviour::Raise => format!("{name}.raise"),
            Behaviour::RaiseAfter => format!("{name}.raise_after"),
            _ => {
                unit.panicked = true;
                unit.touched.insert("S10");
                String::from(ENGINES_WORDS)
            }
        })
    }
}
