//! The command line.

/// What was asked for.
pub(crate) struct Arguments {
    pub(crate) address: String,
    pub(crate) runtime: Runtime,
}

/// What runs the websockets.
#[derive(Clone, Copy)]
pub(crate) enum Runtime {
    Tokio,
    AsyncStd,
    Smol,
}

const USAGE: &str = "usage: contract_site [--listen ADDRESS:PORT] [--runtime tokio|async-std|smol]";

impl Arguments {
    pub(crate) fn read(mut given: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments =
            Arguments { address: "127.0.0.1:8000".to_owned(), runtime: Runtime::Tokio };
        while let Some(name) = given.next() {
            let value = given.next().ok_or(USAGE)?;
            match (name.as_str(), value.as_str()) {
                ("--listen", _) => arguments.address = value,
                ("--runtime", "tokio") => arguments.runtime = Runtime::Tokio,
                ("--runtime", "async-std") => arguments.runtime = Runtime::AsyncStd,
                ("--runtime", "smol") => arguments.runtime = Runtime::Smol,
                _ => return Err(USAGE.to_owned()),
            }
        }
        Ok(arguments)
    }
}
