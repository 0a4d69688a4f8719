//! A driver's process: one line out, one line back, within the time limit.

use crate::Trouble as Boxed;
use conformance::protocol::{case_at_once_line, case_line, read_answer, read_answers, read_hello};
use conformance::{Answer, Engine, Hello, Lifecycle, Question, Trouble};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A running driver, and what it said of itself.
pub(crate) struct Driver {
    hello: Hello,
    process: Mutex<Process>,
}

struct Process {
    child: Child,
    /// Until its input has ended.
    cases: Option<ChildStdin>,
    answers: Receiver<Result<String, String>>,
    limit: Duration,
    /// How many lines have come, to say which one is wrong.
    lines: usize,
}

impl Driver {
    /// Starts a driver and reads its hello.
    pub(crate) fn start(command: &str, limit: Duration) -> Result<Self, Boxed> {
        let words = split(command)?;
        let (program, arguments) = words.split_first().ok_or("the driver's command is empty")?;
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("the driver `{program}` does not start: {error}"))?;
        let (Some(cases), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the driver has no standard input and output".into());
        };
        let answers = read_lines(output);
        let mut process = Process { child, cases: Some(cases), answers, limit, lines: 0 };
        let line = process.line("before the first case")?;
        let hello =
            read_hello(&line).map_err(|wrong| format!("the driver's line 1 is {wrong}: {line}"))?;
        Ok(Driver { hello, process: Mutex::new(process) })
    }
}

impl Driver {
    /// Whether the driver runs this lifecycle; if not, what it runs.
    pub(crate) fn claims<L: Lifecycle>(&self) -> Result<(), Boxed> {
        match self.hello.lifecycles.iter().any(|lifecycle| lifecycle == L::NAME) {
            true => Ok(()),
            false => {
                let claimed = self.hello.lifecycles.join("`, `");
                Err(format!("the driver claims `{claimed}`, not `{}`", L::NAME).into())
            }
        }
    }

    /// Ends the driver's input and makes sure that it had nothing more to say. One that does not
    /// end by itself is ended; its answers have all been read.
    pub(crate) fn finish(self) -> Result<(), Boxed> {
        let mut process = self.process.into_inner().unwrap_or_else(PoisonError::into_inner);
        process.cases.take();
        match process.answers.recv_timeout(process.limit) {
            Ok(Ok(line)) => {
                let number = process.lines + 1;
                Err(format!("the driver's line {number} answers no case: {line}").into())
            }
            _ => Ok(()),
        }
    }

    fn process(&self) -> MutexGuard<'_, Process> {
        self.process.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads lines on a thread of its own, so that a driver that hangs can be waited for with a limit.
fn read_lines(output: impl std::io::Read + Send + 'static) -> Receiver<Result<String, String>> {
    let (send, receive) = sync_channel(1);
    std::thread::spawn(move || {
        let mut output = BufReader::new(output);
        loop {
            let mut line = Vec::new();
            let read = match output.read_until(b'\n', &mut line) {
                Ok(0) => return,
                Ok(_) => Ok(String::from_utf8_lossy(&line).trim_end().to_owned()),
                Err(error) => Err(error.to_string()),
            };
            if send.send(read).is_err() {
                return;
            }
        }
    });
    receive
}

impl Process {
    /// Sends a case and reads the answer with `read`.
    fn ask<T>(
        &mut self,
        case: &str,
        read: impl FnOnce(&str) -> Result<T, String>,
    ) -> Result<T, Trouble> {
        let when = format!("at the case {case}");
        if let Some(cases) = &mut self.cases
            && let Err(error) = writeln!(cases, "{case}")
        {
            return Err(Trouble(format!("the driver takes no case any more ({error})\n{when}")));
        }
        let line = self.line(&when).map_err(Trouble)?;
        let number = self.lines;
        read(&line).map_err(|wrong| {
            Trouble(format!("the driver's line {number} is {wrong}: {line}\n{when}"))
        })
    }

    /// The next line; `when` says what led there.
    fn line(&mut self, when: &str) -> Result<String, String> {
        self.lines += 1;
        let number = self.lines;
        match self.answers.recv_timeout(self.limit) {
            Ok(Ok(line)) => Ok(line),
            Ok(Err(error)) => {
                Err(format!("the driver's line {number} cannot be read: {error}\n{when}"))
            }
            Err(RecvTimeoutError::Timeout) => Err(format!(
                "the driver's line {number} has not come within {} s\n{when}",
                self.limit.as_secs_f64(),
            )),
            Err(RecvTimeoutError::Disconnected) => {
                let ended = match self.child.wait() {
                    Ok(status) => status.to_string(),
                    Err(error) => error.to_string(),
                };
                Err(format!("the driver ended ({ended}) before its line {number}\n{when}"))
            }
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its input ends only after this, so a driver that still works on a case must be told.
        // Killing one that has ended already is no error worth a word.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl<L: Lifecycle> Engine<L> for Driver {
    fn hello(&self) -> Hello {
        self.hello.clone()
    }

    fn run(&self, question: &Question<L>) -> Result<Answer<L::Outcome>, Trouble> {
        self.process().ask(&case_line(question), |line| read_answer::<L>(&question.id, line))
    }

    fn run_at_once(
        &self,
        question: &Question<L>,
        units: usize,
    ) -> Result<Vec<Answer<L::Outcome>>, Trouble> {
        let case = case_at_once_line(question, units);
        self.process().ask(&case, |line| read_answers::<L>(&question.id, units, line))
    }
}

/// Splits a command as a shell would, for words and quotes only.
fn split(command: &str) -> Result<Vec<String>, Boxed> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    for letter in command.chars() {
        match quote {
            Some(open) if letter == open => quote = None,
            Some(_) => word.get_or_insert_default().push(letter),
            None if letter == '"' || letter == '\'' => {
                quote = Some(letter);
                word.get_or_insert_default();
            }
            None if letter.is_whitespace() => words.extend(word.take()),
            None => word.get_or_insert_default().push(letter),
        }
    }
    if let Some(open) = quote {
        return Err(format!("the driver's command has no closing {open}: {command}").into());
    }
    words.extend(word);
    Ok(words)
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn a_command_is_split_at_spaces_that_are_not_in_quotes() {
        let words = split(r#"python3  'my driver.py' --say "it's" """#).unwrap();
        assert_eq!(words, ["python3", "my driver.py", "--say", "it's", ""]);
        assert!(split("a 'b").is_err());
    }
}
