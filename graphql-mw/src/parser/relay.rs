//! The text that graphql-parser sees, and what it says about it.

use std::fmt::Display;

use engine_core::panics::contained;

use super::cursor::found;
use super::error::ParseError;
use super::lexer::Tokens;
use super::plan::{Plan, Side};
use super::token::TokenKind;

/// A refusal: the number of the token where it came to it, and what is said.
pub(super) type Refusal = (usize, ParseError);

/// One token a line, those of the other side and the hidden ones as empty lines.
pub(super) fn text(tokens: &Tokens<'_>, plan: &Plan, side: Side) -> String {
    let shown = plan.error.as_ref().map_or(tokens.tokens.len(), |(first, _)| *first);
    let mut text = String::with_capacity(shown * 8);
    let mut braces = plan.braces_after.iter().peekable();
    for chunk in &plan.chunks {
        for at in chunk.start..chunk.end.min(shown) {
            if chunk.side == side && !plan.hidden[at] {
                text.push_str(match &tokens.tokens[at].kind {
                    TokenKind::Punctuator(text) | TokenKind::Name(text) => text,
                    TokenKind::Int(_) => "0",
                    TokenKind::Float(_) => "0.0",
                    TokenKind::String(_) => "\"\"",
                });
                if braces.next_if(|after| **after == at).is_some() {
                    text.push_str(" {}");
                }
            }
            text.push('\n');
        }
    }
    text
}

/// Lets graphql-parser read, and keeps its panics.
pub(super) fn run<T, E: Display>(
    tokens: &Tokens<'_>,
    parse: impl FnOnce() -> Result<T, E>,
) -> Result<T, Refusal> {
    match contained(parse) {
        Some(Ok(tree)) => Ok(tree),
        Some(Err(error)) => Err(refusal(tokens, &error.to_string())),
        None => {
            let message = "graphql-parser has panicked on this document: please report it";
            Err((0, ParseError::new(message, tokens.location(0))))
        }
    }
}

/// graphql-parser's errors are one text: `… at LINE:COLUMN`, then what was met and expected.
fn refusal(tokens: &Tokens<'_>, said: &str) -> Refusal {
    let line = said.split(" at ").nth(1).and_then(|rest| rest.split(':').next()?.parse().ok());
    let index = line.unwrap_or(1_usize).saturating_sub(1).min(tokens.tokens.len());
    let found = tokens.tokens.get(index).map(|token| found(Some(&token.kind)));
    let expected = said.lines().find_map(|line| line.strip_prefix("Expected ")).map(choices);
    let message = match (found, expected) {
        (Some(found), Some(expected)) => format!("{found} is out of place: expected {expected}"),
        (Some(found), None) => format!("{found} is out of place: remove it"),
        (None, Some(expected)) => format!("the document ends too early: add {expected}"),
        (None, None) => "the document ends too early: add what is missing".into(),
    };
    (index, ParseError::new(message, tokens.location(index)))
}

/// graphql-parser's list of what it would have taken, as `a name, `:` or …`.
fn choices(expected: &str) -> String {
    let mut choices: Vec<String> = Vec::new();
    for word in expected.split([',', ' ']).filter(|word| !word.is_empty() && *word != "or") {
        let choice = match word {
            "Name" => "a name".into(),
            "IntValue" | "FloatValue" => "a number".into(),
            "StringValue" | "BlockString" => "a string".into(),
            other => format!("`{other}`"),
        };
        if !choices.contains(&choice) {
            choices.push(choice);
        }
    }
    match choices.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => choices.concat(),
    }
}

/// The first mistake of a text, if it has any: what graphql-parser has refused, unless that is only
/// because it was not shown the rest.
pub(super) fn first_mistake(
    tokens: &Tokens<'_>,
    plan: &Plan,
    refusals: impl IntoIterator<Item = Refusal>,
) -> Option<ParseError> {
    let refusal = refusals.into_iter().min_by_key(|(index, _)| *index);
    let held_back = match (&plan.error, &tokens.error) {
        // A hidden part that only ends too early ends at what the lexer could not read.
        (Some((first, error)), Some(lexical)) if error.location() == tokens.end => {
            Some((*first, lexical))
        }
        (Some((first, error)), _) => Some((*first, error)),
        (None, Some(lexical)) => Some((tokens.tokens.len(), lexical)),
        (None, None) => None,
    };
    match (refusal, held_back) {
        (Some((index, refusal)), Some((first, _))) if index < first => Some(refusal),
        (_, Some((_, held_back))) => Some(held_back.clone()),
        (refusal, None) => refusal.map(|(_, error)| error),
    }
}
