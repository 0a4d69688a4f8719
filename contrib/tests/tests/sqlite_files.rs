use crate::browser::Browser;
use contrib::sessions::{
    Session, SessionData, SessionKey, SessionOptions, SessionStore, Sessions, SqliteSessions,
};
use contrib::{Database, DatabaseOptions};
use engine_sync::http::header;
use engine_sync::{Chain, Response, Stack, hooks};
use rusqlite::Connection;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

/// Waits for no lock at all, so that tests about locks take no time.
fn impatient() -> DatabaseOptions {
    DatabaseOptions::default().with_busy_timeout(Duration::ZERO)
}

fn chain(database: &Database) -> Chain {
    let store = Arc::new(SqliteSessions::new(database).unwrap());
    let layer = Sessions::new(store, SessionOptions::default()).unwrap();
    let stack = Stack::builder().layer(hooks(layer)).build().unwrap();
    Chain::builder(&stack)
        .view(|request, _| {
            let session = Session::of(request)?;
            let count = session.get::<u64>("count")?.unwrap_or(0) + 1;
            session.insert("count", count)?;
            Ok(Response::text(count.to_string()))
        })
        .announce(|_, _| {})
        .build()
        .unwrap()
}

#[track_caller]
fn check_open(path: &Path, options: DatabaseOptions, expected: &[&str]) {
    let error = Database::open_with(path, options).unwrap_err().to_string();
    for part in expected {
        assert!(error.contains(part), "{error:?} does not say {part:?}");
    }
}

#[test]
fn a_missing_file_or_folder_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("missing").join("db.sqlite");
    check_open(&inside, DatabaseOptions::default(), &["does not exist", "create it"]);
    let file = folder.path().join("db.sqlite");
    check_open(&file, impatient().with_create(false), &["does not exist", "restore it"]);
    assert!(!file.exists());
    Database::open(&file).unwrap();
    Database::open_with(&file, impatient().with_create(false)).unwrap();
    check_open(folder.path(), impatient(), &["cannot be opened", "check that it is a file"]);
}

#[test]
fn a_damaged_file_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let text = folder.path().join("text");
    std::fs::write(&text, "this is certainly no database, however long one looks at it").unwrap();
    check_open(&text, impatient(), &["no healthy SQLite database", "restore it from a backup"]);

    let torn = folder.path().join("torn");
    let database = Database::open(&torn).unwrap();
    let store = SqliteSessions::new(&database).unwrap();
    let data: SessionData = [("k".to_owned(), "x".repeat(20_000).into())].into_iter().collect();
    store.create(&data, SystemTime::now() + Duration::from_secs(60)).unwrap();
    drop((store, database));
    let mut bytes = std::fs::read(&torn).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..].fill(0xAA);
    std::fs::write(&torn, bytes).unwrap();
    check_open(&torn, impatient(), &["no healthy SQLite database", "restore it from a backup"]);
}

#[test]
fn a_locked_file_is_an_error_when_it_is_opened() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sqlite");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("CREATE TABLE t (x); BEGIN EXCLUSIVE;").unwrap();
    check_open(&path, impatient(), &["is locked by another program", "end that one"]);
    other.execute_batch("ROLLBACK; PRAGMA journal_mode = wal; BEGIN IMMEDIATE").unwrap();
    check_open(&path, impatient(), &["is locked by another program", "end that one"]);
}

#[test]
fn a_table_with_other_columns_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sqlite");
    let other = Connection::open(&path).unwrap();
    for columns in ["expires, something", "a"] {
        other.execute_batch("DROP TABLE IF EXISTS sessions").unwrap();
        other.execute_batch(&format!("CREATE TABLE sessions ({columns})")).unwrap();
        let error = SqliteSessions::new(&Database::open(&path).unwrap()).unwrap_err();
        assert!(std::error::Error::source(&error).is_none());
        let error = error.to_string();
        assert!(error.contains("a table of that name with other columns, `sessions`"), "{error}");
        assert!(error.contains("name another file") && !error.contains("INDEX"), "{error}");
    }
}

#[test]
fn a_held_lock_delays_writers_once_and_readers_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sqlite");
    let wait = Duration::from_secs(2);
    // There are more writers than connections, so they would take all of them.
    let options = DatabaseOptions::default().with_busy_timeout(wait).with_connections(1);
    let store = SqliteSessions::new(&Database::open_with(&path, options).unwrap()).unwrap();
    let expires = SystemTime::now() + Duration::from_secs(60);
    let key = store.create(&SessionData::default(), expires).unwrap();

    let other = Connection::open(&path).unwrap();
    for lock in ["BEGIN IMMEDIATE", "BEGIN EXCLUSIVE"] {
        other.execute_batch(lock).unwrap();
        std::thread::scope(|scope| {
            let writers: Vec<_> = (0..6)
                .map(|_| {
                    scope.spawn(|| {
                        let begun = Instant::now();
                        let error = store.create(&SessionData::default(), expires).unwrap_err();
                        (error.to_string(), begun.elapsed())
                    })
                })
                .collect();
            // A reader that had to wait for the lock as well would come this far a few times only.
            let mut reads = 0;
            while writers.iter().any(|writer| !writer.is_finished()) {
                assert!(store.load(&key).unwrap().is_some());
                reads += 1;
            }
            assert!(reads >= 20, "only {reads} reads while the writers waited");
            for writer in writers {
                let (error, waited) = writer.join().unwrap();
                assert!(error.contains("is locked by another program"), "{error}");
                assert!(waited < wait * 3 / 2, "a writer waited {waited:?}");
                assert!(waited > wait / 2, "a writer waited {waited:?} only");
            }
        });
        other.execute_batch("ROLLBACK").unwrap();
        assert!(store.save(&key, &SessionData::default(), expires).unwrap());
    }
}

#[test]
fn a_write_into_a_locked_file_is_500_and_the_session_stays_as_it_was_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sqlite");
    let database = Database::open_with(&path, impatient()).unwrap();
    let chain = chain(&database);
    let mut browser = Browser::new(&chain);
    assert_eq!(browser.get("/").status(), 200);

    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let response = browser.get("/");
    assert_eq!(response.status(), 500);
    assert_eq!(response.header(header::SET_COOKIE), None);
    let cause = response.cause().unwrap().message();
    assert!(cause.contains("is locked by another program"), "{cause}");

    other.execute_batch("ROLLBACK").unwrap();
    assert_eq!(browser.get("/").body().as_bytes(), Some(&b"2"[..]));
}

#[test]
fn many_threads_share_a_few_connections_and_lose_no_acknowledged_session() {
    let folder = tempfile::tempdir().unwrap();
    let options = DatabaseOptions::default().with_connections(2);
    let database = Database::open_with(folder.path().join("db.sqlite"), options).unwrap();
    let chain = chain(&database);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let mut browser = Browser::new(&chain);
                for expected in 1..=10 {
                    let response = browser.get("/");
                    assert_eq!(response.body().as_bytes(), Some(expected.to_string().as_bytes()));
                }
            });
        }
    });
}

#[test]
fn an_unreadable_row_is_as_good_as_no_session() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sqlite");
    let database = Database::open(&path).unwrap();
    let chain = chain(&database);
    let mut browser = Browser::new(&chain);
    browser.get("/");
    let other = Connection::open(&path).unwrap();
    other.execute_batch("UPDATE sessions SET data = 'no json'").unwrap();
    let before = browser.cookies.clone();
    assert_eq!(browser.get("/").body().as_bytes(), Some(&b"1"[..]));
    assert_ne!(browser.cookies, before);
}

/// Names the file in which the child process of the next test keeps its sessions.
const CHILD: &str = "CONTRIB_TEST_SESSIONS_FILE";

/// Run by the next test as a process of its own: answers requests, writing each acknowledged
/// session's key and count to the standard output, until it is killed.
#[test]
#[ignore = "a helper of `a_program_killed_right_after_an_answer_has_lost_nothing`"]
fn child_that_answers_until_it_is_killed() {
    let Ok(path) = std::env::var(CHILD) else {
        return;
    };
    let chain = chain(&Database::open(path).unwrap());
    let mut browser = Browser::new(&chain);
    loop {
        let response = browser.get("/");
        let count = crate::browser::text(&response).to_owned();
        // Not `println!`, whose output the test harness may hold back.
        let line = format!("\nacknowledged {} {count}\n", browser.cookies["sessionid"]);
        std::io::stdout().write_all(line.as_bytes()).unwrap();
        std::io::stdout().flush().unwrap();
    }
}

#[test]
fn a_program_killed_right_after_an_answer_has_lost_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("db.sqlite");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "sqlite_files::child_that_answers_until_it_is_killed"])
        .args(["--ignored", "--nocapture"])
        .env(CHILD, &path)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let acknowledged = (&mut lines)
        .map(|line| line.unwrap())
        .filter(|line| line.starts_with("acknowledged "))
        .nth(20);
    child.kill().unwrap();
    child.wait().unwrap();
    // What was still in the pipe when it was killed was acknowledged, too.
    let last = lines.map_while(Result::ok).filter(|line| line.split(' ').count() == 3).last();
    let last = last.or(acknowledged).expect("the child has answered");
    let mut words = last.split(' ').skip(1);
    let key = SessionKey::from_client(words.next().unwrap()).unwrap();
    let acknowledged: u64 = words.next().unwrap().parse().unwrap();

    let store = SqliteSessions::new(&Database::open(&path).unwrap()).unwrap();
    let kept = store.load(&key).unwrap().expect("the acknowledged session is there");
    let kept = kept["count"].as_u64().unwrap();
    assert!(kept >= acknowledged, "{acknowledged} was acknowledged and {kept} is kept");
}

#[test]
fn a_foreign_table_is_an_error_that_says_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.sqlite");
    Connection::open(&file).unwrap().execute_batch("CREATE TABLE sessions (a)").unwrap();
    let error = SqliteSessions::new(&Database::open(&file).unwrap()).unwrap_err().to_string();
    assert!(error.contains("has a table of that name with other columns"), "{error}");
}

#[test]
fn writers_that_wait_for_a_lock_leave_readers_alone_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.sqlite");
    let options = DatabaseOptions::default().with_busy_timeout(Duration::from_millis(300));
    let store = SqliteSessions::new(&Database::open_with(&file, options).unwrap()).unwrap();
    let later = SystemTime::now() + Duration::from_secs(60);
    let kept = store.create(&SessionData::default(), later).unwrap();

    let holder = Connection::open(&file).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    std::thread::scope(|scope| {
        // More writers than there are connections.
        let writers: Vec<_> =
            (0..8).map(|_| scope.spawn(|| store.create(&SessionData::default(), later))).collect();
        while writers.iter().any(|writer| !writer.is_finished()) {
            assert!(store.load(&kept).unwrap().is_some());
        }
        for writer in writers {
            let error = writer.join().unwrap().unwrap_err().to_string();
            assert!(error.contains("is locked by another program"), "{error}");
        }
    });
    holder.execute_batch("ROLLBACK").unwrap();
    assert!(store.load(&kept).unwrap().is_some());
    store.create(&SessionData::default(), later).unwrap();
}

#[test]
fn a_lock_that_keeps_the_table_from_being_made_is_not_taken_for_a_foreign_table() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("db.sqlite");
    let database = Database::open_with(&file, impatient()).unwrap();
    let holder = Connection::open(&file).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let error = SqliteSessions::new(&database).unwrap_err().to_string();
    assert!(error.contains("is locked by another program"), "{error}");
    holder.execute_batch("ROLLBACK").unwrap();
    SqliteSessions::new(&database).unwrap();
}
