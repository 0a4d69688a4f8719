//! One connection on its way through a chain, until the layers have left.

use super::compiled::Exiting;
use super::{Inner, Turned};
use crate::error::Error;
use crate::websocket::WebSocket;
use engine_core::{Exit, panics};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

/// A connection, and how far in it has come. Every entered layer's exit runs exactly once, in
/// reverse order of entry, when this is finished or dropped (rule S9).
pub(super) struct Unit {
    pub(super) chain: Arc<Inner>,
    pub(super) ws: WebSocket,
    /// How many layers, from the outermost, have been entered. Only the connection's own task
    /// touches it; it is atomic because that task may move between threads.
    entered: AtomicUsize,
    has_failed: AtomicBool,
    has_reached_app: AtomicBool,
    exits_due: bool,
}

impl Unit {
    pub(super) fn new(chain: Arc<Inner>, ws: WebSocket) -> Self {
        Unit {
            chain,
            ws,
            entered: AtomicUsize::new(0),
            has_failed: AtomicBool::new(false),
            has_reached_app: AtomicBool::new(false),
            exits_due: true,
        }
    }

    pub(super) fn entered(&self) -> usize {
        self.entered.load(Ordering::Relaxed)
    }

    /// The layers before this place have been entered.
    pub(super) fn enter(&self, before: usize) {
        self.entered.store(before, Ordering::Relaxed);
    }

    /// The layer at `entered` has failed on the way in.
    pub(super) fn fail(&self) {
        self.has_failed.store(true, Ordering::Relaxed);
    }

    pub(super) fn reach_app(&self) {
        self.has_reached_app.store(true, Ordering::Relaxed);
    }

    /// Where the connection turned round, once it has.
    pub(super) fn turned(&self) -> Turned {
        let entered = self.entered();
        if self.has_reached_app.load(Ordering::Relaxed) {
            Turned::Endpoint
        } else if self.has_failed.load(Ordering::Relaxed) {
            Turned::Failed(entered)
        } else {
            entered.checked_sub(1).map_or(Turned::Endpoint, Turned::Answered)
        }
    }

    /// In debug builds, checks that a layer has really put what it says it provides into the state.
    ///
    /// # Panics
    ///
    /// When it has not: the declaration is wrong, and whoever relies on it would fail with a message
    /// about the wrong layer. The panic ends the connection at that layer.
    pub(super) fn check_provided(&self, place: usize) {
        if !cfg!(debug_assertions) {
            return;
        }
        for (id, name) in &self.chain.compiled.provides[place] {
            assert!(
                self.ws.contains(*id),
                "`{}` declares that it provides `{name}` and has passed the connection on without \
                 it: insert it, refuse the connection, or drop the declaration",
                self.chain.compiled.names[place],
            );
        }
    }

    /// Runs the exits: the connection is over.
    pub(super) fn finish(mut self, how: Exit) {
        self.run_exits(how);
    }

    fn run_exits(&mut self, how: Exit) {
        if !std::mem::take(&mut self.exits_due) {
            return;
        }
        let entered = self.entered();
        let compiled = &self.chain.compiled;
        for (place, exit) in compiled.exits.iter().filter(|(place, _)| *place < entered) {
            // Each exit has a guard of its own: this may be running while another panic unwinds,
            // and the layers further out are owed theirs.
            let ran = catch_unwind(AssertUnwindSafe(|| match exit {
                Exiting::Hook(hook) => hook.call(&self.ws, how),
                Exiting::Around(layer) => layer.exit(&self.ws, how),
            }));
            if let Err(payload) = ran {
                let error = Error::from_panic(payload);
                let layer = &compiled.names[*place];
                panics::log(|| tracing::error!(layer, "the exit of a layer panicked: {error}"));
            }
        }
    }
}

impl Drop for Unit {
    fn drop(&mut self) {
        self.run_exits(Exit::Dropped);
    }
}
