//! HTTP and websockets on one port: the blocking server hands connections over.

use engine_async::runtime::{AsyncStd, Runtime, Smol, Tokio};
use engine_async::server::{Server, Stopped};
use engine_async::{Accept, Outbound, Outgoing, Receive, Result, WebSocket};
use engine_sync::http::{HeaderValue, header};
use engine_sync::{Chain, Response, Stack, Upgrade, Upgraded, from_fn};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::Duration;

/// What a layer of the HTTP stack has found out.
#[derive(Clone, Debug, PartialEq)]
struct User(&'static str);

/// Accepts with a cookie, greets the user, and echoes.
async fn greets(ws: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    let User(name) = ws.require()?;
    let cookie = HeaderValue::from_static("of=websocket");
    let accept = Accept::new().with_header(header::SET_COOKIE, cookie);
    send.event(Outgoing::Accept(accept)).await?;
    send.send(name).await?;
    while let Some(message) = receive.message().await? {
        send.send(message).await?;
    }
    Ok(())
}

/// The HTTP half: a login, a cookie on every response, and a view that hands the connection over.
fn chain<R: Runtime>(websockets: &Server<R>) -> Chain {
    let stack = Stack::builder().layer(from_fn("login", |request, next| {
        request.state_mut().insert(User("ada"));
        let mut response = next.run(request);
        let headers = response.headers_mut();
        headers.append(header::SET_COOKIE, HeaderValue::from_static("of=http"));
        headers.append("x-layer", HeaderValue::from_static("was here"));
        Ok(response)
    }));
    let websockets = websockets.clone();
    let view = move |request: &mut engine_sync::Request, _: &_| {
        if request.path() != "/ws" {
            return Ok(Response::text("no websocket"));
        }
        let mut asked = engine_sync::http::Request::new(());
        *asked.method_mut() = request.method().clone();
        *asked.version_mut() = request.version();
        *asked.headers_mut() = request.headers().clone();
        let user = request.require::<User>()?.clone();
        let ws = WebSocket::new(asked).with_peer(request.peer()).with(user);
        let websockets = websockets.clone();
        Ok(Response::upgrade(Upgrade::new(move |upgraded: Upgraded| {
            websockets.take(upgraded.socket, upgraded.leftover, upgraded.head, ws);
        })))
    };
    Chain::builder(&stack.build().unwrap()).view(view).build().unwrap()
}

fn handshake(method: &str, more: &str) -> String {
    format!(
        "{method} /ws HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n{more}\r\n"
    )
}

fn connect(address: SocketAddr) -> TcpStream {
    let client = TcpStream::connect(address).unwrap();
    client.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    client
}

fn head(client: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        client.read_exact(&mut byte).unwrap();
        head.extend(byte);
    }
    String::from_utf8(head).unwrap()
}

fn reads(client: &mut TcpStream, expected: &[u8]) {
    let mut bytes = vec![0; expected.len()];
    client.read_exact(&mut bytes).unwrap();
    assert_eq!(bytes, expected);
}

fn handed_over<R: Runtime>(runtime: R) {
    let websocket_chain =
        engine_async::Chain::builder(&engine_async::Stack::empty()).app(greets).build().unwrap();
    let websockets = Server::builder(runtime, &websocket_chain).build().unwrap();
    let http = engine_sync::server::Server::bind("127.0.0.1:0").unwrap();
    let (address, http_end) = (http.local_addr(), http.handle());
    let chain = chain(&websockets);
    let serving = std::thread::spawn(move || http.run(chain).unwrap());

    // A frame in the same packet as the handshake.
    let mut client = connect(address);
    let early = b"\x81\x85\0\0\0\0early";
    client.write_all(&[handshake("GET", "").as_bytes(), early].concat()).unwrap();
    let answer = head(&mut client);
    assert!(answer.starts_with("HTTP/1.1 101 "), "{answer}");
    for line in ["x-layer: was here", "set-cookie: of=http", "set-cookie: of=websocket"] {
        assert_eq!(answer.matches(&format!("\r\n{line}\r\n")).count(), 1, "{answer}");
    }
    for name in ["connection", "upgrade", "sec-websocket-accept"] {
        assert_eq!(answer.matches(&format!("\r\n{name}: ")).count(), 1, "{answer}");
    }
    reads(&mut client, b"\x81\x03ada\x81\x05early");
    client.write_all(b"\x81\x82\0\0\0\0hi").unwrap();
    reads(&mut client, b"\x81\x02hi");

    // What is refused is refused by the websockets' server, with its own headers.
    for (status, method, more) in
        [("405", "POST", ""), ("403", "GET", "origin: https://evil.example\r\n")]
    {
        let mut refused = connect(address);
        refused.write_all(handshake(method, more).as_bytes()).unwrap();
        let mut answer = String::new();
        refused.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
        assert!(answer.contains("\r\nconnection: close\r\n"), "{answer}");
    }

    // The rest of the port is HTTP.
    let mut plain = connect(address);
    plain.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    plain.read_to_string(&mut answer).unwrap();
    assert!(answer.ends_with("\r\n\r\nno websocket"), "{answer}");

    // The HTTP server ends, and what was handed over goes on until it is told.
    http_end.shutdown();
    serving.join().unwrap();
    client.write_all(b"\x81\x82\0\0\0\0ho").unwrap();
    reads(&mut client, b"\x81\x02ho");
    websockets.shutdown_handle().shutdown();
    let mut close = [0; 4];
    client.read_exact(&mut close).unwrap();
    assert_eq!((close[0], &close[2..]), (0x88, &1001_u16.to_be_bytes()[..]));
    drop(client);
    assert_eq!(websockets.block_on(websockets.drained()), Stopped::default());
    assert_eq!(websockets.connections(), 0);
}

#[test]
fn a_connection_is_handed_over_with_its_headers_and_early_bytes_to_tokio() {
    let tokio = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    handed_over(Tokio::on(tokio.handle().clone()));
}

#[test]
fn a_connection_is_handed_over_with_its_headers_and_early_bytes_to_smol() {
    handed_over(Smol);
}

#[test]
fn a_connection_is_handed_over_with_its_headers_and_early_bytes_to_async_std() {
    handed_over(AsyncStd);
}
