//! How large a message may be.

use crate::options::{self, OptionsError};
use engine_async::{Hooks, Incoming, Layer, On, Result, Step, WebSocket};
use serde::Deserialize;

/// Options of [`MessageSize`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct MessageSizeOptions {
    /// The bytes that a message may have. Default: 65,536.
    #[serde(deserialize_with = "max_bytes")]
    pub max_bytes: usize,
}

impl Default for MessageSizeOptions {
    fn default() -> Self {
        MessageSizeOptions { max_bytes: 64 << 10 }
    }
}

fn check(bytes: &usize) -> Result<(), OptionsError> {
    match bytes {
        0 => Err(OptionsError::new(
            "`max_bytes` is 0, so nothing could be sent: say how many, or leave the layer out",
        )),
        _ => Ok(()),
    }
}

fn max_bytes<'de, D: serde::Deserializer<'de>>(from: D) -> Result<usize, D::Error> {
    options::checked(from, check)
}

/// Closes a connection with 1009, "message too big", when its client sends a larger message than
/// this. The server's own limit, which bounds the memory, comes first; this one is for what an app
/// is ready to handle, and may differ from stack to stack.
#[derive(Clone, Copy, Debug)]
pub struct MessageSize {
    max_bytes: usize,
}

impl MessageSize {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// A limit of 0.
    pub fn new(options: MessageSizeOptions) -> Result<Self, OptionsError> {
        check(&options.max_bytes)?;
        Ok(MessageSize { max_bytes: options.max_bytes })
    }

    fn measure<'a>(&'a self, _: &'a WebSocket, event: &'a mut Incoming) -> Step<'a> {
        match event {
            Incoming::Message(message) if message.len() > self.max_bytes => {
                Step::close(1009, &format!("a message has at most {} bytes", self.max_bytes))
            }
            _ => Step::Pass,
        }
    }
}

impl Layer for MessageSize {}

impl Hooks for MessageSize {
    fn install(&self, on: &mut On<Self>) {
        on.receive(Self::measure);
    }
}
