//! A place in a text that moves on.

use super::error::ParseError;
use crate::location::Location;

/// The rest of a text, and where it begins.
pub(super) struct Scanner<'a> {
    rest: &'a str,
    location: Location,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { rest: text, location: Location { line: 1, column: 1 } }
    }

    pub(super) fn rest(&self) -> &'a str {
        self.rest
    }

    pub(super) fn location(&self) -> Location {
        self.location
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    /// Moves over one character.
    pub(super) fn bump(&mut self) -> Option<char> {
        let mut chars = self.rest.chars();
        let letter = chars.next()?;
        self.rest = chars.as_str();
        // A CR before an LF is half a line's end: the LF counts.
        if letter == '\n' || (letter == '\r' && !self.rest.starts_with('\n')) {
            self.location = Location { line: self.location.line + 1, column: 1 };
        } else {
            self.location.column += letter.len_utf16() as u32;
        }
        Some(letter)
    }

    /// Moves over `bytes` bytes of ASCII without a line's end.
    pub(super) fn skip(&mut self, bytes: usize) {
        self.rest = &self.rest[bytes..];
        self.location.column += bytes as u32;
    }

    /// Moves over the ASCII letters that `belongs` accepts, which must be no line's ends.
    pub(super) fn take_while(&mut self, belongs: impl Fn(char) -> bool) -> &'a str {
        let length = self.rest.find(|letter| !belongs(letter)).unwrap_or(self.rest.len());
        let taken = &self.rest[..length];
        self.skip(length);
        taken
    }

    /// Moves over white space, commas, comments and byte order marks.
    pub(super) fn skip_ignored(&mut self) {
        while let Some(letter) = self.peek() {
            match letter {
                ' ' | '\t' | ',' | '\n' | '\r' | '\u{feff}' => {
                    self.bump();
                }
                '#' => {
                    while self.peek().is_some_and(|c| c != '\n' && c != '\r') {
                        self.bump();
                    }
                }
                _ => return,
            }
        }
    }

    /// An error at this place.
    pub(super) fn error(&self, message: impl Into<String>) -> ParseError {
        ParseError::new(message, self.location)
    }
}
