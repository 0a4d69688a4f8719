//! What is compared: stacks of layers and executors in one process, and servers over sockets.

pub mod graphql;
pub mod stack;
pub mod websocket;

use std::hint::black_box;

/// Runs what is measured once.
pub type Run = Box<dyn FnMut()>;

/// Something that is compared.
#[derive(Clone, Copy)]
pub struct Case {
    /// The name in tables.
    pub name: &'static str,
    /// How many requests or messages one run of it is.
    pub messages: usize,
    /// The numbers of layers it is built with.
    pub layers: &'static [usize],
    /// Builds it with this many layers.
    pub build: fn(usize) -> Run,
}

/// The names of what [`cases`] knows.
pub const GROUPS: [&str; 7] = [
    "stack",
    "websocket-layer",
    "websocket-echo",
    "graphql-fields",
    "graphql-request",
    "graphql-document",
    "graphql-event",
];

/// What is compared with each other.
pub fn cases(group: &str) -> Vec<Case> {
    match group {
        "stack" => stack::CASES.to_vec(),
        "websocket-layer" => websocket::LAYER.to_vec(),
        "websocket-echo" => websocket::ECHO.to_vec(),
        "graphql-fields" => graphql::FIELDS.to_vec(),
        "graphql-request" => graphql::REQUEST.to_vec(),
        "graphql-document" => graphql::DOCUMENT.to_vec(),
        "graphql-event" => graphql::EVENT.to_vec(),
        other => panic!("there is no group `{other}`: there are {GROUPS:?}"),
    }
}

/// What every server answers.
pub const BODY: &str = "hello world";

/// The address to listen on: the first argument.
pub fn address() -> String {
    std::env::args().nth(1).unwrap_or_else(|| String::from("127.0.0.1:0"))
}

/// The touch of a layer on the way in: the number of headers is looked at, no more.
#[inline]
pub fn touch_in(headers: usize) {
    black_box(headers);
}

/// The touch of a layer on the way out: the status is looked at, no more.
#[inline]
pub fn touch_out(status: u16) {
    black_box(status);
}
