//! Programs of every kind.

use super::document::{Style, document};
use super::model;
use super::program::{
    Behaviour, Exit, Field, Hooks, Init, Kind, Layer, Listed, Mode, Operation, Phase, Profile,
    Program, Resolver, Selection,
};
use super::schema::{Arg, FIELDS, FieldOf, INTROSPECTION, field_of};
use proptest::collection::vec;
use proptest::option::weighted;
use proptest::prelude::{Just, Strategy, any};
use proptest::prop_oneof;
use proptest::sample::{Index, select};
use proptest::strategy::{BoxedStrategy, Union};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};

/// Documents that do not parse or validate (rule F7).
const INVALID: [&str; 10] = [
    "{ nope }",
    "{ hello ",
    "",
    "{ a(x: 1) }",
    "{ a { b } }",
    "{ user }",
    "{ users(n: \"two\") { name } }",
    "mutation { setA }",
    "{ ...Nowhere }",
    "query ($v: Nothing) { a }",
];

/// Programs under a profile: mostly few layers, now and then eight; every word, kind and mode; every
/// way to write a document, and documents that are refused.
///
/// Each program has a favourite behaviour, so that two layers often do the same and can get into each
/// other's way. Programs whose end the rules leave open are not among them.
pub fn programs(profile: Profile) -> impl Strategy<Value = Program> {
    let mode =
        prop_oneof![4 => Just(Mode::Sync), 4 => Just(Mode::Async), 3 => Just(Mode::Subscribe)];
    mode.prop_flat_map(move |mode| {
        let selection = selection(mode).boxed();
        let invalid = if mode == Mode::Subscribe { 0 } else { 1 };
        let operation = vec![
            (
                24,
                (selection, select(&Style::ALL[..]))
                    .prop_map(|(s, style)| (document(&s, style), Some(s)))
                    .boxed(),
            ),
            (invalid, select(&INVALID[..]).prop_map(|text| (String::from(text), None)).boxed()),
        ];
        let operation =
            Union::new_weighted(operation.into_iter().filter(|(w, _)| *w > 0).collect());
        let layers = prop_oneof![
            6 => vec(layer(mode), 0..=3),
            2 => vec(layer(mode), 4..=6),
            1 => vec(layer(mode), 7..=8),
        ];
        let nested =
            prop_oneof![4 => Just(None), 1 => (0usize..9, 0usize..9, any::<bool>()).prop_map(Some)];
        let resolvers = vec((any::<Index>(), resolver(mode)), 0..=3);
        let drops = weighted(0.2, 0usize..=3)
            .prop_map(move |after| after.filter(|_| mode == Mode::Subscribe));
        let whims = (
            select(&Behaviour::ALL[..]),
            proptest::bool::weighted(0.08),
            proptest::bool::weighted(0.5),
        );
        (operation, layers, nested, resolvers, drops, whims)
            .prop_map(move |(operation, layers, nested, resolvers, drop_after, whims)| {
                let (document, selection) = operation;
                let (favourite, share_names, exits) = whims;
                let asked = asked_for(selection.as_ref());
                let layers = layers.into_iter().enumerate().map(|(place, plan)| {
                    let place = if share_names { place / 2 } else { place };
                    Listed::Layer(plan.layer(&name_of(place), favourite, exits, &asked))
                });
                let layers = nest(layers.collect(), nested);
                let own = |name: &&String| {
                    let known = name.split_once('.').and_then(|(of, name)| field_of(of, name));
                    known.is_some_and(|known| known.resolver)
                };
                let with_resolver: Vec<&String> = asked.iter().filter(own).collect();
                let resolvers: BTreeMap<String, Resolver> = resolvers
                    .into_iter()
                    .filter(|_| !with_resolver.is_empty())
                    .map(|(at, word)| (at.get(&with_resolver).to_string(), word))
                    .collect();
                let chosen_by = None;
                Program {
                    profile,
                    mode,
                    layers,
                    document,
                    selection,
                    resolvers,
                    drop_after,
                    chosen_by,
                }
            })
            .prop_filter("the rules leave its end open", |program| {
                !model::run(program).undetermined
            })
    })
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

/// The fields that are asked for, as `Type.field`.
pub(super) fn asked_for(selection: Option<&Selection>) -> Vec<String> {
    fn collect(parent: &str, fields: &[Field], into: &mut BTreeSet<String>) {
        for field in fields {
            into.insert(format!("{parent}.{}", field.field));
            if let Some(known) = field_of(parent, &field.field) {
                collect(known.of.name, &field.fields, into);
            }
        }
    }
    let mut asked = BTreeSet::new();
    if let Some(selection) = selection {
        collect(selection.operation.root(), &selection.fields, &mut asked);
    }
    asked.into_iter().collect()
}

fn selection(mode: Mode) -> impl Strategy<Value = Selection> {
    let of = |operation: Operation, count: std::ops::RangeInclusive<usize>| {
        fields(operation.root(), count, 3)
            .prop_map(move |fields| Selection { operation, fields })
            .boxed()
    };
    match mode {
        Mode::Subscribe => of(Operation::Subscription, 1..=1),
        _ => prop_oneof![
            5 => of(Operation::Query, 1..=4),
            2 => of(Operation::Mutation, 1..=3),
        ]
        .boxed(),
    }
}

/// Fields of a type, with keys that differ.
fn fields(
    parent: &'static str,
    count: std::ops::RangeInclusive<usize>,
    depth: usize,
) -> BoxedStrategy<Vec<Field>> {
    let known: Vec<&'static FieldOf> = FIELDS
        .iter()
        .filter(|known| {
            known.parent == parent || (known.parent.is_empty() && parent != "Subscription")
        })
        .filter(|known| depth > 0 || !known.of.is_object())
        .collect();
    let one = select(known).prop_flat_map(move |known| field(known, depth));
    let distinct = |fields: Vec<Field>| {
        let mut keys = BTreeSet::new();
        let distinct = fields.into_iter().enumerate().map(|(at, field)| {
            let key =
                if keys.insert(field.key.clone()) { field.key.clone() } else { format!("k{at}") };
            Field { key, ..field }
        });
        distinct.collect()
    };
    vec(one, count).prop_map(distinct).boxed()
}

fn field(known: &'static FieldOf, depth: usize) -> BoxedStrategy<Field> {
    let children = match known.of.is_object() {
        true => fields(known.of.name, 1..=3, depth.saturating_sub(1)),
        false => Just(Vec::new()).boxed(),
    };
    (arguments(known.arg), children)
        .prop_map(|(args, fields)| {
            let name = String::from(known.name);
            Field { key: name.clone(), field: name, args, fields }
        })
        .boxed()
}

fn arguments(arg: Option<Arg>) -> BoxedStrategy<Map<String, Value>> {
    let named = |name: &'static str, value: Value| Map::from_iter([(String::from(name), value)]);
    let text = select(&["you", "q", ""][..]);
    match arg {
        None => Just(Map::new()).boxed(),
        Some(Arg::Number(name)) => (0i64..4).prop_map(move |v| named(name, Value::from(v))).boxed(),
        Some(Arg::Text(name)) => text.prop_map(move |v| named(name, Value::from(v))).boxed(),
        Some(Arg::NumberOr(name, _)) => weighted(0.6, 0i64..4)
            .prop_map(move |v| v.map_or_else(Map::new, |v| named(name, Value::from(v))))
            .boxed(),
        Some(Arg::TextOr(name, _)) => weighted(0.5, text)
            .prop_map(move |v| v.map_or_else(Map::new, |v| named(name, Value::from(v))))
            .boxed(),
    }
}

fn resolver(mode: Mode) -> impl Strategy<Value = Resolver> {
    match mode {
        Mode::Async => prop_oneof![
            8 => Just(Resolver::Ready),
            1 => Just(Resolver::Panic),
            2 => Just(Resolver::Never),
        ]
        .boxed(),
        Mode::Subscribe => {
            prop_oneof![6 => Just(Resolver::Later), 1 => Just(Resolver::Panic)].boxed()
        }
        Mode::Sync | Mode::HttpPost => {
            prop_oneof![6 => Just(Resolver::Ready), 1 => Just(Resolver::Panic)].boxed()
        }
    }
}

/// What a layer is to do, before the program's names and whims are known.
#[derive(Clone, Debug)]
struct Plan {
    kind: Kind,
    resolve: Option<Choice>,
    only: Option<Vec<Index>>,
    phase: Option<Phase>,
    scope: Option<Vec<(Index, Scope)>>,
    exit: Option<Exit>,
    init: Option<Init>,
}

#[derive(Clone, Copy, Debug)]
enum Choice {
    Word(Behaviour),
    /// What the program likes best.
    Favourite,
}

#[derive(Clone, Copy, Debug)]
enum Scope {
    Field,
    Type,
    Operation(&'static str),
}

fn layer(mode: Mode) -> impl Strategy<Value = Plan> {
    let kinds: Vec<Kind> =
        Kind::PLAIN.into_iter().filter(|kind| !mode.is_sync() || *kind != Kind::Async).collect();
    let choice = prop_oneof![
        10 => Just(Choice::Word(Behaviour::Pass)),
        7 => Just(Choice::Favourite),
        7 => select(&Behaviour::ALL[..]).prop_map(Choice::Word),
    ];
    let phase = prop_oneof![4 => Just(Phase::Event), 1 => Just(Phase::Source)];
    let operations = vec!["query", "mutation", "subscription", INTROSPECTION];
    let scope = prop_oneof![
        3 => Just(Scope::Field),
        2 => Just(Scope::Type),
        2 => select(operations).prop_map(Scope::Operation),
    ];
    let init = prop_oneof![5 => Just(Init::NotUsed), 1 => Just(Init::Raise)];
    let exit = prop_oneof![8 => Just(Exit::Pass), 1 => Just(Exit::Panic)];
    (
        select(kinds),
        weighted(0.92, choice),
        weighted(0.3, vec(any::<Index>(), 1..=2)),
        weighted(0.6, phase).prop_map(move |phase| phase.filter(|_| mode == Mode::Subscribe)),
        weighted(0.12, vec((any::<Index>(), scope), 1..=2)),
        weighted(0.8, exit),
        weighted(0.05, init),
    )
        .prop_map(|(kind, resolve, only, phase, scope, exit, init)| Plan {
            kind,
            resolve,
            only,
            phase,
            scope,
            exit,
            init,
        })
}

impl Plan {
    fn layer(self, name: &str, favourite: Behaviour, exits: bool, asked: &[String]) -> Layer {
        let Plan { kind, resolve, only, phase, scope, exit, init } = self;
        let resolve = resolve.map(|choice| match choice {
            Choice::Word(word) => word,
            Choice::Favourite => favourite,
        });
        let pick = |at: Index| match asked {
            [] => String::from("Query.a"),
            asked => at.get(asked).clone(),
        };
        let only = only
            .filter(|_| resolve.is_some_and(|word| word != Behaviour::Pass))
            .map(|fields| fields.into_iter().map(pick).collect());
        let scope = scope.map(|words| {
            let words = words.into_iter().map(|(at, word)| match word {
                Scope::Field => pick(at),
                Scope::Type => format!("{}.*", pick(at).split('.').next().unwrap_or_default()),
                Scope::Operation(word) => String::from(word),
            });
            words.collect()
        });
        let phase = phase.filter(|_| resolve.is_some());
        let hooks = Hooks { resolve, only, phase, exit: exit.filter(|_| exits), init };
        Layer { name: String::from(name), kind, scope, hooks }
    }
}
