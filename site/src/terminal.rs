//! Lines on standard output that never keep anybody waiting.
//!
//! A layer that prints while it handles a request must not fail because nobody reads the terminal,
//! and must not wait for somebody to do so: a full pipe would hold every handler, and then even the
//! end of the program. So one thread prints, and what it cannot print in time is left out.

use std::io::{self, Write};
use std::sync::OnceLock;
use std::sync::mpsc::{Receiver, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::Duration;

/// So many lines may wait to be printed.
const WAITING: usize = 4_096;

/// How long the end of the program waits for the last lines.
const PATIENCE: Duration = Duration::from_secs(1);

enum Item {
    Line(String),
    /// Says when everything before it is printed.
    Flushed(Sender<()>),
}

/// Prints a line, later, or not at all where the terminal does not take it.
pub(crate) fn say(line: impl Into<String>) {
    // A full queue means that nobody reads: the line would only be lost later.
    let _ = printer().try_send(Item::Line(line.into()));
}

/// Waits until the lines are printed, or for a moment where nobody reads them.
pub(crate) fn flush() {
    let (done, printed) = channel();
    if printer().try_send(Item::Flushed(done)).is_ok() {
        let _ = printed.recv_timeout(PATIENCE);
    }
}

fn printer() -> &'static SyncSender<Item> {
    static PRINTER: OnceLock<SyncSender<Item>> = OnceLock::new();
    PRINTER.get_or_init(|| {
        let (send, items) = sync_channel(WAITING);
        // Without the thread the receiver is dropped, and every line is left out.
        let _ = thread::Builder::new().name("terminal".into()).spawn(move || print(&items));
        send
    })
}

fn print(items: &Receiver<Item>) {
    let mut out = io::stdout().lock();
    for item in items {
        match item {
            // A terminal that is gone is no reason to stop: the site is for its visitors.
            Item::Line(line) => drop(writeln!(out, "{line}").and_then(|()| out.flush())),
            Item::Flushed(done) => drop(done.send(())),
        }
    }
}

/// Standard error for the log: what cannot be written is left out. The default one makes a panic of
/// it, in whichever thread had something to say.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Log;

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let _ = io::stderr().write_all(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
