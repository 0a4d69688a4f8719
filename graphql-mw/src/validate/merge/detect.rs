//! Whether there is any conflict, in one pass over what is merged.
//!
//! Two questions are asked of each merged set. *Do the answers have one shape?* is asked of all
//! fields of a name, whatever type they are asked of. *Are they the same field?* is asked only of
//! those that one object can have both: of the fields asked of one object type, together with
//! those asked of interfaces and unions. Both relations hold between all if they hold between each
//! and the first.

use std::collections::{BTreeMap, HashSet};

use super::Conflict;
use super::same::{difference, types_conflict};
use super::sets::{FieldIn, Grouped, SetIn, SetKey, of_fragment};
use crate::ast::Document;
use crate::schema::{Schema, TypeId, TypeKind};

pub(super) enum Outcome {
    None,
    Conflict(Conflict),
    /// The budget is spent.
    TooMuch,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Question {
    OneShape,
    SameField,
}

pub(super) fn first_conflict(schema: &Schema, document: &Document, budget: usize) -> Outcome {
    let count = document.fragments.len();
    let mut detector = Detector {
        schema,
        document,
        seen: HashSet::new(),
        todo: Vec::new(),
        expanded_for: vec![0; count],
        expansion: 0,
        is_met: vec![false; count],
        spent: 0,
        budget,
    };
    for operation in &document.operations {
        let root = SetIn { set: &operation.selection_set, parent: schema.root(operation.kind) };
        if let Some(outcome) = detector.run(root) {
            return outcome;
        }
    }
    // What no operation uses is looked at by itself.
    for id in 0..count {
        if !detector.is_met[id]
            && let Some(outcome) = detector.run(of_fragment(schema, document, id))
        {
            return outcome;
        }
    }
    Outcome::None
}

struct Detector<'a> {
    schema: &'a Schema,
    document: &'a Document,
    /// The questions that have been asked.
    seen: HashSet<(Question, Vec<SetKey>)>,
    todo: Vec<(Question, Vec<SetIn<'a>>)>,
    /// For each fragment, the last expansion that has put it in its place.
    expanded_for: Vec<usize>,
    expansion: usize,
    /// Whether a fragment has been put in its place at all.
    is_met: Vec<bool>,
    spent: usize,
    budget: usize,
}

impl<'a> Detector<'a> {
    /// Asks both questions of a set and all that follows; none if nothing is wrong.
    fn run(&mut self, root: SetIn<'a>) -> Option<Outcome> {
        self.ask(Question::OneShape, vec![root]);
        self.ask(Question::SameField, vec![root]);
        while let Some((question, sets)) = self.todo.pop() {
            let grouped = self.expand(&sets);
            for (key, fields) in grouped.groups {
                let conflict = match question {
                    Question::OneShape => self.one_shape(key, &fields),
                    Question::SameField => self.same_field(key, &fields),
                };
                if let Some(conflict) = conflict {
                    return Some(Outcome::Conflict(conflict));
                }
                if self.spent > self.budget {
                    return Some(Outcome::TooMuch);
                }
            }
        }
        None
    }

    /// Asks a question about sets that become one, unless it has been asked.
    fn ask(&mut self, question: Question, sets: Vec<SetIn<'a>>) {
        if sets.is_empty() {
            return;
        }
        self.spent += sets.len();
        let mut key: Vec<_> = sets.iter().map(SetIn::key).collect();
        key.sort_unstable();
        if self.seen.insert((question, key)) {
            self.todo.push((question, sets));
        }
    }

    /// The fields of several sets, each fragment put in its place once.
    fn expand(&mut self, sets: &[SetIn<'a>]) -> Grouped<'a> {
        self.expansion += 1;
        let mut grouped = Grouped::default();
        for set in sets {
            self.spent += grouped.add(self.schema, *set);
        }
        let mut next = 0;
        while let Some(id) = grouped.fragments.get(next).copied() {
            next += 1;
            if std::mem::replace(&mut self.expanded_for[id], self.expansion) != self.expansion {
                self.is_met[id] = true;
                let set = of_fragment(self.schema, self.document, id);
                self.spent += 1 + grouped.add(self.schema, set);
            }
            if self.spent > self.budget {
                break;
            }
        }
        grouped
    }

    fn one_shape(&mut self, key: &str, fields: &[FieldIn<'a>]) -> Option<Conflict> {
        let mut known = fields.iter().filter_map(|it| Some((it, &it.definition?.type_ref)));
        if let Some((first, expected)) = known.next() {
            for (other, type_ref) in known {
                if types_conflict(self.schema, expected, type_ref) {
                    let reason = format!(
                        "are of types that have no common form, `{}` and `{}`",
                        self.schema.written(expected),
                        self.schema.written(type_ref)
                    );
                    return Some(conflict(key, reason, first, other));
                }
            }
        }
        self.ask(Question::OneShape, self.inner(fields.iter()));
        None
    }

    fn same_field(&mut self, key: &str, fields: &[FieldIn<'a>]) -> Option<Conflict> {
        let mut of_all: Vec<FieldIn<'a>> = Vec::new();
        let mut of_objects: BTreeMap<TypeId, Vec<FieldIn<'a>>> = BTreeMap::new();
        for field in fields {
            match field.parent {
                Some(parent) if self.is_object(parent) => {
                    of_objects.entry(parent).or_default().push(*field);
                }
                _ => of_all.push(*field),
            }
        }
        if let Some(conflict) = self.against_first(key, of_all.first(), &of_all) {
            return Some(conflict);
        }
        if of_objects.is_empty() {
            self.ask(Question::SameField, self.inner(of_all.iter()));
        }
        for of_object in of_objects.values() {
            let first = of_all.first().or(of_object.first());
            if let Some(conflict) = self.against_first(key, first, of_object) {
                return Some(conflict);
            }
            self.ask(Question::SameField, self.inner(of_all.iter().chain(of_object)));
        }
        None
    }

    fn against_first(
        &mut self,
        key: &str,
        first: Option<&FieldIn<'a>>,
        others: &[FieldIn<'a>],
    ) -> Option<Conflict> {
        let first = first?;
        others.iter().find_map(|other| {
            let same = std::ptr::eq(first.field, other.field);
            let found =
                (!same).then(|| difference(first.field, other.field, &mut self.spent))??;
            Some(conflict(key, found, first, other))
        })
    }

    fn inner<'f>(&self, fields: impl Iterator<Item = &'f FieldIn<'a>>) -> Vec<SetIn<'a>>
    where
        'a: 'f,
    {
        fields.filter_map(|field| field.inner(self.schema)).collect()
    }

    fn is_object(&self, id: TypeId) -> bool {
        matches!(self.schema[id].kind, TypeKind::Object { .. })
    }
}

fn conflict(key: &str, reason: String, a: &FieldIn<'_>, b: &FieldIn<'_>) -> Conflict {
    Conflict { key: key.into(), reason, places: vec![a.field.location, b.field.location] }
}
