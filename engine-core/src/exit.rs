//! How a unit ended, as told to the `exit` hook.

use std::fmt;

/// How a unit ended, as every entered layer's `exit` hook is told, exactly once (rule S9).
///
/// It says how the *unit* ended, seen from outside, not what a single layer did. An error or a
/// panic that some layer outside turned into a response is [`Exit::Done`]: the client was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Exit {
    /// The answer, a streamed body included, was handed over completely.
    Done,
    /// The other side went away before everything was handed over.
    Disconnected,
    /// A deadline passed before everything was handed over.
    TimedOut,
    /// The program is shutting down and the grace time is over.
    Shutdown,
    /// The unit was dropped by whoever ran it, without a word on why.
    Dropped,
    /// Producing the answer failed half-way, for example a streamed body returned an error.
    Failed,
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Exit::Done => "done",
            Exit::Disconnected => "disconnected",
            Exit::TimedOut => "timed out",
            Exit::Shutdown => "shutdown",
            Exit::Dropped => "dropped",
            Exit::Failed => "failed",
        })
    }
}
