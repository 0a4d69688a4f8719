//! A schema made ready to be executed: resolvers and layers by number.

use crate::ast::OperationKind;
use crate::error::Result;
use crate::field::Field;
use crate::info::Phase;
use crate::middleware::{ExitHook, FieldMiddleware};
use crate::resolved::Resolved;
use crate::schema::{FieldId, Schema, TypeId};
use crate::value::Value;
use engine_core::LayerType;
use std::any;
use std::collections::HashMap;
use std::sync::Arc;

/// A schema made ready to be executed.
pub(crate) struct Compiled {
    pub(crate) types: Schema,
    /// By [`FieldId`].
    pub(crate) fields: Vec<CompiledField>,
    /// By [`TypeId`].
    pub(crate) kinds: Vec<Kind>,
    /// Layers of `__typename`, which is one field and belongs to every object: by [`TypeId`].
    pub(crate) typename_layers: Vec<[Layers; Reach::COUNT]>,
    /// The object type that values of a Rust type are of.
    pub(crate) rust_types: HashMap<any::TypeId, TypeId>,
}

impl Compiled {
    /// The layers that were chosen for a field when the schema was built (rule F12).
    pub(crate) fn layers(&self, parent: TypeId, field: FieldId, reach: Reach) -> &Layers {
        let layers = match field == self.types.typename_field() {
            true => &self.typename_layers[parent.index()],
            false => &self.fields[field.index()].layers,
        };
        &layers[reach as usize]
    }
}

/// What a field was given when the schema was built.
pub(crate) struct CompiledField {
    pub(crate) resolver: Resolver,
    /// Where its events come from, for a root field of subscriptions.
    pub(crate) source: Resolver,
    pub(crate) layers: [Layers; Reach::COUNT],
}

/// From where a field is reached, as far as it decides which layers run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    Query,
    Mutation,
    Event,
    Source,
}

impl Reach {
    pub(crate) const COUNT: usize = 4;
    pub(crate) const ALL: [Reach; Reach::COUNT] =
        [Reach::Query, Reach::Mutation, Reach::Event, Reach::Source];

    pub(crate) fn of(kind: OperationKind) -> Self {
        match kind {
            OperationKind::Query => Reach::Query,
            OperationKind::Mutation => Reach::Mutation,
            OperationKind::Subscription => Reach::Event,
        }
    }

    pub(crate) fn phase(self) -> Phase {
        match self {
            Reach::Source => Phase::Source,
            _ => Phase::Resolve,
        }
    }

    pub(crate) fn operation(self) -> OperationKind {
        match self {
            Reach::Query => OperationKind::Query,
            Reach::Mutation => OperationKind::Mutation,
            Reach::Event | Reach::Source => OperationKind::Subscription,
        }
    }
}

/// The layers of one field, outermost first.
#[derive(Default)]
pub(crate) struct Layers {
    pub(crate) run: Box<[Arc<dyn FieldMiddleware>]>,
    /// Those that have an exit, innermost first, with their places among the layers.
    pub(crate) exits: Box<[(usize, ExitHook)]>,
    /// What each of them says it puts into the request's state, by place among the layers.
    pub(crate) provides: Box<[Vec<LayerType>]>,
}

/// How a field gets its value.
pub(crate) enum Resolver {
    /// From the member of its parent that has its name.
    Default,
    /// The name of its parent's type.
    TypeName,
    /// A function whose value is there when it returns.
    Ready(Box<ReadyFn>),
    /// A function whose value may be awaited.
    Any(Box<AnyFn>),
}

pub(crate) type ReadyFn = dyn Fn(&Field<'_>) -> Result<Value> + Send + Sync;
pub(crate) type AnyFn = dyn for<'a> Fn(Field<'a>) -> Resolved<'a> + Send + Sync;

/// What a named type is for whoever completes or coerces a value of it.
pub(crate) enum Kind {
    Int,
    Float,
    String,
    Boolean,
    Id,
    Custom(Scalar),
    Enum,
    Object,
    Abstract(Option<Box<TypeFn>>),
    Input,
}

pub(crate) type TypeFn = dyn Fn(&Value) -> Option<String> + Send + Sync;

/// How a custom scalar reads and writes its values.
#[derive(Clone, Default)]
pub(crate) struct Scalar {
    pub(crate) parse: Option<Arc<ScalarFn>>,
    pub(crate) serialize: Option<Arc<ScalarFn>>,
}

pub(crate) type ScalarFn = dyn Fn(Value) -> Result<Value> + Send + Sync;
