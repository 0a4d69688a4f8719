/// A client in memory of the websocket app.
mod client;
/// What goes wrong: sources that fail, clients that flood, vanish or never read.
mod faults;
/// A schema with all that there is to try.
mod schema;
/// The websocket app, in both subprotocols.
mod socket;
/// The view of the blocking engine.
mod view;
