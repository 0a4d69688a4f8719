//! A field on its way through its layers.

use crate::error::{Error, Result};
use crate::info::Info;
use crate::value::{Object, Text, Value};
use std::any::{Any, type_name};

/// A field on its way through its layers to its resolver: Graphene's `(root, info, args)`.
///
/// It is four words, passed by value, so that arguments can be changed for what is further in
/// without a future that keeps them. A copy is for a retry (rule F8).
#[derive(Clone, Copy, Debug)]
pub struct Field<'a> {
    /// What the parent field resolved to; the request's root value for root fields.
    pub root: &'a Value,
    /// Which field this is, of which operation.
    pub info: Info<'a>,
    /// Its coerced arguments, defaults of the schema included (rule F6). One that was not given
    /// and has no default is not there.
    pub args: &'a Object,
}

impl<'a> Field<'a> {
    /// The root as a Rust type, for resolvers of types whose values are [`Value::any`].
    ///
    /// # Errors
    ///
    /// The root is something else: the resolver of the parent field, or a layer around it, returns
    /// another type than this resolver expects.
    pub fn root_as<T: Any>(&self) -> Result<&'a T> {
        self.root.downcast_ref().ok_or_else(|| {
            Error::new(format!(
                "`{}.{}` expects its root to be a `{}`, and it is {}",
                self.info.parent_type(),
                self.info.field_name(),
                type_name::<T>(),
                self.root.kind(),
            ))
        })
    }

    /// An argument, null where it is not given.
    pub fn arg(&self, name: &str) -> &'a Value {
        const NULL: &Value = &Value::Null;
        self.args.get(name).unwrap_or(NULL)
    }

    /// Sets an argument, for the inner layers and the resolver only (rule F6). The arguments are
    /// copied; for several at once see [`set_args`](Self::set_args).
    pub fn set_arg(&mut self, name: impl Into<Text>, value: impl Into<Value>) {
        let mut args = self.args.clone();
        args.set(name, value);
        self.set_args(args);
    }

    /// Sets all arguments, for the inner layers and the resolver only (rule F6). They are kept
    /// until the operation is over.
    pub fn set_args(&mut self, args: Object) {
        self.args = self.info.run().objects.alloc(args);
    }
}
