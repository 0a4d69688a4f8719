//! Layers by name: what settings list, made by factories.

use crate::layer::Member;
use crate::nearest::nearest;
use crate::order::Order;
use crate::place::Position;
use crate::problem::{BuildError, Problem, quoted_list};
use crate::settings::{self, Settings, SettingsError};
use crate::stack::{Stack, StackBuilder};
use serde::de::DeserializeOwned;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// What a factory makes.
pub enum Built<L: ?Sized> {
    /// A layer.
    Layer(Arc<L>),
    /// The layer is not used, for this reason; it will not be in the stack at all, and the stack
    /// says so when asked (rule S7).
    NotUsed(String),
}

impl<L: ?Sized> fmt::Debug for Built<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Built::Layer(_) => f.write_str("Layer"),
            Built::NotUsed(reason) => f.debug_tuple("NotUsed").field(reason).finish(),
        }
    }
}

/// Why a factory could not make its layer.
#[derive(Clone, Debug)]
pub struct FactoryError {
    message: String,
    position: Option<Position>,
    is_options: bool,
}

impl FactoryError {
    /// A failure with a message that says what to do.
    pub fn new(message: impl Into<String>) -> Self {
        FactoryError { message: message.into(), position: None, is_options: false }
    }
}

impl fmt::Display for FactoryError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl<E: std::error::Error> From<E> for FactoryError {
    fn from(error: E) -> Self {
        FactoryError::new(settings::chain_of(&error))
    }
}

/// The options of one layer as the settings give them, still to be read.
#[derive(Clone, Debug)]
pub struct Options<'a> {
    pub(crate) text: &'a str,
    pub(crate) table: Option<toml::Spanned<toml::de::DeValue<'a>>>,
}

impl Options<'_> {
    /// No options at all.
    pub const NONE: Options<'static> = Options { text: "", table: None };

    /// Reads the options into a type; give it `#[serde(default, deny_unknown_fields)]`, so that
    /// every option may be left out and a misspelt one is an error.
    ///
    /// # Errors
    ///
    /// What is wrong, with the line and column of the offending option.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, FactoryError> {
        settings::read_table(self.text, self.table.clone()).map_err(|error| FactoryError {
            message: error.message().to_owned(),
            position: error.position(),
            is_options: true,
        })
    }

    /// Refuses any option, for a layer that has none.
    pub fn none(&self) -> Result<(), FactoryError> {
        #[derive(serde::Deserialize)]
        #[serde(deny_unknown_fields)]
        struct NoOptions {}
        self.read::<NoOptions>().map(|_| ())
    }
}

type Factory<L> = dyn Fn(&Options<'_>) -> Result<Built<L>, FactoryError> + Send + Sync;

struct Registered<L: ?Sized> {
    factory: Box<Factory<L>>,
    promised: Order,
}

/// Layers by name, so that settings can list them (Django's `MIDDLEWARE`).
pub struct Registry<L: ?Sized> {
    factories: BTreeMap<String, Registered<L>>,
}

impl<L: ?Sized> Default for Registry<L> {
    fn default() -> Self {
        Registry { factories: BTreeMap::new() }
    }
}

impl<L: ?Sized> fmt::Debug for Registry<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.factories.keys()).finish()
    }
}

impl<L: Member + ?Sized> Registry<L> {
    /// A registry without names.
    pub fn new() -> Self {
        Registry::default()
    }

    /// Registers a factory under a name; a later one of the same name takes its place.
    pub fn register(
        &mut self,
        name: impl Into<String>,
        factory: impl Fn(&Options<'_>) -> Result<Built<L>, FactoryError> + Send + Sync + 'static,
    ) -> &mut Self {
        self.register_promising(name, |_| {}, factory)
    }

    /// Like [`Registry::register`], and says what the layer would provide even where it turns out
    /// not to be used. Only the message about a missing provider depends on it.
    pub fn register_promising(
        &mut self,
        name: impl Into<String>,
        promise: impl FnOnce(&mut Order),
        factory: impl Fn(&Options<'_>) -> Result<Built<L>, FactoryError> + Send + Sync + 'static,
    ) -> &mut Self {
        let mut promised = Order::default();
        promise(&mut promised);
        self.factories.insert(name.into(), Registered { factory: Box::new(factory), promised });
        self
    }

    /// The registered names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.factories.keys().map(String::as_str)
    }

    /// Builds the stack that the settings list under `key`, layers in listed order, each once
    /// (rule S8). A layer's options are the settings' table `[layers.NAME]`.
    ///
    /// # Errors
    ///
    /// An unknown name, options that do not fit, a factory that failed, or an order that breaks a
    /// declaration: all that were found, with line and column.
    pub fn stack(&self, settings: &Settings, key: &str) -> Result<Stack<L>, SettingsOrBuild> {
        let names = settings.names(key)?;
        // Options of a layer that is not listed may stay: one takes a layer out and puts it back.
        // Those of a layer that does not exist are a slip of the pen.
        for (name, position) in settings.layers_with_options()? {
            if !self.factories.contains_key(&name) {
                let advice = match nearest(&name, self.names()) {
                    Some(nearest) => {
                        format!("did you mean `[{}.{nearest}]`?", settings.full("layers"))
                    }
                    None => {
                        let known: Vec<String> = self.names().map(str::to_owned).collect();
                        format!("known names are {}", quoted_list(&known))
                    }
                };
                let message =
                    format!("options for `{name}`, which is no registered layer: {advice}");
                return Err(SettingsError::new(message, Some(position)).into());
            }
        }
        let mut builder = Stack::builder();
        for (name, position) in names {
            builder = self.list(builder, settings, name, position);
        }
        Ok(builder.build()?)
    }

    fn list(
        &self,
        builder: StackBuilder<L>,
        settings: &Settings,
        name: String,
        position: Position,
    ) -> StackBuilder<L> {
        let Some(registered) = self.factories.get(&name) else {
            let known: Vec<String> = self.names().map(str::to_owned).collect();
            let nearest = nearest(&name, self.names()).map(str::to_owned);
            return builder.problem(name, Some(position), |listed| Problem::UnknownName {
                listed,
                nearest,
                known,
            });
        };
        let options = settings.options(&name);
        match (registered.factory)(&options) {
            Ok(Built::Layer(layer)) => builder.layer_as(layer, Some(name), Some(position)),
            Ok(Built::NotUsed(reason)) => {
                builder.not_used_as(name, reason, Some(position), registered.promised.clone())
            }
            Err(error) => {
                let at = error.position.unwrap_or(position);
                builder.problem(name, Some(at), |listed| match error.is_options {
                    true => Problem::Options { listed, message: error.message },
                    false => Problem::Factory { listed, message: error.message },
                })
            }
        }
    }
}

/// Why a stack could not be made from settings.
#[derive(Debug)]
#[non_exhaustive]
pub enum SettingsOrBuild {
    /// The settings themselves are wrong.
    Settings(crate::settings::SettingsError),
    /// The settings are well-formed and the stack they list does not build.
    Build(BuildError),
}

impl fmt::Display for SettingsOrBuild {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            SettingsOrBuild::Settings(error) => error.fmt(f),
            SettingsOrBuild::Build(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for SettingsOrBuild {}

impl From<crate::settings::SettingsError> for SettingsOrBuild {
    fn from(error: crate::settings::SettingsError) -> Self {
        SettingsOrBuild::Settings(error)
    }
}

impl From<BuildError> for SettingsOrBuild {
    fn from(error: BuildError) -> Self {
        SettingsOrBuild::Build(error)
    }
}
