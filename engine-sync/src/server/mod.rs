//! The blocking HTTP/1.1 server (feature `server`, Linux).
//!
//! [`Server`] binds an address and runs a [`Chain`](crate::Chain) on every request; [`Limits`]
//! says what it allows; a [`ShutdownHandle`] ends it.
//!
//! A few threads wait in epoll. The one that gets a ready connection polls hyper's connection,
//! runs the chain *outside* that poll, and puts the response where the next poll finds it; another
//! thread waits in its place. A handler may block: reading its body polls the connection and waits
//! on the socket. Idle connections cost no thread. TLS, HTTP/2 and compression of the connection
//! are the business of a proxy in front.
//!
//! A panic of a layer or a view is answered 500 and announced like any other error; a program that
//! calls [`quiet_panics`](crate::quiet_panics) at its start sees it reported once only.

mod accept;
mod connection;
mod handler;
mod head;
mod incoming;
mod limits;
mod outgoing;
mod pace;
mod places;
mod pool;
mod serve;
mod shared;
mod shutdown;
mod upgrade;
mod watch;
mod wire;

pub use limits::Limits;
pub use serve::Server;
pub use shutdown::{ShutdownHandle, Stopped};
