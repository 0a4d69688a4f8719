//! Text to tree.
//!
//! graphql-parser decides what is a document, and nothing else of this crate knows it. Its tree
//! has no places of arguments, values and types, loses the order of input objects, and its reading
//! of strings and numbers has faults; so the text does not go to it as it was written. The
//! [`lexer`] reads the tokens, the [`plan`] takes out what graphql-parser does not know, and the
//! [`relay`] writes the rest one token a line, every string as `""` and every number as `0`. The
//! line of a node in its tree is then the number of a token, and the [`cursor`] reads from there
//! what the tree has lost.

mod cursor;
mod error;
mod executable;
mod lexer;
mod number;
mod plan;
mod relay;
mod scanner;
mod string;
mod token;
mod type_system;

pub use error::ParseError;
pub(crate) use executable::executable;
pub(crate) use type_system::type_system;
