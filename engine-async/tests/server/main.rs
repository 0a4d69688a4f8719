//! The server over real sockets, each test on each runtime.

mod echo;
mod support;
