//! An executable document as validation and execution walk it.
//!
//! Every node that an error may point at has its [`Location`]. Spreads know the number of their
//! fragment, so that nobody looks a fragment up by name again.

mod directive;
mod document;
mod name;
pub(crate) mod sdl;
mod selection;
mod type_node;
mod value;

pub use directive::{Argument, Directive};
pub use document::{
    Document, Fragment, NotExecutable, Operation, OperationKind, VariableDefinition,
};
pub use name::Name;
pub use selection::{Field, FragmentSpread, InlineFragment, Selection, SelectionSet};
pub use type_node::TypeNode;
pub use value::{ObjectField, Value, ValueKind};

pub use crate::location::Location;
