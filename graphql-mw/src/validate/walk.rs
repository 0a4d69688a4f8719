//! The one walk over a document.

use super::context::Context;
use super::variables::Usage;
use super::{arguments, directives, fields, fragments, values, variables};
use crate::ast::{Field, FragmentSpread, OperationKind, Selection, SelectionSet};
use crate::schema::{DirectiveLocation, TypeId};

/// What each definition uses, by its number.
#[derive(Default)]
pub(super) struct Uses<'a> {
    pub(super) operations: Vec<DefinitionUses<'a>>,
    pub(super) fragments: Vec<DefinitionUses<'a>>,
    /// How many selections stand in the document.
    pub(super) selections: usize,
}

/// What one definition uses itself, not through its fragments.
#[derive(Default)]
pub(super) struct DefinitionUses<'a> {
    /// Its `__schema` and `__type`.
    pub(super) introspections: Vec<&'a Field>,
    pub(super) variables: Vec<Usage<'a>>,
    pub(super) spreads: Vec<&'a FragmentSpread>,
}

pub(super) fn check<'a>(context: &mut Context<'a>) -> Uses<'a> {
    let (schema, document) = (context.schema, context.document);
    let mut uses = Uses::default();
    for operation in &document.operations {
        let mut own = DefinitionUses::default();
        variables::definitions(context, operation);
        let location = match operation.kind {
            OperationKind::Query => DirectiveLocation::Query,
            OperationKind::Mutation => DirectiveLocation::Mutation,
            OperationKind::Subscription => DirectiveLocation::Subscription,
        };
        directives::check(context, &operation.directives, location, &mut own.variables);
        selections(context, schema.root(operation.kind), &operation.selection_set, &mut own);
        uses.selections += spreads(&operation.selection_set, &mut own.spreads);
        uses.operations.push(own);
    }
    for fragment in &document.fragments {
        let mut own = DefinitionUses::default();
        let parent = fragments::condition(context, &fragment.type_condition);
        let location = DirectiveLocation::FragmentDefinition;
        directives::check(context, &fragment.directives, location, &mut own.variables);
        selections(context, parent, &fragment.selection_set, &mut own);
        uses.selections += spreads(&fragment.selection_set, &mut own.spreads);
        uses.fragments.push(own);
    }
    uses
}

/// Walks the selections on a type, if it is one that has fields. The parser bounds the nesting.
fn selections<'a>(
    context: &mut Context<'a>,
    parent: Option<TypeId>,
    set: &'a SelectionSet,
    own: &mut DefinitionUses<'a>,
) {
    let schema = context.schema;
    for selection in &set.items {
        if context.is_full() {
            return;
        }
        match selection {
            Selection::Field(field) => {
                let definition = fields::check(context, parent, field);
                if matches!(&*field.name, "__schema" | "__type") {
                    own.introspections.push(field);
                }
                arguments::of_field(context, field, definition);
                let known = definition.map_or(&[][..], |definition| &definition.arguments);
                values::arguments(context, &field.arguments, known, &mut own.variables);
                let location = DirectiveLocation::Field;
                directives::check(context, &field.directives, location, &mut own.variables);
                let inner = definition.map(|definition| definition.type_ref.named());
                let inner = inner.filter(|id| schema[*id].kind.is_composite());
                selections(context, inner, &field.selection_set, own);
            }
            Selection::InlineFragment(inline) => {
                let inner = match &inline.type_condition {
                    Some(name) => fragments::condition(context, name),
                    None => parent,
                };
                fragments::inline_is_possible(context, parent, inner, inline);
                let location = DirectiveLocation::InlineFragment;
                directives::check(context, &inline.directives, location, &mut own.variables);
                selections(context, inner, &inline.selection_set, own);
            }
            Selection::Spread(spread) => {
                fragments::spread(context, parent, spread);
                let location = DirectiveLocation::FragmentSpread;
                directives::check(context, &spread.directives, location, &mut own.variables);
            }
        }
    }
}

/// Adds the spreads in a selection set, those of inner sets included, in graphql-js's order: the
/// set's own first, then those of the inner sets, the last set first. How many selections it met.
fn spreads<'a>(set: &'a SelectionSet, spreads: &mut Vec<&'a FragmentSpread>) -> usize {
    let mut met = 0;
    let mut sets = vec![set];
    while let Some(set) = sets.pop() {
        met += set.items.len();
        for selection in &set.items {
            match selection {
                Selection::Field(field) => sets.push(&field.selection_set),
                Selection::InlineFragment(inline) => sets.push(&inline.selection_set),
                Selection::Spread(spread) => spreads.push(spread),
            }
        }
    }
    met
}
