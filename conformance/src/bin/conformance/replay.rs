//! `conformance replay`.

use crate::Trouble;
use crate::args;
use crate::driver::Driver;
use crate::lifecycles::{Use, with_lifecycle};
use crate::{files, show};
use conformance::http::Http;
use conformance::replay::replay;
use conformance::{Difference, Lifecycle};
use serde_json::Value;
use std::path::Path;

/// Whether every file was reproduced.
pub(crate) fn run(args: &args::Replay) -> Result<bool, Trouble> {
    let driver = Driver::start(&args.driver.driver, args.driver.limit())?;
    let mut all = Counts::default();
    for path in &args.files {
        let text = files::read(path)?;
        let lifecycle = lifecycle_of(&text);
        let file = File { driver: &driver, path, text: &text, show: args.show };
        let counts = with_lifecycle(&lifecycle, file)?;
        all.passed += counts.passed;
        all.failed += counts.failed;
        all.skipped += counts.skipped;
    }
    driver.finish()?;
    println!("{} passed, {} failed, {} skipped", all.passed, all.failed, all.skipped);
    Ok(all.failed == 0)
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

/// The lifecycle that a file's first case names. What names none is read as HTTP, and told so.
fn lifecycle_of(text: &str) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let named = serde_json::from_str::<Value>(first).ok();
    let named = named.as_ref().and_then(|case| case.get("lifecycle")?.as_str());
    String::from(named.unwrap_or(Http::NAME))
}

/// A file to be replayed.
struct File<'a> {
    driver: &'a Driver,
    path: &'a Path,
    text: &'a str,
    show: usize,
}

impl Use for File<'_> {
    type Done = Counts;

    fn with<L: Lifecycle>(self) -> Result<Counts, Trouble> {
        self.driver.claims::<L>()?;
        let replayed = replay::<L>(self.driver, self.text)
            .map_err(|error| format!("{}, {error}", self.path.display()))?;
        println!("{}", self.path.display());
        println!("  {} match", replayed.passed);
        show::skipped(&replayed.skipped);
        for (reason, count) in &replayed.passed_over {
            println!("  {count} passed over: {reason}");
        }
        let by_rule: usize = replayed.by_rule.values().sum();
        println!("  {by_rule} differ by a named rule");
        for (rule, count) in &replayed.by_rule {
            println!("    {count} by rule {rule}");
        }
        println!("  {} differ otherwise", replayed.failed.len());
        for failure in replayed.failed.iter().take(self.show) {
            let Difference { expected, actual } = &*failure.difference;
            let rule = L::blame(&failure.case.question.program, expected, actual);
            println!("    line {}: by rule {} it should be otherwise", failure.line, rule.id);
            show::difference(&failure.case, &failure.difference);
        }
        let skipped = replayed.skipped.values().chain(replayed.passed_over.values());
        Ok(Counts {
            passed: replayed.passed + by_rule,
            failed: replayed.failed.len(),
            skipped: skipped.sum(),
        })
    }
}
