//! What the server allows, and how long it waits.

use async_tungstenite::tungstenite::protocol::WebSocketConfig;
use engine_core::range::{Seconds, TIMEOUT, Whole, YEAR};
use serde::Deserialize;
use std::time::Duration;

/// A time-out that 0 turns off.
const OPTIONAL: Seconds = Seconds { least: Duration::ZERO, most: YEAR };

engine_core::ranges! { Limits {
    head_bytes: usize, Whole { least: 1024, most: 1 << 20 };
    handshake_timeout: Duration, TIMEOUT;
    message_bytes: usize, Whole { least: 1, most: 1 << 40 };
    frame_bytes: usize, Whole { least: 1, most: 1 << 40 };
    fragments: u64, Whole { least: 1, most: 1 << 32 };
    receive_queue: usize, Whole { least: 1, most: 1 << 20 };
    send_queue_bytes: usize, Whole { least: 1, most: 1 << 30 };
    read_buffer_bytes: usize, Whole { least: 512, most: 1 << 24 };
    ping_interval: Duration, TIMEOUT;
    pong_timeout: Duration, TIMEOUT;
    write_timeout: Duration, TIMEOUT;
    idle_timeout: Duration, OPTIONAL;
    close_timeout: Duration, TIMEOUT;
    grace: Duration, OPTIONAL;
    connections: usize, Whole { least: 1, most: 1_000_000 };
} }

/// The limits of a [`Server`](super::Server). Every field has a safe default, and all can be set by
/// a table of settings; a name that is not a limit is refused there. Durations are numbers of
/// seconds in such a table.
///
/// ```
/// use engine_async::server::Limits;
///
/// let limits = Limits { message_bytes: 64 << 20, ..Limits::default() };
/// assert_eq!(limits.connections, 8192);
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of limits")]
pub struct Limits {
    /// Bytes of the head of a handshake; beyond it 431. From 1,024 to 1,048,576. Default: 16,384.
    #[serde(deserialize_with = "read::head_bytes")]
    pub head_bytes: usize,
    /// From the first byte of a handshake to its last; then 408. From a millisecond to a year.
    /// Default: 10 seconds.
    #[serde(deserialize_with = "read::handshake_timeout")]
    pub handshake_timeout: Duration,
    /// Bytes of a received message; beyond it the connection is closed with 1009.
    /// From 1 to 1,099,511,627,776. Default: 1 MiB.
    #[serde(deserialize_with = "read::message_bytes")]
    pub message_bytes: usize,
    /// Bytes of a received frame; beyond it the connection is closed with 1009.
    /// From 1 to 1,099,511,627,776. Default: 1 MiB.
    #[serde(deserialize_with = "read::frame_bytes")]
    pub frame_bytes: usize,
    /// Frames that a received message may come in; beyond it the connection is closed with 1009.
    /// Without it a client could go on with empty frames for ever. From 1 to 4,294,967,296.
    /// Default: 1,024.
    #[serde(deserialize_with = "read::fragments")]
    pub fragments: u64,
    /// Messages that are read while the app is busy elsewhere, so that a close or a lost client is
    /// noticed; beyond it, or beyond `message_bytes` bytes of them, reading stops until the app
    /// receives. From 1 to 1,048,576. Default: 16.
    #[serde(deserialize_with = "read::receive_queue")]
    pub receive_queue: usize,
    /// Bytes of frames that wait to be written; beyond it a sender waits until the client has
    /// taken them (rule W9). One message more than this may be queued.
    /// From 1 to 1,073,741,824. Default: 64 KiB.
    #[serde(deserialize_with = "read::send_queue_bytes")]
    pub send_queue_bytes: usize,
    /// Bytes that a connection reads at once; each has a buffer of this size.
    /// From 512 to 16,777,216. Default: 4 KiB.
    #[serde(deserialize_with = "read::read_buffer_bytes")]
    pub read_buffer_bytes: usize,
    /// How long a client may be silent before it is sent a ping. From a millisecond to a year.
    /// Default: 20 seconds.
    #[serde(deserialize_with = "read::ping_interval")]
    pub ping_interval: Duration,
    /// How long a client may take to answer a ping before it is given up as dead.
    /// From a millisecond to a year. Default: 20 seconds.
    #[serde(deserialize_with = "read::pong_timeout")]
    pub pong_timeout: Duration,
    /// How long a client may take nothing of what waits to be written before it is given up.
    /// From a millisecond to a year. Default: 30 seconds.
    #[serde(deserialize_with = "read::write_timeout")]
    pub write_timeout: Duration,
    /// How long there may be no message in either direction before the connection is closed with
    /// 1001; 0 is for ever. From 0 to a year. Default: 0.
    #[serde(deserialize_with = "read::idle_timeout")]
    pub idle_timeout: Duration,
    /// How long the other side's half of the close handshake is waited for.
    /// From a millisecond to a year. Default: 5 seconds.
    #[serde(deserialize_with = "read::close_timeout")]
    pub close_timeout: Duration,
    /// How long the app may go on when its connection has ended, be it by the client, a time-out or
    /// a shutdown, before it is dropped (rule W10). From 0 to a year. Default: 10 seconds.
    #[serde(deserialize_with = "read::grace")]
    pub grace: Duration,
    /// Open connections, handshakes included; beyond it 503. From 1 to 1,000,000. Default: 8192.
    #[serde(deserialize_with = "read::connections")]
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            head_bytes: 16 << 10,
            handshake_timeout: Duration::from_secs(10),
            message_bytes: 1 << 20,
            frame_bytes: 1 << 20,
            fragments: 1024,
            receive_queue: 16,
            send_queue_bytes: 64 << 10,
            read_buffer_bytes: 4 << 10,
            ping_interval: Duration::from_secs(20),
            pong_timeout: Duration::from_secs(20),
            write_timeout: Duration::from_secs(30),
            idle_timeout: Duration::ZERO,
            close_timeout: Duration::from_secs(5),
            grace: Duration::from_secs(10),
            connections: 8192,
        }
    }
}

impl Limits {
    /// The same for the protocol. Its write buffer needs no limit of its own: nothing is queued
    /// before there is room.
    pub(super) fn config(&self) -> WebSocketConfig {
        WebSocketConfig::default()
            .read_buffer_size(self.read_buffer_bytes)
            .write_buffer_size(self.send_queue_bytes)
            .max_message_size(Some(self.message_bytes))
            .max_frame_size(Some(self.frame_bytes))
    }

    /// How often a connection looks at its clock: often enough that the shortest time-out is met
    /// within a quarter.
    pub(super) fn tick(&self) -> Duration {
        let timeouts = [self.ping_interval, self.pong_timeout, self.write_timeout];
        let idle = Some(self.idle_timeout).filter(|idle| !idle.is_zero());
        let shortest = timeouts.into_iter().chain(idle).min().unwrap_or_default();
        (shortest / 4).clamp(Duration::from_millis(5), Duration::from_secs(5))
    }
}
