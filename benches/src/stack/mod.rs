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

use crate::Case;

/// How many layers are tried.
const LAYERS: &[usize] = &[0, 1, 2, 4, 8, 16, 32];

/// actix-web's types no longer compile in good time beyond these.
#[cfg(feature = "peers")]
const FEW: &[usize] = &[0, 1, 2, 4];

/// Ours and the two limits, and with the feature `peers` those we compare with.
pub const CASES: &[Case] = &[
    Case { name: "limit: inlined", messages: 1, layers: LAYERS, build: reference::inlined },
    Case { name: "limit: bare dyn loop", messages: 1, layers: LAYERS, build: reference::dyn_loop },
    Case { name: "plywood hooks", messages: 1, layers: LAYERS, build: plywood::hooks },
    Case {
        name: "plywood hooks, request only",
        messages: 1,
        layers: LAYERS,
        build: plywood::request_only,
    },
    Case {
        name: "plywood hooks, none installed",
        messages: 1,
        layers: LAYERS,
        build: plywood::hookless,
    },
    Case { name: "plywood around", messages: 1, layers: LAYERS, build: plywood::around },
    Case {
        name: "plywood hooks, allocating",
        messages: 1,
        layers: LAYERS,
        build: plywood::allocating,
    },
    Case {
        name: "plywood hooks, short-circuit",
        messages: 1,
        layers: LAYERS,
        build: plywood::short_circuit,
    },
    Case { name: "plywood hooks, error", messages: 1, layers: LAYERS, build: plywood::error },
    Case { name: "plywood hooks, panic", messages: 1, layers: LAYERS, build: plywood::panic },
    #[cfg(feature = "peers")]
    Case { name: "tower static", messages: 1, layers: LAYERS, build: tower::fixed },
    #[cfg(feature = "peers")]
    Case { name: "tower BoxService per layer", messages: 1, layers: LAYERS, build: tower::boxed },
    #[cfg(feature = "peers")]
    Case { name: "axum from_fn", messages: 1, layers: LAYERS, build: axum::from_fn },
    #[cfg(feature = "peers")]
    Case {
        name: "axum, one ServiceBuilder",
        messages: 1,
        layers: LAYERS,
        build: axum::one_builder,
    },
    #[cfg(feature = "peers")]
    Case { name: "actix-web from_fn", messages: 1, layers: FEW, build: actix::from_fn },
    #[cfg(feature = "peers")]
    Case { name: "poem boxed per layer", messages: 1, layers: LAYERS, build: poem::boxed },
];
