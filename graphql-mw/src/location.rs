//! A place in a text.

use std::fmt;

/// A place in a document: line and column, both counted from 1.
///
/// A line ends with LF, CR or CR LF. A column counts UTF-16 units, as graphql-js and the editors
/// that speak to it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Location {
    /// The line, from 1; 0 only for what stands in no text, as the built-in types.
    pub line: u32,
    /// The column in UTF-16 units, from 1.
    pub column: u32,
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}
