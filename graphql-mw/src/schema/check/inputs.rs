//! What is given: defaults, deprecation, `@oneOf`, and input objects that no value can fill.

use super::Problems;
use crate::schema::{InputValue, Schema, TypeKind, TypeRef};
use crate::validate::values::constant;

pub(super) fn check(schema: &Schema, problems: &mut Problems) {
    let of_fields = schema.fields().iter().flat_map(|field| &field.arguments);
    let of_directives = schema.directives().iter().flat_map(|directive| &directive.arguments);
    let of_types = schema.types().iter().flat_map(|ty| ty.kind.input_fields().unwrap_or(&[]));
    for input in of_fields.chain(of_directives).chain(of_types) {
        one(schema, input, problems);
    }
    for ty in schema.types() {
        if let TypeKind::InputObject { fields, one_of: true } = &ty.kind {
            for field in fields {
                if field.type_ref.is_non_null() || field.default.is_some() {
                    let message = format!(
                        "`{}` is one of several fields of which one is given: \
                         make it nullable, and give it no default",
                        field.name
                    );
                    problems.add(field.location, message);
                }
            }
        }
    }
    cycles(schema, problems);
}

fn one(schema: &Schema, input: &InputValue, problems: &mut Problems) {
    if input.is_required() && input.deprecated.is_some() {
        let message = format!(
            "`{}` is required and deprecated: give it a default, or make it nullable",
            input.name
        );
        problems.add(input.location, message);
    }
    if let Some(default) = &input.default
        && schema[input.type_ref.named()].kind.is_input()
    {
        for (location, message) in constant(schema, default, &input.type_ref) {
            problems.add(location, message);
        }
    }
}

/// Looks for input objects that need one another to no end. A stack of its own, as a schema may
/// chain any number of them.
fn cycles(schema: &Schema, problems: &mut Problems) {
    let mut is_done = vec![false; schema.types().len()];
    for start in schema.types() {
        // The types on the way, each with the number of its next field.
        let mut way = vec![(start.id, 0)];
        while let Some((id, next)) = way.last_mut() {
            let id = *id;
            let field = schema[id].kind.input_fields().and_then(|fields| fields.get(*next));
            let (Some(field), false) = (field, is_done[id.index()]) else {
                is_done[id.index()] = true;
                way.pop();
                continue;
            };
            *next += 1;
            let TypeRef::NonNull(inner) = &field.type_ref else { continue };
            let TypeRef::Named(target) = **inner else { continue };
            if way.iter().any(|(on_way, _)| *on_way == target) {
                let message = format!(
                    "`{}` needs a `{}`, which needs a `{}` again, to no end: \
                     make one of the fields nullable",
                    field.name, schema[target].name, schema[id].name
                );
                problems.add(field.location, message);
            } else {
                way.push((target, 0));
            }
        }
    }
}
