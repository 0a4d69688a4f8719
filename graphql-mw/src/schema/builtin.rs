//! What every schema has without writing it.

use crate::ast::sdl::Definition;
use crate::parser::{ParseError, type_system};

const TEXT: &str = include_str!("builtin.graphql");

/// The scalars, directives and types of introspection; and as the only interface, called
/// [`META`], the three meta fields, which belong to no type of their own.
pub(super) fn definitions() -> Result<Vec<Definition>, ParseError> {
    type_system(TEXT)
}

pub(super) const META: &str = "__Meta";
