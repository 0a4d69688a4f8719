//! Fields that have one name in the answer must be the same field with the same arguments.
//!
//! Comparing every two of them, as the specification words it, takes the square of the document's
//! size, and more where fragments nest. So [`detect`] merges instead: all fields of one name are
//! held against the first of them, and what is selected in them is one set for the next level.
//! That is linear unless fragments are brought together in many different ways, which a budget
//! bounds. Only where it finds something does [`explain`] compare two by two, as graphql-js does
//! and with a budget too, to name the same places as graphql-js.

mod detect;
mod explain;
mod same;
mod sets;

use super::Rule;
use super::context::Context;

/// Selections that may be looked at, whatever the document's size: some tens of milliseconds.
const BUDGET: usize = 300_000;

/// How often each selection may be looked at in a larger document: twice for each question, and
/// again where several ways lead to it.
const BUDGET_EACH: usize = 10;

pub(super) fn check(context: &mut Context<'_>, selections: usize) {
    let budget = BUDGET.max(selections.saturating_mul(BUDGET_EACH));
    let conflict = match detect::first_conflict(context.schema, context.document, budget) {
        detect::Outcome::None => return,
        detect::Outcome::Conflict(conflict) => conflict,
        // A document that is refused anyway needs no further reason.
        detect::Outcome::TooMuch if !context.is_clean() => return,
        detect::Outcome::TooMuch => {
            let places = context.document.operations.first().map(|it| it.location);
            let message = "its fragments bring fields of one name together in too many ways to be \
                           compared: nest them less, or use aliases";
            context.report(Rule::OverlappingFieldsCanBeMerged, places, message);
            return;
        }
    };
    let mut conflicts = explain::conflicts(context.schema, context.document, budget);
    if conflicts.is_empty() {
        conflicts.push(conflict);
    }
    for conflict in conflicts {
        let message = format!(
            "fields that are all called `{}` in the answer {}: give one of them an alias",
            conflict.key, conflict.reason
        );
        context.report(Rule::OverlappingFieldsCanBeMerged, conflict.places, message);
    }
}

/// Two fields that cannot be one.
pub(super) struct Conflict {
    /// Their name in the answer.
    key: String,
    /// What they do instead of being one.
    reason: String,
    /// Where they stand; those inside of them that are to blame, too.
    places: Vec<crate::ast::Location>,
}
