//! The server as a program starts it.

use super::limits::Limits;
use super::shared::Shared;
use super::shutdown::{Control, ShutdownHandle, Stopped};
use crate::chain::Chain;
use std::io;
use std::net::{SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;

/// A blocking HTTP/1.1 server, bound to its address and not yet running.
///
/// ```
/// use engine_sync::server::Server;
/// use engine_sync::{Chain, Response, Stack};
/// use std::io::{Read, Write};
///
/// let chain = Chain::builder(&Stack::builder().build()?)
///     .view(|_, _| Ok(Response::text("hello")))
///     .build()?;
/// let server = Server::bind("127.0.0.1:0")?;
/// let (address, handle) = (server.local_addr(), server.handle());
/// let running = std::thread::spawn(move || server.run(chain));
///
/// let mut client = std::net::TcpStream::connect(address)?;
/// client.write_all(b"GET / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n")?;
/// let mut answer = String::new();
/// client.read_to_string(&mut answer)?;
/// assert!(answer.ends_with("\r\n\r\nhello"));
///
/// handle.shutdown();
/// running.join().unwrap()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    limits: Limits,
    control: Arc<Control>,
}

impl Server {
    /// Binds an address. With port 0 the system chooses one: see
    /// [`local_addr`](Self::local_addr). Connections are queued from now on and answered once the
    /// server runs.
    ///
    /// # Errors
    ///
    /// When the address cannot be bound, as when another server has it.
    pub fn bind(address: impl ToSocketAddrs) -> io::Result<Self> {
        let listener = TcpListener::bind(address)?;
        // The queue that the standard library asks for is too short for a crowd.
        rustix::net::listen(&listener, 4096)?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        Ok(Server { listener, address, limits: Limits::default(), control: Arc::default() })
    }

    /// The same server with these limits.
    pub fn with_limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The address it is bound to, with the real port.
    pub fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// A handle to end the server with.
    pub fn handle(&self) -> ShutdownHandle {
        ShutdownHandle(Arc::clone(&self.control))
    }

    /// Ends the server at SIGINT and SIGTERM; see [`ShutdownHandle::on_signals`].
    ///
    /// # Errors
    ///
    /// When the system refuses the handlers or a thread to wait for them.
    pub fn handle_signals(&self) -> io::Result<()> {
        self.handle().on_signals()
    }

    /// Serves until a handle ends it, and says how it ended.
    ///
    /// # Errors
    ///
    /// When a limit is out of its range ([`io::ErrorKind::InvalidInput`], before anything is
    /// started; the message names the limit and the range), and when the system has no descriptors for an event loop. What happens to single connections
    /// is no error.
    pub fn run(self, chain: Chain) -> io::Result<Stopped> {
        self.limits.check()?;
        self.control.become_watch();
        let shared = Shared::new(self.listener, self.limits, self.control, chain)?;
        Ok(shared.watch())
    }
}
