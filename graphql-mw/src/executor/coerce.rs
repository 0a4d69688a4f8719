//! Arguments and variables, made to fit their types.

use super::compiled::{Compiled, Kind};
use super::plan::Operation;
use crate::ast::{self, Location, ValueKind};
use crate::error::Error;
use crate::response::ResponseError;
use crate::schema::{self, InputValue, TypeId, TypeKind, TypeRef};
use crate::value::{Object, Text, Value};
use std::fmt;
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

/// What does not fit, where in the value, and why.
#[derive(Debug)]
pub(crate) struct Problem {
    /// From the value's outside to the part that does not fit.
    within: Vec<String>,
    message: String,
}

impl Problem {
    fn new(message: impl Into<String>) -> Self {
        Problem { within: Vec::new(), message: message.into() }
    }

    fn within(mut self, part: impl fmt::Display) -> Self {
        self.within.insert(0, part.to_string());
        self
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.within.is_empty() {
            write!(f, "at `{}`: ", self.within.join("."))?;
        }
        f.write_str(&self.message)
    }
}

/// Values as a document writes them.
struct Literals<'a> {
    schema: &'a Compiled,
    variables: Option<&'a Object>,
}

impl<'a> Literals<'a> {
    fn of(operation: &'a Operation<'a>) -> Self {
        Literals { schema: operation.schema, variables: Some(operation.variables) }
    }

    fn constant(schema: &'a Compiled) -> Self {
        Literals { schema, variables: None }
    }

    fn variable(&self, name: &str) -> Option<&'a Value> {
        self.variables.and_then(|variables| variables.get(name))
    }

    fn coerce(&self, value: &ast::Value, type_ref: &TypeRef) -> Result<Value, Problem> {
        if let ValueKind::Variable(name) = &value.kind {
            let value = self.variable(name).cloned().unwrap_or_default();
            return match value.is_null() && type_ref.is_non_null() {
                true => Err(Problem::new(format!(
                    "variable `${name}` must not be null here: give it a value"
                ))),
                false => Ok(value),
            };
        }
        match type_ref {
            TypeRef::NonNull(_) if value.is_null() => Err(Problem::new(format!(
                "expected `{}`, found null",
                self.schema.types.written(type_ref)
            ))),
            TypeRef::NonNull(inner) => self.coerce(value, inner),
            _ if value.is_null() => Ok(Value::Null),
            TypeRef::List(item) => match &value.kind {
                ValueKind::List(items) => {
                    let mut coerced = Vec::with_capacity(items.len());
                    for (index, value) in items.iter().enumerate() {
                        let value = self.coerce(value, item);
                        coerced.push(value.map_err(|problem| problem.within(index))?);
                    }
                    Ok(Value::List(Arc::new(coerced)))
                }
                _ => Ok(Value::list([self.coerce(value, item)?])),
            },
            TypeRef::Named(id) => self.named(value, *id),
        }
    }

    fn named(&self, value: &ast::Value, id: TypeId) -> Result<Value, Problem> {
        let expected = |what: &str| {
            let name = &self.schema.types[id].name;
            Problem::new(format!("expected {what} for `{name}`, found `{value}`"))
        };
        match (&self.schema.kinds[id.index()], &value.kind) {
            (Kind::Int, ValueKind::Int(_)) => value
                .as_i64()
                .filter(|number| i32::try_from(*number).is_ok())
                .map(Value::Int)
                .ok_or_else(|| expected("an integer of 32 bits")),
            (Kind::Int, _) => Err(expected("an integer")),
            (Kind::Float, ValueKind::Int(_) | ValueKind::Float(_)) => {
                value.as_f64().map(Value::Float).ok_or_else(|| expected("a finite number"))
            }
            (Kind::Float, _) => Err(expected("a number")),
            (Kind::String, ValueKind::String(text)) => Ok(Value::String(Text::from(text))),
            (Kind::String, _) => Err(expected("a string")),
            (Kind::Boolean, ValueKind::Boolean(value)) => Ok(Value::Bool(*value)),
            (Kind::Boolean, _) => Err(expected("true or false")),
            (Kind::Id, ValueKind::String(text)) => Ok(Value::String(Text::from(text))),
            (Kind::Id, ValueKind::Int(text)) => Ok(Value::from(String::from(&**text))),
            (Kind::Id, _) => Err(expected("a string or an integer")),
            (Kind::Enum, ValueKind::Enum(name)) => {
                let kind = &self.schema.types[id].kind;
                let known = kind.enum_value(name).ok_or_else(|| expected("one of its values"))?;
                Ok(Value::String(Text::from(&known.name)))
            }
            (Kind::Enum, _) => Err(expected("one of its values")),
            (Kind::Custom(scalar), _) => {
                let value = self.untyped(value);
                match &scalar.parse {
                    None => Ok(value),
                    Some(parse) => Error::contain(|| parse(value))
                        .map_err(|error| Problem::new(error.message())),
                }
            }
            (Kind::Input, ValueKind::Object(members)) => {
                let member = |name: &str| {
                    let found = members.iter().find(|member| member.name == *name)?;
                    // A variable without a value is as a member that is not there.
                    match &found.value.kind {
                        ValueKind::Variable(name) if self.variable(name).is_none() => None,
                        _ => Some(&found.value),
                    }
                };
                let names = members.iter().map(|member| &*member.name);
                input_object(self.schema, id, names, member, |value, of| self.coerce(value, of))
            }
            (Kind::Input, _) => Err(expected("an object")),
            (Kind::Object | Kind::Abstract(_), _) => Err(expected("no value at all")),
        }
    }

    /// The value of a custom scalar, as it is written.
    fn untyped(&self, value: &ast::Value) -> Value {
        match &value.kind {
            ValueKind::Variable(name) => self.variable(name).cloned().unwrap_or_default(),
            ValueKind::Int(_) => match value.as_i64() {
                Some(number) => Value::Int(number),
                None => value.as_f64().map_or(Value::Null, Value::Float),
            },
            ValueKind::Float(_) => value.as_f64().map_or(Value::Null, Value::Float),
            ValueKind::String(text) | ValueKind::Enum(text) => Value::String(Text::from(text)),
            ValueKind::Boolean(value) => Value::Bool(*value),
            ValueKind::Null => Value::Null,
            ValueKind::List(items) => Value::list(items.iter().map(|item| self.untyped(item))),
            ValueKind::Object(members) => Value::object(
                members.iter().map(|member| (name_of(&member.name), self.untyped(&member.value))),
            ),
        }
    }
}

/// A value as a client sends it beside the document.
fn input(schema: &Compiled, value: &Value, type_ref: &TypeRef) -> Result<Value, Problem> {
    match type_ref {
        TypeRef::NonNull(_) if value.is_null() => {
            Err(Problem::new(format!("expected `{}`, found null", schema.types.written(type_ref))))
        }
        TypeRef::NonNull(inner) => input(schema, value, inner),
        _ if value.is_null() => Ok(Value::Null),
        TypeRef::List(item) => match value {
            Value::List(items) => {
                let mut coerced = Vec::with_capacity(items.len());
                for (index, value) in items.iter().enumerate() {
                    let value = input(schema, value, item);
                    coerced.push(value.map_err(|problem| problem.within(index))?);
                }
                Ok(Value::List(Arc::new(coerced)))
            }
            _ => Ok(Value::list([input(schema, value, item)?])),
        },
        TypeRef::Named(id) => input_named(schema, value, *id),
    }
}

fn input_named(schema: &Compiled, value: &Value, id: TypeId) -> Result<Value, Problem> {
    let expected = |what: &str| {
        let name = &schema.types[id].name;
        Problem::new(format!("expected {what} for `{name}`, found {}", shown(value)))
    };
    match (&schema.kinds[id.index()], value) {
        (Kind::Int, Value::Int(_) | Value::Float(_)) => whole(value)
            .filter(|number| i32::try_from(*number).is_ok())
            .map(Value::Int)
            .ok_or_else(|| expected("an integer of 32 bits")),
        (Kind::Int, _) => Err(expected("an integer")),
        (Kind::Float, _) => value
            .as_f64()
            .filter(|number| number.is_finite())
            .map(Value::Float)
            .ok_or_else(|| expected("a number")),
        (Kind::String, Value::String(_)) => Ok(value.clone()),
        (Kind::String, _) => Err(expected("a string")),
        (Kind::Boolean, Value::Bool(_)) => Ok(value.clone()),
        (Kind::Boolean, _) => Err(expected("true or false")),
        (Kind::Id, Value::String(_)) => Ok(value.clone()),
        (Kind::Id, _) => match whole(value) {
            Some(number) => Ok(Value::from(number.to_string())),
            None => Err(expected("a string or an integer")),
        },
        (Kind::Enum, Value::String(name)) => match schema.types[id].kind.enum_value(name) {
            Some(known) => Ok(Value::String(Text::from(&known.name))),
            None => Err(expected("one of its values")),
        },
        (Kind::Enum, _) => Err(expected("one of its values")),
        (Kind::Custom(scalar), _) => match &scalar.parse {
            None => Ok(value.clone()),
            Some(parse) => Error::contain(|| parse(value.clone()))
                .map_err(|error| Problem::new(error.message())),
        },
        (Kind::Input, Value::Object(object)) => {
            let names = object.iter().map(|(name, _)| &**name);
            input_object(
                schema,
                id,
                names,
                |name| object.get(name),
                |value, type_ref| input(schema, value, type_ref),
            )
        }
        (Kind::Input, _) => Err(expected("an object")),
        (Kind::Object | Kind::Abstract(_), _) => Err(expected("no value at all")),
    }
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

/// A value for a message: as JSON if it is short.
fn shown(value: &Value) -> String {
    match value {
        Value::List(_) | Value::Object(_) => value.kind().to_owned(),
        _ => {
            let text = value.to_json().to_string();
            match text.char_indices().nth(60) {
                Some((end, _)) => format!("`{}…`", &text[..end]),
                None => format!("`{text}`"),
            }
        }
    }
}
