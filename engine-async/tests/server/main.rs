//! The server over real sockets, each test on each runtime.

mod clock;
mod counted;
mod echo;
mod gone;
mod handshake;
mod limits;
mod panics;
mod pressure;
mod raw;
mod shutdown;
mod support;
#[cfg(feature = "axum")]
mod through_axum;
