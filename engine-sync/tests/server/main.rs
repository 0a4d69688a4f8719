//! The server over real sockets: every test binds port 0 and waits for events, never for time.
//! Where a test sleeps, it plays a client that is slow.

/// Keep-alive, pipelining, HEAD, HTTP/1.0, closing.
mod basics;
/// Bodies of requests and responses, small, large and slow.
mod bodies;
/// Ten thousand idle connections.
mod crowd;
/// How exchanges end, and that they do so once.
mod exits;
/// Heads that are refused, as data.
mod heads;
/// Limits and deadlines on connections and requests in flight.
mod limits;
/// Panics in views and layers.
mod panics;
/// Graceful and hard shutdown.
mod shutdown;
/// A server and a client for these tests.
mod support;
/// Handing a connection over.
mod upgrade;
