//! One step towards the fewest layers, the plainest behaviours and the shortest script.

use super::program::{App, Hook, Layer, Listed, Program};
use super::script::{Item, Kind};

/// How a plain script ends.
const PLAIN_END: Item = Item::Disconnect { code: 1000 };

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
    // The way in goes last: it shows best in which order layers stand.
    for (at, layer) in program.flat().into_iter().enumerate() {
        for hook in layer.hooks.keys().rev() {
            simpler.push(with(program, at, |layer| {
                layer.hooks.remove(hook);
            }));
        }
    }
    simpler.extend(shorter_scripts(program));
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
    simpler.push(Program { app: App::Bare, ..program.clone() });
    simpler.push(program.with_distinct_names());
    simpler.retain(|other| other != program && can_be_said(other));
    simpler
}

/// A hook that takes a call stands beside one.
fn can_be_said(program: &Program) -> bool {
    program.flat().iter().all(|layer| {
        layer.wraps() || !layer.hooks.iter().any(|(hook, does)| hook.takes_a_call(*does))
    })
}

/// What stands between the first item and the last may be missing or plainer, and the last plainer.
fn shorter_scripts(program: &Program) -> Vec<Program> {
    let script = &program.script;
    let mut shorter = Vec::new();
    let mut change = |change: &dyn Fn(&mut Vec<Item>)| {
        let mut script = script.clone();
        change(&mut script);
        shorter.push(Program { script, ..program.clone() });
    };
    let last = script.len().saturating_sub(1);
    if last > 2 {
        change(&|script| {
            script.drain(1..last);
        });
    }
    for at in 1..last {
        change(&|script| {
            script.remove(at);
        });
    }
    if last > 0 {
        change(&|script| script[last] = PLAIN_END);
    }
    for at in 1..last {
        change(&|script| script[at] = Item::says(Kind::Unknown));
        change(&|script| script[at] = Item::echo("1"));
    }
    // An echo is no plainer than what does nothing.
    shorter.retain(|other| {
        let unknown = |script: &[Item]| {
            script.iter().filter(|item| **item == Item::says(Kind::Unknown)).count()
        };
        let shorter = other.script.len() < script.len();
        shorter || other.script.last() != script.last() || unknown(&other.script) >= unknown(script)
    });
    shorter
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
