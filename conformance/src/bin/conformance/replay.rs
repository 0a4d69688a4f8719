//! `conformance replay`.

use crate::Trouble;
use crate::args;
use crate::driver::Driver;
use crate::{files, show};
use conformance::http::Http;
use conformance::replay::replay;
use conformance::{Difference, Lifecycle};

/// Whether every file was reproduced.
pub(crate) fn run(args: &args::Replay) -> Result<bool, Trouble> {
    let driver = Driver::start(&args.driver.driver, args.driver.limit())?;
    let (mut passed, mut failed, mut skipped) = (0, 0, 0);
    for path in &args.files {
        let text = files::read(path)?;
        let replayed = replay::<Http>(&driver, &text)
            .map_err(|error| format!("{}, {error}", path.display()))?;
        println!("{}", path.display());
        println!("  {} match", replayed.passed);
        show::skipped(&replayed.skipped);
        // No rule of HTTP chooses otherwise than the recorded systems.
        println!("  0 differ by a named rule");
        println!("  {} differ otherwise", replayed.failed.len());
        for failure in replayed.failed.iter().take(args.show) {
            let Difference { expected, actual } = &*failure.difference;
            let rule = Http::blame(&failure.case.question.program, expected, actual);
            println!("    line {}: by rule {} it should be otherwise", failure.line, rule.id);
            show::difference(&failure.case, &failure.difference);
        }
        passed += replayed.passed;
        failed += replayed.failed.len();
        skipped += replayed.skipped.values().sum::<usize>();
    }
    driver.finish()?;
    println!("{passed} passed, {failed} failed, {skipped} skipped");
    Ok(failed == 0)
}
