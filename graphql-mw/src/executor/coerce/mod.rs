//! Arguments and variables, made to fit their types.

mod input;
mod literal;
mod problem;

use super::compiled::{Compiled, Kind};
use super::plan::Operation;
use crate::ast::{self, Location, ValueKind};
use crate::error::Error;
use crate::response::ResponseError;
use crate::schema::{self, InputValue, TypeId, TypeKind, TypeRef};
use crate::value::{Object, Text, Value};
use input::input;
use literal::Literals;
use problem::Problem;
use std::sync::Arc;

/// Why a field cannot have its arguments, and where they are wrong.
pub(crate) struct BadArgument {
    pub(crate) error: Error,
    pub(crate) location: Location,
}

/// CoerceArgumentValues of the specification (rule F6).
pub(crate) fn arguments(
    operation: &Operation<'_>,
    def: &schema::Field,
    node: &ast::Field,
) -> Result<Object, Box<BadArgument>> {
    let mut args = Object::new();
    for argument in &def.arguments {
        let written = node.argument(&argument.name);
        let given = written.and_then(|value| match &value.kind {
            ValueKind::Variable(name) => {
                operation.variables.get(name).map(|value| (written_at(written), Ok(value.clone())))
            }
            _ => {
                let coerced = Literals::of(operation).coerce(value, &argument.type_ref);
                Some((value.location, coerced))
            }
        });
        let bad = |location, message: String| {
            Box::new(BadArgument { error: Error::new(message), location })
        };
        let type_ref = operation.schema.types.written(&argument.type_ref);
        match given {
            Some((location, Ok(value))) => {
                if value.is_null() && argument.type_ref.is_non_null() {
                    let message = format!(
                        "argument `{}` of type `{type_ref}` must not be null: give it a value",
                        argument.name
                    );
                    return Err(bad(location, message));
                }
                args.push(Text::from(&argument.name), value);
            }
            Some((location, Err(problem))) => {
                return Err(bad(location, format!("argument `{}`: {problem}", argument.name)));
            }
            None => match default(operation.schema, argument) {
                Some(value) => args.push(Text::from(&argument.name), value),
                None if argument.type_ref.is_non_null() => {
                    let message = format!(
                        "argument `{}` of type `{type_ref}` is required: give it a value, or give \
                         its variable one",
                        argument.name
                    );
                    return Err(bad(
                        written.map_or(node.location, |value| value.location),
                        message,
                    ));
                }
                None => {}
            },
        }
    }
    Ok(args)
}

fn written_at(written: Option<&ast::Value>) -> Location {
    written.map_or_else(Location::default, |value| value.location)
}

/// CoerceVariableValues of the specification.
///
/// # Errors
///
/// Every variable that does not fit.
pub(crate) fn variables(
    schema: &Compiled,
    operation: &ast::Operation,
    given: &Object,
) -> Result<Object, Vec<ResponseError>> {
    let mut coerced = Object::new();
    let mut errors = Vec::new();
    for definition in &operation.variables {
        let name = &*definition.name;
        let mut fail = |message: String| {
            errors.push(ResponseError::new(message).at(definition.location));
        };
        let Some(type_ref) = type_ref(schema, &definition.type_node) else {
            fail(format!("variable `${name}` has the unknown type `{}`", definition.type_node));
            continue;
        };
        match given.get(name) {
            None => match &definition.default {
                Some(default) => match Literals::constant(schema).coerce(default, &type_ref) {
                    Ok(value) => coerced.push(name_of(&definition.name), value),
                    Err(problem) => fail(format!("the default of variable `${name}`: {problem}")),
                },
                None if type_ref.is_non_null() => fail(format!(
                    "variable `${name}` of type `{}` is required: give it a value",
                    definition.type_node
                )),
                None => {}
            },
            Some(Value::Null) if type_ref.is_non_null() => fail(format!(
                "variable `${name}` of type `{}` must not be null: give it a value",
                definition.type_node
            )),
            Some(value) => match input(schema, value, &type_ref) {
                Ok(value) => coerced.push(name_of(&definition.name), value),
                Err(problem) => fail(format!("variable `${name}`: {problem}")),
            },
        }
    }
    if errors.is_empty() { Ok(coerced) } else { Err(errors) }
}

fn name_of(name: &ast::Name) -> Text {
    Text::from(&name.text)
}

fn type_ref(schema: &Compiled, node: &ast::TypeNode) -> Option<TypeRef> {
    Some(match node {
        ast::TypeNode::Named(name) => TypeRef::Named(schema.types.type_named(name)?.id),
        ast::TypeNode::List(item, _) => TypeRef::List(Box::new(type_ref(schema, item)?)),
        ast::TypeNode::NonNull(inner) => TypeRef::NonNull(Box::new(type_ref(schema, inner)?)),
    })
}

/// What holds where an argument or an input field is not given.
fn default(schema: &Compiled, input: &InputValue) -> Option<Value> {
    let default = input.default.as_ref()?;
    // It was checked against its type when the schema was read.
    Literals::constant(schema).coerce(default, &input.type_ref).ok()
}

/// The members of an input object, whichever way they are given.
fn input_object<'v, V: 'v>(
    schema: &Compiled,
    id: TypeId,
    mut names: impl Iterator<Item = &'v str>,
    member: impl Fn(&str) -> Option<&'v V>,
    coerce: impl Fn(&'v V, &TypeRef) -> Result<Value, Problem>,
) -> Result<Value, Problem> {
    let of = &schema.types[id];
    let TypeKind::InputObject { fields, one_of } = &of.kind else {
        return Err(Problem::new(format!("`{}` is no input object", of.name)));
    };
    if let Some(unknown) = names.find(|name| !fields.iter().any(|field| *field.name == **name)) {
        let advice = engine_core::nearest(unknown, fields.iter().map(|field| &*field.name));
        let advice = advice.map_or_else(String::new, |name| format!(": did you mean `{name}`?"));
        return Err(Problem::new(format!("`{}` has no field `{unknown}`{advice}", of.name)));
    }
    let mut coerced = Object::new();
    for field in fields {
        match member(&field.name) {
            Some(value) => {
                let value = coerce(value, &field.type_ref);
                let value = value.map_err(|problem| problem.within(&field.name))?;
                coerced.push(Text::from(&field.name), value);
            }
            None => match default(schema, field) {
                Some(value) => coerced.push(Text::from(&field.name), value),
                None if field.type_ref.is_non_null() => {
                    return Err(Problem::new(format!(
                        "`{}` needs its field `{}` of type `{}`: give it a value",
                        of.name,
                        field.name,
                        schema.types.written(&field.type_ref)
                    )));
                }
                None => {}
            },
        }
    }
    if *one_of && (coerced.len() != 1 || coerced.iter().any(|(_, value)| value.is_null())) {
        return Err(Problem::new(format!(
            "`{}` takes exactly one of its fields, and not null: give one of them",
            of.name
        )));
    }
    Ok(Value::Object(Arc::new(coerced)))
}

/// The integer that a number is, if it is one.
pub(crate) fn whole(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) => Some(*number),
        // Up to here every whole number has a float of its own.
        Value::Float(number) if number.fract() == 0.0 && number.abs() < 9e15 => {
            Some(*number as i64)
        }
        _ => None,
    }
}
