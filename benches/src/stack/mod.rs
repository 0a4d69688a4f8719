//! One question: what does a layer cost that looks at the number of headers on the way in and at
//! the status on the way out, and does nothing else?
//!
//! Each peer is built with a number of layers and gives a function that runs one request. Making
//! the request and the response is the same work at every number of layers, so a layer's price is
//! the slope.

#[cfg(feature = "peers")]
mod actix;
#[cfg(feature = "peers")]
mod axum;
mod plywood;
#[cfg(feature = "peers")]
mod poem;
mod reference;
#[cfg(feature = "peers")]
mod tower;

/// Runs one request through a stack.
pub type Run = Box<dyn FnMut()>;

/// Somebody's stack.
pub struct Peer {
    /// The name in tables.
    pub name: &'static str,
    /// The most layers it is built with: beyond this its types no longer compile in good time.
    pub most: usize,
    /// Builds a stack of this many layers.
    pub build: fn(usize) -> Run,
}

/// How many layers are tried.
pub const LAYERS: [usize; 7] = [0, 1, 2, 4, 8, 16, 32];

/// Ours and the two limits, and with the feature `peers` those we compare with.
pub const PEERS: &[Peer] = &[
    Peer { name: "limit: inlined", most: 32, build: reference::inlined },
    Peer { name: "limit: bare dyn loop", most: 32, build: reference::dyn_loop },
    Peer { name: "plywood hooks", most: 32, build: plywood::hooks },
    Peer { name: "plywood hooks, request only", most: 32, build: plywood::request_only },
    Peer { name: "plywood hooks, none installed", most: 32, build: plywood::hookless },
    Peer { name: "plywood around", most: 32, build: plywood::around },
    Peer { name: "plywood hooks, allocating", most: 32, build: plywood::allocating },
    Peer { name: "plywood hooks, short-circuit", most: 32, build: plywood::short_circuit },
    Peer { name: "plywood hooks, error", most: 32, build: plywood::error },
    Peer { name: "plywood hooks, panic", most: 32, build: plywood::panic },
    #[cfg(feature = "peers")]
    Peer { name: "tower static", most: 32, build: tower::fixed },
    #[cfg(feature = "peers")]
    Peer { name: "tower BoxService per layer", most: 32, build: tower::boxed },
    #[cfg(feature = "peers")]
    Peer { name: "axum from_fn", most: 32, build: axum::from_fn },
    #[cfg(feature = "peers")]
    Peer { name: "axum, one ServiceBuilder", most: 32, build: axum::one_builder },
    #[cfg(feature = "peers")]
    Peer { name: "actix-web from_fn", most: 4, build: actix::from_fn },
    #[cfg(feature = "peers")]
    Peer { name: "poem boxed per layer", most: 32, build: poem::boxed },
];
