//! What the server allows, and how long it waits.

use serde::Deserialize;
use std::time::Duration;

/// The limits of a [`Server`](super::Server): how much it takes, how long it waits, how many it
/// serves at once. Every field has a safe default, and all can be set by a table of settings; a
/// name that is not a limit is refused there. Durations are numbers of seconds in such a table.
///
/// ```
/// use engine_sync::server::Limits;
/// use std::time::Duration;
///
/// let limits = Limits { body_bytes: 1 << 20, ..Limits::default() };
/// assert_eq!(limits.header_timeout, Duration::from_secs(10));
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of a request's head, the request line included; beyond it 431. More than 400 KiB are
    /// never read, whatever this says. Default: 65,536.
    pub header_bytes: usize,
    /// Header lines of a request; beyond it 431. Default: 100.
    pub header_count: usize,
    /// Bytes of a request's target; beyond it 414, or 431 where the whole head is too large.
    /// Default: 16,384.
    pub target_bytes: usize,
    /// From the first byte of a head to its last; then 408. Default: 10 seconds.
    #[serde(deserialize_with = "seconds")]
    pub header_timeout: Duration,
    /// Bytes of a request's body; beyond it 413, at once where the length is declared.
    /// Default: 32 MiB.
    pub body_bytes: u64,
    /// How long the server waits for more of a request's body before reading it fails with a
    /// time-out, which is answered 408. Default: 20 seconds.
    #[serde(deserialize_with = "seconds")]
    pub read_timeout: Duration,
    /// How long the server waits for a client to take more of a response before it cuts the
    /// connection. Default: 20 seconds.
    #[serde(deserialize_with = "seconds")]
    pub write_timeout: Duration,
    /// Bytes per second that a client must send or take, on average over the time the server
    /// has waited for it; the first `read_timeout` or `write_timeout` of waiting is free. Without
    /// it a byte now and then would hold a thread for ever. 0 turns it off. Default: 1024.
    pub minimum_rate: u64,
    /// How long a connection may be silent between two requests. Default: 60 seconds.
    #[serde(deserialize_with = "seconds")]
    pub idle_timeout: Duration,
    /// Open connections; beyond it new ones wait in the kernel's queue until one is closed. Each
    /// takes a file descriptor. Default: 8192.
    pub connections: usize,
    /// Requests that run or wait for a thread; beyond it 503 with `Retry-After`.
    /// Default: 512.
    pub in_flight: usize,
    /// What a 503 says in `Retry-After`, in whole seconds. Default: 1 second.
    #[serde(deserialize_with = "seconds")]
    pub retry_after: Duration,
    /// Threads, at least 2. One fewer than this run handlers at the same time, so that one is
    /// always left to accept and to refuse. They are started as they are needed. Default: 48.
    pub threads: usize,
    /// How long a graceful shutdown waits for requests that run. Default: 30 seconds.
    #[serde(deserialize_with = "seconds")]
    pub grace: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            header_bytes: 64 << 10,
            header_count: 100,
            target_bytes: 16 << 10,
            header_timeout: Duration::from_secs(10),
            body_bytes: 32 << 20,
            read_timeout: Duration::from_secs(20),
            write_timeout: Duration::from_secs(20),
            minimum_rate: 1024,
            idle_timeout: Duration::from_secs(60),
            connections: 8192,
            in_flight: 512,
            retry_after: Duration::from_secs(1),
            threads: 48,
            grace: Duration::from_secs(30),
        }
    }
}

impl Limits {
    /// How often deadlines are looked at: often enough that the shortest is met within a quarter.
    pub(super) fn sweep_interval(&self) -> Duration {
        let timeouts =
            [self.header_timeout, self.read_timeout, self.write_timeout, self.idle_timeout];
        let shortest = timeouts.into_iter().min().unwrap_or_default();
        (shortest / 4).clamp(Duration::from_millis(5), Duration::from_millis(250))
    }
}

fn seconds<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Duration, D::Error> {
    let seconds = f64::deserialize(deserializer)?;
    Duration::try_from_secs_f64(seconds).map_err(|_| {
        serde::de::Error::custom(format!("{seconds} is no duration: write a number of seconds"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_change_single_limits_and_unknown_names_are_refused() {
        let limits: Limits =
            serde_json::from_str(r#"{"idle_timeout": 2.5, "threads": 8}"#).unwrap();
        assert_eq!(limits.idle_timeout, Duration::from_millis(2500));
        assert_eq!(limits.threads, 8);
        assert_eq!(limits.body_bytes, Limits::default().body_bytes);
        let error = serde_json::from_str::<Limits>(r#"{"idle_time": 2}"#).unwrap_err();
        assert!(error.to_string().contains("idle_time"), "{error}");
        let error = serde_json::from_str::<Limits>(r#"{"grace": -1}"#).unwrap_err();
        assert!(error.to_string().contains("-1 is no duration"), "{error}");
    }
}
