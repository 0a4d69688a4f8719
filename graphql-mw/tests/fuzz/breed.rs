//! New texts from those of the corpus.

use proptest::collection::vec;
use proptest::prelude::{Strategy, any};

/// What is put into texts: all that the grammar is made of, and what it stumbles over.
const PIECES: [&str; 48] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "!",
    "$",
    ":",
    "=",
    "@",
    "|",
    "&",
    "...",
    "\"",
    "\"\"\"",
    "\\",
    "\\\"\"\"",
    "#",
    "\n",
    "\r",
    "\t",
    ",",
    "\u{feff}",
    "\u{3000}",
    "\u{a0}",
    "😀",
    "\0",
    "'",
    "-",
    "0",
    "1e9",
    "-0.5",
    "99999999999999999999",
    "on",
    "query",
    "fragment F on T { id }",
    "type",
    "extend",
    "schema",
    "implements",
    "$a",
    "@include(if: true)",
    "null",
    "...F",
    "{ id }",
    "\"\\uD83D\"",
    "true",
];

/// How a text is changed; places are shares of its length in 65,536ths.
#[derive(Clone, Debug)]
struct Change {
    at: u16,
    length: u8,
    /// What is put in: a piece, a part of another text, or nothing.
    what: u8,
    from: u16,
}

/// A text of the corpus with up to eight changes.
pub(crate) fn texts(corpus: &'static [&'static str]) -> impl Strategy<Value = String> {
    let change = (any::<u16>(), any::<u8>(), any::<u8>(), any::<u16>())
        .prop_map(|(at, length, what, from)| Change { at, length, what, from });
    (0..corpus.len(), vec(change, 1..8)).prop_map(|(start, changes)| {
        let mut text = String::from(corpus[start]);
        for change in changes {
            apply(&mut text, &change, corpus);
        }
        text
    })
}

fn apply(text: &mut String, change: &Change, corpus: &[&str]) {
    let place =
        |of: &str, share: u16| of.floor_char_boundary(of.len() * usize::from(share) / 65_536);
    let start = place(text, change.at);
    let end = text.floor_char_boundary((start + usize::from(change.length % 32)).min(text.len()));
    let other = corpus[usize::from(change.from) % corpus.len()];
    match change.what {
        // A piece before what is there, or instead of it.
        0..=99 => text.insert_str(start, PIECES[usize::from(change.what) % PIECES.len()]),
        100..=159 => {
            text.replace_range(start..end, PIECES[usize::from(change.what) % PIECES.len()]);
        }
        // Less of the text.
        160..=189 => text.replace_range(start..end, ""),
        190..=199 => text.truncate(start),
        // A part of another text, or this one's again.
        200..=229 => {
            let from = place(other, change.from);
            let to =
                other.floor_char_boundary((from + usize::from(change.length)).min(other.len()));
            text.insert_str(start, &other[from..to]);
        }
        230..=255 => {
            let again = String::from(&text[start..end]);
            text.insert_str(start, &again.repeat(1 + usize::from(change.from % 60)));
        }
    }
}
