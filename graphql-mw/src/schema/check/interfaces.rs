//! Whether objects and interfaces are what they say they implement.

use super::Problems;
use crate::schema::{Field, Schema, Type, TypeKind};
use crate::validate::variables::is_subtype;

pub(super) fn check(schema: &Schema, problems: &mut Problems) {
    for ty in schema.types() {
        for interface in ty.kind.interfaces().iter().map(|id| &schema[*id]) {
            if !matches!(interface.kind, TypeKind::Interface { .. }) {
                let message = format!(
                    "`{}` implements `{}`, which is no interface: define it as one",
                    ty.name, interface.name
                );
                problems.add(ty.location, message);
            } else if interface.id == ty.id {
                let message = format!("`{}` implements itself: remove it", ty.name);
                problems.add(ty.location, message);
            } else {
                implements(schema, ty, interface, problems);
            }
        }
    }
}

fn implements(schema: &Schema, ty: &Type, interface: &Type, problems: &mut Problems) {
    for inherited in interface.kind.interfaces() {
        let name = &schema[*inherited].name;
        if *inherited == ty.id {
            let message =
                format!("`{}` and `{}` implement each other: remove one", ty.name, interface.name);
            problems.add(ty.location, message);
        } else if !ty.kind.interfaces().contains(inherited) {
            let message = format!(
                "`{}` implements `{}` and so must implement `{name}`, too: add `& {name}`",
                ty.name, interface.name
            );
            problems.add(ty.location, message);
        }
    }
    let expected = interface.kind.fields().map_or(&[][..], |fields| fields.ids());
    for expected in expected.iter().map(|id| &schema[*id]) {
        let own = ty.kind.fields().and_then(|fields| fields.id(&expected.name));
        match own {
            Some(own) => field(schema, interface, expected, &schema[own], problems),
            None => {
                let message = format!(
                    "`{}` lacks the field `{}` of its interface `{}`: add `{1}: {}`",
                    ty.name,
                    expected.name,
                    interface.name,
                    schema.written(&expected.type_ref)
                );
                problems.add(ty.location, message);
            }
        }
    }
}

fn field(
    schema: &Schema,
    interface: &Type,
    expected: &Field,
    own: &Field,
    problems: &mut Problems,
) {
    let (interface, name) = (&interface.name, &own.name);
    if !is_subtype(schema, &own.type_ref, &expected.type_ref) {
        let message = format!(
            "`{name}` returns `{}`, and in the interface `{interface}` it is `{}`: \
             return that, or a part of it",
            schema.written(&own.type_ref),
            schema.written(&expected.type_ref)
        );
        problems.add(own.location, message);
    }
    for argument in &expected.arguments {
        let written = schema.written(&argument.type_ref);
        match own.argument(&argument.name) {
            None => {
                let message = format!(
                    "`{name}` lacks the argument `{}` that it has in the interface \
                     `{interface}`: add `{0}: {written}`",
                    argument.name
                );
                problems.add(own.location, message);
            }
            Some(own) if own.type_ref != argument.type_ref => {
                let message = format!(
                    "the argument `{}` of `{name}` is of type `{}`, and in the interface \
                     `{interface}` of type `{written}`: use that",
                    argument.name,
                    schema.written(&own.type_ref)
                );
                problems.add(own.location, message);
            }
            Some(_) => {}
        }
    }
    for argument in own.arguments.iter().filter(|argument| argument.is_required()) {
        if expected.argument(&argument.name).is_none() {
            let message = format!(
                "the argument `{}` of `{name}` is required, and the interface `{interface}` does \
                 not have it: give it a default, or make it nullable",
                argument.name
            );
            problems.add(argument.location, message);
        }
    }
}
