//! One step towards the fewest layers and the plainest behaviours.

use super::program::{Hook, Layer, Listed, Program, View};

/// Every program that is one step simpler, the greatest step first.
pub(super) fn simpler(program: &Program) -> Vec<Program> {
    let mut simpler = Vec::new();
    let count = program.flat().len();
    let mut size = count;
    while size > 0 {
        for from in (0..count).step_by(size) {
            simpler.push(without(program, from..from + size));
        }
        size /= 2;
    }
    simpler.push(program.flattened());
    for (at, layer) in program.flat().into_iter().enumerate() {
        for hook in layer.hooks.keys() {
            simpler.push(with(program, at, |layer| {
                layer.hooks.remove(hook);
            }));
        }
    }
    simpler.extend(
        View::ALL
            .into_iter()
            .take_while(|view| *view != program.view)
            .map(|view| Program { view, ..program.clone() }),
    );
    for (at, layer) in program.flat().into_iter().enumerate() {
        for (hook, behaviour) in &layer.hooks {
            for plainer in hook.words().iter().take_while(|word| *word != behaviour) {
                // A layer that fails to build is not a plainer one that is not used: it is another
                // matter altogether.
                if *hook != Hook::Init {
                    simpler.push(with(program, at, |layer| {
                        layer.hooks.insert(*hook, *plainer);
                    }));
                }
            }
        }
    }
    simpler.push(program.with_distinct_names());
    simpler.retain(|other| other != program);
    simpler
}

fn without(program: &Program, places: std::ops::Range<usize>) -> Program {
    let mut at = 0;
    let left = program.map_layers(|layer| {
        at += 1;
        (!places.contains(&(at - 1))).then(|| layer.clone())
    });
    Program { layers: without_empty_stacks(left.layers), ..left }
}

fn without_empty_stacks(listed: Vec<Listed>) -> Vec<Listed> {
    let kept = listed.into_iter().filter_map(|item| match item {
        Listed::Layer(layer) => Some(Listed::Layer(layer)),
        Listed::Stack { stack } => {
            let stack = without_empty_stacks(stack);
            (!stack.is_empty()).then_some(Listed::Stack { stack })
        }
    });
    kept.collect()
}

fn with(program: &Program, place: usize, change: impl Fn(&mut Layer)) -> Program {
    let mut at = 0;
    program.map_layers(|layer| {
        let mut layer = layer.clone();
        if at == place {
            change(&mut layer);
        }
        at += 1;
        Some(layer)
    })
}
