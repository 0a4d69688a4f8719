//! Field programs: an operation over a fixed schema, and a stack of layers with known behaviours.

use super::schema::{FieldOf, INTROSPECTION, field_of};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt;

/// Whose order, and whose subscriptions, a program runs under.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Profile {
    /// The contract's own: the first listed layer is the outermost, rule F10 in full.
    Graphql,
    /// Graphene: the last listed layer is the outermost (rule G1).
    Graphene,
    /// graphql-core 3.3: as Graphene, and no layer runs around a subscription's source.
    GraphqlCore33,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Profile; 3] = [Profile::Graphql, Profile::Graphene, Profile::GraphqlCore33];

    /// The name in hellos, reports and cases.
    pub fn name(self) -> &'static str {
        match self {
            Profile::Graphql => "graphql",
            Profile::Graphene => "graphene",
            Profile::GraphqlCore33 => "graphql-core-3.3",
        }
    }

    /// The profile with this name.
    pub fn by_name(name: &str) -> Option<Self> {
        Profile::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// The profile of a recorded case, by its system.
    pub fn of_recording(system: &str) -> Option<Self> {
        match system {
            "graphene" | "graphene-django" => Some(Profile::Graphene),
            "graphql-core" => Some(Profile::GraphqlCore33),
            "graphql-middleware" => Some(Profile::Graphql),
            _ => None,
        }
    }

    /// Whether the last listed layer is the outermost (rule G1).
    pub fn is_reversed(self) -> bool {
        self != Profile::Graphql
    }

    /// Whether layers run around a subscription's source (rule F10).
    pub fn wraps_sources(self) -> bool {
        self != Profile::GraphqlCore33
    }

    /// How a recorded case says it: its system and its semantics.
    pub(super) fn recorded(self) -> (&'static str, &'static str) {
        match self {
            Profile::Graphql => ("graphql-middleware", "onion, first listed outermost"),
            Profile::Graphene => ("graphene", "onion, last listed outermost"),
            Profile::GraphqlCore33 => ("graphql-core", "onion, last listed outermost"),
        }
    }
}

/// How the operation is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// Blocking: every resolver gives its value at once.
    Sync,
    /// As `sync`, behind a view that recorded systems answer HTTP with; what HTTP adds is not
    /// compared.
    HttpPost,
    /// Resolvers give futures.
    Async,
    /// A subscription; its resolvers give their values at once.
    Subscribe,
}

impl Mode {
    /// Whether nothing is ever awaited, so every event has its place in one order.
    pub fn is_sync(self) -> bool {
        matches!(self, Mode::Sync | Mode::HttpPost)
    }
}

/// An operation over the fixed schema, the layers around its fields, and the profile.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Program {
    /// The rules to follow.
    pub profile: Profile,
    /// How the operation is run.
    pub mode: Mode,
    /// What is listed; which end is the outermost is the profile's.
    pub layers: Vec<Listed>,
    /// The text of the operation.
    pub document: String,
    /// The same operation as a tree; `None` for a document that does not parse or validate.
    pub selection: Option<Selection>,
    /// Resolvers, by `Type.field`, that do something else than the mode's.
    pub resolvers: BTreeMap<String, Resolver>,
    /// The client drops the stream of responses after so many.
    pub drop_after: Option<usize>,
    /// The rule by which the contract chooses otherwise than the system that this was recorded of.
    pub chosen_by: Option<&'static str>,
}

impl Program {
    /// The layers in listed order, nested stacks taken apart (rule S5).
    pub fn flat(&self) -> Vec<&Layer> {
        fn collect<'a>(listed: &'a [Listed], into: &mut Vec<&'a Layer>) {
            for item in listed {
                match item {
                    Listed::Layer(layer) => into.push(layer),
                    Listed::Stack { stack } => collect(stack, into),
                }
            }
        }
        let mut layers = Vec::new();
        collect(&self.layers, &mut layers);
        layers
    }

    /// The same program without nested stacks.
    pub fn flattened(&self) -> Program {
        let layers = self.flat().into_iter().cloned().map(Listed::Layer).collect();
        Program { layers, ..self.clone() }
    }

    /// The same program with every layer changed or, where `change` gives `None`, left out.
    pub fn map_layers(&self, mut change: impl FnMut(&Layer) -> Option<Layer>) -> Program {
        fn map(listed: &[Listed], change: &mut dyn FnMut(&Layer) -> Option<Layer>) -> Vec<Listed> {
            let mapped = listed.iter().filter_map(|item| match item {
                Listed::Layer(layer) => change(layer).map(Listed::Layer),
                Listed::Stack { stack } => Some(Listed::Stack { stack: map(stack, change) }),
            });
            mapped.collect()
        }
        Program { layers: map(&self.layers, &mut change), ..self.clone() }
    }

    /// The same program with the layers named by their place: A, B, C.
    pub fn with_distinct_names(&self) -> Program {
        let mut names = ('A'..='Z').map(String::from);
        self.map_layers(|layer| {
            let name = names.next().unwrap_or_else(|| layer.name.clone());
            Some(Layer { name, ..layer.clone() })
        })
    }

    /// The type and the field that a path of a trace leads to.
    pub(super) fn field_at(&self, path: &str) -> Option<(&'static str, &'static FieldOf)> {
        let selection = self.selection.as_ref()?;
        let (mut parent, mut fields) = (selection.operation.root(), &selection.fields);
        let mut found = None;
        for step in path.split('.').filter(|step| !is_index(step)) {
            let field = fields.iter().find(|field| field.key == step)?;
            let known = field_of(parent, &field.field)?;
            found = Some((parent, known));
            (parent, fields) = (known.of.name, &field.fields);
        }
        found
    }

    /// Whether a stack is listed inside the stack.
    pub fn has_nested_stack(&self) -> bool {
        self.layers.iter().any(|item| matches!(item, Listed::Stack { .. }))
    }
}

/// The operation as a tree, with fragments inlined, `@skip` and `@include` applied and equal keys
/// merged.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Selection {
    /// Which root type.
    pub operation: Operation,
    /// The root fields.
    pub fields: Vec<Field>,
}

/// The three kinds of operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are GraphQL's")]
pub enum Operation {
    Query,
    Mutation,
    Subscription,
}

impl Operation {
    /// The word in documents.
    pub fn name(self) -> &'static str {
        match self {
            Operation::Query => "query",
            Operation::Mutation => "mutation",
            Operation::Subscription => "subscription",
        }
    }

    /// The type of its root fields.
    pub fn root(self) -> &'static str {
        match self {
            Operation::Query => "Query",
            Operation::Mutation => "Mutation",
            Operation::Subscription => "Subscription",
        }
    }
}

/// A field that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// Under which key its value stands in the response.
    pub key: String,
    /// Its name in the schema.
    pub field: String,
    /// The arguments in the document; the schema's defaults come on top (rule F6).
    #[serde(default)]
    pub args: Map<String, Value>,
    /// What is asked for of the object or objects that it gives.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<Field>,
}

/// One item of a stack's list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Listed {
    /// A stack inside the stack. No recorded case has one.
    Stack {
        /// Its list.
        stack: Vec<Listed>,
    },
    /// A layer.
    Layer(Layer),
}

/// A layer: its name, how it is written, where it stands, and what it does there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// The name that stands in events. Two layers may share one.
    pub name: String,
    /// How it is written.
    pub kind: Kind,
    /// The fields it stands around, any of these; everywhere where there is no list (rule F12). No
    /// recorded case has one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Vec<String>>,
    /// What it does.
    pub hooks: Hooks,
}

impl Layer {
    /// A layer that does this around every field.
    pub fn new(name: &str, kind: Kind, resolve: impl Into<Option<Behaviour>>) -> Self {
        let hooks = Hooks { resolve: resolve.into(), ..Hooks::default() };
        Layer { name: String::from(name), kind, scope: None, hooks }
    }

    /// Whether the layer declares itself not used when it is built (rule S7).
    pub fn is_not_used(&self) -> bool {
        self.hooks.init == Some(Init::NotUsed)
    }

    /// Whether the layer stands around this field (rules F1 and F12).
    pub fn stands_around(&self, operation: Operation, parent: &str, field: &str) -> bool {
        let Some(scope) = &self.scope else { return true };
        scope.iter().any(|word| match word.split_once('.') {
            Some((named, "*")) => named == parent,
            Some((named, of)) => named == parent && of == field,
            None if word == INTROSPECTION => !is_introspection(parent, field),
            None => word == operation.name(),
        })
    }

    /// What the layer does around this field; `None` where it has no `resolve`.
    pub fn does(&self, phase: Phase, parent: &str, field: &str) -> Option<Behaviour> {
        let resolve = self.hooks.resolve?;
        let here = self.hooks.only.as_ref().is_none_or(|only| {
            only.iter().any(|word| word.split_once('.') == Some((parent, field)))
        });
        let now = self.hooks.phase.is_none_or(|only| only == phase);
        Some(if here && now { resolve } else { Behaviour::Pass })
    }
}

/// Whether a step of a path is the index of an item.
pub(super) fn is_index(step: &str) -> bool {
    step.bytes().all(|byte| byte.is_ascii_digit())
}

/// Whether a field asks about the schema itself.
pub(super) fn is_introspection(parent: &str, field: &str) -> bool {
    parent.starts_with("__") || field.starts_with("__")
}

/// How a layer is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A plain function: its after-part looks at what next hands back, which may still have to be
    /// awaited, and goes on at once.
    Function,
    /// The same as a method.
    Object,
    /// A coroutine: its body starts when it is awaited, and it awaits what next hands back.
    Async,
    /// A function whose after-part runs when the value is there (rule F9): a ready value stays
    /// ready, another one is awaited. No recorded case has one.
    Either,
    /// Python: an instance with only `__call__`, which graphql-core passes over.
    Notfunction,
    /// Python: a `functools.partial`, which graphql-core passes over.
    Partial,
    /// Python: the class, not an instance; each call of its method fails.
    Class,
}

impl Kind {
    /// Those that every engine can have, the plainest first.
    pub const PLAIN: [Kind; 4] = [Kind::Function, Kind::Object, Kind::Either, Kind::Async];

    /// Whether it is one of Python's odd callables.
    pub fn is_odd(self) -> bool {
        matches!(self, Kind::Notfunction | Kind::Partial | Kind::Class)
    }
}

/// What a layer does. What is missing is not implemented.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hooks {
    /// Around a field.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolve: Option<Behaviour>,
    /// The fields, as `Type.field`, where it does so; around others it passes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<Vec<String>>,
    /// The phase of a subscription's root field in which it does so; in the other it passes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The last thing the layer sees of a field that it has entered (rule S9).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exit: Option<Exit>,
    /// The constructor does this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub init: Option<Init>,
}

/// What a layer does around a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Behaviour {
    /// Calls next, gives its result.
    Pass,
    /// Calls next with changed arguments.
    Args,
    /// Calls next; a string result gets `+Layer`.
    Modify,
    /// Calls next, gives the constant.
    Replace,
    /// An error of next becomes the constant.
    Catch,
    /// Gives the constant without calling next.
    Short,
    /// Gives null without calling next.
    Null,
    /// Fails before next.
    Raise,
    /// Fails after next.
    RaiseAfter,
    /// Calls next twice, gives the second result (rule F8).
    Twice,
    /// Panics before next.
    Panic,
    /// Panics after next.
    PanicAfter,
}

impl Behaviour {
    /// Every word, the plainest first.
    pub const ALL: [Behaviour; 12] = [
        Behaviour::Pass,
        Behaviour::Args,
        Behaviour::Modify,
        Behaviour::Replace,
        Behaviour::Catch,
        Behaviour::Short,
        Behaviour::Null,
        Behaviour::Raise,
        Behaviour::RaiseAfter,
        Behaviour::Twice,
        Behaviour::Panic,
        Behaviour::PanicAfter,
    ];

    /// Whether it panics.
    pub fn is_panic(self) -> bool {
        matches!(self, Behaviour::Panic | Behaviour::PanicAfter)
    }

    /// The same with an ordinary error in the place of a panic.
    pub fn without_panic(self) -> Self {
        match self {
            Behaviour::Panic => Behaviour::Raise,
            Behaviour::PanicAfter => Behaviour::RaiseAfter,
            other => other,
        }
    }
}

/// The two runs of a layer around a subscription's root field (rule F10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Phase {
    /// Around the source, once.
    Source,
    /// Around the field, for each event. Every field but a subscription's source is this.
    Event,
}

/// What an exit hook does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Exit {
    /// Nothing.
    Pass,
    /// Panics, which stops nobody.
    Panic,
}

/// What a constructor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Init {
    /// The layer declares itself not used.
    NotUsed,
    /// It cannot be built.
    Raise,
}

/// What a resolver does that is not the mode's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Resolver {
    /// Gives its value at once.
    Ready,
    /// Gives a future.
    Later,
    /// Panics, where the mode's own would give its value.
    Panic,
    /// Gives a future that is never ready. What then cannot end is dropped.
    Never,
}

impl Resolver {
    /// Whether a blocking run can have it.
    pub fn is_sync(self) -> bool {
        matches!(self, Resolver::Ready | Resolver::Panic)
    }
}

impl fmt::Display for Profile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
