//! The command line.

use clap::{Parser, Subcommand};
use conformance::rule::{page, rules};
use std::path::PathBuf;
use std::time::Duration;

/// Puts an engine's driver to the test.
///
/// Exit code 0: no difference. 1: differences. 2: the driver or a file cannot be used.
#[derive(Debug, Parser)]
#[command(version)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Replays recorded cases, and compares trace and outcome.
    Replay(Replay),
    /// Runs generated cases, compares them with the model, shrinks what differs and names the rule.
    Check(Check),
    /// Prints the rules.
    Rules(Rules),
}

#[derive(Debug, clap::Args)]
pub(crate) struct DriverArgs {
    /// The driver's command, arguments included.
    #[arg(long, value_name = "COMMAND")]
    pub(crate) driver: String,
    /// How long the driver may take for one answer, in seconds.
    #[arg(long, value_name = "SECONDS", default_value_t = 10.0, value_parser = seconds)]
    pub(crate) timeout: f64,
}

impl DriverArgs {
    pub(crate) fn limit(&self) -> Duration {
        Duration::from_secs_f64(self.timeout)
    }
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds: f64 = text.parse().map_err(|_| String::from("not a number"))?;
    match seconds > 0.0 && seconds < 1e6 {
        true => Ok(seconds),
        false => Err(String::from("not a time to wait for")),
    }
}

#[derive(Debug, clap::Args)]
pub(crate) struct Replay {
    #[command(flatten)]
    pub(crate) driver: DriverArgs,
    /// How many of the differences of a file to show.
    #[arg(long, value_name = "N", default_value_t = 3)]
    pub(crate) show: usize,
    /// Recorded files: lines of JSON, also compressed (`.gz`).
    #[arg(required = true, value_name = "FILE")]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    #[command(flatten)]
    pub(crate) driver: DriverArgs,
    /// The lifecycle.
    #[arg(long, default_value = "http")]
    pub(crate) lifecycle: String,
    /// The profile; where none is named, the lifecycle's own.
    #[arg(long)]
    pub(crate) profile: Option<String>,
    /// How many cases to generate.
    #[arg(long, value_name = "N", default_value_t = 5000)]
    pub(crate) cases: usize,
    /// Where the randomness starts: the same seed gives the same cases.
    #[arg(long, value_name = "S", default_value_t = 1)]
    pub(crate) seed: u64,
    /// Also run every program of the smallest sizes.
    #[arg(long)]
    pub(crate) exhaustive: bool,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Rules {
    /// As the page `docs/RULES.md`.
    #[arg(long)]
    pub(crate) markdown: bool,
}

impl Rules {
    pub(crate) fn print(&self) {
        if self.markdown {
            print!("{}", page());
        } else {
            rules().for_each(|rule| println!("{rule}"));
        }
    }
}
