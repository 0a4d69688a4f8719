//! Fragments: what they are about, and where they stand.

use super::Rule;
use super::context::{Context, did_you_mean};
use super::walk::Uses;
use crate::ast::{FragmentSpread, InlineFragment, Name};
use crate::schema::{Schema, TypeId};

/// The type of a fragment's condition, if it is known and has fields.
pub(super) fn condition(context: &mut Context<'_>, name: &Name) -> Option<TypeId> {
    let id = type_named(context, name)?;
    if !context.schema[id].kind.is_composite() {
        let message =
            format!("`{name}` has no fields: a fragment is about an object, interface or union");
        context.report(Rule::FragmentsOnCompositeTypes, [name.location], message);
        return None;
    }
    Some(id)
}

/// The type called `name`, if there is one.
pub(super) fn type_named(context: &mut Context<'_>, name: &Name) -> Option<TypeId> {
    if let Some(found) = context.schema.type_named(name) {
        return Some(found.id);
    }
    let known = context.schema.types().iter().map(|known| &*known.name);
    let cure = did_you_mean(name, known, "use one of the schema's types");
    let message = format!("there is no type `{name}`: {cure}");
    context.report(Rule::KnownTypeNames, [name.location], message);
    None
}

/// An inline fragment of type `inner` stands where a `parent` is.
pub(super) fn inline_is_possible(
    context: &mut Context<'_>,
    parent: Option<TypeId>,
    inner: Option<TypeId>,
    inline: &InlineFragment,
) {
    let (Some(parent), Some(inner)) = (parent, inner) else { return };
    if !overlap(context.schema, parent, inner) {
        let message = impossible(context.schema, parent, inner);
        context.report(Rule::PossibleFragmentSpreads, [inline.location], message);
    }
}

/// A fragment is used where a `parent` is.
pub(super) fn spread(context: &mut Context<'_>, parent: Option<TypeId>, spread: &FragmentSpread) {
    let document = context.document;
    let Some(fragment) = spread.fragment.and_then(|id| document.fragments.get(id)) else {
        let known = document.fragments.iter().map(|known| &*known.name);
        let cure = did_you_mean(&spread.name, known, "define it in this document");
        let message = format!("there is no fragment `{}`: {cure}", spread.name);
        context.report(Rule::KnownFragmentNames, [spread.name.location], message);
        return;
    };
    let inner = context.schema.type_named(&fragment.type_condition);
    let inner = inner.filter(|inner| inner.kind.is_composite()).map(|inner| inner.id);
    let (Some(parent), Some(inner)) = (parent, inner) else { return };
    if !overlap(context.schema, parent, inner) {
        let message = impossible(context.schema, parent, inner);
        context.report(Rule::PossibleFragmentSpreads, [spread.location], message);
    }
}

/// Whether some object is both; the possible types are in ascending order.
fn overlap(schema: &Schema, a: TypeId, b: TypeId) -> bool {
    if a == b {
        return true;
    }
    let (a, b) = (schema.possible_types(a), schema.possible_types(b));
    let (few, many) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    few.iter().any(|id| many.binary_search(id).is_ok())
}

fn impossible(schema: &Schema, parent: TypeId, inner: TypeId) -> String {
    let (parent, inner) = (&schema[parent].name, &schema[inner].name);
    format!("no `{parent}` is ever a `{inner}`: remove the fragment, or use it elsewhere")
}

/// Fragments that no operation uses, not even through others.
pub(super) fn unused(context: &mut Context<'_>, uses: &Uses<'_>) {
    let document = context.document;
    let mut is_used = vec![false; document.fragments.len()];
    let mut todo: Vec<usize> = Vec::new();
    let roots = uses.operations.iter().flat_map(|it| &it.spreads);
    todo.extend(roots.filter_map(|spread| spread.fragment));
    while let Some(id) = todo.pop() {
        if !std::mem::replace(&mut is_used[id], true) {
            todo.extend(uses.fragments[id].spreads.iter().filter_map(|spread| spread.fragment));
        }
    }
    let used_names: std::collections::HashSet<&str> = (document.fragments.iter().zip(&is_used))
        .filter(|(_, is_used)| **is_used)
        .map(|(fragment, _)| &*fragment.name)
        .collect();
    for fragment in document.fragments.iter().filter(|it| !used_names.contains(&*it.name)) {
        let message = format!("the fragment `{}` is not used: use it or remove it", fragment.name);
        context.report(Rule::NoUnusedFragments, [fragment.location], message);
    }
}
