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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Limits, Schema};

    const SDL: &str = "
        interface I { f: I g(x: Int): I s: String n: Int }
        type A implements I { f: I g(x: Int): I s: String n: Int t: [Int] u: Int }
        type B implements I { f: I g(x: Int): I s: String n: Int t: Int u: Int! }
        type Query { f: I g(x: Int): I a: A b: B s: String n: Int }
    ";

    /// Mostly fields that agree: one document of seven has a conflict.
    fn selections() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            12 => Just("s"), 6 => Just("n"), 1 => Just("u"), 2 => Just("x: s"), 1 => Just("x: n"),
            3 => Just("...P"), 3 => Just("...Q"), 3 => Just("...R"),
        ];
        let set = leaf.prop_map(String::from).prop_recursive(4, 16, 3, |inner| {
            let opening = prop_oneof![
                6 => Just("f"), 3 => Just("g"), 1 => Just("g(x: 1)"), 1 => Just("y: f"),
                1 => Just("y: g"), 3 => Just("... on A"), 3 => Just("... on B"), 2 => Just("..."),
            ];
            (opening, prop::collection::vec(inner, 1..3))
                .prop_map(|(opening, inner)| format!("{opening} {{ {} }}", inner.join(" ")))
        });
        prop::collection::vec(set, 1..3).prop_map(|sets| sets.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig {
            failure_persistence: None,
            ..ProptestConfig::with_cases(800)
        })]

        /// The fragments spread one another at random, in circles too.
        #[test]
        fn merging_finds_a_conflict_where_comparing_two_by_two_does(
            root in selections(), p in selections(), q in selections(), r in selections(),
        ) {
            let text = format!(
                "{{ {root} }} fragment P on A {{ {p} }} fragment Q on I {{ {q} }} fragment R on B {{ {r} }}"
            );
            let schema = Schema::parse(SDL).unwrap();
            let document = crate::Document::parse(&text, &Limits::default()).unwrap();
            let merged = detect::first_conflict(&schema, &document, 1_000_000);
            let compared = explain::conflicts(&schema, &document, 1_000_000);
            let found = match merged {
                detect::Outcome::None => false,
                detect::Outcome::Conflict(_) => true,
                detect::Outcome::TooMuch => return Ok(()),
            };
            prop_assert_eq!(found, !compared.is_empty(), "{}", text);
        }
    }
}
