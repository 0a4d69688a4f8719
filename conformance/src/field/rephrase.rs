//! Saying the same in another way, or the same without one concept: what tells a fault with that
//! concept from a fault with the rest.

use super::document::{Style, document};
use super::json;
use super::model;
use super::program::{Behaviour, Exit, Hooks, Layer, Program, Resolver};
use crate::rule::{Rule, rule};

pub(super) fn rephrased(program: &Program) -> Vec<(&'static Rule, Program)> {
    let change = |change: &dyn Fn(&Hooks) -> Hooks| {
        program.map_layers(|layer| Some(Layer { hooks: change(&layer.hooks), ..layer.clone() }))
    };
    let used = change(&|hooks| Hooks { init: None, ..hooks.clone() });
    let used_and_plain = used.map_layers(|layer| {
        let passes = Hooks { resolve: Some(Behaviour::Pass), ..Hooks::default() };
        let listed =
            program.flat().into_iter().any(|other| other.name == layer.name && other.is_not_used());
        Some(if listed { Layer { hooks: passes, ..layer.clone() } } else { layer.clone() })
    });
    let hooked = change(&|hooks| Hooks {
        resolve: hooks.resolve.or(Some(Behaviour::Pass)),
        ..hooks.clone()
    });
    let mut calm = change(&|hooks| Hooks {
        resolve: hooks.resolve.map(Behaviour::without_panic),
        exit: hooks.exit.map(|_| Exit::Pass),
        ..hooks.clone()
    });
    calm.resolvers.retain(|_, word| *word != Resolver::Panic);
    let unscoped = program.map_layers(|layer| Some(Layer { scope: None, ..layer.clone() }));
    let once = change(&|hooks| {
        let resolve = hooks.resolve.map(|word| match word {
            Behaviour::Twice => Behaviour::Pass,
            other => other,
        });
        Hooks { resolve, ..hooks.clone() }
    });
    let mut plain = program.clone();
    if let Some(selection) = &program.selection {
        plain.document = document(selection, Style::Plain);
    }
    [
        ("S5", program.flattened()),
        ("S7", used_and_plain),
        ("S4", hooked),
        ("S10", calm),
        ("F12", unscoped),
        ("F8", once),
        ("F2", plain),
    ]
    .into_iter()
    .filter(|(_, other)| {
        other != program && json::check(other).is_ok() && !model::run(other).undetermined
    })
    .map(|(id, other)| (rule(id), other))
    .collect()
}
