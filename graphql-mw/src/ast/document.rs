//! A whole document.

use super::{Directive, Name, SelectionSet, TypeNode, Value};
use crate::limits::Limits;
use crate::location::Location;
use crate::parser::{self, ParseError};

/// An executable document: operations and fragments.
///
/// It is parsed once and may be kept and shared; nothing in it refers to the text it was read from.
#[derive(Clone, Debug)]
pub struct Document {
    /// The operations in the order written.
    pub operations: Vec<Operation>,
    /// The fragments in the order written.
    pub fragments: Vec<Fragment>,
    /// Definitions that belong into a schema; validation refuses a document that has any.
    pub not_executable: Vec<NotExecutable>,
}

impl Document {
    /// Reads a document.
    ///
    /// The work is linear in the text's length, and bounded by `limits`.
    ///
    /// # Errors
    ///
    /// Where the text is not GraphQL or breaks one of the `limits`: what is wrong, where, and what
    /// to do. Nothing makes it panic.
    pub fn parse(text: &str, limits: &Limits) -> Result<Document, ParseError> {
        parser::executable(text, limits)
    }
}

/// `query`, `mutation` or `subscription`, or a query that is only its selection set.
#[derive(Clone, Debug)]
pub struct Operation {
    /// Which of the three.
    pub kind: OperationKind,
    /// Its name, if it has one.
    pub name: Option<Name>,
    /// What it takes.
    pub variables: Vec<VariableDefinition>,
    /// The directives in the order written.
    pub directives: Vec<Directive>,
    /// The root fields.
    pub selection_set: SelectionSet,
    /// Where it begins: its description, keyword or brace.
    pub location: Location,
}

/// The three kinds of operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OperationKind {
    /// Reads; its fields may run side by side.
    Query,
    /// Writes; its root fields run one after another.
    Mutation,
    /// A stream of events.
    Subscription,
}

impl OperationKind {
    /// The keyword.
    pub fn as_str(self) -> &'static str {
        match self {
            OperationKind::Query => "query",
            OperationKind::Mutation => "mutation",
            OperationKind::Subscription => "subscription",
        }
    }
}

/// `$name: Type = default @directives`.
#[derive(Clone, Debug)]
pub struct VariableDefinition {
    /// The name, without the `$`, and the place behind the `$`.
    pub name: Name,
    /// The type as written.
    pub type_node: TypeNode,
    /// The default, if there is one.
    pub default: Option<Value>,
    /// The directives in the order written.
    pub directives: Vec<Directive>,
    /// Where its `$` stands.
    pub location: Location,
}

/// `fragment Name on Type { … }`.
#[derive(Clone, Debug)]
pub struct Fragment {
    /// Its name.
    pub name: Name,
    /// The type after `on`.
    pub type_condition: Name,
    /// The directives in the order written.
    pub directives: Vec<Directive>,
    /// What is asked for.
    pub selection_set: SelectionSet,
    /// Where it begins: its description or keyword.
    pub location: Location,
}

/// A definition of a schema that stands in an executable document.
#[derive(Clone, Debug)]
pub struct NotExecutable {
    /// The type's or directive's name; `schema` for the schema itself.
    pub name: Box<str>,
    /// Where it begins: its description or keyword.
    pub location: Location,
}
