//! One SQLite file, opened carefully and shared by the stores that live in it.

use crate::store_error::StoreError;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension, TransactionBehavior, ffi};
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
    /// How long a read or a write waits at most, for a free connection and for a lock that another
    /// program holds together. Default: 5 seconds.
    pub busy_timeout: Duration,
    /// How many connections are opened for reading, so how many threads read at the same time. One
    /// more is opened for writing, as writes go one after the other in SQLite. Default: 4.
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

    /// How many connections are opened for reading; at least one.
    pub fn with_connections(mut self, connections: usize) -> Self {
        self.connections = connections.max(1);
        self
    }
}

/// An SQLite file with a few connections. Cheap to clone; several stores may share one.
///
/// Writes queue for a connection of their own, so a lock that another program holds delays the
/// writes and not the reads.
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
    readers: Pool,
    /// The one connection that writes. `None`: that of the readers does, as there is only one.
    writer: Option<Pool>,
}

/// Connections that are free.
struct Pool {
    idle: Mutex<Vec<Connection>>,
    returned: Condvar,
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
    /// The file or its folder is missing, cannot be written, is locked by another program or is
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
            let connection = Connection::open_with_flags(path, flags)
                .map_err(|error| explain(path, options.busy_timeout, &error))?;
            prepare(&connection, options.busy_timeout)
                .map_err(|error| explain(path, options.busy_timeout, &error))?;
            Ok(connection)
        };
        let writer = open()?;
        check_writable(&writer, path, options.busy_timeout)?;
        let health = writer
            .query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0))
            .map_err(|error| explain(path, options.busy_timeout, &error))?;
        if health != "ok" {
            return Err(StoreError::new(damaged(path, &health)));
        }
        let readers: Result<Vec<Connection>, StoreError> =
            (0..options.connections.max(1)).map(|_| open()).collect();
        let (readers, writer) = (Pool::of(readers?), Some(Pool::of(vec![writer])));
        let inner = Inner { path: path.to_owned(), options, readers, writer };
        Ok(Database { inner: Arc::new(inner) })
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
        let connection = Connection::open_in_memory()
            .map_err(|error| explain(&path, options.busy_timeout, &error))?;
        let readers = Pool::of(vec![connection]);
        Ok(Database { inner: Arc::new(Inner { path, options, readers, writer: None }) })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.inner.path
    }

    /// Makes a table and its indexes where they are missing, after a check that an existing one
    /// has these columns.
    pub(crate) fn ensure(
        &self,
        table: &str,
        columns: &str,
        schema: &str,
    ) -> Result<(), StoreError> {
        // An index of a foreign table would fail with raw SQL, so the columns are looked at first.
        // It is one transaction, so that two programs that start together do not disturb each
        // other, and one wait for the lock.
        let foreign = self.write(|connection| {
            let transaction =
                connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            let exists = transaction
                .query_row("SELECT 1 FROM sqlite_schema WHERE name = ?1", [table], |_| Ok(()))
                .optional()?
                .is_some();
            if exists {
                match transaction.prepare(&format!("SELECT {columns} FROM {table}")) {
                    Ok(_) => {}
                    Err(rusqlite::Error::SqlInputError { msg, .. }) => return Ok(Some(msg)),
                    Err(error) if is_plain_error(&error) => return Ok(Some(error.to_string())),
                    Err(error) => return Err(error),
                }
            }
            transaction.execute_batch(schema)?;
            transaction.commit()?;
            Ok(None)
        })?;
        match foreign {
            None => Ok(()),
            Some(how) => Err(StoreError::new(format!(
                "the database {:?} has a table of that name with other columns, `{table}` ({how}): \
                 name another file",
                self.inner.path
            ))),
        }
    }

    /// Runs statements that only read.
    pub(crate) fn read<T>(
        &self,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let Inner { path, options, readers, .. } = &*self.inner;
        self.run(readers, run, |wait| {
            format!(
                "all {} connections to the database {path:?} were busy for {wait:?}: open it with \
                 more connections, or look for what holds its lock",
                options.connections
            )
        })
    }

    /// Runs statements that write, once those that were begun earlier are done. More than one
    /// statement belongs into a transaction, so that there is one wait for the lock.
    pub(crate) fn write<T>(
        &self,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
    ) -> Result<T, StoreError> {
        let Inner { path, readers, writer, .. } = &*self.inner;
        // There is one such connection, so at most one thread waits inside SQLite for a lock.
        self.run(writer.as_ref().unwrap_or(readers), run, |wait| locked(path, wait))
    }

    fn run<T>(
        &self,
        pool: &Pool,
        run: impl FnOnce(&mut Connection) -> rusqlite::Result<T>,
        busy: impl FnOnce(Duration) -> String,
    ) -> Result<T, StoreError> {
        let wait = self.inner.options.busy_timeout;
        let begun = Instant::now();
        let Some(mut borrowed) = pool.borrow(wait) else {
            return Err(StoreError::new(busy(wait)));
        };
        let Some(connection) = &mut borrowed.connection else {
            return Err(StoreError::new("a borrowed connection is there until it is given back"));
        };
        // What the queue has taken is not waited for again.
        connection
            .busy_timeout(wait.saturating_sub(begun.elapsed()))
            .and_then(|()| run(connection))
            .map_err(|error| explain(&self.inner.path, wait, &error))
    }
}

impl Pool {
    fn of(connections: Vec<Connection>) -> Self {
        Pool { idle: Mutex::new(connections), returned: Condvar::new() }
    }

    fn borrow(&self, wait: Duration) -> Option<Borrowed<'_>> {
        let waited = self.returned.wait_timeout_while(self.lock(), wait, |idle| idle.is_empty());
        let (mut idle, _) = waited.unwrap_or_else(PoisonError::into_inner);
        let connection = idle.pop()?;
        Some(Borrowed { from: self, connection: Some(connection) })
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Connection>> {
        // The list is whole after a panic too: nothing that may panic runs under this lock.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A connection that is given back when this is dropped, by a panic too.
struct Borrowed<'a> {
    from: &'a Pool,
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

/// SQLite opens a file that it may not write for reading, and says so at the first write only.
fn check_writable(
    connection: &Connection,
    path: &Path,
    busy_timeout: Duration,
) -> Result<(), StoreError> {
    let is_readonly = connection.is_readonly("main");
    if is_readonly.map_err(|error| explain(path, busy_timeout, &error))? {
        return Err(StoreError::new(not_writable(path)));
    }
    // The log beside the file may be read-only, too, or another program may hold the lock.
    connection
        .execute_batch("BEGIN IMMEDIATE; ROLLBACK")
        .map_err(|error| explain(path, busy_timeout, &error))
}

fn damaged(path: &Path, how: &str) -> String {
    format!(
        "the file {path:?} is no healthy SQLite database ({how}): restore it from a backup, or move \
         it away together with its -wal and -shm files, and an empty one is made"
    )
}

fn not_writable(path: &Path) -> String {
    format!(
        "the database {path:?} cannot be opened for writing: check that it is a file, that this \
         user may write it, its -wal and -shm files and its folder, and that the disk is not \
         mounted read-only"
    )
}

fn locked(path: &Path, wait: Duration) -> String {
    format!(
        "the database {path:?} is locked by another program or transaction, for longer than \
         {wait:?}: end that one, or raise the busy timeout"
    )
}

fn is_plain_error(error: &rusqlite::Error) -> bool {
    error.sqlite_extended_error_code() == Some(ffi::SQLITE_ERROR)
}

/// Failures of the disk while something is written; a full disk shows itself as any of them.
const WRITING: [i32; 7] = [
    ffi::SQLITE_IOERR_WRITE,
    ffi::SQLITE_IOERR_FSYNC,
    ffi::SQLITE_IOERR_DIR_FSYNC,
    ffi::SQLITE_IOERR_TRUNCATE,
    ffi::SQLITE_IOERR_SHMOPEN,
    ffi::SQLITE_IOERR_SHMSIZE,
    ffi::SQLITE_IOERR_SHMMAP,
];

/// Says what an error of SQLite means for whoever runs the program. SQLite's own words are in the
/// message, once; an error source with the same words would have them repeated in every log.
fn explain(path: &Path, busy_timeout: Duration, error: &rusqlite::Error) -> StoreError {
    let code = error.sqlite_extended_error_code();
    let said = match code {
        Some(code) => format!("{error}, SQLite's code {code}"),
        None => error.to_string(),
    };
    StoreError::new(match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => locked(path, busy_timeout),
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => damaged(path, &said),
        Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
            format!("{} ({said})", not_writable(path))
        }
        Some(ErrorCode::DiskFull) => format!(
            "the database {path:?} could not be written, as its disk may be full ({said}): make \
             room; nothing was written"
        ),
        Some(ErrorCode::SystemIoFailure) if code.is_some_and(|code| WRITING.contains(&code)) => {
            format!(
                "the database {path:?} could not be written ({said}): the disk may be full, then \
                 make room; otherwise check the disk"
            )
        }
        Some(ErrorCode::SystemIoFailure) => {
            format!("the database {path:?} could not be read ({said}): check the disk")
        }
        _ => format!("the database {path:?} failed: {said}"),
    })
}

impl fmt::Debug for Database {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Database").field("path", &self.inner.path).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WAIT: Duration = Duration::ZERO;

    #[track_caller]
    fn check_is_refused(connection: &Connection, expected: &str) {
        let error = check_writable(connection, Path::new("db.sqlite"), WAIT).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    }

    /// The superuser may write any file, so these are opened read-only and not made so.
    #[test]
    fn a_database_that_can_only_be_read_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("db.sqlite");
        Connection::open(&path).unwrap().execute_batch("CREATE TABLE t (x)").unwrap();
        let read_only =
            Connection::open_with_flags(&path, OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        check_is_refused(&read_only, "may write it");

        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_URI;
        let address = format!("file:{}?immutable=1", path.display());
        check_is_refused(&Connection::open_with_flags(address, flags).unwrap(), "may write it");

        let ours = Connection::open(&path).unwrap();
        check_writable(&ours, &path, WAIT).unwrap();
        ours.busy_timeout(WAIT).unwrap();
        let other = Connection::open(&path).unwrap();
        other.execute_batch("BEGIN IMMEDIATE").unwrap();
        check_is_refused(&ours, "is locked by another program");
    }

    #[test]
    fn the_words_of_sqlite_are_shown_once_with_the_cure() {
        for (code, words, cure) in [
            (ffi::SQLITE_FULL, "database or disk is full", "make room"),
            (ffi::SQLITE_IOERR_SHMSIZE, "disk I/O error", "make room"),
            (ffi::SQLITE_IOERR_WRITE, "disk I/O error", "make room"),
            (ffi::SQLITE_IOERR_READ, "disk I/O error", "check the disk"),
            (ffi::SQLITE_READONLY, "attempt to write a readonly database", "may write it"),
        ] {
            let error =
                rusqlite::Error::SqliteFailure(ffi::Error::new(code), Some(words.to_owned()));
            let error = explain(Path::new("db.sqlite"), WAIT, &error);
            assert!(std::error::Error::source(&error).is_none());
            let shown = error.to_string();
            assert_eq!(shown.matches(words).count(), 1, "{shown}");
            assert!(shown.contains(cure) && shown.contains(&code.to_string()), "{shown}");
        }
    }

    #[test]
    fn a_disk_that_is_full_says_to_make_room() {
        let database = Database::in_memory().unwrap();
        let error = database.write(|connection| {
            connection.execute_batch(
                "CREATE TABLE t (x); PRAGMA max_page_count = 4; INSERT INTO t VALUES (zeroblob(99999))",
            )
        });
        let error = error.unwrap_err().to_string();
        assert!(error.contains("may be full") && error.contains("make room"), "{error}");
    }
}
