//! How far introspection goes.

use super::Rule;
use super::context::Context;
use super::walk::Uses;
use crate::weigh;

/// As many lists inside one another as graphql-js refuses: each multiplies the answer by the number
/// of a type's fields, so that a few hundred bytes would ask for gigabytes.
const TOO_MANY_LISTS: usize = 3;

pub(super) fn check(context: &mut Context<'_>, uses: &Uses<'_>) {
    let definitions = || uses.operations.iter().chain(&uses.fragments);
    if definitions().all(|it| it.introspections.is_empty()) {
        return;
    }
    let fragments = weigh::fragments(context.document);
    for field in definitions().flat_map(|it| &it.introspections) {
        if weigh::selections(&field.selection_set, &fragments).lists >= TOO_MANY_LISTS {
            let message = format!(
                "`{}` asks for lists of fields or types in one another, {TOO_MANY_LISTS} deep: \
                 ask for the fields of each type by itself",
                field.name
            );
            context.report(Rule::MaxIntrospectionDepth, [field.location], message);
        }
    }
}
