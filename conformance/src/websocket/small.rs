//! Every program of the smallest sizes, for when all is better than many.

use super::program::{App, Behaviour, Hook, Layer, Listed, Program};
use super::script::{Item, Kind};

/// Every stack of up to two layers with at most one hook each, under every small script.
pub fn every_small_program() -> impl Iterator<Item = Program> {
    let stacks = stacks(every_small_layer(), 2);
    stacks.flat_map(|stack| {
        every_small_script().into_iter().map(move |script| program(stack.clone(), script))
    })
}

/// Every stack of up to so many layers, each with `left` and at most one hook beside it, or two
/// where one takes a call, and a client that has two messages echoed and leaves. An executor that
/// drops the connection's future at each poll in turn shows with them that rule S9 holds there too,
/// see [`exits_are_exact`](super::laws::exits_are_exact).
///
/// There are about 40 small layers: 40 stacks of one, 1,500 of two, 60,000 of three.
pub fn every_small_stack(layers: usize) -> impl Iterator<Item = Program> {
    let leaving = every_small_layer()
        .into_iter()
        .filter(|hooks| !hooks.iter().any(|(hook, _)| matches!(hook, Hook::Left | Hook::Init)));
    let left = (Hook::Left, Behaviour::Pass);
    let leaving = leaving.map(|hooks| hooks.into_iter().chain([left]).collect()).collect();
    let end = Item::Disconnect { code: 1000 };
    let script = vec![Item::Connect, Item::echo("1"), Item::echo("2"), end];
    stacks(leaving, layers).map(move |stack| program(stack, script.clone()))
}

type Hooks = Vec<(Hook, Behaviour)>;

/// Every list of up to so many of these layers, the shorter ones first.
fn stacks(layers: Vec<Hooks>, most: usize) -> impl Iterator<Item = Vec<Hooks>> {
    (0..=most).flat_map(move |length| {
        let layers = layers.clone();
        let count = layers.len();
        let digits = move |number: usize| {
            (0..length)
                .rev()
                .map(|digit| layers[number / count.pow(digit as u32) % count].clone())
                .collect()
        };
        (0..count.pow(length as u32)).map(digits)
    })
}

fn program(stack: Vec<Hooks>, script: Vec<Item>) -> Program {
    let layers = stack
        .into_iter()
        .zip('A'..='Z')
        .map(|(hooks, name)| Listed::Layer(Layer::new(&String::from(name), hooks)));
    Program { layers: layers.collect(), message_layers: Vec::new(), app: App::Bare, script }
}

fn every_small_layer() -> Vec<Hooks> {
    let mut layers = vec![Vec::new()];
    for hook in Hook::ALL {
        layers.extend(hook.words().iter().map(|word| match hook.takes_a_call(*word) {
            true => vec![(Hook::Call, Behaviour::Pass), (hook, *word)],
            false => vec![(hook, *word)],
        }));
    }
    layers
}

fn every_small_script() -> Vec<Vec<Item>> {
    let end = || Item::Disconnect { code: 1000 };
    // The first one shows most of what an earlier connection may have left behind.
    let mut scripts = vec![vec![Item::Connect, Item::echo("1"), end()]];
    scripts.extend([vec![Item::Connect, end()], vec![end()]]);
    let other = Kind::ALL.into_iter().filter(|kind| *kind != Kind::Echo);
    scripts.extend(other.map(|kind| vec![Item::Connect, Item::says(kind), end()]));
    let ends = [Item::Drop, Item::TimeOut, Item::Shutdown];
    scripts.push(vec![Item::Connect, Item::says(Kind::Hang), Item::Shutdown]);
    scripts.extend(ends.map(|end| vec![Item::Connect, Item::echo("1"), end]));
    scripts
}
