//! Why a schema cannot be used.

use std::error::Error;
use std::fmt;

use crate::ast::Location;
use crate::parser::ParseError;

/// Everything that is wrong with a schema's text, in the order of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaError {
    problems: Vec<SchemaProblem>,
}

/// One thing that is wrong: what, where, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SchemaProblem {
    /// What is wrong and what to do.
    pub message: String,
    /// Where; line 0 for what stands nowhere, such as a missing query root.
    pub location: Location,
}

impl SchemaError {
    pub(crate) fn new(mut problems: Vec<SchemaProblem>) -> SchemaError {
        problems.sort_by_key(|problem| problem.location);
        SchemaError { problems }
    }

    /// The problems, in the order of the text; never empty.
    pub fn problems(&self) -> &[SchemaProblem] {
        &self.problems
    }
}

impl From<ParseError> for SchemaError {
    fn from(error: ParseError) -> SchemaError {
        let location = error.location();
        SchemaError { problems: vec![SchemaProblem { message: error.message().into(), location }] }
    }
}

impl fmt::Display for SchemaProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.location.line {
            0 => f.write_str(&self.message),
            _ => write!(f, "{}: {}", self.location, self.message),
        }
    }
}

impl fmt::Display for SchemaError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, problem) in self.problems.iter().enumerate() {
            write!(f, "{}{problem}", if place == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl Error for SchemaError {}
