//! The driver protocol: lines of JSON. `PROTOCOL.md` says it in words.

use crate::case::Question;
use crate::engine::{Engine, Hello, Trouble};
use crate::lifecycle::Lifecycle;
use crate::trace::{Answer, Trace};
use serde::Deserialize;
use serde_json::{Map, Value, json};
use std::io::{self, BufRead, Write};

/// Reads a hello line.
///
/// # Errors
///
/// What is wrong with it.
pub fn read_hello(line: &str) -> Result<Hello, String> {
    serde_json::from_str(line).map_err(|error| format!("not a hello: {error}"))
}

/// The line that carries a case to a driver.
pub fn case_line<L: Lifecycle>(question: &Question<L>) -> String {
    Value::Object(question.input()).to_string()
}

/// The line that asks a driver to run a case's stack with so many units at the same time.
pub fn case_at_once_line<L: Lifecycle>(question: &Question<L>, units: usize) -> String {
    let mut input = question.input();
    input.insert(String::from(UNITS), Value::from(units));
    Value::Object(input).to_string()
}

/// The field of a case that asks for several units at the same time, and of the answer with theirs.
const UNITS: &str = "units";

#[derive(Deserialize)]
struct AnswerLine {
    id: String,
    #[serde(flatten)]
    answer: AnswerFields,
}

#[derive(Deserialize)]
struct AnswersLine {
    id: String,
    units: Vec<AnswerFields>,
}

#[derive(Deserialize)]
struct AnswerFields {
    trace: Trace,
    outcome: Value,
    #[serde(default)]
    init: Option<Vec<String>>,
}

impl AnswerFields {
    fn read<L: Lifecycle>(self) -> Result<Answer<L::Outcome>, String> {
        let outcome =
            L::outcome(self.outcome).map_err(|error| format!("the field `outcome`: {error}"))?;
        Ok(Answer { trace: self.trace, outcome, init: self.init })
    }
}

fn check_id(expected: &str, id: &str) -> Result<(), String> {
    match id == expected {
        true => Ok(()),
        false => Err(format!("an answer to `{id}`, not to `{expected}`")),
    }
}

/// Reads the line that answers the case with this id.
///
/// # Errors
///
/// What is wrong with it.
pub fn read_answer<L: Lifecycle>(id: &str, line: &str) -> Result<Answer<L::Outcome>, String> {
    let answer: AnswerLine =
        serde_json::from_str(line).map_err(|error| format!("not an answer: {error}"))?;
    check_id(id, &answer.id)?;
    answer.answer.read::<L>()
}

/// Reads the line that answers the case with this id for so many units at once.
///
/// # Errors
///
/// What is wrong with it.
pub fn read_answers<L: Lifecycle>(
    id: &str,
    units: usize,
    line: &str,
) -> Result<Vec<Answer<L::Outcome>>, String> {
    let answers: AnswersLine =
        serde_json::from_str(line).map_err(|error| format!("not an answer: {error}"))?;
    check_id(id, &answers.id)?;
    if answers.units.len() != units {
        return Err(format!("an answer for {} units, not for {units}", answers.units.len()));
    }
    answers.units.into_iter().map(AnswerFields::read::<L>).collect()
}

fn answer_fields<L: Lifecycle>(answer: &Answer<L::Outcome>) -> Map<String, Value> {
    let mut fields = Map::new();
    fields.insert(String::from("trace"), json!(answer.trace));
    fields.insert(String::from("outcome"), L::outcome_value(&answer.outcome));
    fields.extend(answer.init.as_ref().map(|init| (String::from("init"), json!(init))));
    fields
}

/// The line that answers a case.
pub fn answer_line<L: Lifecycle>(id: &str, answer: &Answer<L::Outcome>) -> String {
    let mut line = Map::new();
    line.insert(String::from("id"), Value::from(id));
    line.extend(answer_fields::<L>(answer));
    Value::Object(line).to_string()
}

/// The line that answers a case for several units at once.
fn answers_line<L: Lifecycle>(id: &str, answers: &[Answer<L::Outcome>]) -> String {
    let units: Vec<_> = answers.iter().map(answer_fields::<L>).collect();
    json!({"id": id, UNITS: units}).to_string()
}

/// Is a driver: says hello, then answers each line until there is no more. Whoever has an
/// [`Engine`] has a driver in one line with it.
///
/// # Errors
///
/// A line that is no case, an engine that could not be asked, or a reader or writer that failed.
pub fn serve<L: Lifecycle>(
    engine: &dyn Engine<L>,
    cases: impl BufRead,
    mut answers: impl Write,
) -> io::Result<()> {
    let invalid = |message: String| io::Error::new(io::ErrorKind::InvalidData, message);
    writeln!(answers, "{}", serde_json::to_string(&engine.hello())?)?;
    answers.flush()?;
    for line in cases.lines() {
        let line = line?;
        let mut input: Map<String, Value> = serde_json::from_str(&line)?;
        let units = input.shift_remove(UNITS).and_then(|units| units.as_u64());
        let question = Question::<L>::read(input).map_err(invalid)?;
        let trouble = |Trouble(trouble)| invalid(trouble);
        let answer = match units {
            None => answer_line::<L>(&question.id, &engine.run(&question).map_err(trouble)?),
            Some(units) => {
                let units = usize::try_from(units).map_err(|error| invalid(error.to_string()))?;
                let units = engine.run_at_once(&question, units).map_err(trouble)?;
                answers_line::<L>(&question.id, &units)
            }
        };
        writeln!(answers, "{answer}")?;
        answers.flush()?;
    }
    Ok(())
}
