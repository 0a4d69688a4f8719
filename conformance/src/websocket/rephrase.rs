//! Saying the same in another way: what tells a fault with one concept from a fault with the rest.
//!
//! Every rephrasing keeps the number of layers, so an engine that only miscounts them is not taken
//! for one that mistreats hookless ones.

use super::program::{Behaviour, Hook, Layer, Program};
use super::script::{Item, Kind};
use crate::rule::{Rule, rule};

pub(super) fn rephrased(program: &Program) -> Vec<(&'static Rule, Program)> {
    let plain = |layer: &Layer| Layer::new(&layer.name, [(Hook::Enter, Behaviour::Pass)]);
    let used = program
        .map_layers(|layer| Some(if layer.is_not_used() { plain(layer) } else { layer.clone() }));
    let hooked = program.map_layers(|layer| {
        Some(if layer.hooks.is_empty() { plain(layer) } else { layer.clone() })
    });
    [("S5", program.flattened()), ("S7", used), ("S4", hooked), ("S10", calm(program))]
        .into_iter()
        .filter(|(_, other)| other != program)
        .map(|(id, other)| (rule(id), other))
        .collect()
}

/// The same with an ordinary error in the place of every panic.
fn calm(program: &Program) -> Program {
    let calm = program.map_layers(|layer| {
        let hooks = layer.hooks.iter().map(|(hook, behaviour)| {
            let leaves = *hook == Hook::Left;
            (*hook, if leaves { Behaviour::Pass } else { behaviour.without_panic() })
        });
        Some(Layer::new(&layer.name, hooks))
    });
    let script = program.script.iter().map(|item| match item {
        item if *item == Item::says(Kind::Panic) => Item::says(Kind::Boom),
        item => item.clone(),
    });
    Program { script: script.collect(), ..calm }
}
