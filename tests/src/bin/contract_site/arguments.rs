//! The command line.

use std::time::Duration;

/// What was asked for.
pub(crate) struct Arguments {
    pub(crate) address: String,
    pub(crate) runtime: Runtime,
    /// How long a client of GraphQL may take to say that it is one.
    pub(crate) init_timeout: Duration,
}

/// What runs the websockets.
#[derive(Clone, Copy)]
pub(crate) enum Runtime {
    Tokio,
    AsyncStd,
    Smol,
}

const USAGE: &str = "usage: contract_site [--listen ADDRESS:PORT] \
                     [--runtime tokio|async-std|smol] [--init-timeout SECONDS]";

impl Arguments {
    pub(crate) fn read(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Arguments {
            address: "127.0.0.1:8000".to_owned(),
            runtime: Runtime::Tokio,
            init_timeout: Duration::from_secs(3),
        };
        while let Some(name) = given.next() {
            let value = given.next().ok_or(USAGE)?;
            match (name.as_str(), value.as_str()) {
                ("--listen", _) => arguments.address = value,
                ("--runtime", "tokio") => arguments.runtime = Runtime::Tokio,
                ("--runtime", "async-std") => arguments.runtime = Runtime::AsyncStd,
                ("--runtime", "smol") => arguments.runtime = Runtime::Smol,
                ("--init-timeout", _) => arguments.init_timeout = seconds(&value).ok_or(USAGE)?,
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(arguments)
    }
}

fn seconds(text: &str) -> Option<Duration> {
    Duration::try_from_secs_f64(text.parse().ok()?).ok()
}
