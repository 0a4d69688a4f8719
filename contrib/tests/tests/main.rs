//! The layers of this crate in real chains, one module for each behaviour.

/// Users: login, logout, password changes, routes for users only, their time zones.
mod auth;
/// A browser in a few lines: it keeps cookies and sends them back.
mod browser;
/// All layers from settings.
mod by_name;
/// Hosts, slashes, unwanted clients, lengths.
mod common;
/// Forged requests, judged as Django judges them.
mod csrf;
/// Layers around GraphQL fields.
mod fields;
/// GraphQL, as a view and as a websocket app.
mod graphql;
/// Compression, of whole bodies and of streams.
mod gzip;
/// Layers that only set a header: frames and timing.
mod headers;
/// Messages: shown once, in the cookie and in the session.
mod messages;
/// Sessions: laziness, cookies, expiry, fixation, and what is never lost.
mod sessions;
/// SQLite files: missing, locked, damaged, and a program that is killed.
mod sqlite_files;
/// Layers around websockets.
mod websocket;
