//! A field on its way through its layers.

use crate::args::Args;
use crate::error::{Error, Result};
use crate::info::Info;
use crate::value::Value;
use std::any::{Any, type_name};

/// A field on its way through its layers to its resolver: Graphene's `(root, info, args)`.
///
/// It is passed by value, so that arguments can be changed for what is further in without a future
/// that keeps them. A clone is for a retry (rule F8).
#[derive(Clone, Debug)]
pub struct Field<'a> {
    /// What the parent field resolved to; the request's root value for root fields.
    pub root: &'a Value,
    /// Which field this is, of which operation.
    pub info: Info<'a>,
    /// Its arguments.
    pub args: Args<'a>,
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
    pub fn arg(&self, name: &str) -> &Value {
        const NULL: &Value = &Value::Null;
        self.args.get(name).unwrap_or(NULL)
    }
}
