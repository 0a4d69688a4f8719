//! What is compared: stacks of layers in one process, and servers over sockets.

pub mod stack;

use std::hint::black_box;

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
