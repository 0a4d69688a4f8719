//! Numbers.

use super::error::ParseError;
use super::scanner::Scanner;
use super::token::TokenKind;

/// Reads an integer or a float, which begins at the scanner's place.
pub(super) fn number<'a>(scanner: &mut Scanner<'a>) -> Result<TokenKind<'a>, ParseError> {
    let text = scanner.rest();
    let mut is_float = false;
    if scanner.peek() == Some('-') {
        scanner.skip(1);
    }
    if scanner.peek() == Some('0') {
        scanner.skip(1);
        if scanner.peek().is_some_and(|next| next.is_ascii_digit()) {
            return Err(scanner.error("a number does not begin with 0: remove the zero"));
        }
    } else {
        digits(scanner)?;
    }
    if scanner.peek() == Some('.') {
        is_float = true;
        scanner.skip(1);
        digits(scanner)?;
    }
    if matches!(scanner.peek(), Some('e' | 'E')) {
        is_float = true;
        scanner.skip(1);
        if matches!(scanner.peek(), Some('+' | '-')) {
            scanner.skip(1);
        }
        digits(scanner)?;
    }
    if matches!(scanner.peek(), Some('.' | '_' | 'a'..='z' | 'A'..='Z')) {
        return Err(scanner.error(
            "the number goes on with something that is no digit: \
             put a space between them, or remove it",
        ));
    }
    let text = &text[..text.len() - scanner.rest().len()];
    Ok(if is_float { TokenKind::Float(text) } else { TokenKind::Int(text) })
}

fn digits(scanner: &mut Scanner<'_>) -> Result<(), ParseError> {
    match scanner.take_while(|letter| letter.is_ascii_digit()) {
        "" => Err(scanner.error("a digit is missing in the number: add one")),
        _ => Ok(()),
    }
}
