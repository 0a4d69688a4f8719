//! Which fields conflict, two by two, in graphql-js's order.

use std::collections::HashMap;
use std::rc::Rc;

use super::Conflict;
use super::same::{difference, types_conflict};
use super::sets::{FieldIn, Grouped, SetIn, of_fragment};
use crate::ast::{Document, Location, Selection};
use crate::schema::{Schema, TypeKind};

/// Fragments that follow one another deeper than this are not compared two by two.
const MAX_DEPTH: usize = 100;

/// All conflicts of a document; nothing where finding them would take more than the budget.
pub(super) fn conflicts(schema: &Schema, document: &Document, budget: usize) -> Vec<Conflict> {
    let mut explainer = Explainer {
        schema,
        document,
        grouped: HashMap::new(),
        fields_and_fragment: HashMap::new(),
        two_fragments: HashMap::new(),
        spent: 0,
        depth: 0,
        budget,
    };
    let mut conflicts = Vec::new();
    let operations = document
        .operations
        .iter()
        .map(|it| SetIn { set: &it.selection_set, parent: schema.root(it.kind) });
    let fragments = (0..document.fragments.len()).map(|id| of_fragment(schema, document, id));
    for root in operations.chain(fragments) {
        explainer.each_set(root, &mut conflicts);
    }
    if explainer.is_over() {
        return Vec::new();
    }
    let conflicts = conflicts.into_iter().map(|Pair { key, reason, mut first, second }| {
        first.extend(second);
        Conflict { key, reason, places: first }
    });
    conflicts.collect()
}

/// A conflict with the places of either side.
struct Pair {
    key: String,
    reason: String,
    first: Vec<Location>,
    second: Vec<Location>,
}

/// Two things that have been compared, with whether no object could have both of them.
type Compared<K> = HashMap<K, bool>;

struct Explainer<'a> {
    schema: &'a Schema,
    document: &'a Document,
    grouped: HashMap<usize, Rc<Grouped<'a>>>,
    fields_and_fragment: Compared<(usize, usize)>,
    two_fragments: Compared<(usize, usize)>,
    spent: usize,
    depth: usize,
    budget: usize,
}

impl<'a> Explainer<'a> {
    fn is_over(&self) -> bool {
        self.spent > self.budget
    }

    /// A set, and those of its fields; the parser bounds the nesting.
    fn each_set(&mut self, set: SetIn<'a>, found: &mut Vec<Pair>) {
        self.within(set, found);
        self.each_set_below(set, found);
    }

    fn each_set_below(&mut self, set: SetIn<'a>, found: &mut Vec<Pair>) {
        for selection in &set.set.items {
            if self.is_over() {
                return;
            }
            match selection {
                Selection::Field(field) => {
                    let definition =
                        set.parent.and_then(|parent| self.schema.field(parent, &field.name));
                    let field_in = FieldIn { field, parent: set.parent, definition };
                    if let Some(inner) = field_in.inner(self.schema) {
                        self.each_set(inner, found);
                    }
                }
                Selection::InlineFragment(inline) => {
                    let parent = match &inline.type_condition {
                        Some(name) => self.schema.type_named(name).map(|found| found.id),
                        None => set.parent,
                    };
                    // Its own selections are compared as part of the set around it.
                    self.each_set_below(SetIn { set: &inline.selection_set, parent }, found);
                }
                Selection::Spread(_) => {}
            }
        }
    }

    fn grouped(&mut self, set: SetIn<'a>) -> Rc<Grouped<'a>> {
        let key = set.key().0;
        if let Some(known) = self.grouped.get(&key) {
            return known.clone();
        }
        let mut grouped = Grouped::default();
        self.spent += grouped.add(self.schema, set);
        let mut met = std::collections::HashSet::new();
        grouped.fragments.retain(|id| met.insert(*id));
        let grouped = Rc::new(grouped);
        self.grouped.insert(key, grouped.clone());
        grouped
    }

    /// The conflicts that a set has in itself and with the fragments it uses.
    fn within(&mut self, set: SetIn<'a>, found: &mut Vec<Pair>) {
        let grouped = self.grouped(set);
        for (key, fields) in &grouped.groups {
            for (place, a) in fields.iter().enumerate() {
                for b in &fields[place + 1..] {
                    found.extend(self.between(false, key, a, b));
                    if self.is_over() {
                        return;
                    }
                }
            }
        }
        for (place, a) in grouped.fragments.iter().enumerate() {
            self.set_and_fragment(false, set, *a, found);
            for b in &grouped.fragments[place + 1..] {
                self.fragments(false, *a, *b, found);
            }
        }
    }

    fn set_and_fragment(
        &mut self,
        is_exclusive: bool,
        set: SetIn<'a>,
        fragment: usize,
        found: &mut Vec<Pair>,
    ) {
        self.spent += 1;
        let key = (set.key().0, fragment);
        if self.is_over() || is_compared(&mut self.fields_and_fragment, key, is_exclusive) {
            return;
        }
        let other = of_fragment(self.schema, self.document, fragment);
        let (a, b) = (self.grouped(set), self.grouped(other));
        if Rc::ptr_eq(&a, &b) {
            return;
        }
        self.two_sets(is_exclusive, &a, &b, found);
        self.deeper(|this| {
            for next in &b.fragments {
                this.set_and_fragment(is_exclusive, set, *next, found);
            }
        });
    }

    fn fragments(&mut self, is_exclusive: bool, a: usize, b: usize, found: &mut Vec<Pair>) {
        self.spent += 1;
        let key = (a.min(b), a.max(b));
        if a == b || self.is_over() || is_compared(&mut self.two_fragments, key, is_exclusive) {
            return;
        }
        let of_a = self.grouped(of_fragment(self.schema, self.document, a));
        let of_b = self.grouped(of_fragment(self.schema, self.document, b));
        self.two_sets(is_exclusive, &of_a, &of_b, found);
        self.deeper(|this| {
            for next in &of_b.fragments {
                this.fragments(is_exclusive, a, *next, found);
            }
            for next in &of_a.fragments {
                this.fragments(is_exclusive, *next, b, found);
            }
        });
    }

    fn two_sets(
        &mut self,
        is_exclusive: bool,
        a: &Grouped<'a>,
        b: &Grouped<'a>,
        found: &mut Vec<Pair>,
    ) {
        for (key, fields) in &a.groups {
            for field in fields {
                for other in b.group(key) {
                    found.extend(self.between(is_exclusive, key, field, other));
                    if self.is_over() {
                        return;
                    }
                }
            }
        }
    }

    /// The conflict of two fields, or of what is selected in them.
    fn between(
        &mut self,
        is_exclusive: bool,
        key: &str,
        a: &FieldIn<'a>,
        b: &FieldIn<'a>,
    ) -> Option<Pair> {
        self.spent += 1;
        let schema = self.schema;
        let is_object = |field: &FieldIn<'_>| {
            field.parent.is_some_and(|id| matches!(schema[id].kind, TypeKind::Object { .. }))
        };
        let is_exclusive = is_exclusive || (a.parent != b.parent && is_object(a) && is_object(b));
        let reason = match (is_exclusive, a.definition, b.definition) {
            (false, ..) if difference(a.field, b.field, &mut self.spent).is_some() => {
                difference(a.field, b.field, &mut self.spent)
            }
            (_, Some(x), Some(y)) if types_conflict(schema, &x.type_ref, &y.type_ref) => {
                Some(format!(
                    "are of types that have no common form, `{}` and `{}`",
                    schema.written(&x.type_ref),
                    schema.written(&y.type_ref)
                ))
            }
            _ => None,
        };
        let (first, second) = (vec![a.field.location], vec![b.field.location]);
        if let Some(reason) = reason {
            return Some(Pair { key: key.into(), reason, first, second });
        }
        let (inner_a, inner_b) = (a.inner(schema)?, b.inner(schema)?);
        let mut found = Vec::new();
        self.deeper(|this| this.inner_sets(is_exclusive, inner_a, inner_b, &mut found));
        if found.is_empty() {
            return None;
        }
        let reason = format!("differ in what they ask for as {}", keys(&found));
        let mut pair = Pair { key: key.into(), reason, first, second };
        for inner in found {
            pair.first.extend(inner.first);
            pair.second.extend(inner.second);
        }
        Some(pair)
    }

    fn inner_sets(
        &mut self,
        is_exclusive: bool,
        a: SetIn<'a>,
        b: SetIn<'a>,
        found: &mut Vec<Pair>,
    ) {
        let (of_a, of_b) = (self.grouped(a), self.grouped(b));
        self.two_sets(is_exclusive, &of_a, &of_b, found);
        for fragment in &of_b.fragments {
            self.set_and_fragment(is_exclusive, a, *fragment, found);
        }
        for fragment in &of_a.fragments {
            self.set_and_fragment(is_exclusive, b, *fragment, found);
        }
        for x in &of_a.fragments {
            for y in &of_b.fragments {
                self.fragments(is_exclusive, *x, *y, found);
            }
        }
    }

    /// Goes on unless it goes too deep, which spends the rest of the budget.
    fn deeper(&mut self, go_on: impl FnOnce(&mut Self)) {
        if self.depth >= MAX_DEPTH {
            self.spent = self.budget + 1;
            return;
        }
        self.depth += 1;
        go_on(self);
        self.depth -= 1;
    }
}

/// Whether two things have been compared in a way that covers this one; they now are.
fn is_compared(
    compared: &mut Compared<(usize, usize)>,
    key: (usize, usize),
    is_exclusive: bool,
) -> bool {
    match compared.get(&key) {
        Some(was_exclusive) if is_exclusive || !was_exclusive => true,
        _ => {
            compared.insert(key, is_exclusive);
            false
        }
    }
}

fn keys(pairs: &[Pair]) -> String {
    let mut keys: Vec<String> = pairs.iter().take(5).map(|it| format!("`{}`", it.key)).collect();
    keys.dedup();
    keys.join(", ")
}
