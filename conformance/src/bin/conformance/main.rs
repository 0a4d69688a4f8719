//! Puts an engine's driver to the test; see `PROTOCOL.md`.

mod args;
mod check;
mod driver;
mod files;
mod lifecycles;
mod replay;
mod show;

use args::{Args, Command};
use clap::Parser;
use std::process::ExitCode;

/// Something that cannot be used: a driver, a file, a name. The exit code is 2.
type Trouble = Box<dyn std::error::Error>;

fn main() -> ExitCode {
    let outcome = match Args::parse().command {
        Command::Replay(args) => replay::run(&args),
        Command::Check(args) => check::run(&args),
        Command::Rules(args) => {
            args.print();
            Ok(true)
        }
    };
    match outcome {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(trouble) => {
            eprintln!("conformance: {trouble}");
            ExitCode::from(2)
        }
    }
}
