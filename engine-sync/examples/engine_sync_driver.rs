//! The real engine as a driver of the conformance kit: cases on standard input, answers on standard
//! output, one line each.
//!
//! ```sh
//! cargo build --release -p conformance -p engine-sync --bins --examples
//! target/release/conformance replay --driver target/release/examples/engine_sync_driver FILE...
//! ```

#[path = "../tests/conformance/adapter.rs"]
mod adapter;

use conformance::http::Http;
use conformance::protocol::serve;

fn main() -> std::io::Result<()> {
    serve::<Http>(&adapter::EngineSync, std::io::stdin().lock(), std::io::stdout().lock())
}
