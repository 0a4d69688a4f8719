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
/// Each hook has a favourite word in each program, so that two layers often do the same and can get
/// into each other's way. Programs shrink towards the fewest layers and the plainest behaviours.
pub fn programs(profile: Profile) -> impl Strategy<Value = Program> {
    let layers = prop_oneof![
        6 => vec(layer(profile), 0..=3),
        2 => vec(layer(profile), 4..=6),
        1 => vec(layer(profile), 7..=8),
    ];
    let nested =
        prop_oneof![4 => Just(None), 1 => (0usize..9, 0usize..9, any::<bool>()).prop_map(Some)];
    let share_names = proptest::bool::weighted(0.08);
    let exits = proptest::bool::weighted(0.5);
    (layers, favourites(), view(), share_names, exits, nested).prop_map(
        move |(layers, favourites, view, share_names, exits, nested)| {
            let layers = layers.into_iter().enumerate().map(|(place, choices)| {
                let place = if share_names { place / 2 } else { place };
                let chosen = choices.into_iter().filter(|(hook, _)| exits || *hook != Hook::Exit);
                let hooks = chosen.map(|(hook, choice)| match choice {
                    Choice::Word(word) => (hook, word),
                    Choice::Favourite => (hook, favourites[&hook]),
                });
                Layer { name: name_of(place), hooks: hooks.collect() }
            });
            let layers = layers.map(Listed::Layer).collect();
            Program { profile, layers: nest(layers, nested), view }
        },
    )
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
    let hooks = Hook::PHASES.into_iter().chain([Hook::Call]);
    let favourites = hooks.map(|hook| {
        let marks = |word: &Behaviour| {
            use Behaviour::{Modify, ModifyRequest, ModifyResponse};
            matches!(word, Modify | ModifyRequest | ModifyResponse)
        };
        let words = plain_words(hook);
        // Marks show who ran and in which order, even where two layers look alike.
        let marking: Vec<_> = words.iter().copied().filter(marks).collect();
        let marking = if marking.is_empty() { words.clone() } else { marking };
        let word = prop_oneof![1 => select(marking), 2 => select(words)];
        word.prop_map(move |word| (hook, word)).boxed()
    });
    favourites.collect::<Vec<_>>().prop_map(|words| words.into_iter().collect())
}

/// The words of a hook that every engine has.
fn plain_words(hook: Hook) -> Vec<Behaviour> {
    hook.words().iter().copied().filter(|word| *word != Behaviour::None).collect()
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
    prop_oneof![4 => Just(View::Return), 2 => Just(View::Template), 4 => select(&View::ALL[..])]
}

fn layer(profile: Profile) -> impl Strategy<Value = Choices> {
    let some = hook_style(0.5).boxed();
    let most = hook_style(0.9).boxed();
    let hookless = Just(Choices::new()).boxed();
    let init = prop_oneof![7 => Just(Behaviour::NotUsed), 1 => Just(Behaviour::Raise)];
    let not_built = (hook_style(0.7), init)
        .prop_map(|(mut hooks, init)| {
            hooks.insert(Hook::Init, Choice::Word(init));
            hooks
        })
        .boxed();
    let call = (choice(Hook::Call), exit())
        .prop_map(|(does, exit)| Choices::from([(Hook::Call, does), (Hook::Exit, exit)]))
        .boxed();
    let calls = if profile.is_legacy() { 0 } else { 4 };
    let kinds = [(1, hookless), (7, some), (5, most), (1, not_built), (calls, call)];
    Union::new_weighted(kinds.into_iter().filter(|(weight, _)| *weight > 0).collect())
}

/// Each hook is there with this probability.
fn hook_style(there: f64) -> impl Strategy<Value = Choices> {
    let hooks = Hook::PHASES.map(|hook| {
        proptest::option::weighted(there, choice(hook).prop_map(move |does| (hook, does))).boxed()
    });
    (Vec::from(hooks), exit())
        .prop_map(|(hooks, exit)| hooks.into_iter().flatten().chain([(Hook::Exit, exit)]).collect())
}

/// Mostly passing on, so that something is reached behind it; None seldom, for few engines can
/// say it.
fn choice(hook: Hook) -> impl Strategy<Value = Choice> {
    let none = u32::from(hook.words().contains(&Behaviour::None));
    let choices = vec![
        (24, Just(Choice::Word(Behaviour::Pass)).boxed()),
        (22, Just(Choice::Favourite).boxed()),
        (14, select(plain_words(hook)).prop_map(Choice::Word).boxed()),
        (none, Just(Choice::Word(Behaviour::None)).boxed()),
    ];
    Union::new_weighted(choices.into_iter().filter(|(weight, _)| *weight > 0).collect())
}

fn exit() -> impl Strategy<Value = Choice> {
    prop_oneof![12 => Just(Behaviour::Pass), 1 => Just(Behaviour::Panic)].prop_map(Choice::Word)
}
