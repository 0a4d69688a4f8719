//! What every schema has without writing it.

use super::DirectiveLocation;
use crate::ast::sdl::{Definition, DefinitionKind};
use crate::parser::{ParseError, type_system};

const TEXT: &str = include_str!("builtin.graphql");

/// The scalars, directives and types of introspection; and as the only interface, called
/// [`META`], the three meta fields, which belong to no type of their own.
pub(super) fn definitions() -> Result<Vec<Definition>, ParseError> {
    let mut definitions = type_system(TEXT)?;
    // graphql-parser knows no such place, so it cannot stand in the text.
    for definition in definitions.iter_mut().filter(|it| it.name == *"deprecated") {
        if let DefinitionKind::Directive(directive) = &mut definition.kind {
            directive.locations.push(DirectiveLocation::DirectiveDefinition);
        }
    }
    Ok(definitions)
}

pub(super) const META: &str = "__Meta";
