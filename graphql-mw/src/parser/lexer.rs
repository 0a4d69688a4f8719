//! Text to tokens.
//!
//! graphql-parser has a tokenizer of its own, which is private, panics on some block strings and
//! misreads some strings and numbers. This one reads every token by the letter of the
//! specification, knows where it stands, and stops at the limits.

use super::error::ParseError;
use super::number::number;
use super::scanner::Scanner;
use super::string::{block_string, string};
use super::token::{Token, TokenKind};
use crate::limits::Limits;
use crate::location::Location;

/// graphql-parser refuses more than this many open brackets, and cannot be told otherwise.
const MAX_BRACKETS_OF_PARSER: usize = 50;

/// The tokens of a text.
pub(super) struct Tokens<'a> {
    /// All tokens, or those before `error`.
    pub(super) tokens: Vec<Token<'a>>,
    /// The end of the text.
    pub(super) end: Location,
    /// Why the tokens stop before the end. It is not an answer yet: an earlier token may already
    /// be out of place, and whoever wrote the document wants to hear of the first mistake.
    pub(super) error: Option<ParseError>,
}

impl Tokens<'_> {
    /// Where the token at `index` stands; the end of the text behind the last one.
    pub(super) fn location(&self, index: usize) -> Location {
        self.tokens.get(index).map_or(self.end, |token| token.location)
    }
}

/// Reads all tokens, or as many as the limits allow.
pub(super) fn tokens<'a>(text: &'a str, limits: &Limits) -> Result<Tokens<'a>, ParseError> {
    if text.len() > limits.max_bytes {
        let message = format!(
            "the document has {} bytes, and {} are allowed: shorten it, or raise `max_bytes`",
            text.len(),
            limits.max_bytes
        );
        return Err(ParseError::new(message, Location { line: 1, column: 1 }));
    }
    let mut scanner = Scanner::new(text);
    let mut tokens = Vec::with_capacity((text.len() / 4).min(limits.max_tokens));
    let mut open = 0_usize;
    let error = loop {
        scanner.skip_ignored();
        let location = scanner.location();
        let kind = match token(&mut scanner) {
            Ok(Some(kind)) => kind,
            Ok(None) => break None,
            Err(error) => break Some(error),
        };
        if kind.is_opening() {
            open += 1;
        } else if kind.is_closing() {
            open = open.saturating_sub(1);
        }
        if let Some(message) = over(tokens.len() + 1, open, limits) {
            break Some(ParseError::new(message, location));
        }
        tokens.push(Token { kind, location });
    };
    Ok(Tokens { tokens, end: scanner.location(), error })
}

/// What is said when `tokens` or `open` brackets are too many.
fn over(tokens: usize, open: usize, limits: &Limits) -> Option<String> {
    let max_open = limits.max_brackets.min(MAX_BRACKETS_OF_PARSER);
    if tokens > limits.max_tokens {
        Some(format!(
            "the document has more than {} tokens: ask for less at once, or raise `max_tokens`",
            limits.max_tokens
        ))
    } else if open > max_open {
        Some(format!(
            "more than {max_open} brackets are open at once: nest less, or put the inner part \
             into a fragment (`max_brackets` goes up to {MAX_BRACKETS_OF_PARSER}, which is fixed \
             in graphql-parser)"
        ))
    } else {
        None
    }
}

/// The next token; none at the end.
fn token<'a>(scanner: &mut Scanner<'a>) -> Result<Option<TokenKind<'a>>, ParseError> {
    let Some(first) = scanner.peek() else { return Ok(None) };
    let punctuator = match first {
        '!' => "!",
        '$' => "$",
        '&' => "&",
        '(' => "(",
        ')' => ")",
        ':' => ":",
        '=' => "=",
        '@' => "@",
        '[' => "[",
        ']' => "]",
        '{' => "{",
        '|' => "|",
        '}' => "}",
        '.' if scanner.rest().starts_with("...") => "...",
        '_' | 'a'..='z' | 'A'..='Z' => {
            let name = scanner.take_while(|letter| letter == '_' || letter.is_ascii_alphanumeric());
            return Ok(Some(TokenKind::Name(name)));
        }
        '-' | '0'..='9' => return number(scanner).map(Some),
        '"' if scanner.rest().starts_with("\"\"\"") => return block_string(scanner).map(Some),
        '"' => return string(scanner).map(Some),
        '.' => return Err(scanner.error("a dot stands alone: write `...`, or `0.5` for a number")),
        '\'' => return Err(scanner.error("a string stands in double quotes: write `\"…\"`")),
        other => {
            let other = other.escape_debug();
            return Err(scanner.error(format!("`{other}` is no part of GraphQL: remove it")));
        }
    };
    scanner.skip(punctuator.len());
    Ok(Some(TokenKind::Punctuator(punctuator)))
}
