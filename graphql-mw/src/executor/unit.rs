//! One field that has exits: who has been entered, and who is owed an exit.

use super::resolve::FieldStack;
use crate::error::Result;
use crate::info::Info;
use crate::resolved::{FieldFuture, Resolved};
use crate::value::Value;
use engine_core::{Exit, panics};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How far in one field has come. Only the field's own task touches it; it is atomic because that
/// task may move between threads.
#[derive(Debug, Default)]
pub(crate) struct Unit {
    entered: AtomicUsize,
}

impl Unit {
    /// The layers before this place have been entered.
    pub(crate) fn enter(&self, before: usize) {
        self.entered.fetch_max(before, Ordering::Relaxed);
    }
}

/// Owes every entered layer of a field its exit, exactly once, in reverse order (rule S9).
pub(crate) struct Exits<'a> {
    stack: &'a FieldStack<'a>,
    info: Info<'a>,
    are_due: bool,
}

impl<'a> Exits<'a> {
    /// For a stack that counts.
    pub(crate) fn new(stack: &'a FieldStack<'a>, info: Info<'a>) -> Self {
        Exits { stack, info, are_due: true }
    }

    /// Runs the exits when the value is there, which may be later.
    pub(crate) fn after(self, resolved: Resolved<'a>) -> Resolved<'a> {
        match resolved {
            Resolved::Ready(result) => {
                self.finish(how(&result));
                Resolved::Ready(result)
            }
            Resolved::Future(future) => Resolved::future(await_and_exit(future, self)),
        }
    }

    /// Runs the exits: the field is over.
    pub(crate) fn finish(mut self, how: Exit) {
        self.run(how);
    }

    fn run(&mut self, how: Exit) {
        if !std::mem::take(&mut self.are_due) {
            return;
        }
        let entered =
            self.stack.unit.as_ref().map_or(0, |unit| unit.entered.load(Ordering::Relaxed));
        for (_, exit) in self.info.planned.exits.iter().filter(|(place, _)| *place < entered) {
            // Each exit has a guard of its own: this may be running while another panic unwinds,
            // and the layers further out are owed theirs.
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| exit(&self.info, how))) {
                let message = panics::message(payload);
                panics::log(|| tracing::error!("the exit of a field's layer panicked: {message}"));
            }
        }
    }
}

/// The future stands before the exits, so that it is gone when they run, also where it is dropped
/// before its first poll.
async fn await_and_exit<'a>(future: FieldFuture<'a>, exits: Exits<'a>) -> Result<Value> {
    let result = { future }.await;
    exits.finish(how(&result));
    result
}

/// How a field ended that has come to a result.
pub(crate) fn how(result: &Result<Value>) -> Exit {
    match result {
        Ok(_) => Exit::Done,
        Err(_) => Exit::Failed,
    }
}

impl Drop for Exits<'_> {
    fn drop(&mut self) {
        self.run(Exit::Dropped);
    }
}
