//! Handshakes, good and bad.

use crate::raw::{Answer, Raw};
use crate::support::{Site, echo, limits, millis};
use engine_async::runtime::Runtime;
use engine_async::server::Limits;
use engine_async::{
    Accept, Exit, Outbound, Outgoing, Receive, Refusal, Result, Stack, Step, WebSocket, app_fn,
    hook_fns, http,
};
use http::{HeaderValue, StatusCode, header};

crate::on_each! {
    what_is_no_handshake_is_told_why => no_handshake;
    a_head_that_is_too_large_is_refused_with_431 => too_large;
    half_a_handshake_is_refused_with_408 => half;
    a_handshake_may_come_byte_by_byte => byte_by_byte;
    frames_that_come_with_the_handshake_are_not_lost => early_frames;
    a_client_that_goes_during_its_handshake_costs_nothing => goes;
    a_page_of_another_origin_is_refused_with_403 => origins;
    one_connection_too_many_is_refused_with_503 => full;
    a_layer_refuses_with_the_status_of_its_choice => refuses;
    a_refusal_cannot_break_its_own_framing => framing;
    the_app_chooses_a_subprotocol_and_adds_headers => accepts;
    an_app_that_accepts_nobody_refuses_with_403 => accepts_nobody;
    a_client_that_goes_before_it_is_accepted_is_a_disconnect => goes_before;
}

fn asked(site: &Site, request: &[u8]) -> Answer {
    let mut client = site.raw();
    client.write(request);
    client.answer()
}

fn no_handshake<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), echo);
    let good = String::from_utf8(Raw::handshake(site.address, "")).unwrap();
    assert_eq!(asked(&site, good.replace("GET", "POST").as_bytes()).header("allow"), ["GET"]);
    let cases = [
        (405, "GET /", "POST /"),
        (505, "HTTP/1.1", "HTTP/1.0"),
        (426, "connection: upgrade\r\n", ""),
        (426, "upgrade: websocket\r\n", ""),
        (426, "upgrade: websocket", "upgrade: h2c"),
        (426, "version: 13", "version: 8"),
        (426, "sec-websocket-version: 13\r\n", ""),
        (400, "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n", ""),
        (400, "sec-websocket-version", "sec-websocket-key: x\r\nsec-websocket-version"),
        (400, "host: ", "host: example.org\r\nhost: "),
        (400, "host: ", "x-host: "),
        (400, "upgrade: w", "content-length: 5\r\nupgrade: w"),
        (400, "upgrade: w", "transfer-encoding: chunked\r\nupgrade: w"),
        (400, "GET", "\0\0\0"),
    ];
    for (status, part, instead) in cases {
        let request = good.replacen(part, instead, 1);
        let answer = asked(&site, request.as_bytes());
        assert_eq!(answer.status, status, "{request}");
        assert_eq!(answer.header("connection"), ["close"], "{request}");
        assert_eq!(answer.header("content-length"), [answer.body.len().to_string()], "{request}");
        if status == 426 {
            assert_eq!(answer.header("upgrade"), ["websocket"]);
            assert_eq!(answer.header("sec-websocket-version"), ["13"]);
        }
    }
    assert_eq!(site.layers.left(), []);
}

fn too_large<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { head_bytes: 4096, ..limits() }, echo);
    let padded = |bytes| Raw::handshake(site.address, &format!("x: {}\r\n", "x".repeat(bytes)));
    assert_eq!(asked(&site, &padded(4096)).status, 431);
    assert_eq!(asked(&site, &padded(100_000)).status, 431);
    assert_eq!(asked(&site, &b"GET / HTTP/1.1\r\nx: x".repeat(300)).status, 431);
    let (mut client, fitting) = (site.raw(), padded(3800));
    client.write(&fitting);
    assert_eq!(client.answer().status, 101);
}

fn half<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { handshake_timeout: millis(50), ..limits() }, echo);
    for part in ["", "GET / HTTP/1.1\r\nhost: a\r\n"] {
        assert_eq!(asked(&site, part.as_bytes()).status, 408);
    }
}

fn byte_by_byte<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), echo);
    let mut client = site.raw();
    for byte in Raw::handshake(site.address, "") {
        client.write(&[byte]);
    }
    assert_eq!(client.answer().status, 101);
    for byte in Raw::frame(0x81, b"hello") {
        client.write(&[byte]);
    }
    assert_eq!(client.next(), Some((0x81, b"hello".to_vec())));
}

fn early_frames<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { head_bytes: 1024, ..limits() }, echo);
    let mut client = site.raw();
    let long = vec![7; 50_000];
    let frames = [Raw::frame(0x81, b"early"), Raw::frame(0x82, &long), Raw::frame(0x88, b"")];
    client.write(&[Raw::handshake(site.address, ""), frames.concat()].concat());
    assert_eq!(client.answer().status, 101);
    assert_eq!(client.next(), Some((0x81, b"early".to_vec())));
    assert_eq!(client.next(), Some((0x82, long)));
    assert_eq!(client.next(), Some((0x88, Vec::new())));
    client.sees_the_end();
}

fn goes<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), echo);
    for part in ["", "GET / HTTP/1.1\r\nhost"] {
        for breaks_off in [false, true] {
            let mut client = site.raw();
            client.write(part.as_bytes());
            if breaks_off { client.break_off() } else { client.leave() }
        }
    }
    // The server goes on, and has no connection left when it ends.
    site.opened().leave();
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn origins<R: Runtime>(runtime: R) {
    let site = Site::with(runtime, limits(), &Stack::empty(), echo, |builder| {
        builder.allow_origin("https://app.example")
    });
    let with = |origin: &str| {
        let mut client = site.raw();
        client.write(&Raw::handshake(site.address, &format!("origin: {origin}\r\n")));
        client.answer().status
    };
    assert_eq!(with("https://evil.example"), 403);
    assert_eq!(with("null"), 403);
    assert_eq!(with("https://app.example"), 101);
    assert_eq!(with(&format!("http://{}", site.address)), 101);
}

fn full<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { connections: 2, ..limits() }, echo);
    let (one, mut other) = (site.opened(), site.opened());
    let answer = asked(&site, &Raw::handshake(site.address, ""));
    assert_eq!((answer.status, answer.header("retry-after")), (503, vec!["1"]));
    one.leave();
    assert_eq!(site.ended(), Exit::Disconnected);
    // The place is free a moment after the last exit, and the refused one holds none.
    let again = loop {
        let mut client = site.raw();
        client.write(&Raw::handshake(site.address, ""));
        if client.answer().status == 101 {
            break client;
        }
    };
    drop(again);
    other.send(0x81, b"hello");
    assert_eq!(other.next(), Some((0x81, b"hello".to_vec())));
}

fn refusing<R: Runtime>(runtime: R, refusal: impl Fn() -> Refusal + Send + Sync + 'static) -> Site {
    let refuses = hook_fns("refuses", move |on| {
        on.enter(move |_, _| Step::Refuse(Box::new(refusal())));
    });
    let inner = Stack::builder().layer(refuses).build().unwrap();
    Site::with(runtime, limits(), &inner, echo, |builder| builder)
}

fn refuses<R: Runtime>(runtime: R) {
    let statuses = [301, 400, 401, 403, 404, 409, 410, 429, 451, 500, 503, 599];
    for status in statuses {
        let status = StatusCode::from_u16(status).unwrap();
        let site = refusing(runtime.clone(), move || {
            let mut refusal = Refusal::new(status);
            refusal.headers.append("x-why", HeaderValue::from_static("because"));
            refusal.headers.append("x-why", HeaderValue::from_static("of this"));
            refusal
        });
        let answer = asked(&site, &Raw::handshake(site.address, ""));
        assert_eq!(answer.status, status);
        assert_eq!(answer.header("x-why"), ["because", "of this"]);
        assert_eq!(site.ended(), Exit::Done);
    }
    // What is no refusal would be one that the client waits after.
    for status in [100, 101, 200, 204] {
        let status = StatusCode::from_u16(status).unwrap();
        let site = refusing(runtime.clone(), move || Refusal::new(status));
        assert_eq!(asked(&site, &Raw::handshake(site.address, "")).status, 403);
    }
}

fn framing<R: Runtime>(runtime: R) {
    let site = refusing(runtime, || {
        let mut refusal = Refusal::new(StatusCode::UNAUTHORIZED);
        refusal.headers.insert(header::CONTENT_LENGTH, 1000.into());
        refusal.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
        refusal.headers.insert(header::CONNECTION, HeaderValue::from_static("keep-alive"));
        refusal.headers.insert(header::TRANSFER_ENCODING, HeaderValue::from_static("chunked"));
        refusal.body = "<p>who are you?".into();
        refusal
    });
    let answer = asked(&site, &Raw::handshake(site.address, ""));
    assert_eq!(answer.body, "<p>who are you?");
    assert_eq!(answer.header("content-length"), ["15"]);
    assert_eq!(answer.header("content-type"), ["text/html"]);
    assert_eq!(answer.header("connection"), ["close"]);
    assert!(answer.header("transfer-encoding").is_empty());
}

async fn chooses(_: &WebSocket, _: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    let accept = Accept::subprotocol("chat.v2")
        .with_header(header::SET_COOKIE, HeaderValue::from_static("a=1"))
        .with_header(header::SET_COOKIE, HeaderValue::from_static("b=2"))
        .with_header(header::CONNECTION, HeaderValue::from_static("close"));
    send.event(Outgoing::Accept(accept)).await
}

fn accepts<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), chooses);
    let mut client = site.raw();
    let offers = "sec-websocket-protocol: chat.v1, chat.v2\r\n";
    client.write(&Raw::handshake(site.address, offers));
    let answer = client.answer();
    assert_eq!(answer.status, 101);
    assert_eq!(answer.header("sec-websocket-accept"), ["s3pPLMBiTxaQ9kYGzzhZRbK+xOo="]);
    assert_eq!(answer.header("sec-websocket-protocol"), ["chat.v2"]);
    assert_eq!(answer.header("set-cookie"), ["a=1", "b=2"]);
    assert_eq!(answer.header("connection"), ["Upgrade"]);
    assert_eq!(client.close_code(), Some(1000));
    client.send(0x88, &1000_u16.to_be_bytes());
    client.sees_the_end();
    assert_eq!(site.ended(), Exit::Done);
    // Not offered: that is the app's mistake, and is said before anything is accepted.
    assert_eq!(asked(&site, &Raw::handshake(site.address, "")).status, 500);
    assert_eq!(site.ended(), Exit::Failed);
}

fn accepts_nobody<R: Runtime>(runtime: R) {
    let nobody = app_fn(|_, _, _| Box::pin(async { Ok(()) }));
    let site = Site::new(runtime, limits(), nobody);
    assert_eq!(asked(&site, &Raw::handshake(site.address, "")).status, 403);
}

fn goes_before<R: Runtime>(runtime: R) {
    let waits = app_fn(|_, mut receive, mut send| {
        Box::pin(async move {
            while receive.message().await?.is_some() {}
            send.accept().await
        })
    });
    let site = Site::new(runtime, limits(), waits);
    let mut client = site.raw();
    client.write(&Raw::handshake(site.address, ""));
    client.leave();
    assert_eq!(site.ended(), Exit::Disconnected);
}
