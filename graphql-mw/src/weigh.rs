//! What selections amount to once fragments are put in their places, without putting them there.

use crate::ast::{Document, Field, Selection, SelectionSet};

/// What selections ask for; numbers too large for their type stay at its end.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Weight {
    /// Levels of fields.
    pub(crate) depth: usize,
    pub(crate) fields: u64,
    /// Fields, each as many times as the lists it stands in are to be long.
    pub(crate) complexity: u64,
    /// Lists of introspection that stand in one another.
    pub(crate) lists: usize,
}

/// The weight of each fragment. A stack of its own takes the place of calls: a chain of fragments
/// may be as long as the document.
pub(crate) fn fragments(document: &Document) -> Vec<Weight> {
    let count = document.fragments.len();
    let mut weights = vec![Weight::default(); count];
    let mut is_entered = vec![false; count];
    for start in 0..count {
        let mut todo = vec![(start, false)];
        while let Some((id, is_ready)) = todo.pop() {
            let set = &document.fragments[id].selection_set;
            if is_ready {
                weights[id] = selections(set, &weights);
            } else if !std::mem::replace(&mut is_entered[id], true) {
                todo.push((id, true));
                each_spread(set, &mut |used| todo.push((used, false)));
            }
        }
    }
    weights
}

fn each_spread(set: &SelectionSet, found: &mut impl FnMut(usize)) {
    for selection in &set.items {
        match selection {
            Selection::Field(field) => each_spread(&field.selection_set, found),
            Selection::InlineFragment(inline) => each_spread(&inline.selection_set, found),
            Selection::Spread(spread) => spread.fragment.into_iter().for_each(&mut *found),
        }
    }
}

/// The weight of a set, given those of the fragments.
pub(crate) fn selections(set: &SelectionSet, fragments: &[Weight]) -> Weight {
    let mut sum = Weight::default();
    for selection in &set.items {
        let part = match selection {
            Selection::Field(field) => {
                let inner = selections(&field.selection_set, fragments);
                Weight {
                    depth: inner.depth.saturating_add(1),
                    fields: inner.fields.saturating_add(1),
                    complexity: inner.complexity.saturating_mul(items(field)).saturating_add(1),
                    lists: inner.lists.saturating_add(usize::from(is_introspection_list(field))),
                }
            }
            Selection::InlineFragment(inline) => selections(&inline.selection_set, fragments),
            Selection::Spread(spread) => {
                spread.fragment.and_then(|id| fragments.get(id)).copied().unwrap_or_default()
            }
        };
        sum.depth = sum.depth.max(part.depth);
        sum.lists = sum.lists.max(part.lists);
        sum.fields = sum.fields.saturating_add(part.fields);
        sum.complexity = sum.complexity.saturating_add(part.complexity);
    }
    sum
}

/// How many items a field asks for, as far as the document says it.
fn items(field: &Field) -> u64 {
    let given = ["first", "last", "limit"].iter().find_map(|name| field.argument(name)?.as_i64());
    given.map_or(1, |count| u64::try_from(count).unwrap_or(0).max(1))
}

/// Whether a field of `__Type` leads from one type to many; only asked inside of introspection.
fn is_introspection_list(field: &Field) -> bool {
    ["fields", "interfaces", "possibleTypes", "inputFields"].contains(&&*field.name)
}
