//! Variables: defined, used, and fitting their places.

use std::collections::HashMap;
use std::sync::Arc;

use super::context::Context;
use super::unique::groups;
use super::values::{self, Place};
use super::walk::Uses;
use super::{Rule, directives, fragments};
use crate::ast::{Location, Operation, VariableDefinition};
use crate::schema::{DirectiveLocation, Schema, TypeRef};

/// A variable in a value's place.
pub(super) struct Usage<'a> {
    pub(super) name: &'a Arc<str>,
    pub(super) location: Location,
    pub(super) place: Place<'a>,
}

/// The definitions of an operation's variables, each by itself.
pub(super) fn definitions<'a>(context: &mut Context<'a>, operation: &'a Operation) {
    for (name, places) in groups(operation.variables.iter().map(|it| &it.name)) {
        let message = format!("the variable `${name}` is defined more than once: keep one");
        context.report(Rule::UniqueVariableNames, places, message);
    }
    for variable in &operation.variables {
        if let Some(id) = fragments::type_named(context, variable.type_node.named())
            && !context.schema[id].kind.is_input()
        {
            let message = format!(
                "`${}` is of type `{}`, which is no input: use a scalar, an enum or an input object",
                variable.name, variable.type_node
            );
            context.report(Rule::VariablesAreInputTypes, [variable.type_node.location()], message);
        }
        // A constant holds no variable that would be a use.
        let mut none = Vec::new();
        let location = DirectiveLocation::VariableDefinition;
        directives::check(context, &variable.directives, location, &mut none);
        if let Some(default) = &variable.default {
            let type_ref = context.type_ref(&variable.type_node);
            let type_ref = type_ref.filter(|it| context.schema[it.named()].kind.is_input());
            let misfits = values::default(context.schema, default, type_ref.as_ref());
            for (rule, locations, message) in misfits {
                context.report(rule, locations, message);
            }
        }
    }
}

/// What each operation uses, through fragments too, against what it defines.
pub(super) fn check(context: &mut Context<'_>, uses: &Uses<'_>) {
    let document = context.document;
    // The number of the last operation that has come by a fragment, to visit each once.
    let mut visited_by = vec![usize::MAX; document.fragments.len()];
    for (number, operation) in document.operations.iter().enumerate() {
        let mut scope = Scope::new(context, operation);
        let own = &uses.operations[number];
        let mut todo = vec![own];
        while let Some(uses_of_one) = todo.pop() {
            for usage in &uses_of_one.variables {
                scope.usage(context, usage);
            }
            if context.is_full() {
                return;
            }
            for id in uses_of_one.spreads.iter().filter_map(|spread| spread.fragment) {
                if std::mem::replace(&mut visited_by[id], number) != number {
                    todo.push(&uses.fragments[id]);
                }
            }
        }
        scope.unused(context);
    }
}

/// The variables of one operation.
struct Scope<'a> {
    operation: &'a Operation,
    variables: HashMap<&'a str, Variable<'a>>,
}

struct Variable<'a> {
    definition: &'a VariableDefinition,
    type_ref: Option<TypeRef>,
    is_used: bool,
}

impl<'a> Scope<'a> {
    fn new(context: &Context<'a>, operation: &'a Operation) -> Scope<'a> {
        let variables = operation.variables.iter().map(|definition| {
            let type_ref = context.type_ref(&definition.type_node);
            (&*definition.name.text, Variable { definition, type_ref, is_used: false })
        });
        Scope { operation, variables: variables.collect() }
    }

    fn usage(&mut self, context: &mut Context<'_>, usage: &Usage<'_>) {
        let name = usage.name;
        let Some(variable) = self.variables.get_mut(&**name) else {
            let message = match &self.operation.name {
                Some(operation) => {
                    format!(
                        "`{operation}` does not define the variable `${name}`: add it, or give a value"
                    )
                }
                None => format!("the variable `${name}` is not defined: add it, or give a value"),
            };
            let places = [usage.location, self.operation.location];
            context.report(Rule::NoUndefinedVariables, places, message);
            return;
        };
        variable.is_used = true;
        let (Some(given), Some(expected)) = (&variable.type_ref, usage.place.type_ref) else {
            return;
        };
        let schema = context.schema;
        let places = [variable.definition.location, usage.location];
        if !fits(schema, variable, given, usage) {
            let message = format!(
                "the variable `${name}` is of type `{}`, and `{}` is expected here: \
                 change its definition",
                schema.written(given),
                schema.written(expected)
            );
            context.report(Rule::VariablesInAllowedPosition, places, message);
        } else if let (Some(object), false) = (usage.place.one_of, given.is_non_null()) {
            let message = format!(
                "the variable `${name}` may be null, and the one field of `{}` must not: \
                 make it `{}!`",
                schema[object].name,
                schema.written(given)
            );
            context.report(Rule::VariablesInAllowedPosition, places, message);
        }
    }

    fn unused(&self, context: &mut Context<'_>) {
        for definition in &self.operation.variables {
            if !self.variables.get(&*definition.name).is_some_and(|variable| variable.is_used) {
                let message =
                    format!("the variable `${}` is not used: use it or remove it", definition.name);
                context.report(Rule::NoUnusedVariables, [definition.location], message);
            }
        }
    }
}

/// Whether a variable of type `given` may stand where it is used. A nullable one may stand in for
/// what is not, if a default takes the place of a value that is not given.
fn fits(schema: &Schema, variable: &Variable<'_>, given: &TypeRef, usage: &Usage<'_>) -> bool {
    let Some(expected) = usage.place.type_ref else { return true };
    if let (TypeRef::NonNull(inner), false) = (expected, given.is_non_null()) {
        let default = variable.definition.default.as_ref();
        let has_default = default.is_some_and(|default| !default.is_null());
        return (has_default || usage.place.has_default) && is_subtype(schema, given, inner);
    }
    is_subtype(schema, given, expected)
}

/// Whether every value of `given` is one of `expected`.
pub(crate) fn is_subtype(schema: &Schema, given: &TypeRef, expected: &TypeRef) -> bool {
    match (given, expected) {
        (TypeRef::NonNull(given), TypeRef::NonNull(expected))
        | (TypeRef::List(given), TypeRef::List(expected)) => is_subtype(schema, given, expected),
        (TypeRef::NonNull(given), expected) => is_subtype(schema, given, expected),
        (TypeRef::Named(given), TypeRef::Named(expected)) => {
            given == expected
                || schema.is_possible(*expected, *given)
                || schema[*given].kind.interfaces().contains(expected)
        }
        _ => false,
    }
}
