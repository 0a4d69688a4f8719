//! `conformance check`.

use crate::Trouble;
use crate::args;
use crate::driver::Driver;
use crate::lifecycles::{Use, with_lifecycle};
use crate::show;
use conformance::Lifecycle;
use conformance::check::{Budget, check};

/// Whether no rule was found broken.
pub(crate) fn run(args: &args::Check) -> Result<bool, Trouble> {
    with_lifecycle(&args.lifecycle, args)
}

impl Use for &args::Check {
    type Done = bool;

    fn with<L: Lifecycle>(self) -> Result<bool, Trouble> {
        let driver = Driver::start(&self.driver.driver, self.driver.limit())?;
        driver.claims::<L>()?;
        let profile = self.profile.as_deref().unwrap_or(L::PROFILE);
        let budget = Budget { exhaustive: self.exhaustive, ..Budget::new(self.cases, self.seed) };
        let findings = check::<L>(&driver, profile, &budget)?;
        driver.finish()?;
        println!("{profile}, generated from seed {}", self.seed);
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
}
