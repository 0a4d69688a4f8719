//! What an operation asks of the objects of a type: fields collected, merged, and made ready.

use super::coerce::{self, BadArgument};
use super::compiled::{Compiled, Reach};
use super::resolve::FieldStack;
use crate::ast::{self, Directive, Document, Location, Selection, SelectionSet, ValueKind};
use crate::middleware::ExitHook;
use crate::schema::{self, Type, TypeId};
use crate::value::Object;
use engine_core::State;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock};

/// One operation of a document, with its variables.
pub(crate) struct Operation<'a> {
    pub(crate) schema: &'a Compiled,
    pub(crate) document: &'a Document,
    pub(crate) ast: &'a ast::Operation,
    pub(crate) variables: &'a Object,
    pub(crate) state: &'a Mutex<State>,
}

/// The fields that are asked of one object type at one place.
pub(crate) struct Selected<'a> {
    pub(crate) keys: Arc<[Arc<str>]>,
    pub(crate) fields: Box<[Planned<'a>]>,
}

/// One field that is asked for: everything about it that does not depend on the object.
pub(crate) struct Planned<'a> {
    pub(crate) def: &'a schema::Field,
    pub(crate) parent: &'a Type,
    pub(crate) key: &'a Arc<str>,
    pub(crate) reach: Reach,
    pub(crate) stack: FieldStack<'a>,
    /// The exits of its layers with their places, innermost first.
    pub(crate) exits: &'a [(usize, ExitHook)],
    pub(crate) args: Result<Object, Box<BadArgument>>,
    /// The places in the document that were merged.
    nodes: Vec<&'a ast::Field>,
    /// What is selected below, for each object type that the value may be; made when it is needed.
    below: Box<[Below<'a>]>,
}

type Below<'a> = (TypeId, OnceLock<Box<Selected<'a>>>);

impl<'a> Operation<'a> {
    /// The root fields.
    pub(crate) fn root(&'a self, reach: Reach) -> Option<Selected<'a>> {
        let root = self.schema.types.root(self.ast.kind)?;
        Some(self.select(root, reach, [&self.ast.selection_set]))
    }

    /// CollectFields of the specification, with each field made ready.
    fn select(
        &'a self,
        parent: TypeId,
        reach: Reach,
        sets: impl IntoIterator<Item = &'a SelectionSet>,
    ) -> Selected<'a> {
        let mut collected = Collected::new(self, parent);
        for set in sets {
            collected.add(set);
        }
        let plan = |(def, nodes)| self.plan(def, &self.schema.types[parent], reach, nodes);
        let fields: Box<[_]> = collected.groups.into_iter().map(plan).collect();
        let keys = fields.iter().map(|field| Arc::clone(field.key)).collect();
        Selected { keys, fields }
    }

    fn plan(
        &'a self,
        def: &'a schema::Field,
        parent: &'a Type,
        reach: Reach,
        nodes: Vec<&'a ast::Field>,
    ) -> Planned<'a> {
        let compiled = &self.schema.fields[def.id.index()];
        let possible = self.schema.types.possible_types(def.type_ref.named());
        let layers = self.schema.layers(parent.id, def.id, reach);
        let resolver = match reach {
            Reach::Source => &compiled.source,
            _ => &compiled.resolver,
        };
        Planned {
            def,
            parent,
            key: nodes[0].response_key(),
            reach,
            stack: FieldStack::new(layers, resolver),
            exits: &layers.exits,
            args: coerce::arguments(self, def, nodes[0]),
            nodes,
            below: possible.iter().map(|id| (*id, OnceLock::new())).collect(),
        }
    }

    fn is_left_out(&self, directives: &[Directive]) -> bool {
        let holds = |directive: &Directive| {
            directive.argument("if").is_some_and(|value| match &value.kind {
                ValueKind::Boolean(value) => *value,
                ValueKind::Variable(name) => {
                    self.variables.get(name).and_then(|value| value.as_bool()) == Some(true)
                }
                _ => false,
            })
        };
        directives.iter().any(|directive| match &*directive.name {
            "skip" => holds(directive),
            "include" => !holds(directive),
            _ => false,
        })
    }
}

impl<'a> Planned<'a> {
    /// What is selected in a value of this object type, which is one that the field can have.
    pub(crate) fn below(
        &'a self,
        operation: &'a Operation<'a>,
        object: TypeId,
    ) -> &'a Selected<'a> {
        let place = self.below.binary_search_by_key(&object, |(id, _)| *id);
        let place = place.expect("the type was found to be possible");
        self.below[place].1.get_or_init(|| {
            let sets = self.nodes.iter().map(|node| &node.selection_set);
            let reach = match self.reach {
                Reach::Source => Reach::Event,
                reach => reach,
            };
            Box::new(operation.select(object, reach, sets))
        })
    }

    /// The objects that the field's value can be, in the order of their numbers.
    pub(crate) fn possible(&self) -> impl Iterator<Item = TypeId> + '_ {
        self.below.iter().map(|(id, _)| *id)
    }

    pub(crate) fn is_possible(&self, object: TypeId) -> bool {
        self.below.binary_search_by_key(&object, |(id, _)| *id).is_ok()
    }

    pub(crate) fn locations(&self) -> impl Iterator<Item = Location> + '_ {
        self.nodes.iter().map(|node| node.location)
    }
}

/// Fields on their way to be merged.
struct Collected<'a> {
    operation: &'a Operation<'a>,
    parent: TypeId,
    groups: Vec<(&'a schema::Field, Vec<&'a ast::Field>)>,
    by_key: HashMap<&'a str, usize>,
    visited: HashSet<usize>,
}

impl<'a> Collected<'a> {
    fn new(operation: &'a Operation<'a>, parent: TypeId) -> Self {
        let (groups, by_key, visited) = (Vec::new(), HashMap::new(), HashSet::new());
        Collected { operation, parent, groups, by_key, visited }
    }

    fn add(&mut self, set: &'a SelectionSet) {
        for item in &set.items {
            match item {
                Selection::Field(field) => self.add_field(field),
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.type_condition.as_deref();
                    if !self.operation.is_left_out(&fragment.directives) && self.applies(condition)
                    {
                        self.add(&fragment.selection_set);
                    }
                }
                Selection::Spread(spread) => {
                    let Some(number) = spread.fragment else { continue };
                    if self.operation.is_left_out(&spread.directives)
                        || !self.visited.insert(number)
                    {
                        continue;
                    }
                    let fragment = &self.operation.document.fragments[number];
                    if self.applies(Some(&fragment.type_condition)) {
                        self.add(&fragment.selection_set);
                    }
                }
            }
        }
    }

    fn add_field(&mut self, field: &'a ast::Field) {
        if self.operation.is_left_out(&field.directives) {
            return;
        }
        let key: &'a str = field.response_key();
        if let Some(place) = self.by_key.get(key) {
            self.groups[*place].1.push(field);
            return;
        }
        // Validation has seen to it that the field is there.
        if let Some(def) = self.operation.schema.types.field(self.parent, &field.name) {
            self.by_key.insert(key, self.groups.len());
            self.groups.push((def, vec![field]));
        }
    }

    fn applies(&self, condition: Option<&str>) -> bool {
        let types = &self.operation.schema.types;
        condition.is_none_or(|name| {
            types.type_named(name).is_some_and(|of| types.is_possible(of.id, self.parent))
        })
    }
}
