//! Recorded files, put to an engine.

use crate::capability::Capability;
use crate::case::Case;
use crate::engine::{Engine, Hello, Trouble};
use crate::lifecycle::Lifecycle;
use crate::verdict::{Difference, Verdict};
use std::collections::BTreeMap;
use std::fmt;

/// What a replay found, file by file.
#[derive(Clone, Debug)]
pub struct Replayed<L: Lifecycle> {
    /// How many cases matched.
    pub passed: usize,
    /// How many did what a rule says where the recorded system did something else, by rule id.
    pub by_rule: BTreeMap<&'static str, usize>,
    /// How many are no cases of this lifecycle's kit, by the reason.
    pub passed_over: BTreeMap<&'static str, usize>,
    /// How many the engine's types cannot say, by capability.
    pub skipped: BTreeMap<Capability, usize>,
    /// Those where the engine did something else.
    pub failed: Vec<Failure<L>>,
}

/// A case that did not match.
#[derive(Clone, Debug)]
pub struct Failure<L: Lifecycle> {
    /// The case.
    pub case: Case<L>,
    /// Its line in the file, from 1.
    pub line: usize,
    /// What was expected and what came.
    pub difference: Box<Difference<L>>,
}

/// A file or an engine that cannot be used; the replay ends there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReplayError {
    /// The line of the file, from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for ReplayError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ReplayError {}

/// Puts every case of a file to an engine. Empty lines are passed over.
///
/// # Errors
///
/// A line is no case of this lifecycle, or the engine could not be asked.
pub fn replay<L: Lifecycle>(
    engine: &dyn Engine<L>,
    text: &str,
) -> Result<Replayed<L>, ReplayError> {
    let mut replayed = Replayed {
        passed: 0,
        by_rule: BTreeMap::new(),
        passed_over: BTreeMap::new(),
        skipped: BTreeMap::new(),
        failed: Vec::new(),
    };
    let Hello { profiles, capabilities, .. } = engine.hello();
    for (at, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let fail = |message: String| ReplayError { line: at + 1, message };
        let input = serde_json::from_str(line);
        if let Some(reason) = input.ok().and_then(|input| L::passed_over(&input)) {
            *replayed.passed_over.entry(reason).or_insert(0) += 1;
            continue;
        }
        let case = Case::<L>::recorded(line).map_err(fail)?;
        let profile = L::profile(&case.question.program);
        if !profiles.iter().any(|other| other == profile) {
            return Err(fail(format!(
                "the case `{}` is of the profile `{profile}`, which the engine does not claim",
                case.question.id
            )));
        }
        match case.put_to(engine, &capabilities).map_err(|Trouble(trouble)| fail(trouble))? {
            Verdict::Pass => replayed.passed += 1,
            Verdict::ByRule(rule) => *replayed.by_rule.entry(rule.id).or_insert(0) += 1,
            Verdict::Skipped(capability) => {
                *replayed.skipped.entry(capability).or_insert(0) += 1;
            }
            Verdict::Fail(difference) => {
                replayed.failed.push(Failure { case, line: at + 1, difference });
            }
            Verdict::NotVerifiable(rule) => {
                return Err(fail(format!("rule {} cannot be asked of a recording", rule.id)));
            }
        }
    }
    Ok(replayed)
}
