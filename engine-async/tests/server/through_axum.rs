//! The same chain on sockets that axum has upgraded.

use crate::counted::Counted;
use crate::raw::Raw;
use crate::support::{LONG, echo, limits, millis};
use axum::extract::Request;
use axum::middleware::{self, Next};
use engine_async::runtime::Tokio;
use engine_async::server::{Limits, Server, Stopped};
use engine_async::{
    Accept, App, Chain, Exit, Outbound, Outgoing, Receive, Result, Stack, Step, WebSocket, app_fn,
    hook_fns, http,
};
use http::{HeaderValue, StatusCode, header};
use std::net::SocketAddr;
use std::sync::mpsc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

/// What a layer of axum has found out.
#[derive(Clone, Debug, PartialEq)]
struct User(&'static str);

struct Site {
    address: SocketAddr,
    server: Server<Tokio>,
    layers: Counted,
    ended: mpsc::Receiver<Exit>,
    runtime: Runtime,
}

impl Site {
    fn new(limits: Limits, app: impl App) -> Site {
        Site::with(limits, &Stack::empty(), app)
    }

    fn with(limits: Limits, inner: &Stack, app: impl App) -> Site {
        let runtime = Runtime::new().unwrap();
        let (layers, stack) = Counted::stack();
        let chain = Chain::builder(&stack.append(inner).build().unwrap()).app(app).build().unwrap();
        let (hear, ended) = mpsc::channel();
        let server = Server::builder(Tokio::new(), &chain).limits(limits);
        let server = server.on_end(move |ended| hear.send(ended.how).unwrap_or_default());
        let server = server.build().unwrap();
        let login = async |mut request: Request, next: Next| {
            request.extensions_mut().insert(User("ada"));
            next.run(request).await
        };
        let router = axum::Router::new().route("/", server.route());
        let router = router.layer(middleware::from_fn(login));
        let router = router.into_make_service_with_connect_info::<SocketAddr>();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        runtime.spawn(async { axum::serve(listener, router).await });
        Site { address, server, layers, ended, runtime }
    }

    fn asked(&self, more: &str) -> Raw {
        let mut client = Raw::new(self.address);
        client.write(&Raw::handshake(self.address, more));
        client
    }

    fn opened(&self) -> Raw {
        let mut client = self.asked("");
        assert_eq!(client.answer().status, 101);
        client
    }

    fn refused(&self, more: &str) -> u16 {
        self.asked(more).head().status
    }

    fn ended(&self) -> Exit {
        self.ended.recv_timeout(LONG).unwrap()
    }

    /// Ends the websockets, as a program does beside axum's own shutdown.
    fn stop(&self) -> Stopped {
        self.server.shutdown_handle().shutdown();
        self.runtime.block_on(self.server.drained())
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            assert_eq!(self.stop(), Stopped::default());
            assert_eq!(self.server.connections(), 0);
            self.layers.check();
        }
    }
}

#[test]
fn messages_come_back_and_a_close_is_answered() {
    let site = Site::new(limits(), echo);
    let mut client = site.opened();
    for payload in [vec![], vec![7; 5], vec![7; 100_000]] {
        client.send(0x82, &payload);
        assert_eq!(client.next(), Some((0x82, payload)));
    }
    client.send(0x88, &4000_u16.to_be_bytes());
    assert_eq!(client.close_code(), Some(4000));
    client.sees_the_end();
    assert_eq!(site.ended(), Exit::Disconnected);
}

async fn chooses(ws: &WebSocket, _: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    assert_eq!(ws.request().extensions().get(), Some(&User("ada")));
    assert!(ws.peer().is_some_and(|peer| peer.ip().is_loopback()));
    let cookie = HeaderValue::from_static("a=1");
    let accept = Accept::subprotocol("chat.v2").with_header(header::SET_COOKIE, cookie);
    send.event(Outgoing::Accept(accept)).await
}

#[test]
fn extensions_arrive_and_an_app_that_accepts_and_returns_says_1000() {
    let site = Site::new(limits(), chooses);
    let mut client = site.asked("sec-websocket-protocol: chat.v1, chat.v2\r\n");
    let answer = client.answer();
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("sec-websocket-protocol"), ["chat.v2"]);
    assert_eq!(answer.header("set-cookie"), ["a=1"]);
    assert_eq!(answer.header("sec-websocket-accept"), ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]);
    assert_eq!(client.close_code(), Some(1000));
    client.send(0x88, &1000_u16.to_be_bytes());
    client.sees_the_end();
    assert_eq!(site.ended(), Exit::Done);
}

#[test]
fn frames_that_come_with_the_handshake_are_not_lost() {
    let site = Site::new(limits(), echo);
    let mut client = Raw::new(site.address);
    let handshake = Raw::handshake(site.address, "");
    client.write(&[handshake, Raw::frame(0x81, b"early")].concat());
    assert_eq!(client.answer().status, 101);
    assert_eq!(client.next(), Some((0x81, b"early".to_vec())));
}

#[test]
fn a_layer_refuses_with_the_status_of_its_choice() {
    let refuses = hook_fns("refuses", |on| {
        on.enter(|_, _| Step::refuse(StatusCode::PAYMENT_REQUIRED));
    });
    let inner = Stack::builder().layer(refuses).build().unwrap();
    let site = Site::with(limits(), &inner, echo);
    assert_eq!(site.refused(""), 402);
    assert_eq!(site.ended(), Exit::Done);
}

#[test]
fn what_is_no_handshake_and_who_may_not_connect_is_refused() {
    let site = Site::new(Limits { connections: 1, ..limits() }, echo);
    assert_eq!(site.refused("origin: https://evil.example\r\n"), 403);
    assert_eq!(site.refused("sec-websocket-key: x\r\n"), 400);
    let mut client = Raw::new(site.address);
    client.write(b"GET / HTTP/1.1\r\nhost: a\r\nconnection: close\r\n\r\n");
    assert_eq!(client.answer().status, 426);
    // A place is free a moment after the answer.
    let mut one = loop {
        let mut client = site.asked("");
        if client.head().status == 101 {
            break client;
        }
    };
    assert_eq!(site.refused(""), 503);
    one.send(0x81, b"hello");
    assert_eq!(one.next(), Some((0x81, b"hello".to_vec())));
}

#[test]
fn a_client_that_goes_before_it_is_accepted_is_a_disconnect() {
    let (reached, app) = mpsc::channel();
    let waits = app_fn(move |_, mut receive, _| {
        let reached = reached.clone();
        Box::pin(async move {
            receive.event().await?;
            reached.send(())?;
            while receive.message().await?.is_some() {}
            Ok(())
        })
    });
    let site = Site::new(limits(), waits);
    let client = site.asked("");
    app.recv_timeout(LONG).unwrap();
    client.leave();
    assert_eq!(site.ended(), Exit::Disconnected);
}

#[test]
fn a_shutdown_tells_each_client_1001_and_waits_for_them() {
    let site = Site::new(Limits { grace: millis(50), ..limits() }, echo);
    let mut clients: Vec<Raw> = (0..10).map(|_| site.opened()).collect();
    site.server.shutdown_handle().shutdown();
    for client in &mut clients {
        assert_eq!(client.close_code(), Some(1001));
        client.send(0x88, &1001_u16.to_be_bytes());
        client.sees_the_end();
    }
    assert_eq!(site.stop(), Stopped::default());
    assert_eq!(site.layers.left(), [Exit::Shutdown; 10]);
}

#[test]
fn a_client_that_does_not_answer_a_close_is_given_up() {
    let site = Site::new(Limits { close_timeout: millis(50), ..limits() }, chooses);
    let mut client = site.asked("sec-websocket-protocol: chat.v2\r\n");
    assert_eq!(client.answer().status, 101);
    assert_eq!(client.close_code(), Some(1000));
    assert_eq!(site.ended(), Exit::Done);
    client.stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
    client.sees_the_end();
}
