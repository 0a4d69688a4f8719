//! The article's `AnotherMiddleware`.

use crate::terminal::say;
use engine_sync::{Flow, Hooks, Layer, On, Request, Response, Result};
use serde::Deserialize;
use std::borrow::Cow;
use std::ops::ControlFlow;

/// How far the article has come.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AnotherOptions {
    /// Print a line on the way out.
    process_response: bool,
}

/// Prints that it was executed.
pub(crate) struct Another(pub(crate) AnotherOptions);

impl Layer for Another {
    fn name(&self) -> Cow<'_, str> {
        "AnotherMiddleware".into()
    }
}

impl Hooks for Another {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::process_request);
        if self.0.process_response {
            on.process_response(Self::process_response);
        }
    }
}

impl Another {
    fn process_request(&self, _: &mut Request) -> Result<Flow> {
        say("Another middleware executed");
        Ok(ControlFlow::Continue(()))
    }

    fn process_response(&self, _: &mut Request, _: &mut Response) -> Result<()> {
        say("AnotherMiddleware process_response executed");
        Ok(())
    }
}
