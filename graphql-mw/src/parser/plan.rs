//! Which tokens graphql-parser is to see.
//!
//! It has one grammar for what is executed and one for the schema language, and no document may
//! mix them; and it does not know descriptions of operations and fragments, directives at
//! variables, `extend schema`, the schema's own description, and extensions that only add
//! interfaces. The plan tells the definitions of a text apart, and takes out those tokens that are
//! not known; whoever builds the tree reads them from the tokens.

use super::cursor::Cursor;
use super::error::ParseError;
use super::lexer::Tokens;
use super::token::TokenKind;

/// What a definition is, by its first word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Side {
    Executable,
    TypeSystem,
}

/// One definition: the tokens from `start` up to `end`.
#[derive(Debug)]
pub(super) struct Chunk {
    pub(super) side: Side,
    pub(super) start: usize,
    pub(super) end: usize,
}

/// What goes to graphql-parser.
pub(super) struct Plan {
    pub(super) chunks: Vec<Chunk>,
    /// For each token, whether it is kept back.
    pub(super) hidden: Vec<bool>,
    /// Tokens behind which empty braces are to stand that nobody wrote.
    pub(super) braces_after: Vec<usize>,
    /// A mistake among the hidden tokens, and the first of these tokens.
    pub(super) error: Option<(usize, ParseError)>,
}

pub(super) fn plan(tokens: &Tokens<'_>) -> Plan {
    let chunks = chunks(tokens);
    let mut plan = Plan {
        hidden: vec![false; tokens.tokens.len()],
        chunks,
        braces_after: Vec::new(),
        error: None,
    };
    for at in 0..plan.chunks.len() {
        let Chunk { side, start, end } = plan.chunks[at];
        let hidden = match side {
            Side::Executable => plan.hide_in_executable(tokens, start, end),
            Side::TypeSystem => plan.hide_in_type_system(tokens, start, end),
        };
        if let Err((first, error)) = hidden {
            plan.error = Some((first, error));
            break;
        }
    }
    plan
}

impl Plan {
    /// Hides the description and the directives of variables.
    fn hide_in_executable(
        &mut self,
        tokens: &Tokens<'_>,
        start: usize,
        end: usize,
    ) -> Result<(), (usize, ParseError)> {
        let mut at = start;
        if is_string(tokens, at) && is_keyword(tokens, at + 1, &EXECUTABLE) {
            self.hidden[at] = true;
            at += 1;
        }
        at += 1;
        if matches!(kind(tokens, at), Some(TokenKind::Name(_))) {
            at += 1;
        }
        if !kind(tokens, at).is_some_and(|token| token.is("(")) {
            return Ok(());
        }
        let mut cursor = Cursor::new(tokens);
        let mut open = 0_usize;
        while at < end {
            let token = &tokens.tokens[at].kind;
            if token.is_opening() {
                open += 1;
            } else if token.is_closing() {
                open -= 1;
                if open == 0 {
                    break;
                }
            } else if token.is("@") && open == 1 && ends_a_type_or_value(tokens, at - 1) {
                cursor.seek(at);
                cursor.directives(true).map_err(|error| (at, error))?;
                self.hidden[at..cursor.at()].fill(true);
                at = cursor.at();
                continue;
            }
            at += 1;
        }
        Ok(())
    }

    /// Hides `extend` and the schema's description, and gives an extension of the schema its
    /// braces.
    fn hide_in_type_system(
        &mut self,
        tokens: &Tokens<'_>,
        start: usize,
        end: usize,
    ) -> Result<(), (usize, ParseError)> {
        if is_string(tokens, start) && is_keyword(tokens, start + 1, &["schema"]) {
            self.hidden[start] = true;
        }
        if is_string(tokens, start) && is_keyword(tokens, start + 1, &["extend"]) {
            let message = "an extension has no description: remove it";
            return Err((start, ParseError::new(message, tokens.location(start))));
        }
        if is_keyword(tokens, start, &["extend"]) && is_keyword(tokens, start + 1, &EXTENSIBLE) {
            self.hidden[start] = true;
            let has_braces = tokens.tokens[start..end].iter().any(|token| token.kind.is("{"));
            if is_keyword(tokens, start + 1, &["schema"]) && !has_braces {
                self.braces_after.push(end - 1);
            }
        }
        Ok(())
    }
}

const EXECUTABLE: [&str; 4] = ["query", "mutation", "subscription", "fragment"];
const EXTENSIBLE: [&str; 7] = ["schema", "scalar", "type", "interface", "union", "enum", "input"];
const TYPE_SYSTEM: [&str; 9] =
    ["schema", "scalar", "type", "interface", "union", "enum", "input", "directive", "extend"];

/// The definitions of a text. What is none goes with the one before it, or with the executable
/// ones, for graphql-parser to refuse it.
fn chunks(tokens: &Tokens<'_>) -> Vec<Chunk> {
    let mut chunks = Vec::new();
    let mut start = 0;
    while start < tokens.tokens.len() {
        let keyword = start + usize::from(is_string(tokens, start));
        let (side, end) = if is_keyword(tokens, keyword, &TYPE_SYSTEM) {
            (Side::TypeSystem, end_of_type_system(tokens, keyword))
        } else {
            (Side::Executable, end_of_block(tokens, start))
        };
        chunks.push(Chunk { side, start, end });
        start = end;
    }
    chunks
}

/// Behind the brace that closes the first pair of braces outside of any bracket; the end of the
/// text where there is none.
fn end_of_block(tokens: &Tokens<'_>, start: usize) -> usize {
    let mut open = 0_usize;
    for (at, token) in tokens.tokens.iter().enumerate().skip(start) {
        if token.kind.is_opening() {
            open += 1;
        } else if token.kind.is_closing() {
            open = open.saturating_sub(1);
            if open == 0 && token.kind.is("}") {
                return at + 1;
            }
        }
    }
    tokens.tokens.len()
}

/// Where the definition with its keyword at `keyword` ends: behind its braces, or before the next
/// keyword that is not a name in it.
fn end_of_type_system(tokens: &Tokens<'_>, keyword: usize) -> usize {
    let is_extension = is_keyword(tokens, keyword, &["extend"]);
    let kind_at = keyword + usize::from(is_extension);
    let has_no_braces = is_keyword(tokens, kind_at, &["scalar", "union", "directive"]);
    let mut open = 0_usize;
    // The definition's own name may be a keyword: begin behind it.
    let is_named = !is_keyword(tokens, kind_at, &["schema", "directive"]);
    let mut at = kind_at + 1 + usize::from(is_named && is_word(tokens, kind_at + 1));
    while let Some(token) = kind(tokens, at) {
        if open == 0 {
            let follows_name_place = kind(tokens, at - 1).is_some_and(|before| {
                ["&", "=", "|", "@"].iter().any(|sign| before.is(sign))
                    || matches!(before, TokenKind::Name("implements"))
            });
            let begins = matches!(token, TokenKind::String(_))
                || is_keyword(tokens, at, &TYPE_SYSTEM)
                || is_keyword(tokens, at, &EXECUTABLE)
                || (has_no_braces && token.is("{"));
            if begins && !follows_name_place {
                return at;
            }
        }
        if token.is_opening() {
            open += 1;
        } else if token.is_closing() {
            open = open.saturating_sub(1);
            if open == 0 && token.is("}") {
                return at + 1;
            }
        }
        at += 1;
    }
    tokens.tokens.len()
}

/// Whether the token `at` may be the last one before a variable's directives. Where it is not, they
/// are out of place, and graphql-parser is to see them.
fn ends_a_type_or_value(tokens: &Tokens<'_>, at: usize) -> bool {
    match kind(tokens, at) {
        Some(TokenKind::Punctuator(sign)) => ["!", "]", "}"].contains(sign),
        Some(TokenKind::Name(_)) => !kind(tokens, at - 1).is_some_and(|before| before.is("$")),
        _ => true,
    }
}

fn kind<'t, 'a>(tokens: &'t Tokens<'a>, at: usize) -> Option<&'t TokenKind<'a>> {
    tokens.tokens.get(at).map(|token| &token.kind)
}

fn is_string(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(kind(tokens, at), Some(TokenKind::String(_)))
}

fn is_word(tokens: &Tokens<'_>, at: usize) -> bool {
    matches!(kind(tokens, at), Some(TokenKind::Name(_)))
}

fn is_keyword(tokens: &Tokens<'_>, at: usize, keywords: &[&str]) -> bool {
    matches!(kind(tokens, at), Some(TokenKind::Name(name)) if keywords.contains(name))
}
