//! Puts a file of recorded GraphQL cases to this crate: one line of JSON for each case.
//!
//! `cargo run -p graphql-mw --example graphql_vectors -- FILE`

mod execution;
mod validation;

use std::io::Write;
use std::process::ExitCode;

use serde_json::Value;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("graphql_vectors: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let file = std::env::args().nth(1).ok_or("name a file of cases: graphql_vectors FILE")?;
    let vectors: Value = serde_json::from_slice(&std::fs::read(&file)?)?;
    let answers = if vectors.get("schemas").is_some() {
        validation::answers(&vectors)?
    } else {
        execution::answers(&vectors)?
    };
    let mut out = std::io::stdout().lock();
    for answer in answers {
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
