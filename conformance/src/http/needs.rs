//! What an engine must be able to express to be given a program.

use super::program::{Behaviour, Hook, Layer, Profile, Program, View};
use crate::capability::Capability;
use crate::trace::{Event, Trace};

/// Read off the input and what is reached of it; never asked of the engine.
pub(super) fn needs(program: &Program, reached: &Trace) -> Vec<Capability> {
    let layers = program.flat();
    let mut needs = Vec::new();
    if reaches_travelling_none(program, &layers, reached) {
        needs.push(Capability::HookReturnsNone);
    } else if reaches(&layers, reached, |_, behaviour| behaviour == Behaviour::None) {
        needs.push(Capability::NoneAsError);
    }
    let view_panics = match program.view {
        View::Panic => happened(reached, "view"),
        View::TemplatePanic => happened(reached, "render:view"),
        _ => false,
    };
    let panics = |_, behaviour: Behaviour| behaviour != behaviour.without_panic();
    if view_panics || reaches(&layers, reached, panics) {
        needs.push(Capability::Panics);
    }
    if layers.iter().any(|layer| layer.does(Hook::Exit).is_some()) {
        needs.push(Capability::ExitHooks);
    }
    if program.has_nested_stack() {
        needs.push(Capability::NestedStacks);
    }
    needs
}

/// Whether a None is reached that is more than an error at its place: the view's, which is an
/// error that `process_exception` is not asked about, and in the new style that of a
/// `process_response` or of a call, which the layers outside are handed.
fn reaches_travelling_none(program: &Program, layers: &[&Layer], reached: &Trace) -> bool {
    (program.view == View::None && happened(reached, "view"))
        || reaches(layers, reached, |hook, behaviour| {
            let is_error_in_place = match hook {
                Hook::ProcessTemplateResponse => true,
                _ => program.profile != Profile::Django5,
            };
            behaviour == Behaviour::None && !is_error_in_place
        })
}

/// Whether a hook that does such a thing is reached.
fn reaches(layers: &[&Layer], reached: &Trace, such: impl Fn(Hook, Behaviour) -> bool) -> bool {
    layers.iter().any(|layer| {
        layer.hooks.iter().any(|(hook, behaviour)| {
            such(*hook, *behaviour)
                && reached.contains(&Event::at(&layer.name, event_of(*hook, *behaviour)))
        })
    })
}

/// The event that shows that the hook came to do its thing.
fn event_of(hook: Hook, behaviour: Behaviour) -> &'static str {
    match (hook, behaviour) {
        (Hook::Call, Behaviour::PanicBefore) => "before",
        (Hook::Call, _) => "after",
        (hook, _) => hook.name(),
    }
}

fn happened(reached: &Trace, event: &str) -> bool {
    reached.iter().any(|other| other.as_str() == event)
}
