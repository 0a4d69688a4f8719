use crate::support::{Site, limits};
use engine_sync::server::Limits;
use engine_sync::{Exit, Response};

/// The head of a request whose body comes in chunks.
macro_rules! chunked {
    () => {
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n"
    };
}

/// What is sent, and the statuses it is answered with before the connection is closed. A request
/// for `/smuggled` must never reach the view.
const CASES: &[(&str, &[u16])] = &[
    // Request lines.
    ("GARBAGE\r\n\r\n", &[400]),
    ("GET /\r\n\r\n", &[400]),
    ("GET / HTTP/1.1 x\r\nhost: a\r\n\r\n", &[400]),
    ("GET / HTTP/3.7\r\nhost: a\r\n\r\n", &[400]),
    ("GET  / HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    ("GET /\0 HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    ("GET /a b HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    ("G@T / HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    ("GET example.com HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    ("GET * HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    ("CONNECT a:80 HTTP/1.1\r\nhost: a:80\r\n\r\n", &[501]),
    ("GET ftp://a/ HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    // A client that speaks HTTP/2 would not understand an answer.
    ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[]),
    // Header lines.
    ("GET / HTTP/1.1\r\nhost: a\r\nx : y\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a\r\n x: y\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a\r\nx: y\r\n folded\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a\r\nx: a\0b\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a\r\nx: a\rb\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a\r\nx\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a\r\n: y\r\n\r\n", &[400]),
    // Host.
    ("GET / HTTP/1.1\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a\r\nhost: a\r\n\r\n", &[400]),
    ("GET / HTTP/1.0\r\nhost: a\r\nhost: b\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost:\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a b\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a/b\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: u@a\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a, b\r\n\r\n", &[400]),
    ("GET / HTTP/1.1\r\nhost: a:port\r\n\r\n", &[400]),
    ("GET http://u@a/ HTTP/1.1\r\nhost: a\r\n\r\n", &[400]),
    // Lengths.
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: +1\r\n\r\nx", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1 1\r\n\r\nx", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length:\r\n\r\n", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 0x1\r\n\r\nx", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 99999999999999999999\r\n\r\nx", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 18446744073709551616\r\n\r\nx", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 18446744073709551613\r\n\r\nx", &[413]),
    // hyper keeps the two greatest numbers for itself and refuses them as heads that are too large.
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 18446744073709551615\r\n\r\nx", &[431]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nxx", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1, 2\r\n\r\nxx", &[400]),
    // Transfer codings.
    ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip\r\n\r\n", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, gzip\r\n\r\n", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: xchunked\r\n\r\n", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: \x0bchunked\r\n\r\n", &[400]),
    ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: gzip, chunked\r\n\r\n0\r\n\r\n", &[501]),
    ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked, chunked\r\n\r\n", &[501]),
    ("POST / HTTP/1.0\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n", &[400]),
    // Chunks.
    (concat!(chunked!(), "x\r\n"), &[400]),
    (concat!(chunked!(), "-1\r\nx\r\n"), &[400]),
    (concat!(chunked!(), "0x1\r\nx\r\n0\r\n\r\n"), &[400]),
    (concat!(chunked!(), "1\nx\r\n0\r\n\r\n"), &[400]),
    (concat!(chunked!(), "1\r\nxy0\r\n\r\n"), &[400]),
    (concat!(chunked!(), "1\rx\r\n0\r\n\r\n"), &[400]),
    (concat!(chunked!(), "11111111111111111\r\nx"), &[400]),
    (concat!(chunked!(), "1;a\0=b\nx\r\n0\r\n\r\n"), &[400]),
    // A length and a coding: the coding counts, and the connection ends (RFC 9112, 6.3).
    (
        "POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 60\r\ntransfer-encoding: chunked\r\n\r\n\
         0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n",
        &[200],
    ),
    (
        "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 60\r\n\r\n\
         0\r\n\r\nGET /smuggled HTTP/1.1\r\nhost: a\r\n\r\n",
        &[200],
    ),
    // What comes before a refusal is answered first.
    ("GET / HTTP/1.1\r\nhost: a\r\n\r\nGET / HTTP/1.1\r\n\r\n", &[200, 400]),
    ("GET / HTTP/1.1\r\nhost: a\r\n\r\nG@T /smuggled HTTP/1.1\r\nhost: a\r\n\r\n", &[200, 400]),
];

fn site() -> Site {
    Site::view(limits(), |request, _| {
        assert_ne!(request.path(), "/smuggled");
        request.bytes()?;
        Ok(Response::text(request.host().unwrap_or_default().to_owned()))
    })
}

#[test]
fn what_is_malformed_is_refused_and_the_connection_closed() {
    let site = site();
    let mut failures = Vec::new();
    for (raw, expected) in CASES {
        let mut client = site.connect();
        client.send(raw);
        let mut statuses = Vec::new();
        while let Some(answer) = client.try_answer(true) {
            statuses.push(answer.status);
            if answer.status >= 400 {
                break;
            }
        }
        let closed = client.is_closed();
        if statuses != *expected || !closed {
            failures.push(format!("{raw:?}: {statuses:?}, closed: {closed}, not {expected:?}"));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn what_is_well_formed_is_answered_and_the_connection_kept() {
    let site = site();
    let cases = [
        ("GET / HTTP/1.1\r\nhost: a\r\n\r\n", "a"),
        ("GET / HTTP/1.1\r\nHOST: a:8000\r\n\r\n", "a:8000"),
        ("GET / HTTP/1.1\r\nhost: [::1]:8000\r\n\r\n", "[::1]:8000"),
        ("\r\nGET / HTTP/1.1\r\nhost: a\r\n\r\n", "a"),
        ("GET http://b/ HTTP/1.1\r\nhost: a\r\n\r\n", "b"),
        ("GET http://b:1/ HTTP/1.1\r\nhost: b:1\r\n\r\n", "b:1"),
        ("OPTIONS * HTTP/1.1\r\nhost: a\r\n\r\n", "a"),
        ("POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 1\r\n\r\nx", "a"),
        ("POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: Chunked\r\n\r\n0\r\n\r\n", "a"),
        (
            "POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n",
            "a",
        ),
    ];
    for (raw, host) in cases {
        let mut client = site.connect();
        for _ in 0..2 {
            client.send(raw);
            let answer = client.answer();
            assert_eq!((answer.status, answer.text()), (200, host), "{raw:?}");
        }
    }
    // Where nothing is said of a host, HTTP/1.0 needs none.
    let mut client = site.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer().status, 200);
}

#[test]
fn layers_see_the_host_of_the_target_in_the_header_too() {
    let site = Site::view(limits(), |request, _| {
        Ok(Response::text(request.header("host").unwrap_or_default().to_owned()))
    });
    let mut client = site.connect();
    client.send("GET http://b/ HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(client.answer().text(), "b");
}

#[test]
fn heads_beyond_the_limits_are_refused() {
    let site = Site::greeting(Limits {
        header_bytes: 20_000,
        header_count: 10,
        target_bytes: 1000,
        ..limits()
    });
    let host = "host: a\r\n";
    let cases = [
        (format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(999)), 200),
        (format!("GET /{} HTTP/1.1\r\n{host}\r\n", "x".repeat(1000)), 414),
        (format!("GET / HTTP/1.1\r\n{host}x: {}\r\n\r\n", "x".repeat(15_000)), 200),
        (format!("GET / HTTP/1.1\r\n{host}x: {}\r\n\r\n", "x".repeat(20_000)), 431),
        (format!("GET / HTTP/1.1\r\n{host}x: {}", "x".repeat(100_000)), 431),
        (format!("GET / HTTP/1.1\r\n{host}{}\r\n", "x: y\r\n".repeat(9)), 200),
        (format!("GET / HTTP/1.1\r\n{host}{}\r\n", "x: y\r\n".repeat(10)), 431),
    ];
    for (raw, status) in cases {
        let mut client = site.connect();
        client.send(&raw);
        assert_eq!(client.answer().status, status, "{} bytes", raw.len());
        if status != 200 {
            assert!(client.is_closed());
        } else {
            assert_eq!(site.exit(), Exit::Done);
        }
    }
}
