//! A site for HTTP test suites to run against: strict, small, and with nothing in it but the
//! server and four layers that let everything pass.
//!
//! `cargo run --release -p tests --bin contract_site -- --listen 127.0.0.1:8000`
//!
//! `GET /` answers `hello world`; `POST /echo` answers the body that was sent. SIGTERM and SIGINT
//! end it gracefully.

use engine_sync::server::{Limits, Server};
use engine_sync::{
    Body, Chain, Flow, Hooks, Layer, On, Request, Response, Result, Route, Stack, hooks,
    quiet_panics,
};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::fs::{File, OpenOptions};
use std::io::{self, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

const CONNECTIONS: usize = 12_000;

/// The largest body that is taken.
const BODY_BYTES: u64 = 4 << 30;

/// A body up to this size is kept in memory, a larger one in a file.
const IN_MEMORY: u64 = 8 << 20;

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("contract_site: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> std::result::Result<(), Box<dyn std::error::Error>> {
    quiet_panics();
    let address = address(std::env::args().skip(1))?;
    allow_descriptors(CONNECTIONS as u64 + 200)?;
    let server = Server::bind(&address)
        .map_err(|error| format!("{address} cannot be listened on: {error}"))?
        .with_limits(Limits {
            connections: CONNECTIONS,
            header_timeout: Duration::from_secs(5),
            body_bytes: BODY_BYTES,
            ..Limits::default()
        });
    server.handle_signals()?;
    println!("listening on http://{}", server.local_addr());
    server.run(chain()?)?;
    Ok(())
}

fn address(mut args: impl Iterator<Item = String>) -> std::result::Result<String, String> {
    match (args.next().as_deref(), args.next(), args.next()) {
        (None, _, _) => Ok("127.0.0.1:8000".to_owned()),
        (Some("--listen"), Some(address), None) => Ok(address),
        _ => Err("usage: contract_site [--listen ADDRESS:PORT]".to_owned()),
    }
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

/// A layer that takes part in both directions and changes nothing.
struct PassThrough(&'static str);

impl Layer for PassThrough {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        self.0.into()
    }
}

impl Hooks for PassThrough {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::pass).process_response(Self::leave);
    }
}

impl PassThrough {
    fn pass(&self, _request: &mut Request) -> Result<Flow> {
        Ok(ControlFlow::Continue(()))
    }

    fn leave(&self, _request: &mut Request, _response: &mut Response) -> Result<()> {
        Ok(())
    }
}

fn chain() -> std::result::Result<Chain, Box<dyn std::error::Error>> {
    let stack = Stack::builder()
        .layer(hooks(PassThrough("first")))
        .layer(hooks(PassThrough("second")))
        .layer(hooks(PassThrough("third")))
        .layer(hooks(PassThrough("fourth")))
        .build()?;
    let chain = Chain::builder(&stack)
        .route(Route::get("/", |_, _| {
            Ok(Response::with_type("text/plain", Body::from("hello world")))
        }))
        .route(Route::post("/echo", echo))
        .build()?;
    Ok(chain)
}

/// Answers the body that was sent, once it is all there: a client that sends everything before it
/// reads anything would otherwise wait for a server that waits for it.
fn echo(request: &mut Request, _: &engine_sync::Params) -> Result<Response> {
    let content_type = request.headers().get("content-type").cloned();
    let mut start = Vec::new();
    let body = request.body_mut();
    Read::take(body, IN_MEMORY).read_to_end(&mut start)?;
    let body = if (start.len() as u64) < IN_MEMORY {
        Body::from(start)
    } else {
        let mut file = scratch_file()?;
        let more = io::copy(request.body_mut(), &mut file)?;
        file.rewind()?;
        let length = start.len() as u64 + more;
        Body::sized_stream(Cursor::new(start).chain(file), length)
    };
    let mut response = Response::with_type("application/octet-stream", body);
    if let Some(content_type) = content_type {
        response.headers_mut().insert("content-type", content_type);
    }
    Ok(response)
}

/// A file without a name, which goes when it is closed.
fn scratch_file() -> io::Result<File> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("echo-{}-{count}", std::process::id()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}
