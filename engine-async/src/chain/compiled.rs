//! A stack as lists, one for each hook, holding only the layers that have it.

use crate::around::DynAround;
use crate::hooks::{EnterHook, ExitHook, HookTable, ReceiveHook, SendHook};
use crate::ws_layer::{Kind, WsLayer};
use engine_core::Stack;
use std::any::TypeId;
use std::sync::Arc;

/// A hook with the place of its layer in the stack, from the outermost.
pub(super) struct Placed<H: ?Sized> {
    pub(super) place: usize,
    pub(super) hook: Arc<H>,
}

/// A stack compiled for running.
#[derive(Default)]
pub(super) struct Compiled {
    /// Neighbouring hook-style layers in one, each call-style layer by itself.
    pub(super) segments: Vec<Segment>,
    /// In reverse order.
    pub(super) exits: Vec<(usize, Exiting)>,
    /// What each layer provides, to check in debug builds that it does.
    pub(super) provides: Vec<Vec<(TypeId, &'static str)>>,
    pub(super) names: Vec<String>,
}

pub(super) enum Segment {
    Hooks(HookSegment),
    Around { place: usize, layer: Arc<dyn DynAround> },
}

/// Neighbouring hook-style layers, run as one loop for each event.
#[derive(Default)]
pub(super) struct HookSegment {
    /// In listed order.
    pub(super) enter: Vec<Placed<dyn EnterHook>>,
    /// In listed order.
    pub(super) receive: Vec<Placed<dyn ReceiveHook>>,
    /// In listed order; walked backwards.
    pub(super) send: Vec<Placed<dyn SendHook>>,
    /// The place of the first layer.
    pub(super) start: usize,
    /// The place behind the last layer.
    pub(super) end: usize,
}

pub(super) enum Exiting {
    Hook(Arc<dyn ExitHook>),
    Around(Arc<dyn DynAround>),
}

impl Compiled {
    pub(super) fn new(stack: &Stack<WsLayer>) -> Self {
        let mut compiled = Compiled::default();
        for (place, layer) in stack.layers().iter().enumerate() {
            match &layer.kind {
                Kind::Hooks(table) => compiled.add_hooks(place, table.clone()),
                Kind::Around(layer) => {
                    let (layer, exiting) = (Arc::clone(layer), Arc::clone(layer));
                    compiled.segments.push(Segment::Around { place, layer });
                    compiled.exits.push((place, Exiting::Around(exiting)));
                }
            }
            let order = stack.declared(place);
            let provided = order.into_iter().flat_map(|order| order.provided_types());
            compiled.provides.push(provided.map(|of| (of.id(), of.name())).collect());
            let listed = stack.listed(place).map_or_else(String::new, |listed| listed.name.clone());
            compiled.names.push(listed);
        }
        compiled.exits.reverse();
        compiled
    }

    fn add_hooks(&mut self, place: usize, table: HookTable) {
        if !matches!(self.segments.last(), Some(Segment::Hooks(_))) {
            let segment = HookSegment { start: place, ..HookSegment::default() };
            self.segments.push(Segment::Hooks(segment));
        }
        if let Some(Segment::Hooks(segment)) = self.segments.last_mut() {
            segment.end = place + 1;
            segment.enter.extend(table.enter.map(|hook| Placed { place, hook }));
            segment.receive.extend(table.receive.map(|hook| Placed { place, hook }));
            segment.send.extend(table.send.map(|hook| Placed { place, hook }));
        }
        self.exits.extend(table.exit.map(|hook| (place, Exiting::Hook(hook))));
    }
}
