//! The text of an operation.

use super::program::{Field, Operation, Selection};
use super::schema::field_of;
use std::fmt::Write;

/// How the same selection is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Style {
    /// Field by field.
    Plain,
    /// The last fields of each object in an inline fragment.
    Inline,
    /// The root fields in a named fragment.
    Named,
    /// Each object asked for twice, once for its first field and once for all: equal keys are merged.
    Merged,
    /// With a field that is skipped, and one that is included.
    Directives,
}

impl Style {
    pub(super) const ALL: [Style; 5] =
        [Style::Plain, Style::Inline, Style::Named, Style::Merged, Style::Directives];
}

/// The selection as a document.
pub(super) fn document(selection: &Selection, style: Style) -> String {
    let Selection { operation, fields } = selection;
    let root = operation.root();
    let word = match operation {
        Operation::Query => String::new(),
        other => format!("{} ", other.name()),
    };
    let subscribes = *operation == Operation::Subscription;
    match style {
        // A subscription asks for its root field once, and not by a condition.
        Style::Named => {
            let fields = all(root, fields, Style::Plain);
            format!("{word}{{ ...All }} fragment All on {root} {{{fields} }}").replacen(
                "{ ...",
                "query { ...",
                usize::from(word.is_empty()),
            )
        }
        Style::Directives | Style::Merged if subscribes => document(selection, Style::Plain),
        Style::Directives => {
            let skipped = match operation {
                Operation::Mutation => "s0: setA(v: 0) @skip(if: true)",
                _ => "s0: a @skip(if: true)",
            };
            format!(
                "{word}{{ {skipped} ... @include(if: true) {{{} }} }}",
                all(root, fields, style)
            )
        }
        _ => format!("{word}{{{} }}", all(root, fields, style)),
    }
}

fn all(parent: &str, fields: &[Field], style: Style) -> String {
    let mut text = String::new();
    let apart = match style {
        Style::Inline => fields.len() / 2,
        _ => fields.len(),
    };
    for (at, field) in fields.iter().enumerate() {
        if at == apart {
            let _ = write!(text, " ... on {parent} {{");
        }
        if style == Style::Merged && !field.fields.is_empty() {
            let first = Field { fields: field.fields[..1].to_vec(), ..field.clone() };
            one(&mut text, parent, &first, Style::Plain);
        }
        one(&mut text, parent, field, style);
    }
    if apart < fields.len() {
        text.push_str(" }");
    }
    text
}

fn one(text: &mut String, parent: &str, field: &Field, style: Style) {
    text.push(' ');
    if field.key != field.field {
        let _ = write!(text, "{}: ", field.key);
    }
    text.push_str(&field.field);
    if !field.args.is_empty() {
        let args: Vec<String> =
            field.args.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let _ = write!(text, "({})", args.join(", "));
    }
    if !field.fields.is_empty() {
        let of = field_of(parent, &field.field).map_or("", |known| known.of.name);
        let _ = write!(text, " {{{} }}", all(of, &field.fields, style));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_selection_is_written_in_every_style() {
        let selection: Selection = serde_json::from_value(json!({"operation": "query", "fields": [
            {"key": "x", "field": "hello", "args": {"name": "p"}},
            {"key": "user", "field": "user", "fields": [
                {"key": "name", "field": "name"}, {"key": "age", "field": "age"},
            ]},
        ]}))
        .unwrap();
        let written = Style::ALL.map(|style| document(&selection, style));
        assert_eq!(
            written,
            [
                r#"{ x: hello(name: "p") user { name age } }"#,
                r#"{ x: hello(name: "p") ... on Query { user { name ... on User { age } } } }"#,
                r#"query { ...All } fragment All on Query { x: hello(name: "p") user { name age } }"#,
                r#"{ x: hello(name: "p") user { name } user { name age } }"#,
                r#"{ s0: a @skip(if: true) ... @include(if: true) { x: hello(name: "p") user { name age } } }"#,
            ],
        );
    }
}
