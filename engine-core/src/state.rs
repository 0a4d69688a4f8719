//! The typed map that holds the state of one unit.

use std::any::{Any, TypeId};
use std::fmt;

/// The state of one unit: at most one value of each type.
///
/// A layer puts its value here on the way in and whoever stands further in finds it by type.
/// Unlike `http::Extensions` it does not ask values to be `Clone`. An empty map allocates nothing;
/// the few values that a unit has are found by a linear walk, which beats hashing at that size.
#[derive(Default)]
pub struct State {
    values: Vec<(TypeId, &'static str, Box<dyn Any + Send + Sync>)>,
}

impl State {
    /// An empty map.
    pub const fn new() -> Self {
        State { values: Vec::new() }
    }

    /// Puts a value in, and returns the one of the same type that was there.
    pub fn insert<T: Send + Sync + 'static>(&mut self, value: T) -> Option<T> {
        if let Some(old) = self.get_mut::<T>() {
            return Some(std::mem::replace(old, value));
        }
        self.values.push((TypeId::of::<T>(), std::any::type_name::<T>(), Box::new(value)));
        None
    }

    /// The value of type `T`, if it is there.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.values
            .iter()
            .find(|(id, _, _)| *id == TypeId::of::<T>())
            .and_then(|(_, _, value)| value.downcast_ref())
    }

    /// The value of type `T`, to change it in place.
    pub fn get_mut<T: 'static>(&mut self) -> Option<&mut T> {
        self.values
            .iter_mut()
            .find(|(id, _, _)| *id == TypeId::of::<T>())
            .and_then(|(_, _, value)| value.downcast_mut())
    }

    /// The value of type `T`, made by `default` where it is missing.
    pub fn get_or_insert_with<T: Send + Sync + 'static>(
        &mut self,
        default: impl FnOnce() -> T,
    ) -> &mut T {
        let at = match self.values.iter().position(|(id, _, _)| *id == TypeId::of::<T>()) {
            Some(at) => at,
            None => {
                let value = Box::new(default());
                self.values.push((TypeId::of::<T>(), std::any::type_name::<T>(), value));
                self.values.len() - 1
            }
        };
        self.values[at].2.downcast_mut().expect("the entry was found by its type")
    }

    /// Takes the value of type `T` out.
    pub fn remove<T: 'static>(&mut self) -> Option<T> {
        let at = self.values.iter().position(|(id, _, _)| *id == TypeId::of::<T>())?;
        let (_, _, value) = self.values.swap_remove(at);
        value.downcast().ok().map(|value| *value)
    }

    /// Whether a value of this type is there.
    pub fn contains(&self, id: TypeId) -> bool {
        self.values.iter().any(|(other, _, _)| *other == id)
    }

    /// Forgets all values.
    pub fn clear(&mut self) {
        self.values.clear();
    }
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.values.iter().map(|(_, name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_value_of_each_type() {
        let mut state = State::new();
        assert_eq!(state.insert(1_u8), None);
        assert_eq!(state.insert("text"), None);
        assert_eq!(state.insert(2_u8), Some(1));
        assert_eq!(state.get::<u8>(), Some(&2));
        assert_eq!(state.remove::<u8>(), Some(2));
        assert_eq!(state.get::<u8>(), None);
        assert_eq!(*state.get_or_insert_with(|| 7_u8), 7);
        assert_eq!(state.get::<&str>(), Some(&"text"));
    }
}
