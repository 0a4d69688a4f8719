//! What all rules have at hand.

use engine_core::nearest;

use super::{Rule, Violation};
use crate::ast::{Document, Location, TypeNode};
use crate::schema::{Schema, TypeRef};

/// As many violations as graphql-js reports; a document with more has a cause that shows before.
const MAX_VIOLATIONS: usize = 100;

/// What one search for a likely name may cost, in letters that are compared: a document may have
/// written both names to be compared at length.
const MAX_COMPARED: usize = 100_000;

pub(super) struct Context<'a> {
    pub(super) schema: &'a Schema,
    pub(super) document: &'a Document,
    violations: Vec<Violation>,
}

impl<'a> Context<'a> {
    pub(super) fn new(schema: &'a Schema, document: &'a Document) -> Context<'a> {
        Context { schema, document, violations: Vec::new() }
    }

    pub(super) fn into_violations(self) -> Vec<Violation> {
        self.violations
    }

    /// Whether nothing more is to be looked for.
    pub(super) fn is_full(&self) -> bool {
        self.violations.len() >= MAX_VIOLATIONS
    }

    /// Whether nothing is wrong so far.
    pub(super) fn is_clean(&self) -> bool {
        self.violations.is_empty()
    }

    pub(super) fn report(
        &mut self,
        rule: Rule,
        locations: impl IntoIterator<Item = Location>,
        message: impl Into<String>,
    ) {
        if !self.is_full() {
            let locations = locations.into_iter().collect();
            self.violations.push(Violation { rule, message: message.into(), locations });
        }
    }

    /// The schema's type for one that is written; none if its name is not known.
    pub(super) fn type_ref(&self, node: &TypeNode) -> Option<TypeRef> {
        Some(match node {
            TypeNode::Named(name) => TypeRef::Named(self.schema.type_named(name)?.id),
            TypeNode::List(inner, _) => TypeRef::List(Box::new(self.type_ref(inner)?)),
            TypeNode::NonNull(inner) => TypeRef::NonNull(Box::new(self.type_ref(inner)?)),
        })
    }
}

/// `did you mean …`, or else what to do.
pub(crate) fn did_you_mean<'n>(
    name: &str,
    known: impl IntoIterator<Item = &'n str>,
    otherwise: &str,
) -> String {
    let mut compared = 0;
    let affordable = known.into_iter().take_while(|known| {
        compared += known.len().saturating_mul(name.len());
        compared <= MAX_COMPARED
    });
    nearest(name, affordable)
        .map_or_else(|| otherwise.into(), |near| format!("did you mean `{near}`?"))
}
