//! The article's `BookMiddleware`, with a switch for each of its steps.

use crate::terminal::say;
use contrib::auth::User;
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Response, Result};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// How far the article has come.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct BookOptions {
    /// Print the user's name.
    print_user: bool,
    /// Answer every request with `some response`.
    respond: bool,
    /// Print a line on the way out.
    process_response: bool,
}

impl Default for BookOptions {
    fn default() -> Self {
        BookOptions { print_user: true, respond: false, process_response: false }
    }
}

/// Prints that it was executed, and what else its options ask for.
pub(crate) struct Book(pub(crate) BookOptions);

impl Layer for Book {
    fn name(&self) -> Cow<'_, str> {
        "BookMiddleware".into()
    }

    fn declare(&self, order: &mut Order) {
        if self.0.print_user {
            order.requires::<User>();
        }
    }
}

impl Hooks for Book {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::process_request);
        if self.0.process_response {
            on.process_response(Self::process_response);
        }
    }
}

impl Book {
    fn process_request(&self, request: &mut Request) -> Result<Flow> {
        say("Middleware executed");
        if self.0.print_user {
            let name = request.require::<User>()?.name()?;
            say(name.as_deref().unwrap_or("AnonymousUser"));
        }
        match self.0.respond {
            true => Ok(ControlFlow::Break(Response::text("some response"))),
            false => Ok(ControlFlow::Continue(())),
        }
    }

    fn process_response(&self, _: &mut Request, _: &mut Response) -> Result<()> {
        say("BookMiddleware process_response executed");
        Ok(())
    }
}
