use crate::support::{Client, Site, limits, millis};
use engine_sync::server::{Limits, Server};
use engine_sync::{Chain, Response, Stack};
use std::io::{self, Write};
use std::sync::mpsc;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

#[test]
fn a_head_that_does_not_end_in_time_is_408() {
    let site = Site::greeting(Limits { header_timeout: millis(100), ..limits() });
    let mut client = site.connect();
    client.send("GET / HTTP/1.1\r\nhost: te");
    assert_eq!(client.answer().status, 408);
    assert!(client.is_closed());
    // The time runs from the first byte of the second head as well.
    let mut client = site.connect();
    assert_eq!(client.get("/").status, 200);
    client.send("GET /");
    assert_eq!(client.answer().status, 408);
    assert!(client.is_closed());
}

#[test]
fn a_head_that_trickles_has_no_more_time_than_one_that_stops() {
    let site = Site::greeting(Limits { header_timeout: millis(150), ..limits() });
    let mut client = site.connect();
    let mut writer = client.socket.try_clone().unwrap();
    let start = Instant::now();
    let trickling = std::thread::spawn(move || {
        let _ = writer.write_all(b"GET / HTTP/1.1\r\nx: ");
        while writer.write_all(b"x").is_ok() {
            // The pace of a slow client, and no wait for anything.
            std::thread::sleep(millis(10));
        }
    });
    assert_eq!(client.answer().status, 408);
    assert!(start.elapsed() < Duration::from_secs(5));
    let _ = client.socket.shutdown(std::net::Shutdown::Both);
    trickling.join().unwrap();
}

#[test]
fn silence_between_requests_has_a_limit_of_its_own() {
    let idle_timeout = millis(200);
    let site = Site::greeting(Limits { header_timeout: millis(50), idle_timeout, ..limits() });
    let mut client = site.connect();
    assert_eq!(client.get("/").status, 200);
    let start = Instant::now();
    assert!(client.is_closed());
    assert!(start.elapsed() >= idle_timeout, "the header time-out ran while the client was idle");
    let mut silent = site.connect();
    assert!(silent.is_closed());
}

/// A view that waits at its gate for `/wait`, and says that it does.
fn gated(limits: Limits) -> (Site, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (entered, at_gate) = mpsc::channel();
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let site = Site::view(limits, move |request, _| {
        if request.path() == "/wait" {
            let _ = entered.send(());
            let _ = gate.lock().unwrap().recv();
        }
        Ok(Response::text(request.path().to_owned()))
    });
    (site, at_gate, open)
}

#[test]
fn beyond_the_requests_in_flight_the_answer_is_503() {
    let retry_after = Duration::from_secs(7);
    let (site, at_gate, open) = gated(Limits { in_flight: 2, retry_after, ..limits() });
    let mut waiting: Vec<Client> = (0..2).map(|_| site.connect()).collect();
    for client in &mut waiting {
        client.send("GET /wait HTTP/1.1\r\nhost: test\r\n\r\n");
    }
    at_gate.recv().unwrap();
    // The gate's lock lets one view in at a time; the other one is in flight before it.
    at_gate.recv().unwrap();
    let refused = site.get("/");
    assert_eq!((refused.status, refused.header("retry-after")), (503, Some("7")));
    for _ in &waiting {
        open.send(()).unwrap();
    }
    for client in &mut waiting {
        assert_eq!(client.answer().text(), "/wait");
    }
    assert_eq!(site.get("/").status, 200);
}

#[test]
fn more_requests_than_threads_wait_for_one_and_one_thread_is_always_left() {
    let (site, at_gate, open) = gated(Limits { threads: 3, in_flight: 12, ..limits() });
    let mut waiting: Vec<Client> = (0..12)
        .map(|_| {
            let mut client = site.connect();
            client.send("GET /wait HTTP/1.1\r\nhost: test\r\n\r\n");
            client
        })
        .collect();
    for _ in 0..2 {
        at_gate.recv().unwrap();
    }
    // The third thread refuses, once it has queued what came before.
    while site.get("/").status != 503 {}
    for _ in 0..12 {
        open.send(()).unwrap();
    }
    for client in &mut waiting {
        assert_eq!(client.answer().text(), "/wait");
    }
}

#[test]
fn handlers_that_block_get_threads_up_to_the_limit() {
    // Each view waits until all have come; with fewer threads none would ever go on.
    let together = Arc::new(std::sync::Barrier::new(20));
    let site = Site::view(Limits { threads: 21, ..limits() }, move |_, _| {
        together.wait();
        Ok(Response::text("together"))
    });
    let mut clients: Vec<Client> = (0..20).map(|_| site.connect()).collect();
    for client in &mut clients {
        client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    }
    for client in &mut clients {
        assert_eq!(client.answer().text(), "together");
    }
}

#[test]
fn connections_beyond_the_limit_wait_for_a_place() {
    let site = Site::greeting(Limits { connections: 2, ..limits() });
    let mut first = site.connect();
    let mut second = site.connect();
    assert_eq!(first.get("/1").text(), "/1");
    assert_eq!(second.get("/2").text(), "/2");
    let mut third = site.connect();
    third.send("GET /3 HTTP/1.1\r\nhost: test\r\n\r\n");
    assert_eq!(first.get("/1").text(), "/1");
    drop(first);
    assert_eq!(third.answer().text(), "/3");
}

#[test]
fn limits_out_of_their_range_are_refused_before_anything_is_started() {
    type Case = (&'static str, fn(&mut Limits), &'static str);
    let forever = |limits: &mut Limits| limits.idle_timeout = Duration::MAX;
    let cases: &[Case] = &[
        ("header_bytes", |limits| limits.header_bytes = 0, "from 8,192 to 16,777,216"),
        ("header_bytes", |limits| limits.header_bytes = usize::MAX, "from 8,192 to 16,777,216"),
        ("header_count", |limits| limits.header_count = 0, "from 1 to 10,000"),
        ("header_count", |limits| limits.header_count = usize::MAX, "from 1 to 10,000"),
        ("target_bytes", |limits| limits.target_bytes = 0, "from 1 to 65,534"),
        ("header_timeout", |limits| limits.header_timeout = Duration::ZERO, "from 0.001 to"),
        ("body_bytes", |limits| limits.body_bytes = u64::MAX, "from 0 to 9,223,"),
        ("read_timeout", |limits| limits.read_timeout = Duration::MAX, "from 0.001 to 31,536,000"),
        ("write_timeout", |limits| limits.write_timeout = Duration::ZERO, "from 0.001 to"),
        ("minimum_rate", |limits| limits.minimum_rate = u64::MAX, "from 0 to 1,099,511,627,776"),
        ("idle_timeout", forever, "a number of seconds from 0.001 to 31,536,000"),
        ("connections", |limits| limits.connections = 0, "from 1 to 1,000,000"),
        ("connections", |limits| limits.connections = usize::MAX, "from 1 to 1,000,000"),
        ("in_flight", |limits| limits.in_flight = 0, "from 1 to 1,000,000"),
        ("retry_after", |limits| limits.retry_after = Duration::ZERO, "from 1 to 31,536,000"),
        ("threads", |limits| limits.threads = 0, "a whole number from 2 to 10,000"),
        ("threads", |limits| limits.threads = 1, "a whole number from 2 to 10,000"),
        ("threads", |limits| limits.threads = 1_000_000, "a whole number from 2 to 10,000"),
        ("grace", |limits| limits.grace = Duration::MAX, "from 0 to 31,536,000"),
    ];
    for (field, change, range) in cases {
        let mut limits = limits();
        change(&mut limits);
        let stack: Stack = Stack::builder().build().unwrap();
        let chain = Chain::builder(&stack).view(|_, _| Ok(Response::text(""))).build().unwrap();
        let server = Server::bind("127.0.0.1:0").unwrap().with_limits(limits);
        let error = server.run(chain).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::InvalidInput, "{field}");
        let said = error.to_string();
        assert!(said.contains(&format!("`{field}`")) && said.contains(range), "{said}");
    }
}

#[test]
fn the_greatest_limits_are_ones_to_run_with() {
    let year = Duration::from_secs(365 * 24 * 60 * 60);
    let site = Site::greeting(Limits {
        header_bytes: 16 << 20,
        header_count: 10_000,
        target_bytes: 65_534,
        header_timeout: year,
        body_bytes: i64::MAX as u64,
        read_timeout: year,
        write_timeout: year,
        minimum_rate: 1 << 40,
        idle_timeout: year,
        connections: 1_000_000,
        in_flight: 1_000_000,
        retry_after: year,
        threads: 10_000,
        grace: year,
    });
    let mut client = site.connect();
    client.send("POST /most HTTP/1.1\r\nhost: a\r\ncontent-length: 3\r\n\r\nabc");
    assert_eq!(client.answer().text(), "/most");
}
