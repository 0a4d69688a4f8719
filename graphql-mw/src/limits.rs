//! How much a document may ask for.

use std::error::Error;
use std::fmt;

use crate::ast::Document;
use crate::location::Location;
use crate::weigh;

/// How much a document may ask for, at most.
///
/// The first group is held while a document is [parsed](Document::parse), the second by
/// [`check_operations`](Limits::check_operations) once it is valid. Set what you need and take the
/// rest from the default:
///
/// ```
/// use graphql_mw::Limits;
///
/// let limits = Limits { max_aliases: 10, ..Limits::default() };
/// ```
#[derive(Clone, Debug)]
pub struct Limits {
    /// Length of the text in bytes; 256 KiB.
    pub max_bytes: usize,
    /// Tokens in the text; 15,000.
    pub max_tokens: usize,
    /// Brackets `(`, `[` and `{` that are open at once; 50, and never more: graphql-parser stops
    /// there.
    pub max_brackets: usize,
    /// Operations and fragments together; 1,000.
    pub max_definitions: usize,
    /// Aliases in the text; 1,000.
    pub max_aliases: usize,

    /// Levels of fields once fragments are put in their places; 64.
    pub max_depth: usize,
    /// Fields of one operation once fragments are put in their places; 15,000.
    pub max_fields: u64,
    /// Weight of one operation; 1,000,000. A field weighs 1, and what is selected in it weighs as
    /// many times as its argument `first`, `last` or `limit` says, if that is a number in the
    /// document.
    pub max_complexity: u64,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_bytes: 256 * 1024,
            max_tokens: 15_000,
            max_brackets: 50,
            max_definitions: 1_000,
            max_aliases: 1_000,
            max_depth: 64,
            max_fields: 15_000,
            max_complexity: 1_000_000,
        }
    }
}

/// An operation asks for more than the [`Limits`] allow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LimitError {
    pub(crate) message: String,
    pub(crate) location: Location,
}

impl LimitError {
    /// What is too much, how much is allowed, and what to do.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where the operation stands.
    pub fn location(&self) -> Location {
        self.location
    }
}

impl fmt::Display for LimitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.location, self.message)
    }
}

impl Error for LimitError {}

impl Limits {
    /// Weighs every operation of a document that is otherwise valid.
    ///
    /// The work is linear in the document's size, however often its fragments are used; a fragment
    /// that contains itself counts as nothing where it does so.
    ///
    /// # Errors
    ///
    /// The first operation that goes over one of the limits.
    pub fn check_operations(&self, document: &Document) -> Result<(), LimitError> {
        let fragments = weigh::fragments(document);
        for operation in &document.operations {
            let weight = weigh::selections(&operation.selection_set, &fragments);
            let name = match &operation.name {
                Some(name) => format!("`{name}`"),
                None => "the operation".into(),
            };
            let message = if weight.depth > self.max_depth {
                format!(
                    "{name} nests {} levels of fields, and {} are allowed: ask in several \
                     operations, or raise `max_depth`",
                    weight.depth, self.max_depth
                )
            } else if weight.fields > self.max_fields {
                format!(
                    "{name} asks for {} fields, and {} are allowed: ask in several operations, \
                     or raise `max_fields`",
                    weight.fields, self.max_fields
                )
            } else if weight.complexity > self.max_complexity {
                format!(
                    "{name} weighs {}, and {} is allowed: ask for fewer items of lists, or raise \
                     `max_complexity`",
                    weight.complexity, self.max_complexity
                )
            } else {
                continue;
            };
            return Err(LimitError { message, location: operation.location });
        }
        Ok(())
    }
}
