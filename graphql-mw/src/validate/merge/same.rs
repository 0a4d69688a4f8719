//! When two fields ask for the same.

use crate::ast::{Argument, Field, ObjectField, Value, ValueKind};
use crate::schema::{Schema, TypeRef};

/// Why two fields of one type are not the same field, if they are not.
pub(super) fn difference(a: &Field, b: &Field, spend: &mut usize) -> Option<String> {
    if a.name.text != b.name.text {
        Some(format!("are different fields, `{}` and `{}`", a.name, b.name))
    } else if !same_arguments(&a.arguments, &b.arguments, spend) {
        Some("have different arguments".into())
    } else {
        None
    }
}

fn same_arguments(a: &[Argument], b: &[Argument], spend: &mut usize) -> bool {
    if a.len() != b.len() {
        return false;
    }
    let mut a: Vec<&Argument> = a.iter().collect();
    let mut b: Vec<&Argument> = b.iter().collect();
    a.sort_by(|x, y| x.name.text.cmp(&y.name.text));
    b.sort_by(|x, y| x.name.text.cmp(&y.name.text));
    a.iter().zip(b).all(|(a, b)| a.name.text == b.name.text && same(&a.value, &b.value, spend))
}

/// Whether two literals are the same; the order of an object's fields does not count.
fn same(a: &Value, b: &Value, spend: &mut usize) -> bool {
    *spend += 1;
    match (&a.kind, &b.kind) {
        (ValueKind::Variable(a), ValueKind::Variable(b))
        | (ValueKind::Enum(a), ValueKind::Enum(b))
        | (ValueKind::String(a), ValueKind::String(b)) => a == b,
        (ValueKind::Int(a), ValueKind::Int(b)) | (ValueKind::Float(a), ValueKind::Float(b)) => {
            a == b
        }
        (ValueKind::Boolean(a), ValueKind::Boolean(b)) => a == b,
        (ValueKind::Null, ValueKind::Null) => true,
        (ValueKind::List(a), ValueKind::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b, spend))
        }
        (ValueKind::Object(a), ValueKind::Object(b)) => {
            a.len() == b.len()
                && sorted(a)
                    .into_iter()
                    .zip(sorted(b))
                    .all(|(a, b)| a.name.text == b.name.text && same(&a.value, &b.value, spend))
        }
        _ => false,
    }
}

fn sorted(fields: &[ObjectField]) -> Vec<&ObjectField> {
    let mut sorted: Vec<&ObjectField> = fields.iter().collect();
    sorted.sort_by(|a, b| a.name.text.cmp(&b.name.text));
    sorted
}

/// Whether the answers of two types cannot stand for each other: a list and none, null and none,
/// or different leaves.
pub(super) fn types_conflict(schema: &Schema, a: &TypeRef, b: &TypeRef) -> bool {
    match (a, b) {
        (TypeRef::NonNull(a), TypeRef::NonNull(b)) | (TypeRef::List(a), TypeRef::List(b)) => {
            types_conflict(schema, a, b)
        }
        (TypeRef::Named(a), TypeRef::Named(b)) => {
            a != b && (schema[*a].kind.is_leaf() || schema[*b].kind.is_leaf())
        }
        _ => true,
    }
}
