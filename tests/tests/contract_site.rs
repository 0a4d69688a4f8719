//! The program `contract_site` from the outside: it says where it listens, answers, and ends.

use rustix::process::{Pid, Signal, kill_process};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::http::HeaderValue;
use tungstenite::protocol::WebSocketConfig;
use tungstenite::{Message, WebSocket};

struct Site {
    child: Child,
    stdout: BufReader<ChildStdout>,
    address: String,
}

impl Site {
    fn start() -> Self {
        Site::with(&[])
    }

    fn with(arguments: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_contract_site"))
            .args(["--listen", "127.0.0.1:0"])
            .args(arguments)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://").unwrap().to_owned();
        Site { child, stdout, address }
    }

    fn connect(&self) -> TcpStream {
        let socket = TcpStream::connect(&self.address).unwrap();
        socket.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        socket
    }

    /// A connection that has been accepted and served.
    fn greeted(&self) -> TcpStream {
        let mut socket = self.connect();
        socket.write_all(b"HEAD / HTTP/1.1\r\nhost: a\r\n\r\n").unwrap();
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            socket.read_exact(&mut byte).unwrap();
            head.extend(byte);
        }
        socket
    }

    /// Sends a request on a connection of its own and gives the whole answer.
    fn ask(&self, request: &[u8]) -> Vec<u8> {
        let mut socket = self.connect();
        socket.write_all(request).unwrap();
        let mut answer = Vec::new();
        socket.read_to_end(&mut answer).unwrap();
        answer
    }

    fn signal(&self, signal: Signal) {
        kill_process(Pid::from_child(&self.child), signal).unwrap();
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_greets_and_echoes() {
    let site = Site::start();
    let answer = site.ask(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("\r\ncontent-type: text/plain\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nhello world"), "{answer}");

    // Small, in memory; large, through a file. The client reads only once it has sent everything.
    for size in [0, 5, 100_000, 20 << 20] {
        let mut request = format!(
            "POST /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\ncontent-length: {size}\r\n\r\n"
        )
        .into_bytes();
        let body: Vec<u8> = (0..=250).cycle().take(size).collect();
        request.extend_from_slice(&body);
        let answer = site.ask(&request);
        assert!(answer.starts_with(b"HTTP/1.1 200 OK\r\n"));
        assert!(answer.ends_with(&body), "{size} bytes were not echoed");
    }
}

#[test]
fn sigterm_ends_it_once_its_requests_are_answered() {
    let mut site = Site::start();
    let mut idle = site.greeted();
    let mut busy = site.connect();
    busy.write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\nexpect: 100-continue\r\n").unwrap();
    busy.write_all(b"content-length: 5\r\n\r\n").unwrap();
    let mut interim = [0; 25];
    busy.read_exact(&mut interim).unwrap();
    assert_eq!(&interim, b"HTTP/1.1 100 Continue\r\n\r\n");
    // The request runs: it has begun to read its body.
    site.signal(Signal::TERM);
    assert_eq!(idle.read(&mut [0]).unwrap(), 0, "an idle connection is closed at once");
    busy.write_all(b"hello").unwrap();
    let mut answer = String::new();
    busy.read_to_string(&mut answer).unwrap();
    assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    assert!(answer.ends_with("\r\n\r\nhello"), "{answer}");
    assert!(site.child.wait().unwrap().success());
    let mut more = String::new();
    site.stdout.read_to_string(&mut more).unwrap();
    assert_eq!(more, "");
}

#[test]
fn a_second_sigterm_does_not_wait() {
    let mut site = Site::start();
    let mut busy = site.connect();
    busy.write_all(b"POST /echo HTTP/1.1\r\nhost: a\r\ncontent-length: 100000\r\n\r\n").unwrap();
    let mut idle = site.greeted();
    site.signal(Signal::TERM);
    assert_eq!(idle.read(&mut [0]).unwrap(), 0);
    site.signal(Signal::TERM);
    assert!(site.child.wait().unwrap().success());
}

/// A websocket at the echo.
fn websocket(site: &Site) -> WebSocket<TcpStream> {
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let url = format!("ws://{}/echo", site.address);
    tungstenite::client::client_with_config(url, site.connect(), Some(config)).unwrap().0
}

#[test]
fn websockets_are_echoed_at_the_same_port_on_each_runtime() {
    for arguments in
        [&[][..], &["--runtime", "tokio"], &["--runtime", "async-std"], &["--runtime", "smol"]]
    {
        let mut site = Site::with(arguments);
        let mut client = websocket(&site);
        for size in [0, 5, 100_000, 64 << 20] {
            let message = Message::binary(vec![7; size]);
            client.send(message.clone()).unwrap();
            assert!(client.read().unwrap() == message, "{size} bytes were not echoed");
        }
        client.send(Message::text("text")).unwrap();
        assert_eq!(client.read().unwrap(), Message::text("text"));
        let answer = site.ask(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
        assert!(answer.ends_with(b"\r\n\r\nhello world"));

        site.signal(Signal::TERM);
        let Message::Close(Some(frame)) = client.read().unwrap() else { panic!("no close") };
        assert_eq!(u16::from(frame.code), 1001);
        assert!(matches!(client.read(), Err(tungstenite::Error::ConnectionClosed)));
        assert!(site.child.wait().unwrap().success());
    }
}

#[test]
fn a_message_beyond_64_mebibytes_is_closed_with_1009() {
    let site = Site::start();
    let mut client = websocket(&site);
    client.send(Message::binary(vec![7; (64 << 20) + 1])).unwrap_or_default();
    let Message::Close(Some(frame)) = client.read().unwrap() else { panic!("no close") };
    assert_eq!(u16::from(frame.code), 1009);
}

#[test]
fn a_get_of_the_echo_that_is_no_websocket_is_405_as_it_was() {
    let site = Site::start();
    let answer = site.ask(b"GET /echo HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 405 Method Not Allowed\r\n"), "{answer}");
    assert!(answer.contains("\r\nallow: POST, OPTIONS\r\n"), "{answer}");
}

#[test]
fn an_argument_that_is_none_is_told_how_to_start_it() {
    let program = Command::new(env!("CARGO_BIN_EXE_contract_site"))
        .args(["--runtime", "glommio"])
        .output()
        .unwrap();
    assert!(!program.status.success());
    let said = String::from_utf8(program.stderr).unwrap();
    assert!(said.contains("[--runtime tokio|async-std|smol]"), "{said}");
}

/// A websocket of GraphQL whose client has said nothing yet.
fn graphql_unheard(site: &Site, subprotocol: &'static str) -> WebSocket<TcpStream> {
    let url = format!("ws://{}/graphql", site.address);
    let mut request = url.into_client_request().unwrap();
    let subprotocol = HeaderValue::from_static(subprotocol);
    request.headers_mut().insert("sec-websocket-protocol", subprotocol);
    tungstenite::client(request, site.connect()).unwrap().0
}

/// A websocket of GraphQL, acknowledged.
fn graphql(site: &Site, subprotocol: &'static str) -> WebSocket<TcpStream> {
    let mut client = graphql_unheard(site, subprotocol);
    client.send(Message::text(r#"{"type":"connection_init"}"#)).unwrap();
    assert_eq!(client.read().unwrap(), Message::text(r#"{"type":"connection_ack"}"#));
    client
}

#[test]
fn graphql_is_answered_at_the_same_port_on_each_runtime() {
    for runtime in ["tokio", "async-std", "smol"] {
        let mut site = Site::with(&["--runtime", runtime]);
        // Some clients ask for HTTP/2 with each request.
        for header in ["", "upgrade: h2c\r\nconnection: upgrade\r\n"] {
            let head = "GET /graphql?query={activeStreams} HTTP/1.1\r\nhost: a\r\n";
            let request = format!("{head}{header}connection: close\r\n\r\n");
            let answer = String::from_utf8(site.ask(request.as_bytes())).unwrap();
            assert!(answer.ends_with(r#"{"data":{"activeStreams":0}}"#), "{answer}");
        }

        let mut client = graphql(&site, "graphql-transport-ws");
        let countdown = r#"{"id":"1","type":"subscribe","payload":{"query":"subscription { countdown(from: 1, delayMs: 1) }"}}"#;
        client.send(Message::text(countdown)).unwrap();
        for expected in [
            r#"{"id":"1","type":"next","payload":{"data":{"countdown":1}}}"#,
            r#"{"id":"1","type":"next","payload":{"data":{"countdown":0}}}"#,
            r#"{"id":"1","type":"complete"}"#,
        ] {
            assert_eq!(client.read().unwrap(), Message::text(expected));
        }
        let mut legacy = graphql(&site, "graphql-ws");
        assert_eq!(legacy.read().unwrap(), Message::text(r#"{"type":"ka"}"#));

        site.signal(Signal::TERM);
        for client in [&mut client, &mut legacy] {
            let Message::Close(Some(frame)) = client.read().unwrap() else { panic!("no close") };
            assert_eq!(u16::from(frame.code), 1001);
            assert!(matches!(client.read(), Err(tungstenite::Error::ConnectionClosed)));
        }
        assert!(site.child.wait().unwrap().success());
    }
}

#[test]
fn a_client_of_graphql_that_says_nothing_is_closed_when_the_arguments_say() {
    let site = Site::with(&["--init-timeout", "0.05"]);
    let mut client = graphql_unheard(&site, "graphql-transport-ws");
    let Message::Close(Some(frame)) = client.read().unwrap() else { panic!("no close") };
    assert_eq!(u16::from(frame.code), 4408);
}
