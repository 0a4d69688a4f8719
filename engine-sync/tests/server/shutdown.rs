use crate::support::{PATIENCE, Site, limits, millis};
use engine_sync::server::{Limits, Server, Stopped};
use engine_sync::{Body, Chain, Exit, Response, Stack};
use std::io;
use std::net::TcpStream;
use std::sync::{Mutex, mpsc};
use std::time::Instant;

/// A view that says it has begun and waits to be let go on.
fn gated(limits: Limits) -> (Site, mpsc::Receiver<()>, mpsc::Sender<()>) {
    let (begun, begins) = mpsc::channel();
    let (open, gate) = mpsc::channel::<()>();
    let gate = Mutex::new(gate);
    let site = Site::view(limits, move |_, _| {
        let _ = begun.send(());
        let _ = gate.lock().unwrap().recv();
        Ok(Response::text("finished"))
    });
    (site, begins, open)
}

#[test]
fn a_running_request_is_finished_and_its_connection_closed() {
    let (site, begins, open) = gated(limits());
    let mut client = site.connect();
    client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    begins.recv().unwrap();
    site.handle.shutdown();
    assert!(site.handle.is_shutting_down());
    open.send(()).unwrap();
    let answer = client.answer();
    assert_eq!((answer.text(), answer.header("connection")), ("finished", Some("close")));
    assert!(client.is_closed());
    assert_eq!(site.exit(), Exit::Done);
    assert_eq!(site.ended(), Stopped::default());
}

#[test]
fn idle_connections_are_closed_at_once_and_new_ones_refused() {
    let (site, begins, open) = gated(limits());
    let mut busy = site.connect();
    let mut silent = site.connect();
    let mut idle = site.connect();
    open.send(()).unwrap();
    assert_eq!(idle.get("/").text(), "finished");
    begins.recv().unwrap();
    busy.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    begins.recv().unwrap();
    site.handle.shutdown();
    assert!(idle.is_closed());
    assert!(silent.is_closed());
    assert!(TcpStream::connect(site.address).is_err());
    open.send(()).unwrap();
    assert_eq!(busy.answer().text(), "finished");
    drop(busy);
    site.ended();
}

#[test]
fn a_handler_that_does_not_end_in_time_is_named_and_left() {
    let (mut site, begins, open) = gated(Limits { grace: millis(50), ..limits() });
    let mut client = site.connect();
    client.send("GET /stuck?secret=1 HTTP/1.1\r\nhost: test\r\n\r\n");
    begins.recv().unwrap();
    site.handle.shutdown();
    assert!(client.is_closed());
    let exits = std::mem::replace(&mut site.exits, mpsc::channel().1);
    assert_eq!(site.ended().abandoned, ["GET /stuck"]);
    // Its thread goes on; when it is done the layers hear that there was nobody left to answer.
    open.send(()).unwrap();
    assert_eq!(exits.recv_timeout(PATIENCE), Ok(Exit::Shutdown));
}

#[test]
fn a_stream_that_does_not_end_in_time_is_cut() {
    let site = Site::view(Limits { grace: millis(50), ..limits() }, |_, _| {
        Ok(Response::text(Body::stream(io::repeat(b'x'))))
    });
    let mut client = site.connect();
    client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    let mut piece = [0; 1000];
    io::Read::read_exact(&mut client.socket, &mut piece).unwrap();
    site.handle.shutdown();
    assert_eq!(site.exit(), Exit::Shutdown);
    assert_eq!(site.ended(), Stopped::default());
}

#[test]
fn the_second_word_ends_the_server_at_once() {
    let (site, begins, open) = gated(limits());
    let mut client = site.connect();
    client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    begins.recv().unwrap();
    let start = Instant::now();
    site.handle.shutdown();
    site.handle.shutdown();
    assert_eq!(site.ended().abandoned, ["GET /"]);
    assert!(start.elapsed() < limits().grace / 2, "the grace time was waited for");
    drop(open);
}

#[test]
fn a_server_that_is_shut_down_before_it_runs_ends_at_once() {
    let server = Server::bind("127.0.0.1:0").unwrap();
    assert_ne!(server.local_addr().port(), 0);
    server.handle().shutdown();
    let stack: Stack = Stack::builder().build().unwrap();
    let chain = Chain::builder(&stack).view(|_, _| Ok(Response::text(""))).build().unwrap();
    assert_eq!(server.run(chain).unwrap(), Stopped::default());
}
