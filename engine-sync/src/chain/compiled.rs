//! A stack as lists, one for each hook, holding only the layers that have it.

use super::trace::{TracedAround, traced_hooks};
use crate::around::Around;
use crate::hooks::{ExceptionHook, ExitHook, RequestHook, ResponseHook, TemplateHook, ViewHook};
use crate::http_layer::{HttpLayer, Kind};
use engine_core::Stack;
use std::any::TypeId;
use std::sync::Arc;

/// A hook with the place of its layer in the stack, from the outermost.
pub(crate) struct Placed<H> {
    pub(crate) place: usize,
    pub(crate) hook: H,
}

/// A stack compiled for running.
pub(crate) struct Compiled {
    /// Neighbouring hook-style layers in one, each call-style layer by itself.
    pub(crate) segments: Vec<Segment>,
    /// In listed order.
    pub(crate) view: Vec<Placed<ViewHook>>,
    /// In reverse order.
    pub(crate) exception: Vec<Placed<ExceptionHook>>,
    /// In reverse order.
    pub(crate) template: Vec<Placed<TemplateHook>>,
    /// In reverse order.
    pub(crate) exits: Vec<Placed<Exiting>>,
    /// What each layer provides, to check in debug builds that it does.
    pub(crate) provides: Vec<Vec<(TypeId, &'static str)>>,
    pub(crate) names: Vec<String>,
}

pub(crate) enum Segment {
    Hooks(HookSegment),
    Around { place: usize, layer: Arc<dyn Around> },
}

/// Neighbouring hook-style layers, run as one loop.
pub(crate) struct HookSegment {
    /// In listed order.
    pub(crate) request: Vec<Placed<RequestHook>>,
    /// In listed order; walked backwards.
    pub(crate) response: Vec<Placed<ResponseHook>>,
    /// The place behind the last layer.
    pub(crate) end: usize,
}

pub(crate) enum Exiting {
    Hook(ExitHook),
    Around(Arc<dyn Around>),
}

impl Compiled {
    /// Compiles a whole stack. Segments never cross the place `from`, where a route's own layers
    /// begin: the outer ones run before the route is known. Where the chain traces, every hook
    /// notes that it ran.
    pub(crate) fn new(stack: &Stack<HttpLayer>, from: usize, traces: bool) -> Self {
        let mut compiled = Compiled {
            segments: Vec::new(),
            view: Vec::new(),
            exception: Vec::new(),
            template: Vec::new(),
            exits: Vec::new(),
            provides: Vec::new(),
            names: Vec::new(),
        };
        for (place, layer) in stack.layers().iter().enumerate() {
            let listed = stack.listed(place).map_or_else(String::new, |listed| listed.name.clone());
            let kind = match &layer.kind {
                Kind::Hooks(table) if traces => Kind::Hooks(traced_hooks(table.clone(), &listed)),
                Kind::Around(layer) if traces => {
                    Kind::Around(Arc::new(TracedAround::new(Arc::clone(layer), &listed)))
                }
                Kind::Hooks(table) => Kind::Hooks(table.clone()),
                Kind::Around(layer) => Kind::Around(Arc::clone(layer)),
            };
            compiled.add(place, place == from, kind);
            let order = stack.declared(place);
            let provided = order.into_iter().flat_map(|order| order.provided_types());
            compiled.provides.push(provided.map(|of| (of.id(), of.name())).collect());
            compiled.names.push(listed);
        }
        compiled.exception.reverse();
        compiled.template.reverse();
        compiled.exits.reverse();
        compiled
    }

    fn add(&mut self, place: usize, starts_segment: bool, kind: Kind) {
        let table = match kind {
            Kind::Around(around) => {
                self.segments.push(Segment::Around { place, layer: Arc::clone(&around) });
                self.exits.push(Placed { place, hook: Exiting::Around(around) });
                return;
            }
            Kind::Hooks(table) => table,
        };
        if starts_segment || !matches!(self.segments.last(), Some(Segment::Hooks(_))) {
            let (request, response) = (Vec::new(), Vec::new());
            self.segments.push(Segment::Hooks(HookSegment { request, response, end: place }));
        }
        if let Some(Segment::Hooks(segment)) = self.segments.last_mut() {
            segment.end = place + 1;
            segment.request.extend(table.process_request.map(|hook| Placed { place, hook }));
            segment.response.extend(table.process_response.map(|hook| Placed { place, hook }));
        }
        self.view.extend(table.process_view.map(|hook| Placed { place, hook }));
        self.exception.extend(table.process_exception.map(|hook| Placed { place, hook }));
        self.template.extend(table.process_template_response.map(|hook| Placed { place, hook }));
        let exit = table.exit.map(Exiting::Hook);
        self.exits.extend(exit.map(|hook| Placed { place, hook }));
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The segments of the layers from `place` on, which is where a segment starts.
    pub(crate) fn segments_from(&self, place: usize) -> &[Segment] {
        let first = self.segments.iter().position(|segment| match segment {
            Segment::Hooks(segment) => segment.end > place,
            Segment::Around { place: at, .. } => *at >= place,
        });
        first.map_or(&[], |first| &self.segments[first..])
    }
}
