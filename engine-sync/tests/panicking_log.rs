//! A log that panics at every line, as one does that prints to a pipe nobody reads any more, takes
//! no thread of the server along.

#![cfg(feature = "server")]

use engine_sync::server::{Limits, Server};
use engine_sync::{Body, Chain, Response, Stack, hook_fns};
use std::io::{self, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::time::Duration;
use tracing::span;

/// So many lines were lost.
static LOST: AtomicUsize = AtomicUsize::new(0);

struct Panicking;

impl tracing::Subscriber for Panicking {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &tracing::Event<'_>) {
        LOST.fetch_add(1, Relaxed);
        panic!("failed printing to stderr: broken pipe");
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

impl Read for Panicking {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("in a stream")
    }
}

fn chain() -> Chain {
    let panicking = hook_fns("panicking", |on| {
        on.exit(|_, request, _| assert_ne!(request.path(), "/exit", "in the exit"));
    });
    let stack: Stack = Stack::builder().layer(panicking).build().unwrap();
    let chain = Chain::builder(&stack).view(|request, _| match request.path() {
        "/view" => panic!("in the view"),
        "/page" => Err(engine_sync::Error::forbidden("a page that panics")),
        "/stream" => Ok(Response::text(Body::stream(Panicking))),
        "/long" => Ok(Response::text(Body::sized_stream(&b"hello"[..], 4))),
        "/interim" => Ok(Response::new(http::StatusCode::CONTINUE)),
        path => Ok(Response::text(path.to_owned())),
    });
    chain.error_page(http::StatusCode::FORBIDDEN, |_, _| panic!("in the page")).build().unwrap()
}

/// What a request on a connection of its own is answered with, up to the end of the connection.
fn get(address: SocketAddr, request: &str) -> String {
    let mut client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    client.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    match client.read_to_end(&mut answer) {
        Err(error) if error.kind() != io::ErrorKind::ConnectionReset => {
            panic!("{request:?} was not answered: {error}")
        }
        _ => String::from_utf8(answer).unwrap(),
    }
}

#[test]
fn a_log_that_panics_costs_its_lines_and_nothing_else() {
    std::panic::set_hook(Box::new(|_| {}));
    tracing::subscriber::set_global_default(Panicking).unwrap();
    let limits = Limits { threads: 4, ..Limits::default() };
    let server = Server::bind("127.0.0.1:0").unwrap().with_limits(limits);
    let (address, handle) = (server.local_addr(), server.handle());
    let running = std::thread::spawn(move || server.run(chain()));
    let cases = [
        ("/view", "HTTP/1.1 500"),
        ("/page", "HTTP/1.1 500"),
        ("/exit", "HTTP/1.1 200"),
        ("/stream", ""),
        ("/long", ""),
        ("/interim", "HTTP/1.1 500"),
        ("/ok", "HTTP/1.1 200"),
    ];
    for _ in 0..20 {
        for (path, start) in cases {
            let request = format!("GET {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
            let answer = get(address, &request);
            assert!(answer.starts_with(start), "{path}: {answer}");
        }
        // Heads that the server refuses, and that hyper does.
        assert!(get(address, "GET / HTTP/1.1\r\n\r\n").starts_with("HTTP/1.1 400"));
        assert!(get(address, "GARBAGE\r\n\r\n").starts_with("HTTP/1.1 400"));
    }
    assert!(LOST.load(Relaxed) >= 20 * cases.len(), "the log was not asked");
    handle.shutdown();
    assert!(running.join().unwrap().unwrap().abandoned.is_empty());
}
