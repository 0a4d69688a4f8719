//! One field through its layers to its resolver.

use super::compiled::{Layers, Reach, Resolver};
use super::node::Node;
use super::plan::Planned;
use super::unit::{Exits, Unit};
use crate::error::{Error, Result};
use crate::field::Field;
use crate::info::Info;
use crate::middleware::FieldMiddleware;
use crate::next::Rest;
use crate::resolved::Resolved;
use crate::value::{Object, Text, Value};
use engine_core::LayerType;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Resolves a field of an object through its layers.
pub(super) fn resolve<'a>(
    planned: &'a Planned<'a>,
    parent: &'a Node<'a>,
    args: &'a Object,
) -> Resolved<'a> {
    let info = Info { planned, parent };
    let field = Field { root: parent.value(), info, args };
    if planned.exits.is_empty() {
        return Rest { stack: &planned.stack, place: 0 }.resolve(field);
    }
    let stack = info.run().stacks.alloc(planned.stack.counted());
    Exits::new(stack, info).after(Rest { stack, place: 0 }.resolve(field))
}

/// The layers of one field and its resolver.
pub(crate) struct FieldStack<'a> {
    /// Outermost first.
    pub(crate) layers: &'a [Arc<dyn FieldMiddleware>],
    pub(crate) endpoint: Endpoint<'a>,
    provides: &'a [Vec<LayerType>],
    /// Counts who has been entered; only where a layer has an exit.
    pub(crate) unit: Option<Unit>,
}

impl<'a> FieldStack<'a> {
    pub(super) fn new(layers: &'a Layers, resolver: &'a Resolver) -> Self {
        let (layers, provides) = (&layers.run, &layers.provides);
        FieldStack { layers, endpoint: Endpoint(resolver), provides, unit: None }
    }

    /// The same stack for one field, counting.
    pub(super) fn counted(&self) -> Self {
        FieldStack { unit: Some(Unit::default()), ..*self }
    }

    /// Checks that the layer before this place has really put what it says it provides into the
    /// request's state.
    ///
    /// # Panics
    ///
    /// When it has not: the declaration is wrong, and whoever relies on it would fail with a message
    /// about the wrong layer. The panic is an error of the field at that layer.
    pub(crate) fn check_provided(&self, before: usize, info: Info<'_>) {
        let Some(place) = before.checked_sub(1).filter(|place| !self.provides[*place].is_empty())
        else {
            return;
        };
        // A layer that holds the state while it passes on would wait for itself here.
        let Ok(state) = info.run().op.state.try_lock() else { return };
        let missing = self.provides[place].iter().find(|of| !state.contains(of.id())).copied();
        drop(state);
        if let Some(missing) = missing {
            panic!(
                "`{}` declares that it provides `{}` and has passed the field on without it: insert \
                 it, answer the field, or drop the declaration",
                self.layers[place].name(),
                missing.name(),
            );
        }
    }
}

/// The resolver of a field, with all layers around it.
#[derive(Clone, Copy)]
pub(crate) struct Endpoint<'a>(&'a Resolver);

impl<'a> Endpoint<'a> {
    /// Resolves the field. It does not panic: a panic is an error (rule S10).
    #[inline]
    pub(crate) fn resolve(self, field: Field<'a>) -> Resolved<'a> {
        match self.0 {
            Resolver::Ready(resolve) => Resolved::Ready(Error::contain(|| resolve(&field))),
            other => other.resolve(field),
        }
    }
}

impl Resolver {
    /// Apart from functions whose value is ready, which are inlined into the steps of a stack.
    #[inline(never)]
    fn resolve<'a>(&'a self, field: Field<'a>) -> Resolved<'a> {
        match self {
            Resolver::Default => Resolved::Ready(default(&field)),
            Resolver::TypeName => {
                Resolved::Ready(Ok(Value::String(Text::from(&field.info.planned.parent.name))))
            }
            Resolver::Ready(resolve) => Resolved::Ready(Error::contain(|| resolve(&field))),
            Resolver::Any(resolve) => {
                let ran = catch_unwind(AssertUnwindSafe(|| resolve(field)));
                ran.unwrap_or_else(|payload| Resolved::Ready(Err(Error::from_panic(payload))))
            }
        }
    }
}

/// The value of a field without a resolver: the member of its parent that has its name.
fn default(field: &Field<'_>) -> Result<Value> {
    let info = &field.info;
    match field.root {
        Value::Object(object) => Ok(object.get(info.field_name()).cloned().unwrap_or_default()),
        Value::Null => Ok(Value::Null),
        // An event that is no object is the field's value itself.
        event if info.planned.reach == Reach::Event && info.parent.is_root() => Ok(event.clone()),
        other => Err(Error::new(format!(
            "`{0}.{1}` has no resolver, and its parent is {2} without members: attach one with \
             `.resolver(\"{0}.{1}\", ..)`",
            info.parent_type(),
            info.field_name(),
            other.kind(),
        ))),
    }
}
