//! Fields of selection sets, by their name in the answer.

use std::collections::HashMap;

use crate::ast::{Document, Field, Selection, SelectionSet};
use crate::schema::{self, Schema, TypeId};

/// A selection set, and the type it is about if that is known.
#[derive(Clone, Copy)]
pub(super) struct SetIn<'a> {
    pub(super) set: &'a SelectionSet,
    pub(super) parent: Option<TypeId>,
}

/// What tells a set from the others of its document: its address and its type.
pub(super) type SetKey = (usize, Option<TypeId>);

impl SetIn<'_> {
    pub(super) fn key(&self) -> SetKey {
        (std::ptr::from_ref(self.set).addr(), self.parent)
    }
}

/// A field, the type it is asked of, and its definition.
#[derive(Clone, Copy)]
pub(super) struct FieldIn<'a> {
    pub(super) field: &'a Field,
    pub(super) parent: Option<TypeId>,
    pub(super) definition: Option<&'a schema::Field>,
}

impl<'a> FieldIn<'a> {
    /// What is selected in it, if anything is.
    pub(super) fn inner(&self, schema: &Schema) -> Option<SetIn<'a>> {
        let set = &self.field.selection_set;
        let named = self.definition.map(|definition| definition.type_ref.named());
        let parent = named.filter(|id| schema[*id].kind.is_composite());
        (!set.is_empty()).then_some(SetIn { set, parent })
    }
}

/// The fields of one or more sets, in the order met, by their name in the answer.
#[derive(Default)]
pub(super) struct Grouped<'a> {
    place: HashMap<&'a str, usize>,
    pub(super) groups: Vec<(&'a str, Vec<FieldIn<'a>>)>,
    /// The fragments that are used, by their numbers, each once and in the order met.
    pub(super) fragments: Vec<usize>,
}

impl<'a> Grouped<'a> {
    pub(super) fn group(&self, key: &str) -> &[FieldIn<'a>] {
        self.place.get(key).map_or(&[], |at| &self.groups[*at].1)
    }

    /// Adds what stands in `set` itself and its inline fragments; how many selections those were.
    pub(super) fn add(&mut self, schema: &'a Schema, set: SetIn<'a>) -> usize {
        let mut met = 0;
        let mut todo = vec![(set.parent, set.set.items.iter())];
        while let Some((parent, items)) = todo.last_mut() {
            let parent = *parent;
            let Some(selection) = items.next() else {
                todo.pop();
                continue;
            };
            met += 1;
            match selection {
                Selection::Field(field) => {
                    let definition = parent.and_then(|parent| schema.field(parent, &field.name));
                    let field_in = FieldIn { field, parent, definition };
                    let key = &**field.response_key();
                    let at = *self.place.entry(key).or_insert(self.groups.len());
                    match self.groups.get_mut(at) {
                        Some((_, fields)) => fields.push(field_in),
                        None => self.groups.push((key, vec![field_in])),
                    }
                }
                Selection::InlineFragment(inline) => {
                    let parent = match &inline.type_condition {
                        Some(name) => composite(schema, name),
                        None => parent,
                    };
                    todo.push((parent, inline.selection_set.items.iter()));
                }
                Selection::Spread(spread) => self.fragments.extend(spread.fragment),
            }
        }
        met
    }
}

/// The selections of a fragment.
pub(super) fn of_fragment<'a>(schema: &Schema, document: &'a Document, id: usize) -> SetIn<'a> {
    let fragment = &document.fragments[id];
    SetIn { set: &fragment.selection_set, parent: composite(schema, &fragment.type_condition) }
}

fn composite(schema: &Schema, name: &str) -> Option<TypeId> {
    schema.type_named(name).filter(|found| found.kind.is_composite()).map(|found| found.id)
}
