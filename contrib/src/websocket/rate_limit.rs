//! How much a client may say: a limit on messages and bytes a second.

use crate::options::{self, OptionsError};
use engine_async::{Hooks, Incoming, Layer, On, Order, Result, Step, WebSocket};
use serde::Deserialize;
use std::time::Instant;

/// Options of [`RateLimit`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct RateLimitOptions {
    /// Messages a second that a client may send for ever. Default: 20.
    #[serde(deserialize_with = "messages_per_second")]
    pub messages_per_second: u32,
    /// Messages that it may send at once, having been silent. Default: 100.
    #[serde(deserialize_with = "message_burst")]
    pub message_burst: u32,
    /// Bytes a second that it may send for ever. Default: 262,144, a quarter of a MiB.
    #[serde(deserialize_with = "bytes_per_second")]
    pub bytes_per_second: u32,
    /// Bytes that it may send at once, having been silent; a message that is larger is always too
    /// much. Default: 4,194,304, 4 MiB.
    #[serde(deserialize_with = "byte_burst")]
    pub byte_burst: u32,
    /// What is done about a message that is too much. Default: `close`.
    pub excess: Excess,
}

/// What is done about a message that is too much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Excess {
    /// The connection is closed with 1008, "policy violation".
    #[default]
    Close,
    /// The message is dropped, and the client is not told.
    Drop,
}

impl Default for RateLimitOptions {
    fn default() -> Self {
        RateLimitOptions {
            messages_per_second: 20,
            message_burst: 100,
            bytes_per_second: 256 << 10,
            byte_burst: 4 << 20,
            excess: Excess::Close,
        }
    }
}

fn some(name: &str, value: u32) -> Result<(), OptionsError> {
    match value {
        0 => Err(OptionsError::new(format!(
            "`{name}` is 0, so nothing could be sent: say how many, or leave the layer out"
        ))),
        _ => Ok(()),
    }
}

fn messages_per_second<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, |value| some("messages_per_second", *value))
}

fn message_burst<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, |value| some("message_burst", *value))
}

fn bytes_per_second<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, |value| some("bytes_per_second", *value))
}

fn byte_burst<'de, D: serde::Deserializer<'de>>(from: D) -> Result<u32, D::Error> {
    options::checked(from, |value| some("byte_burst", *value))
}

/// Limits the messages and the bytes that a client sends, each connection by itself. List it
/// outside of whatever does work for a message.
#[derive(Clone, Copy, Debug)]
pub struct RateLimit {
    options: RateLimitOptions,
}

impl RateLimit {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// A limit of 0.
    pub fn new(options: RateLimitOptions) -> Result<Self, OptionsError> {
        some("messages_per_second", options.messages_per_second)?;
        some("message_burst", options.message_burst)?;
        some("bytes_per_second", options.bytes_per_second)?;
        some("byte_burst", options.byte_burst)?;
        Ok(RateLimit { options })
    }

    fn fill<'a>(&'a self, ws: &'a WebSocket) -> Step<'a> {
        ws.insert(Allowance::full(&self.options, Instant::now()));
        Step::Pass
    }

    fn charge<'a>(&'a self, ws: &'a WebSocket, event: &'a mut Incoming) -> Step<'a> {
        let Incoming::Message(message) = event else { return Step::Pass };
        let mut state = ws.state();
        let allowance = state.get_mut::<Allowance>();
        if allowance.is_none_or(|a| a.charge(&self.options, message.len(), Instant::now())) {
            return Step::Pass;
        }
        tracing::debug!(path = ws.path(), bytes = message.len(), "a client sends too much");
        match self.options.excess {
            Excess::Close => Step::close(1008, "too many messages"),
            Excess::Drop => Step::Drop,
        }
    }
}

impl Layer for RateLimit {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl Hooks for RateLimit {
    fn install(&self, on: &mut On<Self>) {
        on.enter(Self::fill).receive(Self::charge);
    }
}

/// What one connection may still send: a token bucket for messages, and one for bytes.
struct Allowance {
    messages: f64,
    bytes: f64,
    filled: Instant,
}

impl Allowance {
    fn full(options: &RateLimitOptions, now: Instant) -> Self {
        let (messages, bytes) = (options.message_burst.into(), options.byte_burst.into());
        Allowance { messages, bytes, filled: now }
    }

    /// Whether a message of so many bytes is within the limit; one that is not costs nothing.
    fn charge(&mut self, options: &RateLimitOptions, bytes: usize, now: Instant) -> bool {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        let fill = |tokens: f64, per_second: u32, burst: u32| {
            (tokens + passed * f64::from(per_second)).min(burst.into())
        };
        self.messages = fill(self.messages, options.messages_per_second, options.message_burst);
        self.bytes = fill(self.bytes, options.bytes_per_second, options.byte_burst);
        self.filled = now;
        let bytes = bytes as f64;
        let fits = self.messages >= 1.0 && self.bytes >= bytes;
        if fits {
            self.messages -= 1.0;
            self.bytes -= bytes;
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn an_allowance_is_spent_by_messages_and_by_bytes_and_fills_with_time() {
        let options = RateLimitOptions {
            messages_per_second: 2,
            message_burst: 3,
            bytes_per_second: 10,
            byte_burst: 100,
            ..RateLimitOptions::default()
        };
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut allowance = Allowance::full(&options, start);
        let mut charge = |bytes, millis| allowance.charge(&options, bytes, at(millis));
        assert_eq!([0; 4].map(|_| charge(1, 0)), [true, true, true, false]);
        assert!(!charge(1, 499));
        assert!(charge(1, 500));
        // Silence for an hour is worth one burst, and no more.
        assert!(!charge(101, 3_600_000));
        assert!(charge(100, 3_600_000));
        assert!(!charge(1, 3_600_000));
        assert!(charge(10, 3_601_000));
        // A clock that goes back gives nothing.
        assert!(!charge(11, 0));
    }
}
