//! The real engine as a driver of the conformance kit: cases on standard input, answers on standard
//! output, one line each.
//!
//! ```sh
//! cargo build --release -p conformance -p graphql-mw --bins --examples
//! target/release/conformance replay --driver target/release/examples/graphql_mw_driver FILE...
//! ```

#[path = "../tests/conformance/adapter.rs"]
mod adapter;
#[path = "../tests/conformance/layers.rs"]
mod layers;
#[path = "../tests/conformance/schema.rs"]
mod schema;

use conformance::field::Fields;
use conformance::protocol::serve;

fn main() -> std::io::Result<()> {
    serve::<Fields>(&adapter::GraphqlMw, std::io::stdin().lock(), std::io::stdout().lock())
}
