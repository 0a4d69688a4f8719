//! What an engine must be able to express to be given a program.

use super::program::{Behaviour, Hook, Program};
use super::script::{Item, Kind};
use crate::capability::Capability;
use crate::trace::{Event, Trace};

/// Read off the input and what is reached of it; never asked of the engine.
pub(super) fn needs(program: &Program, reached: &Trace) -> Vec<Capability> {
    let layers = program.flat();
    let mut needs = Vec::new();
    if !program.message_layers.is_empty() {
        needs.push(Capability::MessageLayers);
    }
    let app_panics = reached.contains(&Event::at("app", "message:panic"));
    let layer_panics = layers.iter().any(|layer| {
        layer.hooks.iter().any(|(hook, behaviour)| {
            let happened = |what| reached.contains(&Event::at(&layer.name, what));
            match (hook, behaviour) {
                (Hook::Call | Hook::Enter, Behaviour::Panic) => happened("enter"),
                (Hook::Call, Behaviour::PanicAfter) => happened("exit"),
                (Hook::Receive, Behaviour::Panic) => happened("receive:receive"),
                (Hook::Send, Behaviour::Panic) => happened("send:send"),
                (Hook::Left, Behaviour::Panic) => happened("left"),
                _ => false,
            }
        })
    });
    if app_panics || layer_panics {
        needs.push(Capability::Panics);
    }
    if layers.iter().any(|layer| layer.does(Hook::Left).is_some()) {
        needs.push(Capability::ExitHooks);
    }
    if program.has_nested_stack() {
        needs.push(Capability::NestedStacks);
    }
    let has = |such: fn(&Item) -> bool| program.script.iter().any(such);
    if has(|item| *item == Item::Drop || *item == Item::says(Kind::Hang)) {
        needs.push(Capability::Drops);
    }
    if has(|item| *item == Item::TimeOut) {
        needs.push(Capability::TimeOuts);
    }
    if has(|item| *item == Item::Shutdown) {
        needs.push(Capability::Shutdowns);
    }
    needs
}

/// Whether this message of the client is one that makes the app panic.
pub(super) fn is_panic(item: &Item) -> bool {
    *item == Item::says(Kind::Panic)
}
