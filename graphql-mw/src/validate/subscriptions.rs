//! The one root field of a subscription.

use std::collections::HashMap;

use super::Rule;
use super::context::Context;
use crate::ast::{Directive, Field, Operation, OperationKind, Selection, SelectionSet, ValueKind};
use crate::schema::TypeId;

pub(super) fn check(context: &mut Context<'_>) {
    let Some(root) = context.schema.root(OperationKind::Subscription) else { return };
    for operation in &context.document.operations {
        if operation.kind == OperationKind::Subscription {
            one_root_field(context, operation, root);
        }
    }
}

fn one_root_field(context: &mut Context<'_>, operation: &Operation, root: TypeId) {
    let groups = groups(context, &operation.selection_set, root);
    let name = match &operation.name {
        Some(name) => format!("the subscription `{name}`"),
        None => "a subscription".into(),
    };
    if groups.len() > 1 {
        let message =
            format!("{name} has one field only: send another subscription for the others");
        let others = groups.iter().skip(1).flatten().map(|field| field.location);
        context.report(Rule::SingleFieldSubscriptions, others, message);
    }
    for group in groups.iter().filter(|group| group[0].name.starts_with("__")) {
        let message = format!("{name} cannot ask for `{}`: ask in a query", group[0].name);
        let places = group.iter().map(|field| field.location);
        context.report(Rule::SingleFieldSubscriptions, places, message);
    }
}

/// The root fields by their name in the answer, fragments put in their places.
fn groups<'a>(context: &Context<'a>, set: &'a SelectionSet, root: TypeId) -> Vec<Vec<&'a Field>> {
    let (schema, document) = (context.schema, context.document);
    let applies = |condition: &str| {
        schema.type_named(condition).is_none_or(|found| schema.is_possible(found.id, root))
    };
    let mut place: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<Vec<&Field>> = Vec::new();
    let mut is_visited = vec![false; document.fragments.len()];
    let mut todo = vec![set.items.iter()];
    while let Some(items) = todo.last_mut() {
        let Some(selection) = items.next() else {
            todo.pop();
            continue;
        };
        match selection {
            Selection::Field(field) if is_wanted(&field.directives) => {
                let at = *place.entry(field.response_key()).or_insert(groups.len());
                match groups.get_mut(at) {
                    Some(group) => group.push(field),
                    None => groups.push(vec![field]),
                }
            }
            Selection::InlineFragment(inline)
                if is_wanted(&inline.directives)
                    && inline.type_condition.as_ref().is_none_or(|name| applies(name)) =>
            {
                todo.push(inline.selection_set.items.iter());
            }
            Selection::Spread(spread) if is_wanted(&spread.directives) => {
                let Some(id) = spread.fragment else { continue };
                let fragment = &document.fragments[id];
                if !std::mem::replace(&mut is_visited[id], true)
                    && applies(&fragment.type_condition)
                {
                    todo.push(fragment.selection_set.items.iter());
                }
            }
            _ => {}
        }
    }
    groups
}

/// Whether `@skip` and `@include` let a selection be, as far as the document alone can say.
fn is_wanted(directives: &[Directive]) -> bool {
    let is = |name: &str, value: bool| {
        directives.iter().filter(|it| it.name == *name).any(|it| {
            matches!(it.argument("if"), Some(found)
                if matches!(found.kind, ValueKind::Boolean(given) if given == value))
        })
    };
    !is("skip", true) && !is("include", false)
}
