//! What a layer or a resolver may ask about its field.

use crate::ast::{Location, OperationKind};
use crate::executor::{Batches, Node, Planned, Run};
use crate::path::Path;
use crate::selection::Selection;
use crate::value::Object;
use engine_core::State;
use std::fmt;
use std::sync::{MutexGuard, PoisonError};

/// Which of the two runs of a subscription's layers this is (rule F10).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Phase {
    /// Around the source of a subscription, once, before its first event. The value is
    /// [`Value::Source`](crate::Value::Source); anything else is a request error. The after-part
    /// runs when the stream is obtained, and the exit when it ends.
    Source,
    /// Around a value: every field of queries and mutations, and of each event of a subscription.
    Resolve,
}

/// Which field this is, of which operation. It is as small as two words and can be copied.
#[derive(Clone, Copy)]
pub struct Info<'a> {
    pub(crate) planned: &'a Planned<'a>,
    pub(crate) parent: &'a Node<'a>,
}

impl<'a> Info<'a> {
    /// The field's name in the schema.
    pub fn field_name(&self) -> &'a str {
        &self.planned.def.name
    }

    /// The field's name in the response: its alias, or its own name.
    pub fn response_key(&self) -> &'a str {
        self.planned.key
    }

    /// The name of the object that has the field; never an interface.
    pub fn parent_type(&self) -> &'a str {
        &self.planned.parent.name
    }

    /// The field's type as GraphQL writes it, such as `[User!]`.
    pub fn return_type(&self) -> impl fmt::Display + 'a {
        self.run().op.schema.types.written(&self.planned.def.type_ref)
    }

    /// The name of the field's type, without brackets and exclamation marks.
    pub fn named_type(&self) -> &'a str {
        &self.run().op.schema.types[self.planned.def.type_ref.named()].name
    }

    /// Whether the field's type is a list.
    pub fn is_list(&self) -> bool {
        self.planned.def.type_ref.item().is_some()
    }

    /// The field in the schema, with its directives.
    pub fn definition(&self) -> &'a crate::schema::Field {
        self.planned.def
    }

    /// Where in the response the field's value goes. It allocates; ask for it where it is needed.
    pub fn path(&self) -> Path {
        self.parent.path_of(self.planned)
    }

    /// How many fields deep it stands: 1 for a root field. Indexes of lists do not count.
    pub fn depth(&self) -> usize {
        1 + self.parent.depth()
    }

    /// Whether this is about a subscription's source or about a value (rule F10).
    pub fn phase(&self) -> Phase {
        self.planned.reach.phase()
    }

    /// The kind of the operation.
    pub fn operation(&self) -> OperationKind {
        self.run().op.ast.kind
    }

    /// The operation's name, if it has one.
    pub fn operation_name(&self) -> Option<&'a str> {
        self.run().op.ast.name.as_deref()
    }

    /// The operation's variables, coerced, with their defaults.
    pub fn variables(&self) -> &'a Object {
        self.run().op.variables
    }

    /// Where in the document the field is asked for: several places where equal fields were
    /// merged.
    pub fn locations(&self) -> Vec<Location> {
        self.planned.locations().collect()
    }

    /// What is asked for below the field, to look ahead.
    pub fn selection(&self) -> Selection<'a> {
        Selection::below(self.run().op, self.planned)
    }

    /// Whether the field is part of introspection.
    pub fn is_introspection(&self) -> bool {
        self.parent_type().starts_with("__") || self.field_name().starts_with("__")
    }

    /// The request's state, locked: what the HTTP or websocket side has put there, and what layers
    /// add for those further in. Do not keep it over [`Next::resolve`](crate::Next::resolve) or an
    /// `await`, and do not ask for it twice at once.
    pub fn state(&self) -> MutexGuard<'a, State> {
        self.run().op.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A copy of the value of type `T` in the request's state, if it is there.
    pub fn state_of<T: Clone + 'static>(&self) -> Option<T> {
        self.state().get::<T>().cloned()
    }

    pub(crate) fn run(&self) -> &'a Run<'a> {
        self.parent.run
    }

    pub(crate) fn batches(&self) -> &'a Batches {
        self.run().batches
    }
}

impl fmt::Debug for Info<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Info")
            .field("field", &format_args!("{}.{}", self.parent_type(), self.field_name()))
            .field("path", &self.path())
            .field("phase", &self.phase())
            .finish_non_exhaustive()
    }
}
