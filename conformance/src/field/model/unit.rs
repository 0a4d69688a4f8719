//! What the model notes of one operation, and of one field of it.

use super::value::Value;
use crate::field::outcome::{FieldError, Path};
use crate::field::program::{Field, Layer, Operation, Phase, Program};
use crate::field::schema::FieldOf;
use crate::trace::{Event, Trace};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::Rc;

/// One operation.
pub(super) struct Unit<'p> {
    pub(super) program: &'p Program,
    pub(super) operation: Operation,
    /// The layers that are used, the outermost first.
    pub(super) layers: Vec<&'p Layer>,
    pub(super) trace: Trace,
    /// For each event the rule that makes it happen.
    pub(super) why: Vec<&'static str>,
    /// Every rule that had a say, events or not.
    pub(super) touched: BTreeSet<&'static str>,
    /// The errors of this response.
    pub(super) errors: Vec<FieldError>,
    /// Objects that one of their fields has nulled while others were awaited.
    pub(super) crowded: Vec<Path>,
    /// Fields that cannot end, with what is left to be told of them.
    pub(super) stuck: Vec<Rc<At<'p>>>,
    /// Whether next is called once more, by name (rule F8).
    pub(super) again: bool,
    pub(super) panicked: bool,
    pub(super) untyped: bool,
    pub(super) undetermined: bool,
}

/// One field of one object, on its way through the layers.
pub(super) struct At<'p> {
    pub(super) parent: &'static str,
    pub(super) field: &'p Field,
    pub(super) known: &'static FieldOf,
    pub(super) path: Path,
    pub(super) phase: Phase,
    /// The object that has the field.
    pub(super) root: Value,
    /// The layers that stand around it, the outermost first.
    pub(super) layers: Vec<&'p Layer>,
    /// Those whose way in has run to its end, in order of entry.
    entered: RefCell<Vec<&'p Layer>>,
}

impl<'p> At<'p> {
    pub(super) fn new(
        unit: &mut Unit<'p>,
        (parent, known, field): (&'static str, &'static FieldOf, &'p Field),
        (path, phase, root): (Path, Phase, Value),
    ) -> Rc<At<'p>> {
        let name = known.name;
        let around = |layer: &&Layer| layer.stands_around(unit.operation, parent, name);
        let layers: Vec<&Layer> = unit.layers.iter().copied().filter(around).collect();
        if layers.len() < unit.layers.len() {
            unit.touched.insert("F12");
        }
        if layers.len() > 1 {
            unit.touched.insert(if unit.program.profile.is_reversed() { "G1" } else { "S1" });
        }
        let entered = RefCell::default();
        Rc::new(At { parent, field, known, path, phase, root, layers, entered })
    }

    /// A layer's way in has run to its end. One that comes in again behind a retry is in already:
    /// the last that it sees of the field is still one thing (rule S9).
    pub(super) fn enter(&self, layer: &'p Layer) {
        let mut entered = self.entered.borrow_mut();
        if !entered.iter().any(|other| std::ptr::eq(*other, layer)) {
            entered.push(layer);
        }
    }

    /// The field's value is there, or it is given up: every layer sees the last of it (rule S9).
    pub(super) fn leave(&self, unit: &mut Unit<'p>) {
        for layer in std::mem::take(&mut *self.entered.borrow_mut()).into_iter().rev() {
            if layer.hooks.exit.is_some() {
                self.event(unit, "S9", layer, "left");
            }
        }
    }

    /// Writes that something happens at a layer.
    pub(super) fn event(&self, unit: &mut Unit<'p>, why: &'static str, layer: &Layer, what: &str) {
        let phase = if self.phase == Phase::Source { "source." } else { "" };
        unit.event(why, format!("{}.{phase}{what}@{}", layer.name, self.path));
    }

    /// The rule by which the layers of this field have their turn.
    pub(super) fn turn(&self, unit: &Unit<'p>) -> &'static str {
        let first = unit.program.selection.as_ref().and_then(|selection| selection.fields.first());
        let later_root = self.path.0.len() == 1 && first.is_some_and(|first| first != self.field);
        if unit.again {
            "F8"
        } else if unit.operation == Operation::Subscription && self.path.0.len() == 1 {
            "F10"
        } else if self.layers.len() < unit.layers.len() {
            "F12"
        } else if unit.operation == Operation::Mutation && later_root {
            "F11"
        } else if self.root.is_constant() {
            "F3"
        } else {
            "F1"
        }
    }
}

impl<'p> Unit<'p> {
    pub(super) fn new(program: &'p Program, operation: Operation, layers: Vec<&'p Layer>) -> Self {
        Unit {
            program,
            operation,
            layers,
            trace: Trace::new(),
            why: Vec::new(),
            touched: BTreeSet::new(),
            errors: Vec::new(),
            crowded: Vec::new(),
            stuck: Vec::new(),
            again: false,
            panicked: false,
            untyped: false,
            undetermined: false,
        }
    }

    pub(super) fn event(&mut self, why: &'static str, text: impl Into<String>) {
        self.trace.push(Event::new(text));
        self.why.push(why);
        self.touched.insert(why);
    }

    /// A field error (rule F4).
    pub(super) fn error(&mut self, message: impl Into<String>, path: Option<&Path>) {
        self.touched.insert("F4");
        self.errors.push(FieldError { message: message.into(), path: path.cloned() });
    }
}
