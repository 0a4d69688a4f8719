//! What the lexer makes of a text.

use std::sync::Arc;

use crate::location::Location;

/// One token, with the place of its first character.
#[derive(Clone, Debug)]
pub(super) struct Token<'a> {
    pub(super) kind: TokenKind<'a>,
    pub(super) location: Location,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind<'a> {
    /// One of `! $ & ( ) ... : = @ [ ] { | }`.
    Punctuator(&'static str),
    Name(&'a str),
    Int(&'a str),
    Float(&'a str),
    /// A string or a block string, its escapes and its indent resolved.
    String(Arc<str>),
}

impl TokenKind<'_> {
    pub(super) fn is(&self, punctuator: &str) -> bool {
        matches!(self, TokenKind::Punctuator(this) if *this == punctuator)
    }

    pub(super) fn is_opening(&self) -> bool {
        matches!(self, TokenKind::Punctuator("(" | "[" | "{"))
    }

    pub(super) fn is_closing(&self) -> bool {
        matches!(self, TokenKind::Punctuator(")" | "]" | "}"))
    }
}
