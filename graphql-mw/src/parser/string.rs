//! Strings and block strings.

use super::error::ParseError;
use super::scanner::Scanner;
use super::token::TokenKind;

const UNTERMINATED: &str = "the string has no end: close it with `\"`, \
                            or write a text of several lines as a block string, `\"\"\"…\"\"\"`";

/// Reads a string, which begins at the scanner's place.
pub(super) fn string<'a>(scanner: &mut Scanner<'_>) -> Result<TokenKind<'a>, ParseError> {
    scanner.skip(1);
    let mut value = String::new();
    loop {
        match scanner.peek() {
            None | Some('\n' | '\r') => return Err(scanner.error(UNTERMINATED)),
            Some('"') => {
                scanner.skip(1);
                return Ok(TokenKind::String(value.into()));
            }
            Some('\\') => {
                let (letter, length) = escape(scanner)?;
                value.push(letter);
                scanner.skip(length);
            }
            Some(letter) => {
                value.push(letter);
                scanner.bump();
            }
        }
    }
}

/// The character that the escape at the scanner's place stands for, and the escape's length.
fn escape(scanner: &Scanner<'_>) -> Result<(char, usize), ParseError> {
    let rest = scanner.rest();
    let letter = match rest.as_bytes().get(1) {
        Some(b'"') => '"',
        Some(b'\\') => '\\',
        Some(b'/') => '/',
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => {
            return unicode(&rest[2..]).map(|(letter, length)| (letter, length + 2)).ok_or_else(
                || {
                    scanner.error(
                        "`\\u` is followed by four hexadecimal digits, by two such pairs for a \
                         character beyond U+FFFF, or by up to U+10FFFF in braces, and half of \
                         such a pair is no character: correct it",
                    )
                },
            );
        }
        _ => {
            return Err(scanner.error(
                "a string knows the escapes \\\" \\\\ \\/ \\b \\f \\n \\r \\t and \\u: \
                 use one of them, or double the backslash",
            ));
        }
    };
    Ok((letter, 2))
}

/// The character of an escape behind its `\u`, and how long that part is.
fn unicode(rest: &str) -> Option<(char, usize)> {
    if let Some(braced) = rest.strip_prefix('{') {
        let digits = &braced[..braced.find('}')?];
        // Longer ones could only be zeros before the number.
        if digits.len() > 16 {
            return None;
        }
        return Some((char::from_u32(hexadecimal(digits)?)?, digits.len() + 2));
    }
    let first = hexadecimal(rest.get(..4)?)?;
    if let Some(letter) = char::from_u32(first) {
        return Some((letter, 4));
    }
    let second = hexadecimal(rest[4..].strip_prefix("\\u")?.get(..4)?)?;
    let pair = [u16::try_from(first).ok()?, u16::try_from(second).ok()?];
    let letter = char::decode_utf16(pair).next()?.ok()?;
    Some((letter, 10))
}

/// The number that `digits` are; unlike `from_str_radix`, no sign is allowed.
fn hexadecimal(digits: &str) -> Option<u32> {
    if !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    u32::from_str_radix(digits, 16).ok()
}

/// Reads a block string, which begins at the scanner's place.
pub(super) fn block_string<'a>(scanner: &mut Scanner<'_>) -> Result<TokenKind<'a>, ParseError> {
    scanner.skip(3);
    let mut lines = vec![String::new()];
    loop {
        let rest = scanner.rest();
        if rest.starts_with("\"\"\"") {
            scanner.skip(3);
            return Ok(TokenKind::String(without_indent(&lines).into()));
        }
        if rest.starts_with("\\\"\"\"") {
            push(&mut lines, "\"\"\"");
            scanner.skip(4);
            continue;
        }
        match scanner.bump() {
            None => {
                return Err(scanner.error("the block string has no end: close it with `\"\"\"`"));
            }
            Some('\n') => lines.push(String::new()),
            Some('\r') => {
                if scanner.peek() == Some('\n') {
                    scanner.bump();
                }
                lines.push(String::new());
            }
            Some(letter) => push(&mut lines, letter.encode_utf8(&mut [0; 4])),
        }
    }
}

fn push(lines: &mut [String], text: &str) {
    if let Some(last) = lines.last_mut() {
        last.push_str(text);
    }
}

/// The lines without the indent they have in common and without empty lines at both ends. The
/// first line, which stands behind the quotes, has no indent. Only spaces and tabs are white space.
fn without_indent(lines: &[String]) -> String {
    let indent_of = |line: &str| line.len() - line.trim_start_matches([' ', '\t']).len();
    let is_empty = |line: &String| indent_of(line) == line.len();
    let Some(first) = lines.iter().position(|line| !is_empty(line)) else { return String::new() };
    let last = lines.iter().rposition(|line| !is_empty(line)).unwrap_or(first);
    let indented = lines.iter().skip(1).filter(|line| !is_empty(line));
    let common = indented.map(|line| indent_of(line)).min().unwrap_or(0);
    let mut text = String::new();
    for (place, line) in lines.iter().enumerate().take(last + 1).skip(first) {
        if place > first {
            text.push('\n');
        }
        // An empty line in between may be shorter than the indent of the others.
        text.push_str(if place == 0 { line } else { line.get(common..).unwrap_or("") });
    }
    text
}
