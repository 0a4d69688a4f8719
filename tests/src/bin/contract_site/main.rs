//! A site for outside test suites to run against: strict, small, and with nothing in it but the
//! servers and four layers that let everything pass.
//!
//! `cargo run --release -p tests --bin contract_site -- --listen 127.0.0.1:8000 --runtime tokio`
//!
//! `GET /` answers `hello world`; `POST /echo` answers the body that was sent; a websocket at
//! `/echo` is sent each of its messages back; `/graphql` is GraphQL, by HTTP and by websockets of
//! either subprotocol. SIGTERM and SIGINT end it gracefully, a second one at
//! once.

mod arguments;
mod graphql;
mod http;
mod websocket;

use arguments::{Arguments, Runtime};
use engine_async::runtime::{AsyncStd, Smol, Tokio};
use engine_sync::quiet_panics;
use engine_sync::server::{Limits, Server};
use graphql::Graphql;
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use std::error::Error;
use std::io;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

const CONNECTIONS: usize = 12_000;

/// The largest body that is taken.
const BODY_BYTES: u64 = 4 << 30;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contract_site: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    quiet_panics();
    let arguments = Arguments::read(std::env::args().skip(1))?;
    // An HTTP connection and a websocket are the same descriptor, one after the other.
    allow_descriptors(CONNECTIONS as u64 + 200)?;
    match arguments.runtime {
        Runtime::Tokio => {
            let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
            serve(&arguments, Tokio::on(tokio.handle().clone()))
        }
        Runtime::AsyncStd => serve(&arguments, AsyncStd),
        Runtime::Smol => serve(&arguments, Smol),
    }
}

/// Serves HTTP and websockets at the same address until a signal ends both.
fn serve<R: engine_async::runtime::Runtime>(
    arguments: &Arguments,
    runtime: R,
) -> Result<(), Box<dyn Error>> {
    let address = &arguments.address;
    let websockets = websocket::server(runtime.clone(), CONNECTIONS)?;
    let graphql = Arc::new(Graphql::new(runtime, arguments.init_timeout)?);
    let server = Server::bind(address)
        .map_err(|error| format!("{address} cannot be listened on: {error}"))?
        .with_limits(Limits {
            connections: CONNECTIONS,
            header_timeout: Duration::from_secs(5),
            body_bytes: BODY_BYTES,
            ..Limits::default()
        });
    let (http_end, websockets_end) = (server.handle(), websockets.shutdown_handle());
    let graphql_end = graphql.shutdown_handle();
    let mut signals = Signals::new([SIGINT, SIGTERM])?;
    std::thread::Builder::new().name("signals".into()).spawn(move || {
        for _ in signals.forever() {
            http_end.shutdown();
            websockets_end.shutdown();
            graphql_end.shutdown();
        }
    })?;
    println!("listening on http://{}", server.local_addr());
    server.run(http::chain(&websockets, &graphql)?)?;
    websockets.block_on(async {
        websockets.drained().await;
        graphql.drained().await;
    });
    Ok(())
}

/// Raises the soft limit of open files, as far as the hard one allows.
fn allow_descriptors(wanted: u64) -> io::Result<()> {
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if current.is_some_and(|current| current < wanted) {
        let current = Some(maximum.map_or(wanted, |maximum| maximum.min(wanted)));
        setrlimit(Resource::Nofile, Rlimit { current, maximum })?;
    }
    Ok(())
}
