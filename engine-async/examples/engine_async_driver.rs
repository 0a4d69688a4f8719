//! The real engine as a driver of the conformance kit: cases on standard input, answers on standard
//! output, one line each.
//!
//! ```sh
//! cargo build --release -p conformance -p engine-async --features smol --bins --examples
//! target/release/conformance replay --driver target/release/examples/engine_async_driver FILE...
//! ```

#[path = "../tests/conformance/adapter.rs"]
mod adapter;
#[path = "../tests/conformance/script.rs"]
mod script;

use conformance::protocol::serve;
use conformance::websocket::WebSocket;
use engine_async::runtime::Smol;

fn main() -> std::io::Result<()> {
    let engine = adapter::EngineAsync { runtime: Smol, name: "smol" };
    serve::<WebSocket>(&engine, std::io::stdin().lock(), std::io::stdout().lock())
}
