//! What an engine must be able to express to be given a program.

use super::model;
use super::program::{Program, Resolver};
use crate::capability::Capability;

/// Read off the input and what the model reaches of it; never asked of the engine.
pub(super) fn needs(program: &Program) -> Vec<Capability> {
    let layers = program.flat();
    let mut needs = Vec::new();
    if layers.iter().any(|layer| layer.kind.is_odd()) {
        needs.push(Capability::PythonCallableKinds);
    }
    if may_reach(program) {
        let account = model::run(program);
        if account.untyped {
            needs.push(Capability::UntypedIntrospection);
        }
        if account.panicked {
            needs.push(Capability::Panics);
        }
    }
    if layers.iter().any(|layer| layer.hooks.exit.is_some()) {
        needs.push(Capability::ExitHooks);
    }
    if program.has_nested_stack() {
        needs.push(Capability::NestedStacks);
    }
    if layers.iter().any(|layer| layer.scope.is_some()) {
        needs.push(Capability::ScopedLayers);
    }
    let never = program.resolvers.values().any(|word| *word == Resolver::Never);
    if never || program.drop_after.is_some() {
        needs.push(Capability::Drops);
    }
    needs
}

/// Whether what the model reaches need be looked at: a panic is listed, or the schema is asked for.
fn may_reach(program: &Program) -> bool {
    let layers = program.flat();
    let panics = layers.iter().filter_map(|layer| layer.hooks.resolve).any(|word| word.is_panic())
        || program.resolvers.values().any(|word| *word == Resolver::Panic);
    panics || program.document.contains("__schema")
}
