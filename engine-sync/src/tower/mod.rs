//! The chain as a tower layer around any asynchronous service, axum's included (feature `tower`).
//!
//! The chain's layers are blocking, so they run on a [`Pool`] of threads, never on the executor.
//! The service inside takes the place of the view: it is called on the executor, as ever, while
//! the thread waits for it. A body that no layer has touched passes through as it is, without a
//! thread; one that a layer reads or wraps is streamed by the thread that runs the unit.
//!
//! ```text
//! executor:  call ----> queue        inner service        response
//! pool:               process_request -> (waits) -> process_response
//! ```

mod body;
mod pool;
mod service;

pub use body::TowerBody;
pub use pool::{Pool, PoolLimits};
pub use service::{ChainLayer, ChainService, SharedState};
