//! One case: an input, and what is expected of it.

use crate::capability::Capability;
use crate::engine::{Engine, Trouble};
use crate::lifecycle::Lifecycle;
use crate::rule::Rule;
use crate::trace::Answer;
use crate::verdict::{Difference, Verdict};
use serde_json::{Map, Value};

/// What an engine is asked: a case without what is expected.
#[derive(Clone, Debug)]
pub struct Question<L: Lifecycle> {
    /// The case's name.
    pub id: String,
    /// The stack and the input.
    pub program: L::Program,
    /// The input as it was read; what was generated is written only where a driver asks for it.
    read: Option<Map<String, Value>>,
}

impl<L: Lifecycle> Question<L> {
    /// Asks for this program.
    pub fn new(id: impl Into<String>, program: L::Program) -> Self {
        Question { id: id.into(), program, read: None }
    }

    /// The input as a driver is given it, id included.
    pub fn input(&self) -> Map<String, Value> {
        if let Some(input) = &self.read {
            return input.clone();
        }
        let mut input = Map::new();
        input.insert(String::from("id"), Value::String(self.id.clone()));
        input.extend(L::to_input(&self.program));
        input
    }

    /// Reads the input of a case.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub fn read(mut input: Map<String, Value>) -> Result<Self, String> {
        let id = match input.get("id") {
            Some(Value::String(id)) => id.clone(),
            Some(other) => return Err(format!("the field `id` is {other}, not a string")),
            None => return Err(String::from("no field `id`")),
        };
        let program = L::from_input(&input)?;
        input.insert(String::from("profile"), Value::from(L::profile(&program)));
        Ok(Question { id, program, read: Some(input) })
    }
}

/// A case: recorded from a real system, or generated with what the model does.
#[derive(Clone, Debug)]
pub struct Case<L: Lifecycle> {
    /// The input.
    pub question: Question<L>,
    /// What is expected.
    pub expected: Answer<L::Outcome>,
    /// The rule by which that is not what was recorded, if so.
    pub by_rule: Option<&'static Rule>,
    /// Whether this was recorded: events that no recorded system has are then not compared.
    pub recorded: bool,
}

/// What of a recorded line is not input.
const NOT_INPUT: [&str; 4] = ["spec", "init", "trace", "outcome"];

impl<L: Lifecycle> Case<L> {
    /// A generated case: the model says what is expected.
    pub fn generated(id: impl Into<String>, program: L::Program) -> Self {
        let expected = L::expect(&program);
        Case { question: Question::new(id, program), expected, by_rule: None, recorded: false }
    }

    /// Reads one line of a recorded file.
    ///
    /// # Errors
    ///
    /// What is wrong with the line.
    pub fn recorded(line: &str) -> Result<Self, String> {
        let mut input: Map<String, Value> =
            serde_json::from_str(line).map_err(|error| format!("not a JSON object: {error}"))?;
        let [_, init, trace, outcome] = NOT_INPUT.map(|key| input.shift_remove(key));
        // The input comes first: a case of another lifecycle is told so, not that its outcome is odd.
        let question = Question::read(input)?;
        let trace = serde_json::from_value(trace.ok_or("no field `trace`")?)
            .map_err(|error| format!("the field `trace`: {error}"))?;
        let outcome = L::outcome(outcome.ok_or("no field `outcome`")?)
            .map_err(|error| format!("the field `outcome`: {error}"))?;
        let init = match init.filter(|_| L::builds_in_listed_order(&question.program)) {
            None => None,
            Some(init) => serde_json::from_value(init)
                .map_err(|error| format!("the field `init`: {error}"))?,
        };
        let recorded = Answer { trace, outcome, init };
        let (by_rule, expected) = match L::chooses_otherwise(&question.program, &recorded) {
            Some((rule, expected)) => (Some(rule), expected),
            None => (None, recorded),
        };
        Ok(Case { question, expected, by_rule, recorded: true })
    }

    /// The first capability the case needs that is not among these.
    pub fn lacks(&self, claimed: &[Capability]) -> Option<Capability> {
        let needs = L::needs(&self.question.program, &self.expected.trace);
        needs.into_iter().find(|needed| !needed.is_met_by(claimed))
    }

    /// Judges an answer.
    pub fn judge(&self, actual: Answer<L::Outcome>, claimed: &[Capability]) -> Verdict<L> {
        let mut expected = self.expected.clone();
        let mut actual = actual;
        let program = &self.question.program;
        if self.recorded {
            actual.trace.retain(|event| !L::is_unrecorded(event));
            expected.trace.retain(|event| !L::is_unrecorded(event));
        }
        expected.trace = L::settled(program, expected.trace);
        actual.trace = L::settled(program, actual.trace);
        expected.outcome = L::settled_outcome(program, expected.outcome);
        actual.outcome = L::settled_outcome(program, actual.outcome);
        if expected.init.is_none() || !claimed.contains(&Capability::InitOrder) {
            expected.init = None;
            actual.init = None;
        }
        match (expected == actual, self.by_rule) {
            (true, None) => Verdict::Pass,
            (true, Some(rule)) => Verdict::ByRule(rule),
            (false, _) => Verdict::Fail(Box::new(Difference { expected, actual })),
        }
    }

    /// Puts the case to an engine that claims these capabilities, unless it cannot express it.
    ///
    /// # Errors
    ///
    /// The engine could not be asked.
    pub fn put_to(
        &self,
        engine: &dyn Engine<L>,
        claimed: &[Capability],
    ) -> Result<Verdict<L>, Trouble> {
        match self.lacks(claimed) {
            Some(capability) => Ok(Verdict::Skipped(capability)),
            None => Ok(self.judge(engine.run(&self.question)?, claimed)),
        }
    }
}
