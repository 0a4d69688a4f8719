//! What a layer, or an endpoint, declares about the order it relies on.

use crate::layer::LayerType;
use std::borrow::Cow;
use std::fmt;

/// What a layer declares about its place in the stack (rule S11).
///
/// `provides` and `requires` speak of values: a required value must be provided by a layer listed
/// **earlier**, that is, further out. `before` and `after` speak of other layers: they bind only
/// when that layer is listed too, so a layer may name a neighbour it merely gets on badly with.
///
/// "Before" always means *listed before*, so further out: its way in runs earlier, its way out
/// later.
#[derive(Clone, Debug, Default)]
pub struct Order {
    pub(crate) provides: Vec<Key>,
    pub(crate) requires: Vec<Key>,
    pub(crate) before: Vec<Target>,
    pub(crate) after: Vec<Target>,
    pub(crate) single: bool,
}

impl Order {
    /// The unit has a `T` in its state once this layer's way in has run.
    ///
    /// Debug builds check that it really is there.
    pub fn provides<T: 'static>(&mut self) -> &mut Self {
        self.provides.push(Key::Type(LayerType::of::<T>()));
        self
    }

    /// This layer needs a `T` that a layer listed earlier provides.
    pub fn requires<T: 'static>(&mut self) -> &mut Self {
        self.requires.push(Key::Type(LayerType::of::<T>()));
        self
    }

    /// Like [`Order::provides`], for something that has a name instead of a type.
    pub fn provides_named(&mut self, name: impl Into<Cow<'static, str>>) -> &mut Self {
        self.provides.push(Key::Name(name.into()));
        self
    }

    /// Like [`Order::requires`], for something that has a name instead of a type.
    pub fn requires_named(&mut self, name: impl Into<Cow<'static, str>>) -> &mut Self {
        self.requires.push(Key::Name(name.into()));
        self
    }

    /// Where a layer with this name is listed too, this one is listed before it.
    ///
    /// The name is the other layer's own [name](crate::Layer::name) or the name it has in the
    /// settings.
    pub fn before(&mut self, name: impl Into<Cow<'static, str>>) -> &mut Self {
        self.before.push(Target::Name(name.into()));
        self
    }

    /// Where a layer with this name is listed too, this one is listed after it.
    pub fn after(&mut self, name: impl Into<Cow<'static, str>>) -> &mut Self {
        self.after.push(Target::Name(name.into()));
        self
    }

    /// Where a layer of type `L` is listed too, this one is listed before it.
    pub fn before_layer<L: 'static>(&mut self) -> &mut Self {
        self.before.push(Target::Type(LayerType::of::<L>()));
        self
    }

    /// Where a layer of type `L` is listed too, this one is listed after it.
    pub fn after_layer<L: 'static>(&mut self) -> &mut Self {
        self.after.push(Target::Type(LayerType::of::<L>()));
        self
    }

    /// This layer may be listed once only; a second one of the same type or name is an error.
    pub fn single(&mut self) -> &mut Self {
        self.single = true;
        self
    }

    /// The types of values this layer provides, for an engine's own check that they are there.
    pub fn provided_types(&self) -> impl Iterator<Item = LayerType> + '_ {
        self.provides.iter().filter_map(|key| match key {
            Key::Type(of) => Some(*of),
            Key::Name(_) => None,
        })
    }
}

/// An endpoint with needs of its own, checked against its stack by
/// [`Stack::check_endpoint`](crate::Stack::check_endpoint).
#[derive(Clone, Debug, Default)]
pub struct Endpoint {
    pub(crate) name: String,
    pub(crate) requires: Vec<Key>,
}

impl Endpoint {
    /// An endpoint without needs. The name stands in messages as it is, for example
    /// ``the route `profile` ``.
    pub fn new(name: impl Into<String>) -> Self {
        Endpoint { name: name.into(), requires: Vec::new() }
    }

    /// The endpoint needs a `T` that some layer of its stack provides.
    pub fn requires<T: 'static>(mut self) -> Self {
        self.requires.push(Key::Type(LayerType::of::<T>()));
        self
    }

    /// Like [`Endpoint::requires`], for something that has a name instead of a type.
    pub fn requires_named(mut self, name: impl Into<Cow<'static, str>>) -> Self {
        self.requires.push(Key::Name(name.into()));
        self
    }
}

/// What is provided or required: a value of a type, or something known by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Key {
    Type(LayerType),
    Name(Cow<'static, str>),
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Key::Type(of) => f.write_str(of.name()),
            Key::Name(name) => f.write_str(name),
        }
    }
}

/// Whom a layer stands before or after.
#[derive(Clone, Debug)]
pub(crate) enum Target {
    Type(LayerType),
    Name(Cow<'static, str>),
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Type(of) => f.write_str(of.name()),
            Target::Name(name) => f.write_str(name),
        }
    }
}
