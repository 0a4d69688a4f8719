use super::house::{House, greet_and_echo};
use contrib::auth::{self, Authentication, User};
use contrib::sessions::{SessionOptions, Sessions};
use contrib::timing::Timing;
use contrib::websocket::{self, AuthenticationOptions, Upgrade};
use engine_async::runtime::{Runtime, Smol, Tokio};
use engine_async::server::{Server, ShutdownHandle};
use engine_sync::http::{HeaderValue, header};
use engine_sync::{Response, Route, hooks};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use tungstenite::client::IntoClientRequest;
use tungstenite::protocol::frame::coding::CloseCode;
use tungstenite::{Error, Message};

/// Nothing here takes this long; it turns a hang into a failure.
const PATIENCE: Duration = Duration::from_secs(60);

/// HTTP and websockets on one port.
struct Port {
    address: SocketAddr,
    http: engine_sync::server::ShutdownHandle,
    sockets: ShutdownHandle,
    running: JoinHandle<()>,
}

fn open<R: Runtime>(house: &House, runtime: R, carries: bool) -> Port {
    let mut options = AuthenticationOptions::default();
    if carries {
        // Whatever is known of a user then, it has been carried.
        options.cookie_name = String::from("another");
    }
    let layer = websocket::Authentication::new(&house.stores, options).unwrap();
    let stack = engine_async::Stack::builder().layer(engine_async::hooks(layer)).build().unwrap();
    let chain = engine_async::Chain::builder(&stack).app(greet_and_echo).build().unwrap();
    let server = Server::builder(runtime, &chain).build().unwrap();
    let sockets = server.shutdown_handle();

    let stores = house.stores.clone();
    let stack = engine_sync::Stack::builder()
        .layer(hooks(Timing::default()))
        .layer(hooks(Sessions::new(stores.sessions, SessionOptions::default()).unwrap()))
        .layer(hooks(Authentication::new(stores.users, &stores.secret)))
        .build()
        .unwrap();
    let (upgrade, users) = (Upgrade::to(&server), house.stores.users.clone());
    let upgrade = if carries { upgrade.carrying::<User>() } else { upgrade };
    let login = move |request: &mut engine_sync::Request, params: &engine_sync::Params| {
        let account =
            users.by_name(params.get("name").unwrap_or_default())?.expect("there is such a user");
        auth::login(request, &account)?;
        Ok(Response::text("hello"))
    };
    let chain = engine_sync::Chain::builder(&stack)
        .route(Route::get("/login/{name}/", login))
        .route(Route::get("/socket/", move |request, _| Ok(upgrade.respond(request))))
        .build()
        .unwrap();
    let http = engine_sync::server::Server::bind("127.0.0.1:0").unwrap();
    let (address, handle) = (http.local_addr(), http.handle());
    let running = thread::spawn(move || {
        http.run(chain).unwrap();
        assert_eq!(futures_executor::block_on(server.drained()).abandoned, 0);
    });
    Port { address, http: handle, sockets, running }
}

impl Port {
    fn get(&self, path: &str) -> String {
        let mut socket = TcpStream::connect(self.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        let host = self.address;
        write!(socket, "GET {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Logs in over HTTP: the cookie of the session.
    fn log_in(&self, name: &str) -> String {
        let answer = self.get(&format!("/login/{name}/"));
        let cookie = answer.split("set-cookie: ").nth(1).and_then(|rest| rest.split(';').next());
        cookie.unwrap_or_else(|| panic!("no cookie: {answer}")).to_owned()
    }

    fn connect(&self, headers: &[(header::HeaderName, &str)]) -> Result<Client, Error> {
        let mut request = format!("ws://{}/socket/", self.address).into_client_request()?;
        for (name, value) in headers {
            request.headers_mut().insert(name, HeaderValue::from_str(value).unwrap());
        }
        let socket = TcpStream::connect(self.address).unwrap();
        socket.set_read_timeout(Some(PATIENCE)).unwrap();
        match tungstenite::client(request, socket) {
            Ok((socket, answer)) => Ok(Client { socket, headers: answer.into_parts().0.headers }),
            Err(tungstenite::HandshakeError::Failure(error)) => Err(error),
            Err(interrupted) => panic!("{interrupted}"),
        }
    }

    fn stop(self) {
        self.http.shutdown();
        self.sockets.shutdown();
        self.running.join().unwrap();
    }
}

struct Client {
    socket: tungstenite::WebSocket<TcpStream>,
    headers: engine_sync::http::HeaderMap,
}

impl Client {
    fn text(&mut self) -> String {
        self.socket.read().unwrap().into_text().unwrap().to_string()
    }

    fn echo(&mut self, text: &str) -> String {
        self.socket.send(Message::text(text)).unwrap();
        self.text()
    }
}

/// Logs in over HTTP, and lets the websocket say who that is.
fn greets<R: Runtime>(runtime: R, carries: bool) {
    let house = House::new();
    let port = open(&house, runtime, carries);
    let cookie = port.log_in("alice");
    let mut alice = port.connect(&[(header::COOKIE, &cookie)]).unwrap();
    let mut nobody = port.connect(&[]).unwrap();
    assert_eq!(alice.text(), "alice");
    assert_eq!(nobody.text(), "nobody");
    assert_eq!(alice.echo("one"), "one");
    assert_eq!(nobody.echo("two"), "two");
    // Who it is was settled when they connected; a new connection is another matter.
    let key = cookie.split('=').nth(1).unwrap();
    let key = contrib::sessions::SessionKey::from_client(key).unwrap();
    house.stores.sessions.delete(&key).unwrap();
    assert_eq!(alice.echo("three"), "three");
    assert_eq!(port.connect(&[(header::COOKIE, &cookie)]).unwrap().text(), "nobody");
    drop((alice, nobody));
    port.stop();
}

#[test]
fn one_port_serves_both_and_who_has_logged_in_over_http_is_known() {
    greets(Smol, true);
}

#[test]
fn the_cookie_alone_will_do() {
    greets(Smol, false);
}

#[test]
fn a_blocking_server_hands_sockets_over_to_tokio() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    greets(Tokio::on(runtime.handle().clone()), true);
}

#[test]
fn the_headers_of_http_layers_are_in_the_101() {
    let port = open(&House::new(), Smol, true);
    let client = port.connect(&[]).unwrap();
    let timing = client.headers.get("server-timing").unwrap().to_str().unwrap();
    assert!(timing.starts_with("total;dur="), "{timing}");
    drop(client);
    port.stop();
}

#[test]
fn a_visit_is_told_what_is_served_there() {
    let port = open(&House::new(), Smol, true);
    let answer = port.get("/socket/");
    assert!(answer.starts_with("HTTP/1.1 426 "), "{answer}");
    assert!(answer.contains("\r\nupgrade: websocket\r\n"), "{answer}");
    assert!(answer.contains("\r\nserver-timing: "), "{answer}");
    port.stop();
}

#[test]
fn a_page_of_another_site_is_refused_though_its_browser_sends_the_cookie() {
    let port = open(&House::new(), Smol, true);
    let cookie = port.log_in("alice");
    let elsewhere = [(header::COOKIE, &*cookie), (header::ORIGIN, "https://evil.example")];
    match port.connect(&elsewhere) {
        Err(Error::Http(answer)) => assert_eq!(answer.status(), 403),
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it may connect"),
    }
    let here = format!("http://{}", port.address);
    let here = [(header::COOKIE, &*cookie), (header::ORIGIN, &*here)];
    assert_eq!(port.connect(&here).unwrap().text(), "alice");
    port.stop();
}

#[test]
fn what_a_client_sends_right_behind_its_handshake_is_not_lost() {
    let port = open(&House::new(), Smol, true);
    let mut socket = TcpStream::connect(port.address).unwrap();
    socket.set_read_timeout(Some(PATIENCE)).unwrap();
    let mut bytes = format!(
        "GET /socket/ HTTP/1.1\r\nhost: {}\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
        port.address
    )
    .into_bytes();
    // A text frame of two bytes, masked with zeros.
    bytes.extend([0x81, 0x82, 0, 0, 0, 0, b'h', b'i']);
    socket.write_all(&bytes).unwrap();
    let (expected, mut answer) = (b"\x81\x06nobody\x81\x02hi", Vec::new());
    while !answer.ends_with(expected) {
        let mut byte = [0];
        socket.read_exact(&mut byte).unwrap();
        answer.extend(byte);
    }
    assert!(answer.starts_with(b"HTTP/1.1 101 "));
    drop(socket);
    port.stop();
}

#[test]
fn a_shutdown_tells_each_connection_1001() {
    let port = open(&House::new(), Smol, true);
    let mut clients: Vec<_> = (0..3).map(|_| port.connect(&[]).unwrap()).collect();
    for client in &mut clients {
        assert_eq!(client.text(), "nobody");
    }
    let stopping = thread::spawn(move || port.stop());
    for mut client in clients {
        match client.socket.read().unwrap() {
            Message::Close(Some(frame)) => assert_eq!(frame.code, CloseCode::Away),
            other => panic!("{other:?}"),
        }
        // Reading on answers the close.
        assert!(matches!(client.socket.read(), Err(Error::ConnectionClosed)));
    }
    stopping.join().unwrap();
}
