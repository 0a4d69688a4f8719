//! Generated cases, put to an engine: every failure shrunk and named by the rule it breaks.

use crate::capability::Capability;
use crate::case::Case;
use crate::engine::{Engine, Trouble};
use crate::lifecycle::Lifecycle;
use crate::rule::{Check, Rule, rank, rule, rules};
use crate::verdict::{Difference, Verdict};
use proptest::strategy::{BoxedStrategy, Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::BTreeMap;
use std::fmt;

/// How much is tried.
#[derive(Clone, Debug)]
pub struct Budget {
    /// So many generated cases.
    pub cases: usize,
    /// Where their randomness starts: the same seed gives the same cases.
    pub seed: u64,
    /// Before them every program of the smallest sizes.
    pub exhaustive: bool,
    /// So many of the first stacks are given this many units at the same time (rule S6).
    pub at_once: AtOnce,
}

/// How rule S6 is tried.
#[derive(Clone, Copy, Debug)]
pub struct AtOnce {
    /// So many stacks.
    pub stacks: usize,
    /// So many units each.
    pub units: usize,
}

impl Budget {
    /// A budget of so many cases from this seed.
    pub fn new(cases: usize, seed: u64) -> Self {
        Budget { cases, seed, exhaustive: false, at_once: AtOnce { stacks: 300, units: 8 } }
    }
}

impl Default for Budget {
    fn default() -> Self {
        Budget::new(5000, 1)
    }
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Findings<L: Lifecycle> {
    /// How many cases the engine did as the model does.
    pub passed: usize,
    /// How many it did not.
    pub failed: usize,
    /// How many its types cannot say, by capability.
    pub skipped: BTreeMap<Capability, usize>,
    /// The rules that are broken, the most basic one first.
    pub broken: Vec<Broken<L>>,
    /// The rules that cannot be checked from here.
    pub not_verifiable: Vec<&'static Rule>,
}

/// A rule that is broken, with the simplest case that shows it.
#[derive(Clone, Debug)]
pub struct Broken<L: Lifecycle> {
    /// The rule.
    pub rule: &'static Rule,
    /// The case, shrunk.
    pub case: Case<L>,
    /// What was expected and what came.
    pub difference: Box<Difference<L>>,
}

/// Why a check could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum CheckError {
    /// The lifecycle has no such profile.
    UnknownProfile(String),
    /// The engine does not claim this profile.
    NotClaimed(String),
    /// The engine could not be asked; the message says which case led there.
    Trouble(String),
}

impl fmt::Display for CheckError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            CheckError::UnknownProfile(name) => write!(f, "no profile is named `{name}`"),
            CheckError::NotClaimed(name) => write!(f, "the engine does not claim `{name}`"),
            CheckError::Trouble(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for CheckError {}

impl From<Trouble> for CheckError {
    fn from(Trouble(message): Trouble) -> Self {
        CheckError::Trouble(message)
    }
}

/// Of each rule that failures seem to break at first sight so many are shrunk.
const SHRUNK_PER_RULE: usize = 4;

/// A shrinking may take so many runs; it ends at the simplest program found until then.
const SHRINKING_RUNS: usize = 4000;

/// Puts generated cases of a profile to an engine.
///
/// # Errors
///
/// No such profile, one that the engine does not claim, or an engine that could not be asked.
pub fn check<L: Lifecycle>(
    engine: &dyn Engine<L>,
    profile: &str,
    budget: &Budget,
) -> Result<Findings<L>, CheckError> {
    let unknown = || CheckError::UnknownProfile(String::from(profile));
    let strategy = L::programs(profile).ok_or_else(unknown)?;
    let small = L::every_small_program(profile).ok_or_else(unknown)?;
    let small = small.take(if budget.exhaustive { usize::MAX } else { 0 });
    let programs = small.chain(generated(strategy, budget));
    check_all(engine, profile, programs, budget.at_once)
}

/// Puts these programs of a profile to an engine.
///
/// # Errors
///
/// A profile that the engine does not claim, or an engine that could not be asked.
pub fn check_all<L: Lifecycle>(
    engine: &dyn Engine<L>,
    profile: &str,
    programs: impl IntoIterator<Item = L::Program>,
    at_once: AtOnce,
) -> Result<Findings<L>, CheckError> {
    let hello = engine.hello();
    if !hello.profiles.iter().any(|claimed| claimed == profile) {
        return Err(CheckError::NotClaimed(String::from(profile)));
    }
    let mut run = Run::new(engine, hello.capabilities, profile);
    if let Some(plain) = L::every_small_program(profile).and_then(|mut small| small.next())
        && run.differs(&plain)?.is_none()
    {
        run.plain = Some(plain);
    }
    for (at, program) in programs.into_iter().enumerate() {
        if at >= at_once.stacks || !run.fails_at_once(&program, at_once.units)? {
            run.put(program)?;
        }
    }
    Ok(run.findings())
}

/// The generated programs of a budget.
pub fn generated<P: fmt::Debug + 'static>(
    strategy: BoxedStrategy<P>,
    budget: &Budget,
) -> impl Iterator<Item = P> + use<P> {
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&budget.seed.to_le_bytes());
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &seed);
    let mut runner = TestRunner::new_with_rng(Config::default(), random);
    let trees = std::iter::from_fn(move || strategy.new_tree(&mut runner).ok());
    trees.map(|tree| tree.current()).take(budget.cases)
}

struct Run<'e, L: Lifecycle> {
    engine: &'e dyn Engine<L>,
    claimed: Vec<Capability>,
    profile: &'e str,
    /// The simplest program of all, where the engine does it right while it has run nothing else.
    plain: Option<L::Program>,
    /// The program before this one, which may have left something behind.
    previous: Option<L::Program>,
    seen: BTreeMap<&'static str, usize>,
    findings: Findings<L>,
}

impl<'e, L: Lifecycle> Run<'e, L> {
    fn new(engine: &'e dyn Engine<L>, claimed: Vec<Capability>, profile: &'e str) -> Self {
        let (passed, failed, skipped) = (0, 0, BTreeMap::new());
        let (broken, not_verifiable) = (Vec::new(), Vec::new());
        let findings = Findings { passed, failed, skipped, broken, not_verifiable };
        let seen = BTreeMap::new();
        Run { engine, claimed, profile, plain: None, previous: None, seen, findings }
    }

    fn put(&mut self, program: L::Program) -> Result<(), CheckError> {
        let case = Case::generated(format!("generated-{}", self.count()), program.clone());
        match case.put_to(self.engine, &self.claimed)? {
            Verdict::Pass | Verdict::ByRule(_) => self.findings.passed += 1,
            Verdict::Skipped(capability) => {
                *self.findings.skipped.entry(capability).or_insert(0) += 1;
                return Ok(());
            }
            Verdict::Fail(difference) => {
                self.findings.failed += 1;
                self.note(&program, *difference)?;
            }
            Verdict::NotVerifiable(rule) => self.findings.not_verifiable.push(rule),
        }
        self.previous = Some(program);
        Ok(())
    }

    fn count(&self) -> usize {
        let skipped: usize = self.findings.skipped.values().sum();
        self.findings.passed + self.findings.failed + skipped + 1
    }

    /// Shrinks a failure and names the rule, unless there are enough of its kind.
    fn note(&mut self, program: &L::Program, difference: Difference<L>) -> Result<(), CheckError> {
        let at_first_sight = L::blame(program, &difference.expected, &difference.actual);
        let seen = self.seen.entry(at_first_sight.id).or_insert(0);
        *seen += 1;
        if *seen > SHRUNK_PER_RULE {
            return Ok(());
        }
        let leftover = self.previous.clone().filter(|previous| previous != program);
        if let Some(previous) = leftover
            && self.differs(program)?.is_none()
        {
            // It comes out right by itself: what came before it has left something behind.
            let shrunk = self.shrink(program, |run, candidate| {
                let alone = run.differs(candidate)?.is_none();
                run.differs(&previous)?;
                Ok(alone && run.differs(candidate)?.is_some())
            })?;
            self.differs(&previous)?;
            let difference = self.differs(&shrunk)?.unwrap_or(difference);
            self.broken(rule("S6"), shrunk, difference);
            return Ok(());
        }
        // A simpler program that is wrong in a lesser way may be so for another reason.
        let aspect = L::aspect(program, &difference.expected, &difference.actual);
        let shrunk = self.shrink(program, |run, candidate| {
            let differs = run.differs(candidate)?;
            Ok(differs.is_some_and(|d| L::aspect(candidate, &d.expected, &d.actual) <= aspect))
        })?;
        let Some(difference) = self.differs(&shrunk)? else {
            self.broken(rule("S6"), program.clone(), difference);
            return Ok(());
        };
        let rule = match &self.plain {
            // It did this right before all else: what was run since has left something behind.
            Some(plain) if self.differs(plain)?.is_some() => rule("S6"),
            _ => self.name(&shrunk, &difference)?,
        };
        self.broken(rule, shrunk, difference);
        Ok(())
    }

    /// Names the rule that a shrunk program breaks.
    fn name(
        &self,
        program: &L::Program,
        difference: &Difference<L>,
    ) -> Result<&'static Rule, CheckError> {
        let blamed = L::blame(program, &difference.expected, &difference.actual);
        if L::is_certain(blamed) {
            return Ok(blamed);
        }
        for (rule, other) in L::rephrased(program) {
            if self.differs(&other)?.is_none() {
                return Ok(rule);
            }
        }
        Ok(blamed)
    }

    /// Runs a program that the engine can express; `None` where it does as the model does.
    fn differs(&self, program: &L::Program) -> Result<Option<Difference<L>>, CheckError> {
        match Case::generated("shrinking", program.clone()).put_to(self.engine, &self.claimed)? {
            Verdict::Fail(difference) => Ok(Some(*difference)),
            _ => Ok(None),
        }
    }

    /// The simplest program that still fails.
    fn shrink(
        &self,
        program: &L::Program,
        fails: impl Fn(&Self, &L::Program) -> Result<bool, CheckError>,
    ) -> Result<L::Program, CheckError> {
        let mut simplest = program.clone();
        let mut runs = 0;
        'simpler: loop {
            for candidate in L::simpler(&simplest) {
                runs += 1;
                if runs > SHRINKING_RUNS {
                    return Ok(simplest);
                }
                if fails(self, &candidate)? {
                    simplest = candidate;
                    continue 'simpler;
                }
            }
            return Ok(simplest);
        }
    }

    /// Gives one stack many units at once (rule S6). A program that is wrong by itself already does
    /// not count: the case alone will say why.
    fn fails_at_once(&mut self, program: &L::Program, units: usize) -> Result<bool, CheckError> {
        let Some(difference) = self.differs_at_once(program, units)? else {
            return Ok(false);
        };
        if self.differs(program)?.is_some() {
            return Ok(false);
        }
        self.findings.failed += 1;
        let seen = self.seen.entry("S6").or_insert(0);
        *seen += 1;
        if *seen > SHRUNK_PER_RULE {
            return Ok(true);
        }
        let shrunk = self.shrink(program, |run, candidate| {
            // What happens at the same time does not happen every time.
            for _ in 0..4 {
                if run.differs_at_once(candidate, units)?.is_some() {
                    return Ok(run.differs(candidate)?.is_none());
                }
            }
            Ok(false)
        })?;
        let difference = self.differs_at_once(&shrunk, units)?.unwrap_or(difference);
        self.broken(rule("S6"), shrunk, difference);
        Ok(true)
    }

    fn differs_at_once(
        &self,
        program: &L::Program,
        units: usize,
    ) -> Result<Option<Difference<L>>, CheckError> {
        let case = Case::<L>::generated("at-once", program.clone());
        let can = self.claimed.contains(&Capability::ManyAtOnce);
        if !can || case.lacks(&self.claimed).is_some() {
            return Ok(None);
        }
        for mut answer in self.engine.run_at_once(&case.question, units)? {
            // The stack was built once for all of them.
            answer.init.clone_from(&case.expected.init);
            if let Verdict::Fail(difference) = case.judge(answer, &self.claimed) {
                return Ok(Some(*difference));
            }
        }
        Ok(None)
    }

    fn broken(&mut self, rule: &'static Rule, program: L::Program, difference: Difference<L>) {
        let case = Case::generated(format!("shrunk-{}", rule.id), program);
        let broken = Broken { rule, case, difference: Box::new(difference) };
        let size = |broken: &Broken<L>| format!("{:?}", broken.case.question.program).len();
        match self.findings.broken.iter_mut().find(|other| other.rule == rule) {
            Some(other) if size(other) <= size(&broken) => {}
            Some(other) => *other = broken,
            None => self.findings.broken.push(broken),
        }
    }

    fn findings(mut self) -> Findings<L> {
        self.findings.broken.sort_by_key(|broken| {
            let Difference { expected, actual } = &*broken.difference;
            (L::aspect(&broken.case.question.program, expected, actual), rank(broken.rule))
        });
        let beyond =
            rules().filter(|rule| rule.holds_in(self.profile)).filter(|rule| match rule.check {
                Check::NotVerifiable(_) => true,
                _ => rule.id == "S6" && !self.claimed.contains(&Capability::ManyAtOnce),
            });
        self.findings.not_verifiable.extend(beyond);
        self.findings
    }
}
