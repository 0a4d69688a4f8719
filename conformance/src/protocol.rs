//! The driver protocol: lines of JSON. `PROTOCOL.md` says it in words.

use crate::case::Question;
use crate::engine::{Engine, Hello, Trouble};
use crate::lifecycle::Lifecycle;
use crate::trace::{Answer, Trace};
use serde::Deserialize;
use serde_json::{Value, json};
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
    Value::Object(question.input.clone()).to_string()
}

#[derive(Deserialize)]
struct AnswerLine {
    id: String,
    trace: Trace,
    outcome: Value,
    #[serde(default)]
    init: Option<Vec<String>>,
}

/// Reads the line that answers the case with this id.
///
/// # Errors
///
/// What is wrong with it.
pub fn read_answer<L: Lifecycle>(id: &str, line: &str) -> Result<Answer<L::Outcome>, String> {
    let answer: AnswerLine =
        serde_json::from_str(line).map_err(|error| format!("not an answer: {error}"))?;
    if answer.id != id {
        return Err(format!("an answer to `{}`, not to `{id}`", answer.id));
    }
    let outcome =
        L::outcome(answer.outcome).map_err(|error| format!("the field `outcome`: {error}"))?;
    Ok(Answer { trace: answer.trace, outcome, init: answer.init })
}

/// The line that answers a case.
pub fn answer_line<L: Lifecycle>(id: &str, answer: &Answer<L::Outcome>) -> String {
    let mut line = json!({
        "id": id,
        "trace": answer.trace,
        "outcome": L::outcome_value(&answer.outcome),
    });
    if let Some(init) = &answer.init {
        line["init"] = json!(init);
    }
    line.to_string()
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
        let input = serde_json::from_str(&line)?;
        let question = Question::<L>::read(input).map_err(invalid)?;
        let answer = engine.run(&question).map_err(|Trouble(trouble)| invalid(trouble))?;
        writeln!(answers, "{}", answer_line::<L>(&question.id, &answer))?;
        answers.flush()?;
    }
    Ok(())
}
