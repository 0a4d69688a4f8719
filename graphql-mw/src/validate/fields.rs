//! Fields that are asked for.

use super::Rule;
use super::context::{Context, did_you_mean};
use crate::ast::Field;
use crate::schema::{self, Schema, TypeId, TypeKind};

/// The field's definition, if its parent and the field are known.
pub(super) fn check<'a>(
    context: &mut Context<'a>,
    parent: Option<TypeId>,
    field: &Field,
) -> Option<&'a schema::Field> {
    let schema = context.schema;
    let parent = parent?;
    let Some(definition) = schema.field(parent, &field.name) else {
        let message = format!(
            "`{}` has no field `{}`: {}",
            schema[parent].name,
            field.name,
            instead(schema, parent, &field.name)
        );
        context.report(Rule::FieldsOnCorrectType, [field.location], message);
        return None;
    };
    let is_leaf = schema[definition.type_ref.named()].kind.is_leaf();
    let written = schema.written(&definition.type_ref);
    if is_leaf && !field.selection_set.is_empty() {
        let message = format!(
            "`{}` is of type `{written}`, which has no fields: remove the braces",
            field.name
        );
        context.report(Rule::ScalarLeafs, [field.selection_set.location], message);
    }
    if !is_leaf && field.selection_set.is_empty() {
        let message = format!(
            "`{0}` is of type `{written}`: say which of its fields you want, as `{0} {{ … }}`",
            field.name
        );
        context.report(Rule::ScalarLeafs, [field.location], message);
    }
    Some(definition)
}

/// What to ask for instead: the field of a possible type, or one with a name like it.
fn instead(schema: &Schema, parent: TypeId, name: &str) -> String {
    if schema[parent].kind.is_abstract() {
        let has_it = |id: &&TypeId| schema.field(**id, name).is_some();
        if let Some(found) = schema.possible_types(parent).iter().find(has_it) {
            return format!("write `... on {} {{ {name} }}`", schema[*found].name);
        }
    }
    let known = match &schema[parent].kind {
        TypeKind::Union { .. } => return "ask for `__typename`, or inside of `... on`".into(),
        kind => kind.fields().map_or(&[][..], |fields| fields.ids()),
    };
    let names = known.iter().map(|id| &*schema[*id].name);
    did_you_mean(name, names, "remove it, or ask for a field that the schema has")
}
