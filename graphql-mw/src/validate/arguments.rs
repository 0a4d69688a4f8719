//! Arguments of fields and directives.

use super::Rule;
use super::context::{Context, did_you_mean};
use super::unique::groups;
use crate::ast::{Argument, Directive, Field, Location};
use crate::schema::{self, DirectiveDefinition, InputValue};

pub(super) fn of_field(
    context: &mut Context<'_>,
    field: &Field,
    definition: Option<&schema::Field>,
) {
    unique(context, &field.arguments);
    if let Some(definition) = definition {
        let owner = format!("field `{}`", field.name);
        known(context, &field.arguments, &definition.arguments, &owner);
        required(context, &field.arguments, &definition.arguments, &owner, field.location);
    }
}

pub(super) fn of_directive(
    context: &mut Context<'_>,
    directive: &Directive,
    definition: Option<&DirectiveDefinition>,
) {
    unique(context, &directive.arguments);
    if let Some(definition) = definition {
        let owner = format!("directive `@{}`", directive.name);
        known(context, &directive.arguments, &definition.arguments, &owner);
        required(context, &directive.arguments, &definition.arguments, &owner, directive.location);
    }
}

fn unique(context: &mut Context<'_>, given: &[Argument]) {
    if given.len() > 1 {
        for (name, places) in groups(given.iter().map(|argument| &argument.name)) {
            let message = format!("the argument `{name}` is given more than once: keep one");
            context.report(Rule::UniqueArgumentNames, places, message);
        }
    }
}

fn known(context: &mut Context<'_>, given: &[Argument], defined: &[InputValue], owner: &str) {
    for argument in given {
        if context.is_full() {
            return;
        }
        if !defined.iter().any(|known| known.name == argument.name.text) {
            let names = defined.iter().map(|known| &*known.name);
            let cure = did_you_mean(&argument.name, names, "remove it");
            let message = format!("{owner} has no argument `{}`: {cure}", argument.name);
            context.report(Rule::KnownArgumentNames, [argument.name.location], message);
        }
    }
}

fn required(
    context: &mut Context<'_>,
    given: &[Argument],
    defined: &[InputValue],
    owner: &str,
    location: Location,
) {
    for argument in defined.iter().filter(|argument| argument.is_required()) {
        if !given.iter().any(|given| given.name.text == argument.name) {
            let message = format!(
                "{owner} needs its argument `{0}` of type `{1}`: add `{0}: …`",
                argument.name,
                context.schema.written(&argument.type_ref)
            );
            context.report(Rule::ProvidedRequiredArguments, [location], message);
        }
    }
}
