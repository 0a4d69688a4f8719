//! Names, positions, and what must not be empty.

use super::Problems;
use crate::ast::Location;
use crate::schema::{InputValue, Schema, Type, TypeKind};

pub(super) fn check(schema: &Schema, problems: &mut Problems) {
    for ty in schema.types().iter().filter(|ty| !ty.is_builtin()) {
        name(&ty.name, ty.location, problems);
        match &ty.kind {
            TypeKind::Object { fields, .. } | TypeKind::Interface { fields, .. } => {
                if fields.ids().is_empty() {
                    empty(ty, "fields", problems);
                }
                for field in fields.ids().iter().map(|id| &schema[*id]) {
                    name(&field.name, field.location, problems);
                    inputs(schema, &field.arguments, problems);
                    let named = &schema[field.type_ref.named()];
                    if !named.kind.is_output() {
                        let message = format!(
                            "the field `{}` returns the input object `{}`: \
                             return a `type` with the same fields",
                            field.name, named.name
                        );
                        problems.add(field.location, message);
                    }
                }
            }
            TypeKind::Union { members } => {
                if members.is_empty() {
                    empty(ty, "members", problems);
                }
                for member in members.iter().map(|id| &schema[*id]) {
                    if !matches!(member.kind, TypeKind::Object { .. }) {
                        let message = format!(
                            "`{}` is a member of the union `{}` and no object: \
                             name objects only",
                            member.name, ty.name
                        );
                        problems.add(ty.location, message);
                    }
                }
            }
            TypeKind::Enum { values } => {
                if values.is_empty() {
                    empty(ty, "values", problems);
                }
                for value in values {
                    name(&value.name, value.location, problems);
                }
            }
            TypeKind::InputObject { fields, .. } => {
                if fields.is_empty() {
                    empty(ty, "fields", problems);
                }
                inputs(schema, fields, problems);
            }
            TypeKind::Scalar { .. } => {}
        }
    }
    for directive in schema.directives().iter().filter(|it| it.location.line > 0) {
        name(&directive.name, directive.location, problems);
        inputs(schema, &directive.arguments, problems);
    }
}

fn inputs(schema: &Schema, inputs: &[InputValue], problems: &mut Problems) {
    for input in inputs {
        name(&input.name, input.location, problems);
        let named = &schema[input.type_ref.named()];
        if !named.kind.is_input() {
            let message = format!(
                "`{}` is given as `{}`, which cannot be given: \
                 use a scalar, an enum or an input object",
                input.name, named.name
            );
            problems.add(input.location, message);
        }
    }
}

fn name(name: &str, location: Location, problems: &mut Problems) {
    if name.starts_with("__") {
        let message =
            format!("names with two underscores belong to introspection: rename `{name}`");
        problems.add(location, message);
    }
}

fn empty(ty: &Type, of_what: &str, problems: &mut Problems) {
    problems.add(ty.location, format!("`{}` has no {of_what}: add at least one", ty.name));
}
