//! Ending a server: gracefully at the first word, at once at the second.

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::io;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};
use std::sync::{Arc, OnceLock};
use std::thread::{self, Thread};

/// What a running server and its handles share.
#[derive(Debug, Default)]
pub(super) struct Control {
    phase: AtomicU8,
    /// The thread in [`Server::run`](super::Server::run).
    watch: OnceLock<Thread>,
}

/// How far a server is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Phase {
    Running,
    /// No new connections; requests that run may end.
    Draining,
    /// Whatever is left is given up.
    Stopped,
}

impl Control {
    pub(super) fn phase(&self) -> Phase {
        match self.phase.load(SeqCst) {
            0 => Phase::Running,
            1 => Phase::Draining,
            _ => Phase::Stopped,
        }
    }

    pub(super) fn advance(&self, to: Phase) {
        self.phase.fetch_max(to as u8, SeqCst);
        self.wake_watch();
    }

    /// Makes the calling thread the watch.
    pub(super) fn become_watch(&self) {
        let _ = self.watch.set(thread::current());
    }

    pub(super) fn wake_watch(&self) {
        if let Some(watch) = self.watch.get() {
            watch.unpark();
        }
    }
}

/// Ends a server from outside: from another thread, a test, a signal. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ShutdownHandle(pub(super) Arc<Control>);

impl ShutdownHandle {
    /// Begins a graceful shutdown: no new connection is taken, idle ones are closed, running
    /// requests may end within [`Limits::grace`](super::Limits::grace). Called again, it ends the
    /// server at once.
    pub fn shutdown(&self) {
        let next = match self.0.phase() {
            Phase::Running => Phase::Draining,
            Phase::Draining | Phase::Stopped => Phase::Stopped,
        };
        self.0.advance(next);
    }

    /// Whether a shutdown has begun.
    pub fn is_shutting_down(&self) -> bool {
        self.0.phase() > Phase::Running
    }

    /// Calls [`shutdown`](Self::shutdown) at each SIGINT and SIGTERM: the first ends the server
    /// gracefully, the second at once.
    ///
    /// # Errors
    ///
    /// When the system refuses the handlers or a thread to wait for them.
    pub fn on_signals(&self) -> io::Result<()> {
        let mut signals = Signals::new([SIGINT, SIGTERM])?;
        let handle = self.clone();
        let wait = move || {
            for _ in signals.forever() {
                handle.shutdown();
            }
        };
        thread::Builder::new().name("http-signals".into()).spawn(wait)?;
        Ok(())
    }
}

/// How a server ended.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// The handlers that had not returned when the grace time was over, by method and path. Their
    /// threads go on until they return or the process ends.
    pub abandoned: Vec<String>,
}
