//! Every program of the smallest sizes, for when all is better than many.

use super::program::{Behaviour, Hook, Layer, Listed, Profile, Program, View};

/// Every stack of up to two layers with at most one hook each, around every view.
pub fn every_small_program(profile: Profile) -> impl Iterator<Item = Program> {
    let layers = every_small_layer(profile);
    let none = std::iter::once(Vec::new());
    let one = layers.clone().into_iter().map(|layer| vec![layer]);
    let two = layers.clone().into_iter().flat_map(move |outer| {
        layers.clone().into_iter().map(move |inner| vec![outer.clone(), inner])
    });
    let stacks = none.chain(one).chain(two);
    stacks.flat_map(move |stack| {
        View::ALL.into_iter().map(move |view| program(profile, &stack, view))
    })
}

type Hooks = Vec<(Hook, Behaviour)>;

fn program(profile: Profile, stack: &[Hooks], view: View) -> Program {
    let layers = stack
        .iter()
        .zip(["A", "B"])
        .map(|(hooks, name)| Listed::Layer(Layer::new(name, hooks.iter().copied())));
    Program { profile, layers: layers.collect(), view }
}

fn every_small_layer(profile: Profile) -> Vec<Hooks> {
    let mut layers = vec![Vec::new(), vec![(Hook::Init, Behaviour::NotUsed)]];
    let hooks = Hook::PHASES.into_iter().chain([Hook::Call, Hook::Exit]);
    for hook in hooks.filter(|hook| *hook != Hook::Call || !profile.is_legacy()) {
        layers.extend(hook.words().iter().map(|word| vec![(hook, *word)]));
    }
    layers
}
