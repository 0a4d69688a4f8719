//! One SQLite file, opened carefully and shared by the stores that live in it.

use crate::store_error::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How a [`Database`] is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct DatabaseOptions {
    /// Whether a missing file is made. Default: yes. Its folder is never made.
    pub create: bool,
    /// How long a statement waits for a lock that another program holds, and a thread for a free
    /// connection. Default: 5 seconds.
    pub busy_timeout: Duration,
    /// How many connections are opened, so how many threads read at the same time; writes go one
    /// after the other in SQLite. Default: 4.
    pub connections: usize,
}

impl Default for DatabaseOptions {
    fn default() -> Self {
        DatabaseOptions { create: true, busy_timeout: Duration::from_secs(5), connections: 4 }
    }
}

impl DatabaseOptions {
    /// Whether a missing file is made.
    pub fn with_create(mut self, create: bool) -> Self {
        self.create = create;
        self
    }

    /// How long to wait for a lock or a connection.
    pub fn with_busy_timeout(mut self, timeout: Duration) -> Self {
        self.busy_timeout = timeout;
        self
    }

    /// How many connections are opened; at least one.
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }
}

/// An SQLite file with a few connections. Cheap to clone; several stores may share one.
///
/// The journal is a write-ahead log, so readers and the writer do not wait for each other, and
/// every commit is on the disk before it returns (`synchronous = FULL`): what a client was told is
/// kept survives a crash of the program and of the machine.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    path: PathBuf,
    options: DatabaseOptions,
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
    /// Whether somebody writes. SQLite lets one write at a time: if all of them waited for it with a
    /// connection in hand, none would be left for readers.
    writing: Mutex<bool>,
    written: Condvar,
}

impl Database {
    /// Opens a file with the default options; see [`Database::open_with`].
    ///
    /// # Errors
    ///
    /// As [`Database::open_with`].
    pub fn open(path: impl AsRef<Path>) -> Result<Self, StoreError> {
        Database::open_with(path, DatabaseOptions::default())
    }

    /// Opens a file and checks that it is a healthy database; the check reads it once.
    ///
    /// # Errors
    ///
    /// The file or its folder is missing, is not writable, is locked by another program or is
    /// damaged. The message says which, and what to do.
    pub fn open_with(path: impl AsRef<Path>, options: DatabaseOptions) -> Result<Self, StoreError> {
        let path = path.as_ref();
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        if let Some(folder) = folder.filter(|folder| !folder.is_dir()) {
            return Err(StoreError::new(format!(
                "the folder {folder:?} of the database {path:?} does not exist: create it, or name \
                 another path"
            )));
        }
        if !options.create && !path.is_file() {
            return Err(StoreError::new(format!(
                "the database {path:?} does not exist: restore it, name another path, or let it be \
                 created"
            )));
        }
        let open = || {
            let mut flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
            flags.set(OpenFlags::SQLITE_OPEN_CREATE, options.create);
            let connection = Connection::open_with_flags(path, flags)?;
            prepare(&connection, options.busy_timeout)?;
            Ok(connection)
        };
        let connections: rusqlite::Result<Vec<Connection>> =
            (0..options.connections.max(1)).map(|_| open()).collect();
        let connections = connections.map_err(|error| explain(path, &options, error))?;
        if connections[0].is_readonly("main").unwrap_or(false) {
            return Err(StoreError::new(not_writable(path)));
        }
        let health = connections[0]
            .query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
            .map_err(|error| explain(path, &options, error))?;
        if health != "ok" {
            return Err(StoreError::new(damaged(path, &health)));
        }
        Ok(Database::of(path.to_owned(), options, connections))
    }

    /// A database in memory, gone with the last handle to it; for tests and trials.
    ///
    /// # Errors
    ///
    /// There is no memory for it.
    pub fn in_memory() -> Result<Self, StoreError> {
        let path = PathBuf::from(":memory:");
        // Each connection to `:memory:` is a database of its own, so there is one.
        let options = DatabaseOptions::default().with_connections(1);
        let connection = Connection::open_in_memory();
        let connection = connection.map_err(|error| explain(&path, &options, error))?;
        Ok(Database::of(path, options, vec![connection]))
    }

    fn of(path: PathBuf, options: DatabaseOptions, connections: Vec<Connection>) -> Self {
        let (idle, returned) = (Mutex::new(connections), Condvar::new());
        let (writing, written) = (Mutex::new(false), Condvar::new());
        Database { inner: Arc::new(Inner { path, options, idle, returned, writing, written }) }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Makes a table where it is missing, and checks that an existing one has the columns that
    /// `probe`, a query, asks for.
    pub(crate) fn ensure(&self, schema: &str, probe: &str) -> Result<(), StoreError> {
        let made = self.write(|connection| connection.execute_batch(schema));
        // The probe goes first in saying what is wrong: an index on a column that a foreign table
        // does not have fails with SQL that helps nobody.
        self.with(|connection| connection.prepare(probe).map(drop)).map_err(|error| {
            StoreError::with_source(
                format!(
                    "the database {:?} has a table of that name with other columns: name another \
                     file",
                    self.inner.path
                ),
                error,
            )
        })?;
        made
    }

    /// Runs statements that only read, on a connection of its own for as long as they take.
    pub(crate) fn with<T>(
        &self,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        self.run_by(self.deadline(), run)
    }

    /// Runs statements that write. Writers wait for each other without a connection, so that
    /// readers always find one, and for one busy timeout in all.
    pub(crate) fn write<T>(
        &self,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let deadline = self.deadline();
        let _permit = self.permit(deadline)?;
        self.run_by(deadline, run)
    }

    fn deadline(&self) -> Instant {
        Instant::now() + self.inner.options.busy_timeout
    }

    fn run_by<T>(
        &self,
        deadline: Instant,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let mut borrowed = self.borrow(deadline)?;
        let Some(connection) = &mut borrowed.connection else {
            return Err(StoreError::new("a borrowed connection is there until it is given back"));
        };
        let left = deadline.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        let ran = connection.busy_timeout(left).and_then(|()| run(connection));
        ran.map_err(|error| explain(&self.inner.path, &self.inner.options, error))
    }

    /// Waits to be the one who writes.
    fn permit(&self, deadline: Instant) -> Result<Permit<'_>, StoreError> {
        let wait = deadline.saturating_duration_since(Instant::now());
        let writing = self.inner.writing.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.inner.written.wait_timeout_while(writing, wait, |writing| *writing);
        let (mut writing, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && *writing {
            return Err(StoreError::new(locked(&self.inner.path, &self.inner.options)));
        }
        *writing = true;
        Ok(Permit(&self.inner))
    }

    fn borrow(&self, deadline: Instant) -> Result<Borrowed<'_>, StoreError> {
        let wait = deadline.saturating_duration_since(Instant::now());
        let idle = self.inner.lock();
        let waited = self.inner.returned.wait_timeout_while(idle, wait, |idle| idle.is_empty());
        let (mut idle, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match idle.pop() {
            Some(connection) => Ok(Borrowed { from: &self.inner, connection: Some(connection) }),
            None => Err(StoreError::new(format!(
                "all {} connections to the database {:?} were busy for {:?}: open it with more \
                 connections, or look for what holds its lock",
                self.inner.options.connections, self.inner.path, self.inner.options.busy_timeout,
            ))),
        }
    }
}

impl Inner {
    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        // The list is whole after a panic too: nothing that may panic runs under this lock.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The right to write, given back when this is dropped, by a panic too.
struct Permit<'a>(&'a Inner);

impl Drop for Permit<'_> {
    fn drop(&mut self) {
        *self.0.writing.lock().unwrap_or_else(PoisonError::into_inner) = false;
        self.0.written.notify_one();
    }
}

/// A connection that is given back when this is dropped, by a panic too.
struct Borrowed<'a> {
    from: &'a Inner,
    connection: Option<Connection>,
}

impl Drop for Borrowed<'_> {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.from.lock().push(connection);
            self.from.returned.notify_one();
        }
    }
}

fn prepare(connection: &Connection, busy_timeout: Duration) -> rusqlite::Result<()> {
    connection.busy_timeout(busy_timeout)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "full")
}

fn damaged(path: &Path, how: &str) -> String {
    format!(
        "the file {path:?} is no healthy SQLite database ({how}): restore it from a backup, or move \
         it away together with its -wal and -shm files, and an empty one is made"
    )
}

fn locked(path: &Path, options: &DatabaseOptions) -> String {
    format!(
        "the database {path:?} is locked by another program or transaction, for longer than {:?}: end \
         that one, or raise the busy timeout",
        options.busy_timeout,
    )
}

fn not_writable(path: &Path) -> String {
    format!(
        "the database {path:?} cannot be opened for writing: check that it is a file, and that this \
         user may write it and its folder"
    )
}

/// Says what an error of SQLite means for whoever runs the program.
fn explain(path: &Path, options: &DatabaseOptions, error: rusqlite::Error) -> StoreError {
    let message = match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => locked(path, options),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            damaged(path, &error.to_string())
        }
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            not_writable(path)
        }
        Some(ErrorCode::DiskFull | ErrorCode::SystemIoFailure) => format!(
            "the disk of the database {path:?} is full or failing: nothing was written; make room, or \
             look at the disk"
        ),
        // What went wrong is the source, and is shown as such.
        _ => format!("the database {path:?} failed"),
    };
    StoreError::with_source(message, error)
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("path", &self.inner.path).finish_non_exhaustive()
    }
}
