//! Handing the connection over to another protocol, once the stack has let the request through.

use bytes::Bytes;
use std::fmt;
use std::net::TcpStream;

/// What is done with the connection when the response of an upgrade has passed every layer.
///
/// The server writes nothing: the new owner gets the socket, the bytes that were read beyond the
/// request, and the head the layers have agreed on, and alone writes the 101 or a refusal. It is
/// called on a server thread and must hand the socket to threads or tasks of its own and return.
pub struct Upgrade(Box<dyn FnOnce(Upgraded) + Send>);

impl Upgrade {
    /// An upgrade that hands the connection to `owner`.
    pub fn new(owner: impl FnOnce(Upgraded) + Send + 'static) -> Self {
        Upgrade(Box::new(owner))
    }

    /// Hands the connection over, for servers.
    pub fn hand_over(self, upgraded: Upgraded) {
        (self.0)(upgraded);
    }
}

impl fmt::Debug for Upgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Upgrade")
    }
}

/// A connection that was handed over.
#[derive(Debug)]
#[non_exhaustive]
pub struct Upgraded {
    /// The socket, non-blocking, nothing of the response written yet.
    pub socket: TcpStream,
    /// Bytes that the client sent after the request and that were read already.
    pub leftover: Bytes,
    /// The head of the response as the layers left it.
    pub head: http::Response<()>,
}

impl Upgraded {
    /// A hand-over, for servers.
    pub fn new(socket: TcpStream, leftover: Bytes, head: http::Response<()>) -> Self {
        Upgraded { socket, leftover, head }
    }
}
