//! How a connection ended.

use crate::error::Error;
use engine_core::Exit;

/// How a connection ended, for whoever ran it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Ended {
    /// What every entered layer's exit was told.
    pub how: Exit,
    /// Where the connection turned round (rule S12).
    pub turned: Turned,
    /// The name of the layer that decided the connection or failed before passing it on.
    pub by: Option<String>,
    /// The error that nobody caught (rule W6).
    pub error: Option<Error>,
}

/// Where a connection turned round: at the app, or at a layer that did not pass it on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Turned {
    /// At the app.
    #[default]
    Endpoint,
    /// The layer at this place (from zero, the outermost) decided without passing it on.
    Answered(usize),
    /// The layer at this place failed before passing it on.
    Failed(usize),
}
