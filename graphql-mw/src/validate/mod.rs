//! Whether a document can be executed on a schema.
//!
//! One walk over every definition holds the rules that concern one place, a file for each kind of
//! place; it notes which variables and fragments each definition uses, and the rules on those
//! follow. Fragments are never entered from where they are used, so that the work is linear in the
//! document's size; only the rule on overlapping fields compares what fragments bring together, with a budget.

mod arguments;
mod context;
mod cycles;
mod definitions;
mod directives;
mod fields;
mod fragments;
mod introspection;
mod merge;
mod rule;
mod subscriptions;
mod unique;
pub(crate) mod values;
pub(crate) mod variables;
mod violation;
mod walk;

pub(crate) use context::did_you_mean;
pub use rule::Rule;
pub use violation::Violation;

use crate::ast::Document;
use crate::schema::Schema;
use context::Context;

/// Holds a document against a schema; an empty list says that it can be executed.
///
/// After 100 violations the rest is not looked for. Where fragments bring fields of one name
/// together in hundreds of thousands of ways, the document is refused by
/// [`OverlappingFieldsCanBeMerged`](Rule::OverlappingFieldsCanBeMerged) without all of them
/// having been compared.
///
/// A subscription or a mutation that the schema has no root type for breaks none of the rules; it
/// is for whoever executes it to refuse ([`Schema::root`]).
pub fn validate(schema: &Schema, document: &Document) -> Vec<Violation> {
    let mut context = Context::new(schema, document);
    definitions::check(&mut context);
    let uses = walk::check(&mut context);
    fragments::unused(&mut context, &uses);
    cycles::check(&mut context, &uses);
    variables::check(&mut context, &uses);
    subscriptions::check(&mut context);
    introspection::check(&mut context, &uses);
    merge::check(&mut context, uses.selections);
    context.into_violations()
}
