//! The layer that says who makes a request (Django's `AuthenticationMiddleware`).

use super::account::UserStore;
use super::user::{Directory, User};
use crate::sessions::Session;
use crate::signing::SecretKey;
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Result};
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Gives each request its [`User`].
pub struct Authentication {
    directory: Arc<Directory>,
}

impl Authentication {
    /// The layer over a store of users. The secret ties each session to the password it began
    /// with, so that changing the password ends the others.
    pub fn new(users: Arc<dyn UserStore>, secret: &SecretKey) -> Self {
        Authentication { directory: Arc::new(Directory { users, secret: secret.clone() }) }
    }

    fn attach(&self, request: &mut Request) -> Result<Flow> {
        let session = Session::of(request)?;
        request.state_mut().insert(User::unknown(session, Arc::clone(&self.directory)));
        Ok(ControlFlow::Continue(()))
    }
}

impl Layer for Authentication {
    fn declare(&self, order: &mut Order) {
        order.requires::<Session>().provides::<User>().single();
    }
}

impl Hooks for Authentication {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::attach);
    }
}

impl fmt::Debug for Authentication {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Authentication").finish_non_exhaustive()
    }
}
