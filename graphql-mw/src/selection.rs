//! Looking ahead: what is asked for below a field.

use crate::executor::{Operation, Planned, Selected};
use crate::schema::TypeId;
use std::fmt;

/// What is asked for below a field, to look ahead: which joins to make, which columns to read.
#[derive(Clone, Copy)]
pub struct Selection<'a> {
    operation: &'a Operation<'a>,
    planned: &'a Planned<'a>,
}

/// A field that is asked for below another one.
#[derive(Clone, Copy)]
pub struct SelectedField<'a> {
    operation: &'a Operation<'a>,
    planned: &'a Planned<'a>,
}

impl<'a> Selection<'a> {
    pub(crate) fn below(operation: &'a Operation<'a>, planned: &'a Planned<'a>) -> Self {
        Selection { operation, planned }
    }

    /// The fields in the order of the response; for an interface or a union those of every object
    /// that it can be.
    pub fn fields(self) -> impl Iterator<Item = SelectedField<'a>> {
        let Selection { operation, planned } = self;
        let selected = move |id: TypeId| -> &'a Selected<'a> { planned.below(operation, id) };
        planned.possible().flat_map(move |id| {
            selected(id).fields.iter().map(move |planned| SelectedField { operation, planned })
        })
    }

    /// Whether a field of this name is asked for.
    pub fn contains(self, name: &str) -> bool {
        self.fields().any(|field| field.name() == name)
    }

    /// Whether nothing is asked for: the field is a scalar or an enum.
    pub fn is_empty(self) -> bool {
        self.fields().next().is_none()
    }
}

impl<'a> SelectedField<'a> {
    /// The field's name in the schema.
    pub fn name(self) -> &'a str {
        &self.planned.def.name
    }

    /// The field's name in the response.
    pub fn response_key(self) -> &'a str {
        self.planned.key
    }

    /// The object that has the field.
    pub fn parent_type(self) -> &'a str {
        &self.planned.parent.name
    }

    /// The field's arguments; none where they do not fit, which will be a field error.
    pub fn args(self) -> Option<&'a crate::Object> {
        self.planned.args.as_ref().ok()
    }

    /// What is asked for below it.
    pub fn selection(self) -> Selection<'a> {
        Selection { operation: self.operation, planned: self.planned }
    }
}

impl fmt::Debug for Selection<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.fields()).finish()
    }
}

impl fmt::Debug for SelectedField<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {:?}", self.name(), self.selection())
    }
}
