//! What a user of the crate sees, one module for each concept.

/// Declarations and the messages about broken ones (S11).
mod order;
/// Stacks from settings, with lines and columns.
mod settings;
/// Nesting, not-used layers, explanations, warnings (S5, S7, S12).
mod stack;

use engine_core::{Layer, Member, Order};
use std::borrow::Cow;
use std::sync::Arc;

/// A layer made of a name and declarations.
struct Named {
    name: &'static str,
    declare: Box<dyn Fn(&mut Order) + Send + Sync>,
    hooks: Vec<&'static str>,
}

impl Layer for Named {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(self.name)
    }

    fn declare(&self, order: &mut Order) {
        (self.declare)(order);
    }
}

impl Member for Named {
    fn hooks(&self) -> Option<Vec<&'static str>> {
        Some(self.hooks.clone())
    }
}

fn layer(name: &'static str, declare: impl Fn(&mut Order) + Send + Sync + 'static) -> Arc<Named> {
    Arc::new(Named { name, declare: Box::new(declare), hooks: vec!["call"] })
}

fn plain(name: &'static str) -> Arc<Named> {
    layer(name, |_| {})
}

struct Session;
struct User;

fn sessions() -> Arc<Named> {
    layer("Sessions", |order| {
        order.provides::<Session>().single();
    })
}

fn authentication() -> Arc<Named> {
    layer("Authentication", |order| {
        order.requires::<Session>().provides::<User>().single();
    })
}

fn book() -> Arc<Named> {
    layer("BookMiddleware", |order| {
        order.requires::<User>();
    })
}
