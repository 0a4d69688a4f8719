//! Values, of documents and of schemas.

use super::Rule;
use super::context::{Context, did_you_mean};
use super::unique::pairs;
use super::variables::Usage;
use crate::ast::{Argument, Location, ObjectField, Value, ValueKind};
use crate::schema::{InputValue, Schema, TypeId, TypeKind, TypeRef};

/// The values of arguments; those of unknown arguments fit anything.
pub(super) fn arguments<'a>(
    context: &mut Context<'a>,
    given: &'a [Argument],
    defined: &'a [InputValue],
    usages: &mut Vec<Usage<'a>>,
) {
    for argument in given {
        let definition = defined.iter().find(|known| known.name == argument.name.text);
        let place = Place {
            type_ref: definition.map(|it| &it.type_ref),
            has_default: definition.is_some_and(|it| it.default.is_some()),
            one_of: None,
        };
        value(context, &argument.value, place, usages);
    }
}

/// A value in its place: what is wrong is reported, and its variables are noted.
pub(super) fn value<'a>(
    context: &mut Context<'a>,
    value: &'a Value,
    place: Place<'a>,
    usages: &mut Vec<Usage<'a>>,
) {
    let schema = context.schema;
    let mut found = Vec::new();
    Checker { schema, found: &mut found, usages, is_told: false }.value(value, place);
    for Misfit { rule, locations, message } in found {
        context.report(rule, locations, message);
    }
}

/// What is wrong with a constant: nothing if it is of the type. For defaults and directives of
/// schemas.
pub(crate) fn constant(
    schema: &Schema,
    value: &Value,
    type_ref: &TypeRef,
) -> Vec<(Location, String)> {
    let found = default(schema, value, Some(type_ref)).into_iter();
    found.filter_map(|(_, places, message)| Some((*places.last()?, message))).collect()
}

/// What is wrong with a variable's default, whose type may not be known.
pub(super) fn default(
    schema: &Schema,
    value: &Value,
    type_ref: Option<&TypeRef>,
) -> Vec<(Rule, Vec<Location>, String)> {
    let mut found = Vec::new();
    Checker { schema, found: &mut found, usages: &mut Vec::new(), is_told: false }
        .value(value, Place::of(type_ref));
    found.into_iter().map(|it| (it.rule, it.locations, it.message)).collect()
}

/// What is expected of a value.
#[derive(Clone, Copy)]
pub(super) struct Place<'a> {
    /// The type, if it is known.
    pub(super) type_ref: Option<&'a TypeRef>,
    /// Whether something holds where a variable has no value.
    pub(super) has_default: bool,
    /// The input object with `@oneOf` whose field it is.
    pub(super) one_of: Option<TypeId>,
}

impl<'a> Place<'a> {
    fn of(type_ref: Option<&'a TypeRef>) -> Place<'a> {
        Place { type_ref, has_default: false, one_of: None }
    }
}

struct Misfit {
    rule: Rule,
    locations: Vec<Location>,
    message: String,
}

struct Checker<'c, 'a> {
    schema: &'a Schema,
    found: &'c mut Vec<Misfit>,
    usages: &'c mut Vec<Usage<'a>>,
    /// Inside of a list that stands where none belongs: that is told once, and only the variables
    /// in it are of interest, which graphql-js holds against the type all the same.
    is_told: bool,
}

impl<'a> Checker<'_, 'a> {
    fn misfit(&mut self, location: Location, message: String) {
        if !self.is_told {
            let rule = Rule::ValuesOfCorrectType;
            self.found.push(Misfit { rule, locations: vec![location], message });
        }
    }

    /// The parser bounds the nesting.
    fn value(&mut self, value: &'a Value, place: Place<'a>) {
        let type_ref = place.type_ref;
        match &value.kind {
            ValueKind::Variable(name) => {
                self.usages.push(Usage { name, location: value.location, place });
            }
            ValueKind::Null => {
                if let Some(expected @ TypeRef::NonNull(_)) = type_ref {
                    let written = self.schema.written(expected);
                    let message = format!("null is no `{written}`: give a value");
                    self.misfit(value.location, message);
                }
            }
            ValueKind::List(items) => {
                let item = type_ref.and_then(TypeRef::item);
                let was_told = self.is_told;
                if let (Some(expected), None) = (type_ref, item) {
                    self.leaf(value, expected);
                    self.is_told = true;
                }
                let item = item.or(type_ref.map(TypeRef::nullable));
                for item_value in items {
                    self.value(item_value, Place::of(item));
                }
                self.is_told = was_told;
            }
            ValueKind::Object(fields) => self.object(value, fields, type_ref),
            _ => {
                if let Some(expected) = type_ref {
                    self.leaf(value, expected);
                }
            }
        }
    }

    fn object(
        &mut self,
        value: &'a Value,
        given: &'a [ObjectField],
        type_ref: Option<&'a TypeRef>,
    ) {
        for (name, places) in pairs(given.iter().map(|field| &field.name)) {
            let message = format!("the field `{name}` is given twice: remove one");
            let rule = Rule::UniqueInputFieldNames;
            self.found.push(Misfit { rule, locations: places.into(), message });
        }
        let expected = type_ref.map(|type_ref| &self.schema[type_ref.named()]);
        let (defined, one_of) = match expected.map(|expected| (expected, &expected.kind)) {
            Some((expected, TypeKind::InputObject { fields, one_of })) => {
                for field in fields.iter().filter(|field| field.is_required()) {
                    if !given.iter().any(|given| given.name.text == field.name) {
                        let message = format!(
                            "`{}` needs its field `{1}` of type `{2}`: add `{1}: …`",
                            expected.name,
                            field.name,
                            self.schema.written(&field.type_ref),
                        );
                        self.misfit(value.location, message);
                    }
                }
                if *one_of {
                    self.one_of(value, given, &expected.name);
                }
                (Some((expected, fields)), one_of.then_some(expected.id))
            }
            _ => {
                if let Some(type_ref) = type_ref {
                    self.leaf(value, type_ref);
                }
                (None, None)
            }
        };
        for field in given {
            let definition = defined.and_then(|(expected, fields)| {
                let found = fields.iter().find(|known| known.name == field.name.text);
                if found.is_none() {
                    let names = fields.iter().map(|known| &*known.name);
                    let cure = did_you_mean(&field.name, names, "remove it");
                    let message =
                        format!("`{}` has no field `{}`: {cure}", expected.name, field.name);
                    self.misfit(field.name.location, message);
                }
                found
            });
            let place = Place {
                type_ref: definition.map(|it| &it.type_ref),
                has_default: definition.is_some_and(|it| it.default.is_some()),
                one_of,
            };
            self.value(&field.value, place);
        }
    }

    fn one_of(&mut self, value: &Value, given: &[ObjectField], name: &str) {
        match given {
            [field] if field.value.is_null() => {
                let message = format!(
                    "the one field of `{name}` must not be null: give `{}` a value",
                    field.name
                );
                self.misfit(value.location, message);
            }
            [_] => {}
            _ => {
                let message = format!("`{name}` takes exactly one of its fields: give one");
                self.misfit(value.location, message);
            }
        }
    }

    /// A value that is no variable, null, nor of the form its type asks for by itself.
    fn leaf(&mut self, value: &Value, type_ref: &TypeRef) {
        let expected = &self.schema[type_ref.named()];
        let name = &*expected.name;
        let what = match &expected.kind {
            TypeKind::Scalar { .. } => {
                if fits_scalar(name, &value.kind) {
                    return;
                }
                match name {
                    "Int" => "a whole number between -2147483648 and 2147483647".into(),
                    "Float" => "a finite number".into(),
                    "Boolean" => "true or false".into(),
                    "ID" => "a string or a whole number".into(),
                    _ => "a string in quotes".into(),
                }
            }
            TypeKind::Enum { values } => match &value.kind {
                ValueKind::Enum(given) if expected.kind.enum_value(given).is_some() => return,
                ValueKind::Enum(given) => {
                    let known = values.iter().map(|known| &*known.name);
                    let otherwise = "one of its values is expected";
                    let cure = did_you_mean(given, known, otherwise);
                    let message = format!("`{given}` is no value of `{name}`: {cure}");
                    return self.misfit(value.location, message);
                }
                ValueKind::String(given) if expected.kind.enum_value(given).is_some() => {
                    format!("`{given}` without quotes")
                }
                _ => "one of its values".into(),
            },
            _ => "an object in braces, `{…}`".into(),
        };
        let written = self.schema.written(type_ref);
        let message = format!("{} does not fit `{written}`: write {what}", shown(value));
        self.misfit(value.location, message);
    }
}

/// Whether a literal is one that a scalar takes; a custom scalar takes all, and judges them itself
/// when the document is executed.
fn fits_scalar(name: &str, literal: &ValueKind) -> bool {
    match (name, literal) {
        ("Int", ValueKind::Int(text)) => text.parse::<i32>().is_ok(),
        ("Float", ValueKind::Int(text) | ValueKind::Float(text)) => {
            text.parse::<f64>().is_ok_and(f64::is_finite)
        }
        ("String", literal) => matches!(literal, ValueKind::String(_)),
        ("Boolean", literal) => matches!(literal, ValueKind::Boolean(_)),
        ("ID", literal) => matches!(literal, ValueKind::String(_) | ValueKind::Int(_)),
        ("Int" | "Float", _) => false,
        _ => true,
    }
}

/// The value for a message, not longer than a line.
fn shown(value: &Value) -> String {
    match &value.kind {
        ValueKind::List(_) => "a list".into(),
        ValueKind::Object(_) => "an object".into(),
        _ => {
            let text = value.to_string();
            match text.char_indices().nth(60) {
                Some((end, _)) => format!("`{}…`", &text[..end]),
                None => format!("`{text}`"),
            }
        }
    }
}
