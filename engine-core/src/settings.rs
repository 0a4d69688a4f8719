//! Settings: a TOML text whose mistakes are reported with line and column.

use crate::nearest::nearest;
use crate::place::Position;
use crate::registry::Options;
use serde::de::{DeserializeOwned, IntoDeserializer};
use std::fmt;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

/// A TOML text, known to be well-formed.
///
/// A list of names stands under a key, and a layer's options in the table `[layers.NAME]`:
///
/// ```toml
/// middleware = ["sessions", "auth", "book"]
///
/// [layers.book]
/// respond = true
/// ```
#[derive(Clone)]
pub struct Settings {
    text: String,
    /// The tables that lead to what is read; none for the whole text.
    path: Vec<String>,
}

/// A mistake in the settings: what is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingsError {
    message: String,
    position: Option<Position>,
}

impl SettingsError {
    /// An error at a byte offset of the text.
    pub(crate) fn at(text: &str, offset: Option<usize>, message: impl Into<String>) -> Self {
        let position = offset.map(|offset| Position::of(text, offset));
        SettingsError { message: message.into(), position }
    }

    pub(crate) fn new(message: impl Into<String>, position: Option<Position>) -> Self {
        SettingsError { message: message.into(), position }
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// Where, if it has a place.
    pub fn position(&self) -> Option<Position> {
        self.position
    }
}

impl fmt::Display for SettingsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.position {
            Some(position) => write!(f, "{position}: {}", self.message),
            None => f.write_str(&self.message),
        }
    }
}

impl std::error::Error for SettingsError {}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("bytes", &self.text.len()).finish()
    }
}

impl Settings {
    /// Parses the text.
    ///
    /// # Errors
    ///
    /// The text is not TOML.
    pub fn parse(text: impl Into<String>) -> Result<Self, SettingsError> {
        let mut text = text.into();
        // Some editors begin a file with a byte order mark, which is no part of its first line.
        if text.starts_with('\u{feff}') {
            text.remove(0);
        }
        DeTable::parse(&text).map_err(|error| from_toml(&text, &error))?;
        Ok(Settings { text, path: Vec::new() })
    }

    /// The settings in the table `[KEY]`, to be read like settings of their own: a second stack with
    /// options for its layers, `[KEY.layers.NAME]`. A missing table is read as an empty one, and
    /// mistakes have their places in the whole text.
    ///
    /// ```
    /// use engine_core::Settings;
    ///
    /// let settings = Settings::parse("[websocket]\nmidleware = []")?;
    /// let error = settings.section("websocket")?.only_keys(&["middleware", "layers"]).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 2, column 1: unknown key `websocket.midleware`: did you mean `middleware`?",
    /// );
    /// # Ok::<(), engine_core::SettingsError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// What stands under the key is no table.
    pub fn section(&self, key: &str) -> Result<Self, SettingsError> {
        if let Some(value) = self.value(key)
            && !matches!(value.get_ref(), DeValue::Table(_))
        {
            let found = value.get_ref().type_str();
            let message = format!("`{}` must be a table, not {found}", self.full(key));
            return Err(SettingsError::at(&self.text, Some(value.span().start), message));
        }
        let mut path = self.path.clone();
        path.push(String::from(key));
        Ok(Settings { text: self.text.clone(), path })
    }

    /// A key with the tables that lead to it, as messages show it.
    pub(crate) fn full(&self, key: &str) -> String {
        let path = self.path.iter().map(String::as_str);
        path.chain([key]).collect::<Vec<_>>().join(".")
    }

    /// The text as given.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Reads one table into a type; a missing table is read as an empty one.
    ///
    /// # Errors
    ///
    /// The table does not fit the type.
    pub fn table<T: DeserializeOwned>(&self, key: &str) -> Result<T, SettingsError> {
        read_table(&self.text, self.value(key))
    }

    /// Reads the whole text into a type, for the keys that stand outside every table; fields the
    /// type does not have are left to others.
    ///
    /// # Errors
    ///
    /// A value does not fit the type.
    pub fn root_table<T: DeserializeOwned>(&self) -> Result<T, SettingsError> {
        let root = self.root();
        read_table(&self.text, Some(Spanned::new(root.span(), DeValue::Table(root.into_inner()))))
    }

    /// Refuses top-level keys that nobody reads, so that a misspelt one is not silently ignored.
    ///
    /// # Errors
    ///
    /// The first unknown key, with the nearest known one.
    pub fn only_keys(&self, known: &[&str]) -> Result<(), SettingsError> {
        let root = self.root();
        let mut keys: Vec<_> = root.get_ref().keys().collect();
        keys.sort_by_key(|key| key.span().start);
        match keys.into_iter().find(|key| !known.contains(&key.get_ref().as_ref())) {
            None => Ok(()),
            Some(key) => {
                let name = key.get_ref();
                let advice = match nearest(name, known.iter().copied()) {
                    Some(nearest) => format!("did you mean `{nearest}`?"),
                    None => format!("known keys are `{}`", known.join("`, `")),
                };
                let message = format!("unknown key `{}`: {advice}", self.full(name));
                Err(SettingsError::at(&self.text, Some(key.span().start), message))
            }
        }
    }

    /// The list of names under `key`, each with its place.
    pub(crate) fn names(&self, key: &str) -> Result<Vec<(String, Position)>, SettingsError> {
        let value = self.value(key);
        let key = &self.full(key);
        let Some(value) = value else {
            let message = format!("`{key}` is missing: list the layers by name, `{key} = [\"…\"]`");
            return Err(SettingsError::at(&self.text, None, message));
        };
        let wrong = |at: &Spanned<DeValue<'_>>, what: &str| {
            let found = at.get_ref().type_str();
            let message = format!(
                "{what} must be {}, not {found}",
                if what.starts_with("an entry") { "a name in quotes" } else { "a list of names" }
            );
            SettingsError::at(&self.text, Some(at.span().start), message)
        };
        let DeValue::Array(items) = value.get_ref() else {
            return Err(wrong(&value, &format!("`{key}`")));
        };
        items
            .iter()
            .map(|item| match item.get_ref() {
                DeValue::String(name) => {
                    Ok((name.to_string(), Position::of(&self.text, item.span().start)))
                }
                _ => Err(wrong(item, &format!("an entry of `{key}`"))),
            })
            .collect()
    }

    /// The names that have a table of options, `[layers.NAME]`, each with its place.
    ///
    /// # Errors
    ///
    /// `layers`, or what stands in it, is no table.
    pub(crate) fn layers_with_options(&self) -> Result<Vec<(String, Position)>, SettingsError> {
        let layers_key = self.full("layers");
        let not_a_table = |at: &Spanned<DeValue<'_>>, what: &str| {
            let found = at.get_ref().type_str();
            let message =
                format!("{what} must be a table of options, `[{layers_key}.NAME]`, not {found}");
            Err(SettingsError::at(&self.text, Some(at.span().start), message))
        };
        let Some(value) = self.value("layers") else { return Ok(Vec::new()) };
        let DeValue::Table(layers) = value.get_ref() else {
            return not_a_table(&value, &format!("`{layers_key}`"));
        };
        let mut names = Vec::new();
        for (name, options) in layers {
            if !matches!(options.get_ref(), DeValue::Table(_)) {
                return not_a_table(options, &format!("`{layers_key}.{}`", name.get_ref()));
            }
            let position = Position::of(&self.text, name.span().start);
            names.push((name.get_ref().to_string(), position));
        }
        names.sort_by_key(|(_, position)| *position);
        Ok(names)
    }

    /// The options of a layer: the table `[layers.NAME]`.
    pub(crate) fn options(&self, name: &str) -> Options<'_> {
        let table = match self.value("layers").map(Spanned::into_inner) {
            Some(DeValue::Table(mut layers)) => layers.remove(name),
            _ => None,
        };
        Options { text: &self.text, table }
    }

    fn value(&self, key: &str) -> Option<Spanned<DeValue<'_>>> {
        self.root().into_inner().remove(key)
    }

    /// The table that these settings are.
    fn root(&self) -> Spanned<DeTable<'_>> {
        // `parse` has seen that the text is well-formed; parsing it again keeps this type free of
        // a self-reference, and settings are read once.
        let nothing = || Spanned::new(0..0, DeTable::default());
        let whole = DeTable::parse(&self.text).unwrap_or_else(|_| nothing());
        self.path.iter().fold(whole, |table, key| {
            let inner = table.into_inner().remove(key.as_str());
            inner.map_or_else(nothing, |value| match (value.span(), value.into_inner()) {
                (span, DeValue::Table(table)) => Spanned::new(span, table),
                _ => nothing(),
            })
        })
    }
}

pub(crate) fn read_table<T: DeserializeOwned>(
    text: &str,
    value: Option<Spanned<DeValue<'_>>>,
) -> Result<T, SettingsError> {
    let value = value.unwrap_or_else(|| Spanned::new(0..0, DeValue::Table(DeTable::default())));
    let start = value.span().start;
    T::deserialize(value.into_deserializer()).map_err(|error| {
        let mut error = from_toml(text, &error);
        error.position.get_or_insert_with(|| Position::of(text, start));
        error
    })
}

fn from_toml(text: &str, error: &toml::de::Error) -> SettingsError {
    SettingsError::at(text, error.span().map(|span| span.start), error.message())
}

/// An error and its causes in one line.
pub(crate) fn chain_of(error: &dyn std::error::Error) -> String {
    let mut shown = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        shown.push_str(": ");
        shown.push_str(&cause.to_string());
        source = cause.source();
    }
    shown
}
