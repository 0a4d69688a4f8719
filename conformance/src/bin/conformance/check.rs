//! `conformance check`.

use crate::Trouble;
use crate::args;
use crate::driver::Driver;
use crate::show;
use conformance::Lifecycle;
use conformance::check::{Budget, check};
use conformance::http::Http;

/// Whether no rule was found broken.
pub(crate) fn run(args: &args::Check) -> Result<bool, Trouble> {
    if args.lifecycle != Http::NAME {
        let known = Http::NAME;
        return Err(
            format!("no lifecycle is named `{}`: there is `{known}`", args.lifecycle).into()
        );
    }
    let driver = Driver::start(&args.driver.driver, args.driver.limit())?;
    let budget = Budget { exhaustive: args.exhaustive, ..Budget::new(args.cases, args.seed) };
    let findings = check::<Http>(&driver, &args.profile, &budget)?;
    driver.finish()?;
    println!("{}, generated from seed {}", args.profile, args.seed);
    println!("  {} match", findings.passed);
    show::skipped(&findings.skipped);
    println!("  {} differ", findings.failed);
    for broken in &findings.broken {
        println!("  breaks {}", broken.rule);
        show::difference(&broken.case, &broken.difference);
    }
    for rule in &findings.not_verifiable {
        println!("  not verifiable here: {}", rule.id);
    }
    let skipped: usize = findings.skipped.values().sum();
    println!("{} passed, {} failed, {skipped} skipped", findings.passed, findings.failed);
    Ok(findings.failed == 0)
}
