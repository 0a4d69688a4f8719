//! Directives of a document.

use std::collections::HashMap;

use super::Rule;
use super::context::{Context, did_you_mean};
use super::variables::Usage;
use super::{arguments, values};
use crate::ast::{Directive, Location};
use crate::schema::DirectiveLocation;

/// The directives at one place of kind `location`.
pub(super) fn check<'a>(
    context: &mut Context<'a>,
    directives: &'a [Directive],
    location: DirectiveLocation,
    usages: &mut Vec<Usage<'a>>,
) {
    let schema = context.schema;
    let mut first: HashMap<&str, Location> = HashMap::new();
    for directive in directives {
        if context.is_full() {
            return;
        }
        let name = &directive.name;
        let definition = schema.directive(name);
        match definition {
            None => {
                let known = schema.directives().iter().map(|known| &*known.name);
                let cure = did_you_mean(name, known, "remove it");
                let message = format!("there is no directive `@{name}`: {cure}");
                context.report(Rule::KnownDirectives, [directive.location], message);
            }
            Some(definition) if !definition.locations.contains(&location) => {
                let allowed: Vec<_> = definition.locations.iter().map(|it| it.as_str()).collect();
                let message = format!(
                    "`@{name}` does not belong on {}: it may stand on {}",
                    location.as_str(),
                    allowed.join(", ")
                );
                context.report(Rule::KnownDirectives, [directive.location], message);
            }
            Some(_) => {}
        }
        if definition.is_some_and(|definition| !definition.repeatable)
            && let Some(first) = first.get(&**name)
        {
            let message = format!("`@{name}` stands twice at one place: remove one");
            let places = [*first, directive.location];
            context.report(Rule::UniqueDirectivesPerLocation, places, message);
        } else {
            first.insert(name, directive.location);
        }
        arguments::of_directive(context, directive, definition);
        let known = definition.map_or(&[][..], |definition| &definition.arguments);
        values::arguments(context, &directive.arguments, known, usages);
    }
}
