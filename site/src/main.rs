//! What `cargo run --release` starts: the stack of the article on a real port.

mod app;
mod commands;
mod graphql;
mod layers;
mod settings;
mod terminal;
mod traces;
mod views;
mod websocket;

use clap::{Parser, Subcommand};
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

/// The article's middleware stack, served over HTTP, with SQLite inside.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The settings file.
    #[arg(long, global = true, default_value = "site/settings.toml")]
    settings: PathBuf,
    /// Listen here instead of where the settings say; port 0 lets the system choose.
    #[arg(long, global = true)]
    listen: Option<String>,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the site (what happens without a command).
    Serve,
    /// Create a user; the password is asked for, or read from the first line of standard input.
    CreateUser {
        /// The name to log in with.
        name: String,
        /// The user's time zone, for example Europe/Paris.
        #[arg(long)]
        timezone: Option<String>,
    },
    /// Show the stack and the routes, and serve nothing.
    Explain {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    tracing_subscriber::fmt()
        .with_writer(|| terminal::Log)
        .with_ansi(std::io::IsTerminal::is_terminal(&std::io::stderr()))
        .with_target(false)
        .init();
    engine_sync::quiet_panics();
    let result = run(arguments);
    terminal::flush();
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "error: {error:#}");
            // 2 says that the settings or the surroundings are to be mended, not the program.
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
    let site = app::Site::open(&arguments.settings)?;
    match arguments.command {
        None | Some(Command::Serve) => commands::serve(site, arguments.listen),
        Some(Command::CreateUser { name, timezone }) => {
            commands::create_user(&site, &name, timezone)
        }
        Some(Command::Explain { json }) => commands::explain(&site, json),
    }
}
