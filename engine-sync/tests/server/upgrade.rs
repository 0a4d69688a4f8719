use crate::support::{Client, Site, limits};
use engine_sync::http::StatusCode;
use engine_sync::http::header::{HeaderName, HeaderValue};
use engine_sync::{Exit, Response, Upgrade, Upgraded};
use std::io::{Read, Write};
use std::sync::mpsc;

const NAME: HeaderName = HeaderName::from_static("upgrade");

/// Owns connections that speak the protocol "shout": what comes goes back in capitals.
fn shout(upgraded: Upgraded) {
    let Upgraded { mut socket, leftover, head, .. } = upgraded;
    std::thread::spawn(move || {
        socket.set_nonblocking(false).unwrap();
        let status = head.status();
        let mut text = format!("HTTP/1.1 {status}\r\n");
        for (name, value) in head.headers() {
            text += &format!("{name}: {}\r\n", value.to_str().unwrap());
        }
        text += "\r\n";
        socket.write_all(text.as_bytes()).unwrap();
        socket.write_all(&leftover.to_ascii_uppercase()).unwrap();
        let mut piece = [0; 100];
        while let Ok(read @ 1..) = socket.read(&mut piece) {
            socket.write_all(&piece[..read].to_ascii_uppercase()).unwrap();
        }
    });
}

fn site() -> Site {
    Site::view(limits(), |request, _| {
        if request.header("upgrade") != Some("shout") {
            return Ok(Response::text("no upgrade"));
        }
        let shout = HeaderValue::from_static("shout");
        Ok(Response::upgrade(Upgrade::new(self::shout)).with_header(NAME, shout))
    })
}

const REQUEST: &str = "GET / HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: shout\r\n\r\n";

fn echo(client: &mut Client, sent: &str, expected: &str) {
    client.send(sent);
    let mut got = vec![0; expected.len()];
    client.socket.read_exact(&mut got).unwrap();
    assert_eq!(String::from_utf8(got).unwrap(), expected);
}

#[test]
fn the_new_owner_gets_the_socket_and_the_agreed_head() {
    let site = site();
    let mut client = site.connect();
    assert_eq!(client.get("/").text(), "no upgrade");
    assert_eq!(site.exit(), Exit::Done);
    client.send(REQUEST);
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("upgrade")), (101, Some("shout")));
    assert_eq!(site.exit(), Exit::Done);
    echo(&mut client, "hello", "HELLO");
    // The server goes on, and its end does not concern the connection any more.
    assert_eq!(site.get("/").text(), "no upgrade");
    site.handle.shutdown();
    let stopped = site.ended();
    assert!(stopped.abandoned.is_empty());
    echo(&mut client, "still there", "STILL THERE");
}

#[test]
fn bytes_that_came_with_the_request_are_the_owners() {
    let site = site();
    let mut client = site.connect();
    let head = "HTTP/1.1 101 Switching Protocols\r\nupgrade: shout\r\n\r\n";
    echo(&mut client, &format!("{REQUEST}early"), &format!("{head}EARLY"));
    echo(&mut client, "late", "LATE");
}

#[test]
fn an_owner_that_panics_loses_only_its_own_connection() {
    let (seen, sees) = mpsc::channel();
    let site = Site::view(limits(), move |request, _| {
        if request.path() == "/" {
            return Ok(Response::text("fine"));
        }
        let seen = seen.clone();
        Ok(Response::upgrade(Upgrade::new(move |upgraded| {
            seen.send(upgraded.head.status()).unwrap();
            panic!("an owner that fails")
        })))
    });
    let mut client = site.connect();
    client.send("GET /up HTTP/1.1\r\nhost: a\r\n\r\n");
    assert_eq!(sees.recv().unwrap(), StatusCode::SWITCHING_PROTOCOLS);
    assert!(client.is_closed());
    assert_eq!(site.get("/").text(), "fine");
}
