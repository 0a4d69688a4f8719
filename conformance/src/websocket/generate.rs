//! Programs of every kind.

use super::needs::is_panic;
use super::program::{App, Behaviour, Hook, Layer, Listed, Program};
use super::script::{Item, Kind};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::select;
use std::collections::BTreeMap;

/// Programs: mostly few layers, now and then eight; every word of every hook; layers that wrap,
/// layers that have hooks only, layers without any, layers not used, layers that share a name,
/// stacks inside stacks; every message and every end of a connection.
///
/// Each hook has a favourite word in each program, so that two layers often do the same and can get
/// into each other's way.
pub fn programs() -> impl Strategy<Value = Program> {
    let layers = prop_oneof![
        6 => vec(layer(), 0..=3),
        2 => vec(layer(), 4..=6),
        1 => vec(layer(), 7..=8),
    ];
    let nested =
        prop_oneof![4 => Just(None), 1 => (0usize..9, 0usize..9, any::<bool>()).prop_map(Some)];
    let share_names = proptest::bool::weighted(0.08);
    let leaves = proptest::bool::weighted(0.5);
    let handler = any::<bool>();
    (layers, favourites(), script(), share_names, leaves, handler, nested).prop_map(
        |(layers, favourites, script, share_names, leaves, handler, nested)| {
            let layers = layers.into_iter().enumerate().map(|(place, choices)| {
                let place = if share_names { place / 2 } else { place };
                let chosen = choices.into_iter().filter(|(hook, _)| leaves || *hook != Hook::Left);
                let hooks = chosen.map(|(hook, choice)| match choice {
                    Choice::Word(word) => (hook, word),
                    Choice::Favourite => (hook, favourites[&hook]),
                });
                sayable(Layer { name: name_of(place), hooks: hooks.collect() })
            });
            let layers = nest(layers.map(Listed::Layer).collect(), nested);
            let app = if handler { App::Handler } else { App::Bare };
            let program = Program { layers, message_layers: Vec::new(), app, script };
            // Whether the app's own `on_error` sees a panic of a hook it has called is left to the
            // engine, so it is not asked.
            let app = if panics(&program) { App::Bare } else { app };
            Program { app, ..program }
        },
    )
}

fn panics(program: &Program) -> bool {
    program.script.iter().any(is_panic)
        || program.flat().iter().any(|layer| {
            layer.hooks.values().any(|behaviour| *behaviour != behaviour.without_panic())
        })
}

/// The layer without what takes a call, where it has none.
fn sayable(mut layer: Layer) -> Layer {
    if !layer.wraps() {
        for (hook, does) in &mut layer.hooks {
            if hook.takes_a_call(*does) {
                *does = Behaviour::Pass;
            }
        }
    }
    layer
}

/// What a hook is to do.
#[derive(Clone, Copy, Debug)]
enum Choice {
    Word(Behaviour),
    /// What the program likes best for this hook.
    Favourite,
}

type Choices = BTreeMap<Hook, Choice>;

fn favourites() -> impl Strategy<Value = BTreeMap<Hook, Behaviour>> {
    let favourite = |hook: Hook| (Just(hook), select(hook.words())).boxed();
    Hook::ALL.map(favourite).to_vec().prop_map(|words| words.into_iter().collect())
}

fn name_of(place: usize) -> String {
    ('A'..='Z').nth(place).map_or_else(|| format!("L{place}"), String::from)
}

/// Puts some neighbours into a stack of their own, perhaps into two around each other.
fn nest(mut layers: Vec<Listed>, nested: Option<(usize, usize, bool)>) -> Vec<Listed> {
    let Some((from, to, twice)) = nested else {
        return layers;
    };
    let from = from.min(layers.len());
    let to = to.clamp(from, layers.len());
    let mut stack = Listed::Stack { stack: layers.drain(from..to).collect() };
    if twice {
        stack = Listed::Stack { stack: vec![stack] };
    }
    layers.insert(from, stack);
    layers
}

fn layer() -> impl Strategy<Value = Choices> {
    let wraps = choice(Hook::Call).prop_map(|does| Some((Hook::Call, does))).boxed();
    let enters = choice(Hook::Enter).prop_map(|does| (Hook::Enter, does));
    let init = prop_oneof![7 => Just(Behaviour::NotUsed), 1 => Just(Behaviour::Raise)];
    let not_built = (hooks(wraps.clone()), init).prop_map(|(mut hooks, init)| {
        hooks.insert(Hook::Init, Choice::Word(init));
        hooks
    });
    prop_oneof![
        1 => Just(Choices::new()),
        8 => hooks(wraps),
        7 => hooks(weighted(0.8, enters).boxed()),
        1 => not_built,
    ]
}

/// A layer with this way in, perhaps, and hooks over its events, perhaps.
fn hooks(way_in: BoxedStrategy<Option<(Hook, Choice)>>) -> impl Strategy<Value = Choices> {
    let hook = |hook| weighted(0.6, choice(hook).prop_map(move |does| (hook, does)));
    let leaves = prop_oneof![12 => Just(Behaviour::Pass), 1 => Just(Behaviour::Panic)];
    let leaves = leaves.prop_map(|does| Some((Hook::Left, Choice::Word(does))));
    (way_in, hook(Hook::Receive), hook(Hook::Send), leaves).prop_map(
        |(way_in, receive, send, leaves)| {
            [way_in, receive, send, leaves].into_iter().flatten().collect()
        },
    )
}

/// Mostly passing on, so that something is reached behind it.
fn choice(hook: Hook) -> impl Strategy<Value = Choice> {
    prop_oneof![
        26 => Just(Choice::Word(Behaviour::Pass)),
        12 => Just(Choice::Favourite),
        14 => select(hook.words()).prop_map(Choice::Word),
    ]
}

/// A client connects, says some things, and the connection ends in some way; now and then the
/// client has left before anybody asked.
fn script() -> impl Strategy<Value = Vec<Item>> {
    let says = prop_oneof![
        6 => select(vec!["1", "2", "3"]).prop_map(Item::echo),
        5 => select(&Kind::ALL[1..]).prop_map(Item::says),
    ];
    let end = prop_oneof![
        12 => select(vec![1000, 1001, 1006]).prop_map(|code| Item::Disconnect { code }),
        1 => Just(Item::Drop),
        1 => Just(Item::TimeOut),
        2 => Just(Item::Shutdown),
    ];
    let connects = proptest::bool::weighted(0.97);
    (connects, vec(says, 0..=4), end).prop_map(|(connects, says, end)| match connects {
        true => [vec![Item::Connect], says, vec![end]].concat(),
        false => vec![Item::Disconnect { code: 1006 }],
    })
}
