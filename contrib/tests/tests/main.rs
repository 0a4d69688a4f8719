//! The layers of this crate in real chains, one module for each behaviour.

/// A browser in a few lines: it keeps cookies and sends them back.
mod browser;
/// Sessions: laziness, cookies, expiry, fixation, and what is never lost.
mod sessions;
/// SQLite files: missing, locked, damaged, and a program that is killed.
mod sqlite_files;
