//! The program, started on a settings file of its own.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Output, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::Duration;
use tempfile::TempDir;

/// Nothing here takes this long; it turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) const STANDARD: &str = "\
middleware = [\"sessions\", \"common\", \"csrf\", \"auth\", \"book\", \"another\", \"messages\", \"frame-options\"]
";

/// A folder with a settings file, for one test.
pub(crate) struct Folder {
    folder: TempDir,
}

impl Folder {
    pub(crate) fn new(settings: &str) -> Self {
        let folder = TempDir::new().unwrap();
        let folder = Folder { folder };
        folder.write(settings);
        folder
    }

    pub(crate) fn write(&self, settings: &str) {
        std::fs::write(self.settings(), settings).unwrap();
    }

    pub(crate) fn settings(&self) -> PathBuf {
        self.folder.path().join("settings.toml")
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Runs a command of the program to its end.
    pub(crate) fn run(&self, arguments: &[&str], input: &str) -> Output {
        let mut child = command(&self.settings())
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        // A program that refuses its settings does not read its input.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        child.wait_with_output().unwrap()
    }

    pub(crate) fn create_user(&self, name: &str, password: &str) {
        let output = self.run(&["create-user", name], &format!("{password}\n"));
        assert!(output.status.success(), "{output:?}");
    }

    /// Starts serving, on a port that the system chooses.
    pub(crate) fn serve(&self) -> Site {
        let mut child = command(&self.settings())
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap();
        let (send, lines) = mpsc::channel();
        let stdout = BufReader::new(child.stdout.take().unwrap());
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        let mut site = Site { child, lines, address: String::new() };
        loop {
            let line = site.line();
            if let Some(address) = line.strip_prefix("listening on http://") {
                site.address = address.to_owned();
                return site;
            }
        }
    }
}

impl Folder {
    /// Starts serving, with nobody reading what it prints once it listens.
    pub(crate) fn serve_unread(&self) -> Unread {
        let mut child = command(&self.settings())
            .args(["--listen", "127.0.0.1:0"])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        let address = loop {
            line.clear();
            assert!(stdout.read_line(&mut line).unwrap() > 0, "the site ends before it listens");
            if let Some(address) = line.trim().strip_prefix("listening on http://") {
                break address.to_owned();
            }
        };
        let stderr = child.stderr.take().unwrap();
        Unread {
            child: RefCell::new(child),
            terminal: RefCell::new(Some((stdout, stderr))),
            address,
        }
    }
}

/// A running site whose terminal nobody reads.
pub(crate) struct Unread {
    child: RefCell<Child>,
    terminal: RefCell<Option<(BufReader<ChildStdout>, ChildStderr)>>,
    pub(crate) address: String,
}

impl Unread {
    /// Closes its standard output and standard error.
    pub(crate) fn close_terminal(&self) {
        self.terminal.take();
    }

    /// Ends it gracefully.
    pub(crate) fn end(self) -> ExitStatus {
        let id = self.child.borrow().id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        self.child.borrow_mut().wait().unwrap()
    }
}

impl Drop for Unread {
    fn drop(&mut self) {
        let child = self.child.get_mut();
        let _ = child.kill();
        let _ = child.wait();
    }
}

fn command(settings: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_site"));
    command.arg("--settings").arg(settings);
    command
}

/// A running site.
pub(crate) struct Site {
    child: Child,
    lines: Receiver<String>,
    pub(crate) address: String,
}

impl Site {
    /// The next line it prints.
    pub(crate) fn line(&self) -> String {
        self.lines.recv_timeout(PATIENCE).expect("the site prints a line")
    }

    /// Ends it gracefully, and gives what it printed since and how it ended.
    pub(crate) fn stop(mut self) -> (Vec<String>, ExitStatus) {
        self.signal("-TERM");
        let status = self.child.wait().unwrap();
        (self.lines.iter().collect(), status)
    }

    /// Ends it as a power failure would.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
