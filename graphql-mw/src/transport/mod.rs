//! What goes over the wire, without I/O: GraphQL over HTTP, and GraphQL over websockets.
//!
//! Both are told what has come and say what to do; reading, writing and waiting are somebody
//! else's, on any server and any runtime.

pub mod http;
mod json;
pub mod ws;
