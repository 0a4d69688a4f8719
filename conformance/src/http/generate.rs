//! Programs of every kind.

use super::program::{Behaviour, Hook, Layer, Listed, Profile, Program, View};
use proptest::collection::vec;
use proptest::prelude::{Just, Strategy, any};
use proptest::sample::select;
use proptest::{prop_oneof, strategy::Union};
use std::collections::BTreeMap;

/// Programs under a profile: mostly few layers, now and then eight; every word of every hook;
/// layers without hooks, layers not used, layers that share a name, stacks inside stacks, exits.
///
/// They shrink towards the fewest layers and the plainest behaviours.
pub fn programs(profile: Profile) -> impl Strategy<Value = Program> {
    let layers = prop_oneof![
        6 => vec(layer(profile), 0..=3),
        2 => vec(layer(profile), 4..=6),
        1 => vec(layer(profile), 7..=8),
    ];
    let nested =
        prop_oneof![4 => Just(None), 1 => (0usize..9, 0usize..9, any::<bool>()).prop_map(Some)];
    let share_names = proptest::bool::weighted(0.08);
    (layers, view(), share_names, proptest::bool::weighted(0.5), nested).prop_map(
        move |(hooks, view, share_names, exits, nested)| {
            let layers = hooks.into_iter().enumerate().map(|(place, mut hooks)| {
                let place = if share_names { place / 2 } else { place };
                if !exits {
                    hooks.remove(&Hook::Exit);
                }
                Layer { name: name_of(place), hooks }
            });
            let layers = layers.map(Listed::Layer).collect();
            Program { profile, layers: nest(layers, nested), view }
        },
    )
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

fn view() -> impl Strategy<Value = View> {
    prop_oneof![3 => Just(View::Return), 2 => Just(View::Template), 5 => select(&View::ALL[..])]
}

type Hooks = BTreeMap<Hook, Behaviour>;

fn layer(profile: Profile) -> impl Strategy<Value = Hooks> {
    let some = hook_style(0.5).boxed();
    let most = hook_style(0.9).boxed();
    let hookless = Just(Hooks::new()).boxed();
    let not_built =
        (hook_style(0.7), prop_oneof![7 => Just(Behaviour::NotUsed), 1 => Just(Behaviour::Raise)])
            .prop_map(|(mut hooks, init)| {
                hooks.insert(Hook::Init, init);
                hooks
            })
            .boxed();
    let call = (word(Hook::Call), exit())
        .prop_map(|(does, exit)| Hooks::from([(Hook::Call, does), (Hook::Exit, exit)]))
        .boxed();
    let calls = if profile.is_legacy() { 0 } else { 4 };
    let kinds = [(1, hookless), (7, some), (5, most), (1, not_built), (calls, call)];
    Union::new_weighted(kinds.into_iter().filter(|(weight, _)| *weight > 0).collect())
}

/// Each hook is there with this probability.
fn hook_style(there: f64) -> impl Strategy<Value = Hooks> {
    let hooks = Hook::PHASES.map(|hook| {
        proptest::option::weighted(there, word(hook).prop_map(move |does| (hook, does))).boxed()
    });
    (Vec::from(hooks), exit())
        .prop_map(|(hooks, exit)| hooks.into_iter().flatten().chain([(Hook::Exit, exit)]).collect())
}

/// Mostly passing on, so that something is reached behind it; None seldom, for few engines can
/// say it.
fn word(hook: Hook) -> impl Strategy<Value = Behaviour> {
    let words: Vec<_> =
        hook.words().iter().copied().filter(|word| *word != Behaviour::None).collect();
    let none = u32::from(words.len() < hook.words().len());
    let last = hook.words()[hook.words().len() - 1];
    Union::new_weighted(vec![
        (30, Just(Behaviour::Pass).boxed()),
        (28, select(words).boxed()),
        (none.max(1), Just(if none > 0 { last } else { Behaviour::Pass }).boxed()),
    ])
}

fn exit() -> impl Strategy<Value = Behaviour> {
    prop_oneof![12 => Just(Behaviour::Pass), 1 => Just(Behaviour::Panic)]
}
