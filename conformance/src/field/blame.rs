//! Which rule a difference breaks.

use super::outcome::Outcome;
use super::program::Program;
use crate::lifecycle::Aspect;
use crate::rule::{Rule, rule};
use crate::trace::Answer;

pub(super) fn blame(
    _program: &Program,
    _expected: &Answer<Outcome>,
    _actual: &Answer<Outcome>,
) -> &'static Rule {
    rule("F1")
}

pub(super) fn aspect(
    _program: &Program,
    _expected: &Answer<Outcome>,
    _actual: &Answer<Outcome>,
) -> Aspect {
    Aspect::Essence
}
