//! Every program of the smallest sizes, for when all is better than many.

use super::document::{Style, document};
use super::model;
use super::program::{
    Behaviour, Exit, Field, Hooks, Init, Kind, Layer, Listed, Mode, Operation, Profile, Program,
    Selection,
};
use serde_json::{Map, Value};

/// Every stack of up to two layers with one behaviour each, around every field or pair of fields
/// that shows something, in every mode.
pub fn every_small_program(profile: Profile) -> impl Iterator<Item = Program> {
    let none = std::iter::once((Vec::new(), true));
    let one = every_small_layer().into_iter().map(|layer| (vec![layer], true));
    let two = every_small_layer().into_iter().flat_map(|first| {
        every_small_layer().into_iter().map(move |second| (vec![first.clone(), second], false))
    });
    none.chain(one).chain(two).flat_map(move |(stack, every)| {
        let operations = every_small_operation(every);
        operations.into_iter().filter_map(move |(mode, selection)| {
            let program = program(profile, mode, &stack, selection);
            let blocks_on_a_coroutine =
                mode.is_sync() && stack.iter().any(|layer| layer.kind == Kind::Async);
            (!blocks_on_a_coroutine && !model::run(&program).undetermined).then_some(program)
        })
    })
}

fn program(profile: Profile, mode: Mode, stack: &[Layer], selection: Selection) -> Program {
    let layers = stack
        .iter()
        .zip(["A", "B"])
        .map(|(layer, name)| Listed::Layer(Layer { name: String::from(name), ..layer.clone() }));
    Program {
        profile,
        mode,
        layers: layers.collect(),
        document: document(&selection, Style::Plain),
        selection: Some(selection),
        resolvers: Default::default(),
        drop_after: None,
        chosen_by: None,
    }
}

fn every_small_layer() -> Vec<Layer> {
    let mut layers = vec![
        Layer::new("", Kind::Function, None),
        with_hooks(Hooks { exit: Some(Exit::Pass), ..Hooks::default() }),
        with_hooks(Hooks { init: Some(Init::NotUsed), ..Hooks::default() }),
    ];
    for kind in [Kind::Function, Kind::Either, Kind::Async] {
        layers.extend(Behaviour::ALL.map(|word| Layer::new("", kind, word)));
    }
    layers
}

fn with_hooks(hooks: Hooks) -> Layer {
    Layer { hooks, ..Layer::new("", Kind::Function, Behaviour::Pass) }
}

/// The plainest first. Two layers meet only the first few.
fn every_small_operation(every: bool) -> Vec<(Mode, Selection)> {
    let query = |fields: &[&str]| of(Operation::Query, fields);
    let mut operations = vec![
        (Mode::Sync, query(&["a"])),
        (Mode::Async, query(&["a"])),
        (Mode::Async, query(&["boomNonNull"])),
        (Mode::Sync, query(&["user.name"])),
        (Mode::Subscribe, of(Operation::Subscription, &["count"])),
    ];
    if every {
        for mode in [Mode::Sync, Mode::Async] {
            operations.extend([
                (mode, query(&["hello", "must"])),
                (mode, query(&["a", "boomNonNull", "c"])),
                (mode, query(&["users.name", "plain"])),
                (mode, query(&["users.badNonNull"])),
                (mode, query(&["user.friend.name", "boom"])),
                (mode, query(&["__typename"])),
                (mode, query(&["nothing", "user.tags"])),
                (mode, of(Operation::Mutation, &["setA", "setBoom", "setB"])),
                (mode, of(Operation::Mutation, &["makeUser.user.name", "setA"])),
            ]);
        }
        for field in ["ticks.label", "countBoom", "startBoom", "streamBoom"] {
            operations.push((Mode::Subscribe, of(Operation::Subscription, &[field])));
        }
    }
    operations
}

/// Fields by their dotted paths, with arguments where they need some.
pub(super) fn of(operation: Operation, paths: &[&str]) -> Selection {
    Selection { operation, fields: paths.iter().map(|path| field(path)).collect() }
}

fn field(path: &str) -> Field {
    let (name, rest) = path.split_once('.').unwrap_or((path, ""));
    let args = match name {
        "setA" | "setB" | "setBoom" => Map::from_iter([(String::from("v"), Value::from(1))]),
        "makeUser" => Map::from_iter([(String::from("name"), Value::from("n"))]),
        _ => Map::new(),
    };
    let fields = if rest.is_empty() { Vec::new() } else { vec![field(rest)] };
    Field { key: String::from(name), field: String::from(name), args, fields }
}
