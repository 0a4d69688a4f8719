//! What the server allows, and how long it waits.

use engine_core::range::{Seconds, TIMEOUT, Whole, YEAR};
use serde::Deserialize;
use std::time::Duration;

engine_core::ranges! { Limits {
    header_bytes: usize, Whole { least: 8192, most: 16 << 20 };
    header_count: usize, Whole { least: 1, most: 10_000 };
    target_bytes: usize, Whole { least: 1, most: 65_534 };
    header_timeout: Duration, TIMEOUT;
    body_bytes: u64, Whole { least: 0, most: i64::MAX as u64 };
    read_timeout: Duration, TIMEOUT;
    write_timeout: Duration, TIMEOUT;
    minimum_rate: u64, Whole { least: 0, most: 1 << 40 };
    idle_timeout: Duration, TIMEOUT;
    connections: usize, Whole { least: 1, most: 1_000_000 };
    in_flight: usize, Whole { least: 1, most: 1_000_000 };
    retry_after: Duration, Seconds { least: Duration::from_secs(1), most: YEAR };
    threads: usize, Whole { least: 2, most: 10_000 };
    grace: Duration, Seconds { least: Duration::ZERO, most: YEAR };
} }

/// The limits of a [`Server`](super::Server): how much it takes, how long it waits, how many it
/// serves at once. Every field has a safe default, and all can be set by a table of settings; a
/// name that is not a limit is refused there. Durations are numbers of seconds in such a table.
///
/// Each field has a range. A value outside of it is refused where the table is read, and by
/// [`Server::run`](super::Server::run) for limits made in code.
///
/// ```
/// use engine_sync::server::Limits;
/// use std::time::Duration;
///
/// let limits = Limits { body_bytes: 1 << 20, ..Limits::default() };
/// assert_eq!(limits.header_timeout, Duration::from_secs(10));
/// ```
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a table of limits")]
pub struct Limits {
    /// Bytes of a request's head, the request line included; beyond it 431. More than 400 KiB are
    /// never read, whatever this says. From 8,192 to 16,777,216. Default: 65,536.
    #[serde(deserialize_with = "read::header_bytes")]
    pub header_bytes: usize,
    /// Header lines of a request; beyond it 431. From 1 to 10,000. Default: 100.
    #[serde(deserialize_with = "read::header_count")]
    pub header_count: usize,
    /// Bytes of a request's target; beyond it 414, or 431 where the whole head is too large.
    /// From 1 to 65,534. Default: 16,384.
    #[serde(deserialize_with = "read::target_bytes")]
    pub target_bytes: usize,
    /// From the first byte of a head to its last; then 408. From a millisecond to a year.
    /// Default: 10 seconds.
    #[serde(deserialize_with = "read::header_timeout")]
    pub header_timeout: Duration,
    /// Bytes of a request's body; beyond it 413, at once where the length is declared.
    /// From 0 to 9,223,372,036,854,775,807. Default: 32 MiB.
    #[serde(deserialize_with = "read::body_bytes")]
    pub body_bytes: u64,
    /// How long the server waits for more of a request's body before reading it fails with a
    /// time-out, which is answered 408. From a millisecond to a year. Default: 20 seconds.
    #[serde(deserialize_with = "read::read_timeout")]
    pub read_timeout: Duration,
    /// How long the server waits for a client to take more of a response before it cuts the
    /// connection. From a millisecond to a year. Default: 20 seconds.
    #[serde(deserialize_with = "read::write_timeout")]
    pub write_timeout: Duration,
    /// Bytes per second that a client must send or take, on average over the time the server
    /// has waited for it; the first `read_timeout` or `write_timeout` of waiting is free. Without
    /// it a byte now and then would hold a thread for ever. 0 turns it off.
    /// From 0 to 1,099,511,627,776. Default: 1024.
    #[serde(deserialize_with = "read::minimum_rate")]
    pub minimum_rate: u64,
    /// How long a connection may be silent between two requests. From a millisecond to a year.
    /// Default: 60 seconds.
    #[serde(deserialize_with = "read::idle_timeout")]
    pub idle_timeout: Duration,
    /// Open connections; beyond it new ones wait in the kernel's queue until one is closed. Each
    /// takes a file descriptor. From 1 to 1,000,000. Default: 8192.
    #[serde(deserialize_with = "read::connections")]
    pub connections: usize,
    /// Requests that run or wait for a thread; beyond it 503 with `Retry-After`.
    /// From 1 to 1,000,000. Default: 512.
    #[serde(deserialize_with = "read::in_flight")]
    pub in_flight: usize,
    /// What a 503 says in `Retry-After`, in whole seconds. From a second to a year.
    /// Default: 1 second.
    #[serde(deserialize_with = "read::retry_after")]
    pub retry_after: Duration,
    /// Threads, from 2 to 10,000. One fewer than this run handlers at the same time, so that one is
    /// always left to accept and to refuse. They are started as they are needed. Default: 48.
    #[serde(deserialize_with = "read::threads")]
    pub threads: usize,
    /// How long a graceful shutdown waits for requests that run. From 0, which is not at all,
    /// to a year. Default: 30 seconds.
    #[serde(deserialize_with = "read::grace")]
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
    }

    /// Values that are refused, as a table says them, and the range that the message must name.
    const REFUSED: &[(&str, &[&str], &str)] = &[
        ("header_bytes", &["0", "8191", "16777217"], "a whole number from 8,192 to 16,777,216"),
        ("header_count", &["0", "10001", "9223372036854775807"], "a whole number from 1 to 10,000"),
        ("target_bytes", &["0", "65535", "-1"], "a whole number from 1 to 65,534"),
        ("header_timeout", &["0", "1e19", "-1"], SECONDS),
        ("body_bytes", &["-1", "1.5"], "a whole number from 0 to 9,223,372,036,854,775,807"),
        ("read_timeout", &["0", "1e19", "0.0009", "nan"], SECONDS),
        ("write_timeout", &["0.0", "inf", "31536000.5"], SECONDS),
        ("minimum_rate", &["-1", "1099511627777"], "a whole number from 0 to 1,099,511,627,776"),
        ("idle_timeout", &["0", "1e19", "31536001", "'a minute'"], SECONDS),
        (
            "connections",
            &["0", "1000001", "1000000000", "9223372036854775807", "'many'", "[]"],
            "a whole number from 1 to 1,000,000",
        ),
        ("in_flight", &["0", "1000001", "true"], "a whole number from 1 to 1,000,000"),
        ("retry_after", &["0", "0.5", "1e19"], "a number of seconds from 1 to 31,536,000"),
        ("threads", &["0", "1", "10001", "1000000", "2.5"], "a whole number from 2 to 10,000"),
        ("grace", &["-1", "-0.5", "1e19"], "a number of seconds from 0 to 31,536,000"),
    ];

    const SECONDS: &str = "a number of seconds from 0.001 to 31,536,000";

    fn read(table: &str) -> Result<Limits, String> {
        let settings = engine_core::Settings::parse(table).map_err(|error| error.to_string())?;
        settings.table("server").map_err(|error| error.to_string())
    }

    #[test]
    fn a_value_out_of_its_range_is_refused_where_it_stands() {
        for (field, values, range) in REFUSED {
            for value in *values {
                let said = read(&format!("[server]\n{field} = {value}\n")).unwrap_err();
                assert!(said.contains(&format!("expected {range}")), "{field} = {value}: {said}");
                assert!(said.contains('2'), "{field} = {value} is not pointed at: {said}");
            }
        }
        let said = read("server = 3").unwrap_err();
        assert!(said.contains("expected a table of limits"), "{said}");
    }

    #[test]
    fn the_ends_of_each_range_are_taken() {
        let least = "header_bytes = 8192\nheader_count = 1\ntarget_bytes = 1\nbody_bytes = 0\n\
                     header_timeout = 0.001\nread_timeout = 0.001\nwrite_timeout = 0.001\n\
                     idle_timeout = 0.001\nminimum_rate = 0\nconnections = 1\nin_flight = 1\n\
                     retry_after = 1\nthreads = 2\ngrace = 0\n";
        let most = "header_bytes = 16777216\nheader_count = 10000\ntarget_bytes = 65534\n\
                    body_bytes = 9223372036854775807\nheader_timeout = 31536000\n\
                    read_timeout = 31536000\nwrite_timeout = 31536000.0\n\
                    idle_timeout = 31536000\nminimum_rate = 1099511627776\n\
                    connections = 1000000\nin_flight = 1000000\nretry_after = 31536000\n\
                    threads = 10000\ngrace = 31536000\n";
        for table in [least, most] {
            assert_eq!(table.lines().count(), REFUSED.len());
            let limits = read(&format!("[server]\n{table}")).unwrap();
            limits.check().unwrap();
        }
        Limits::default().check().unwrap();
    }
}
