/// Who is connected, as the stores know it.
mod authentication;
/// All websocket layers from settings.
mod by_name;
/// A site with users, and a connection in memory to it.
pub(crate) mod house;
/// How much a client may say.
mod limits;
/// What the log is told.
mod log;
/// From the HTTP stack to a websocket, over real sockets.
mod upgrade;
