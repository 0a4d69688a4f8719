//! Two questions of the websocket chain, without a socket: what does a layer cost that looks at the
//! length of each message and does nothing else, and what does the server's half of an echo?
//!
//! Each is built with a number of layers and gives a function that lets [`Case::messages`] messages through one connection, which stays open from call to call.

mod bare;
mod echo;
mod layers;
mod pipe;

use crate::Case;

/// Messages that are ready when a connection wakes up.
const MANY: usize = 64;

/// How many layers are tried.
const LAYERS: &[usize] = &[0, 1, 2, 4, 8, 16, 32];

/// The length of each message.
const BYTES: usize = 64;

/// A layer for each message in one direction, over a socket that only counts.
pub const LAYER: &[Case] = &[
    Case {
        name: "receive, hooks",
        messages: MANY,
        layers: LAYERS,
        build: layers::receive::<layers::Hooks>,
    },
    Case {
        name: "send, hooks",
        messages: MANY,
        layers: LAYERS,
        build: layers::send::<layers::Hooks>,
    },
    Case {
        name: "receive, wrapping",
        messages: MANY,
        layers: LAYERS,
        build: layers::receive::<layers::Wrapping>,
    },
    Case {
        name: "send, wrapping",
        messages: MANY,
        layers: LAYERS,
        build: layers::send::<layers::Wrapping>,
    },
    Case {
        name: "receive, hooks and one that suspends",
        messages: MANY,
        layers: LAYERS,
        build: layers::receive::<layers::Suspending>,
    },
    Case {
        name: "send, hooks and one that suspends",
        messages: MANY,
        layers: LAYERS,
        build: layers::send::<layers::Suspending>,
    },
    Case {
        name: "receive, hooks, one message a wake-up",
        messages: 1,
        layers: LAYERS,
        build: layers::receive_one::<layers::Hooks>,
    },
    Case {
        name: "receive, wrapping, one message a wake-up",
        messages: 1,
        layers: LAYERS,
        build: layers::receive_one::<layers::Wrapping>,
    },
    Case {
        name: "receive, allocating",
        messages: MANY,
        layers: LAYERS,
        build: layers::receive::<layers::Allocating>,
    },
];

/// An echo, from the bytes of a frame to the bytes of a frame.
pub const ECHO: &[Case] = &[
    Case {
        name: "tungstenite, its defaults",
        messages: MANY,
        layers: &[0],
        build: |_| bare::sync(128 << 10, pipe::Pace::Ready),
    },
    Case {
        name: "tungstenite, 4 KiB read buffer",
        messages: MANY,
        layers: &[0],
        build: |_| bare::sync(4 << 10, pipe::Pace::Ready),
    },
    Case {
        name: "async-tungstenite, 4 KiB read buffer",
        messages: MANY,
        layers: &[0],
        build: |_| bare::asynchronous(pipe::Pace::Ready),
    },
    Case {
        name: "plywood",
        messages: MANY,
        layers: &[0, 4],
        build: |layers| echo::echo(layers, pipe::Pace::Ready),
    },
    Case {
        name: "tungstenite, 4 KiB read buffer, one message a wake-up",
        messages: 1,
        layers: &[0],
        build: |_| bare::sync(4 << 10, pipe::Pace::One),
    },
    Case {
        name: "async-tungstenite, 4 KiB read buffer, one message a wake-up",
        messages: 1,
        layers: &[0],
        build: |_| bare::asynchronous(pipe::Pace::One),
    },
    Case {
        name: "plywood, one message a wake-up",
        messages: 1,
        layers: &[0, 4],
        build: |layers| echo::echo(layers, pipe::Pace::One),
    },
];
