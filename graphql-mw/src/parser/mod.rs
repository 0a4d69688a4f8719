//! Text to tree.

mod error;

pub use error::ParseError;

use crate::ast::Document;
use crate::limits::Limits;

pub(crate) fn executable(text: &str, limits: &Limits) -> Result<Document, ParseError> {
    let _ = (text, limits);
    Err(ParseError::new("not there yet", Default::default()))
}
