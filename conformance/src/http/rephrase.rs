//! Saying the same in another way: what tells a fault with one concept from a fault with the rest.
//!
//! Every rephrasing keeps the number of layers, so an engine that only miscounts them is not taken
//! for one that mistreats hookless ones.

use super::program::{Behaviour, Hook, Layer, Program};
use crate::rule::{Rule, rule};

pub(super) fn rephrased(program: &Program) -> Vec<(&'static Rule, Program)> {
    let plain = |layer: &Layer| {
        let hooks =
            [Hook::ProcessRequest, Hook::ProcessResponse].map(|hook| (hook, Behaviour::Pass));
        Layer::new(&layer.name, hooks)
    };
    let used = program
        .map_layers(|layer| Some(if layer.is_not_used() { plain(layer) } else { layer.clone() }));
    let hooked = program.map_layers(|layer| {
        Some(if layer.hooks.is_empty() { plain(layer) } else { layer.clone() })
    });
    let calm = program.map_layers(|layer| {
        let hooks = layer.hooks.iter().map(|(hook, behaviour)| {
            let exits = *hook == Hook::Exit;
            (*hook, if exits { Behaviour::Pass } else { behaviour.without_panic() })
        });
        Some(Layer::new(&layer.name, hooks))
    });
    let calm = Program { view: program.view.without_panic(), ..calm };
    [("S5", program.flattened()), ("S7", used), ("S4", hooked), ("S10", calm)]
        .into_iter()
        .filter(|(_, other)| other != program)
        .map(|(id, other)| (rule(id), other))
        .collect()
}
