//! Directives that a schema uses.

use std::collections::HashSet;

use super::Problems;
use crate::ast::Directive;
use crate::schema::{DirectiveLocation as At, InputValue, Schema, TypeKind};
use crate::validate::did_you_mean;
use crate::validate::values::constant;

pub(super) fn check(schema: &Schema, of_schema: &[Directive], problems: &mut Problems) {
    let mut check = Check { schema, problems };
    check.at(At::Schema, of_schema);
    for ty in schema.types() {
        let at = match &ty.kind {
            TypeKind::Scalar { .. } => At::Scalar,
            TypeKind::Object { .. } => At::Object,
            TypeKind::Interface { .. } => At::Interface,
            TypeKind::Union { .. } => At::Union,
            TypeKind::Enum { values } => {
                for value in values {
                    check.at(At::EnumValue, &value.directives);
                }
                At::Enum
            }
            TypeKind::InputObject { fields, .. } => {
                check.inputs(At::InputFieldDefinition, fields);
                At::InputObject
            }
        };
        check.at(at, &ty.directives);
    }
    for field in schema.fields() {
        check.at(At::FieldDefinition, &field.directives);
        check.inputs(At::ArgumentDefinition, &field.arguments);
    }
    for directive in schema.directives() {
        check.inputs(At::ArgumentDefinition, &directive.arguments);
    }
}

struct Check<'c> {
    schema: &'c Schema,
    problems: &'c mut Problems,
}

impl Check<'_> {
    fn inputs(&mut self, at: At, inputs: &[InputValue]) {
        for input in inputs {
            self.at(at, &input.directives);
        }
    }

    fn at(&mut self, at: At, directives: &[Directive]) {
        let mut met = HashSet::new();
        for directive in directives {
            let name = &directive.name;
            let Some(definition) = self.schema.directive(name) else {
                let known = self.schema.directives().iter().map(|known| &*known.name);
                let cure = did_you_mean(name, known, "define it, or remove it");
                let message = format!("there is no directive `@{name}`: {cure}");
                self.problems.add(directive.location, message);
                continue;
            };
            if !definition.locations.contains(&at) {
                let allowed: Vec<_> = definition.locations.iter().map(|it| it.as_str()).collect();
                let message = format!(
                    "`@{name}` does not belong on {}: it may stand on {}",
                    at.as_str(),
                    allowed.join(", ")
                );
                self.problems.add(directive.location, message);
            }
            if !met.insert(&**name) && !definition.repeatable {
                let message = format!("`@{name}` stands twice at one place: remove one");
                self.problems.add(directive.location, message);
            }
            self.arguments(directive, &definition.arguments);
        }
    }

    fn arguments(&mut self, directive: &Directive, defined: &[InputValue]) {
        let mut met = HashSet::new();
        for given in &directive.arguments {
            let name = &given.name;
            if !met.insert(&**name) {
                let message = format!("the argument `{name}` is given twice: remove one");
                self.problems.add(name.location, message);
            }
            let Some(definition) = defined.iter().find(|known| known.name == name.text) else {
                let known = defined.iter().map(|known| &*known.name);
                let cure = did_you_mean(name, known, "remove it");
                let message = format!("`@{}` has no argument `{name}`: {cure}", directive.name);
                self.problems.add(name.location, message);
                continue;
            };
            for (location, message) in constant(self.schema, &given.value, &definition.type_ref) {
                self.problems.add(location, message);
            }
        }
        for needed in defined.iter().filter(|needed| needed.is_required()) {
            if directive.argument(&needed.name).is_none() {
                let message = format!(
                    "`@{}` needs its argument `{1}` of type `{2}`: add `{1}: …`",
                    directive.name,
                    needed.name,
                    self.schema.written(&needed.type_ref),
                );
                self.problems.add(directive.location, message);
            }
        }
    }
}
