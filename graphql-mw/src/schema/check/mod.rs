//! Whether a schema holds together.

mod directives;
mod inputs;
mod interfaces;
mod types;

use super::{Schema, SchemaProblem};
use crate::ast::{Directive, Location};

/// Everything that is wrong with a schema whose names are all resolved; `of_schema` are the
/// directives of the schema itself.
pub(super) fn check(schema: &Schema, of_schema: &[Directive]) -> Vec<SchemaProblem> {
    let mut problems = Problems(Vec::new());
    types::check(schema, &mut problems);
    interfaces::check(schema, &mut problems);
    inputs::check(schema, &mut problems);
    directives::check(schema, of_schema, &mut problems);
    problems.0
}

struct Problems(Vec<SchemaProblem>);

impl Problems {
    fn add(&mut self, location: Location, message: String) {
        self.0.push(SchemaProblem { message, location });
    }
}
