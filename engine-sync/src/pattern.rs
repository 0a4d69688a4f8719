//! Path patterns: text and typed arguments.

use crate::params::Params;
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use std::borrow::Cow;

/// A parsed path pattern.
#[derive(Debug)]
pub(crate) struct Pattern {
    segments: Vec<Segment>,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Text(String),
    Argument { name: String, form: Form },
}

/// What an argument must look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Str,
    Int,
    Slug,
    Uuid,
    Path,
}

impl Form {
    const NAMES: [(&'static str, Form); 5] = [
        ("str", Form::Str),
        ("int", Form::Int),
        ("slug", Form::Slug),
        ("uuid", Form::Uuid),
        ("path", Form::Path),
    ];

    pub(crate) fn fits(self, value: &str) -> bool {
        match self {
            Form::Str => !value.is_empty(),
            Form::Path => !value.is_empty(),
            Form::Int => value.bytes().all(|b| b.is_ascii_digit()) && value.parse::<i64>().is_ok(),
            Form::Slug => {
                !value.is_empty()
                    && value.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
            }
            Form::Uuid => {
                value.len() == 36
                    && value.bytes().enumerate().all(|(at, b)| match at {
                        8 | 13 | 18 | 23 => b == b'-',
                        _ => b.is_ascii_digit() || (b'a'..=b'f').contains(&b),
                    })
            }
        }
    }

    pub(crate) fn encode(self, value: &str) -> Cow<'_, str> {
        const UNSAFE: &AsciiSet = &CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
        const PATH: &AsciiSet = &UNSAFE.add(b'?').add(b'`').add(b'{').add(b'}').add(b'%');
        const SEGMENT: &AsciiSet = &PATH.add(b'/');
        utf8_percent_encode(value, if self == Form::Path { PATH } else { SEGMENT }).into()
    }
}

impl Pattern {
    /// # Errors
    ///
    /// What is wrong with the pattern and what would be right.
    pub(crate) fn parse(pattern: &str) -> Result<Self, String> {
        if !pattern.starts_with('/') {
            return Err(format!("the route `{pattern}` must start with `/`"));
        }
        let mut segments = Vec::new();
        let mut rest = pattern;
        while let Some(open) = rest.find('{') {
            let (text, after) = rest.split_at(open);
            let close = after.find('}').ok_or_else(|| {
                format!("the route `{pattern}` opens a `{{` that it does not close")
            })?;
            let inside = &after[1..close];
            let (name, form) = inside.split_once(':').unwrap_or((inside, "str"));
            if name.is_empty() || !name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
                return Err(format!(
                    "the route `{pattern}` has an argument `{inside}`: write `{{name}}` or \
                     `{{name:form}}`"
                ));
            }
            let form = Form::NAMES.iter().find(|(known, _)| *known == form).ok_or_else(|| {
                let known = Form::NAMES.map(|(known, _)| known).join("`, `");
                format!("the route `{pattern}` asks for the form `{form}`; there are `{known}`")
            })?;
            rest = &after[close + 1..];
            if form.1 == Form::Path && !rest.is_empty() {
                return Err(format!(
                    "the route `{pattern}` goes on behind `{{{inside}}}`, which takes all that \
                     is left"
                ));
            }
            if !text.is_empty() {
                segments.push(Segment::Text(text.to_owned()));
            }
            segments.push(Segment::Argument { name: name.to_owned(), form: form.1 });
        }
        if !rest.is_empty() {
            segments.push(Segment::Text(rest.to_owned()));
        }
        Ok(Pattern { segments })
    }

    pub(crate) fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// The pattern as the trie takes it: arguments by number, so that patterns which differ only
    /// in names and forms are one.
    pub(crate) fn shape(&self) -> String {
        let mut shape = String::new();
        for (at, segment) in self.segments.iter().enumerate() {
            match segment {
                Segment::Text(text) => {
                    shape.push_str(&text.replace('{', "{{").replace('}', "}}"));
                }
                Segment::Argument { form: Form::Path, .. } => {
                    shape.push_str(&format!("{{*a{at}}}"))
                }
                Segment::Argument { .. } => shape.push_str(&format!("{{a{at}}}")),
            }
        }
        shape
    }

    /// The arguments with these values in their order, or `None` where one does not fit its form.
    pub(crate) fn bind<'v>(&self, mut values: impl Iterator<Item = &'v str>) -> Option<Params> {
        let mut params = Params::default();
        for segment in &self.segments {
            if let Segment::Argument { name, form } = segment {
                let value = values.next().filter(|value| form.fits(value))?;
                params.set(name.clone(), value);
            }
        }
        Some(params)
    }
}
