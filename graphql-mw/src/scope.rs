//! Which fields a layer runs for.

use crate::ast::OperationKind;
use crate::info::Phase;
use std::fmt;
use std::sync::Arc;

/// Which fields a layer runs for. It is asked when the schema is built and never again: a field
/// outside of it pays nothing (rule F12).
///
/// Types and fields add up; everything else narrows.
///
/// ```
/// use graphql_mw::Scope;
/// use graphql_mw::ast::OperationKind;
///
/// let writes = Scope::everywhere().operations([OperationKind::Mutation]).not_introspection();
/// let private = Scope::types(["Account"]).and_field("User.email");
/// # let _ = (writes, private);
/// ```
#[derive(Clone, Default)]
pub struct Scope {
    pub(crate) types: Vec<String>,
    pub(crate) fields: Vec<String>,
    operations: Option<Vec<OperationKind>>,
    not_introspection: bool,
    predicates: Vec<Arc<Predicate>>,
}

type Predicate = dyn Fn(&Target<'_>) -> bool + Send + Sync;

/// A field as a [`Scope`] is asked about it.
#[derive(Clone, Copy, Debug)]
pub struct Target<'a> {
    /// The name of the object that has the field.
    pub type_name: &'a str,
    /// The field's name.
    pub field_name: &'a str,
    /// The kind of operation in which it is asked for.
    pub operation: OperationKind,
    /// Whether this is about the source of a subscription, or about values.
    pub phase: Phase,
}

impl Target<'_> {
    /// Whether the field is part of introspection: `__schema`, `__type`, `__typename`, and all
    /// fields of the types whose names begin so.
    pub fn is_introspection(&self) -> bool {
        self.type_name.starts_with("__") || self.field_name.starts_with("__")
    }
}

impl Scope {
    /// Every field of every operation, introspection included (rule F1).
    pub fn everywhere() -> Self {
        Scope::default()
    }

    /// The fields of these objects.
    pub fn types<T: Into<String>>(types: impl IntoIterator<Item = T>) -> Self {
        Scope { types: types.into_iter().map(Into::into).collect(), ..Scope::default() }
    }

    /// These fields, each as `Type.field`.
    pub fn fields<T: Into<String>>(fields: impl IntoIterator<Item = T>) -> Self {
        Scope { fields: fields.into_iter().map(Into::into).collect(), ..Scope::default() }
    }

    /// The fields of this object, too.
    pub fn and_type(mut self, type_name: impl Into<String>) -> Self {
        self.types.push(type_name.into());
        self
    }

    /// This field, too, as `Type.field`.
    pub fn and_field(mut self, field: impl Into<String>) -> Self {
        self.fields.push(field.into());
        self
    }

    /// In operations of these kinds only.
    pub fn operations(mut self, kinds: impl IntoIterator<Item = OperationKind>) -> Self {
        self.operations = Some(kinds.into_iter().collect());
        self
    }

    /// Not for introspection.
    pub fn not_introspection(mut self) -> Self {
        self.not_introspection = true;
        self
    }

    /// Only where this holds.
    pub fn when(mut self, holds: impl Fn(&Target<'_>) -> bool + Send + Sync + 'static) -> Self {
        self.predicates.push(Arc::new(holds));
        self
    }

    /// Whether the field is in the scope.
    pub(crate) fn allows(&self, target: &Target<'_>) -> bool {
        let is_named = |(type_name, field_name)| {
            type_name == target.type_name && field_name == target.field_name
        };
        let listed = (self.types.is_empty() && self.fields.is_empty())
            || self.types.iter().any(|name| name == target.type_name)
            || self.fields.iter().filter_map(|name| name.split_once('.')).any(is_named);
        listed
            && self.operations.as_ref().is_none_or(|kinds| kinds.contains(&target.operation))
            && !(self.not_introspection && target.is_introspection())
            && self.predicates.iter().all(|holds| holds(target))
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope")
            .field("types", &self.types)
            .field("fields", &self.fields)
            .field("operations", &self.operations)
            .field("not_introspection", &self.not_introspection)
            .field("predicates", &self.predicates.len())
            .finish()
    }
}
