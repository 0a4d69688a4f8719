//! What every layer of every engine has in common.

use crate::order::Order;
use std::any::TypeId;
use std::borrow::Cow;

/// One layer of a stack: a name, and what it declares about its place.
///
/// What a layer *does* is said by an engine's own trait (`Hooks` or `Around` in `engine-sync`),
/// which has this one as its supertrait. Both methods have defaults, so the smallest
/// implementation is `impl Layer for MyLayer {}`.
///
/// A layer is shared by all units that run at the same time, so it holds configuration and
/// handles, never the state of one unit; that lives in the unit's typed [`State`](crate::State).
pub trait Layer: Send + Sync + 'static {
    /// The name shown in messages, explanations and traces, and matched by
    /// [`Order::before`] and [`Order::after`]. Default: the type's name without its path.
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(short_type_name::<Self>())
    }

    /// Declares what this layer provides and requires and whom it must stand before or after
    /// (rule S11). Called once, when the stack is built. Default: no declaration.
    fn declare(&self, order: &mut Order) {
        let _ = order;
    }
}

/// What an engine adds to a [`Layer`] so that it can stand in a [`Stack`](crate::Stack).
///
/// Engines implement this for their own layer type; whoever writes a layer never sees it.
pub trait Member: Layer {
    /// The concrete type of the layer, matched by [`Order::before_layer`] and
    /// [`Order::after_layer`].
    fn layer_type(&self) -> LayerType {
        LayerType::of::<Self>()
    }

    /// The names of the hooks this layer implements, or `None` where the engine cannot know.
    /// An empty list is worth a warning: the layer does nothing.
    fn hooks(&self) -> Option<Vec<&'static str>> {
        None
    }
}

impl Member for dyn Layer {}

/// A type that can be compared and shown: the identity of a layer, or of a value it provides.
#[derive(Clone, Copy, Debug)]
pub struct LayerType {
    id: TypeId,
    name: &'static str,
}

impl LayerType {
    /// The type `T`.
    pub fn of<T: ?Sized + 'static>() -> Self {
        LayerType { id: TypeId::of::<T>(), name: short_type_name::<T>() }
    }

    /// The type's identity.
    pub fn id(&self) -> TypeId {
        self.id
    }

    /// The type's name without its path, for messages.
    pub fn name(&self) -> &'static str {
        self.name
    }
}

impl PartialEq for LayerType {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for LayerType {}

/// The name of a type without the path of its modules: `Timeout`, or `Cache` for `a::Cache<b::C>`.
fn short_type_name<T: ?Sized>() -> &'static str {
    let full = std::any::type_name::<T>();
    let full = full.strip_prefix("dyn ").unwrap_or(full);
    let without_arguments = full.split('<').next().unwrap_or(full);
    without_arguments.rsplit("::").next().unwrap_or(without_arguments)
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Plain;
    struct Of<T>(std::marker::PhantomData<T>);

    #[test]
    fn the_short_name_of_a_type_has_no_path_and_no_arguments() {
        assert_eq!(short_type_name::<Plain>(), "Plain");
        assert_eq!(short_type_name::<Of<std::string::String>>(), "Of");
        assert_eq!(short_type_name::<dyn Layer>(), "Layer");
    }
}
