use crate::support::{Site, limits};
use engine_sync::{Body, Response};
use std::net::Shutdown;

#[test]
fn a_connection_serves_one_request_after_the_other() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    for path in ["/a", "/b", "/c"] {
        let answer = client.get(path);
        assert_eq!((answer.status, answer.text()), (200, path));
        assert!(answer.header("date").is_some());
    }
}

#[test]
fn pipelined_requests_are_answered_in_their_order() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    let requests: String =
        (0..100).map(|n| format!("GET /{n} HTTP/1.1\r\nhost: test\r\n\r\n")).collect();
    client.send(requests);
    for n in 0..100 {
        assert_eq!(client.answer().text(), format!("/{n}"));
    }
}

#[test]
fn pipelined_bodies_do_not_run_into_each_other() {
    let site = Site::view(limits(), |request, _| Ok(Response::text(request.bytes()?.clone())));
    let mut client = site.connect();
    let mut requests = String::new();
    for n in 0..40 {
        let body = "x".repeat(n);
        requests += &format!("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {n}\r\n\r\n{body}");
        requests += "POST / HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n";
        requests += "2\r\nab\r\n0\r\n\r\n";
    }
    client.send(requests);
    for n in 0..40 {
        assert_eq!(client.answer().body.len(), n);
        assert_eq!(client.answer().text(), "ab");
    }
}

#[test]
fn head_is_answered_with_the_length_and_without_the_body() {
    let site = Site::view(limits(), |request, _| {
        Ok(match request.path() {
            "/stream" => Response::text(Body::stream(&b"hello"[..])),
            "/sized" => Response::text(Body::sized_stream(&b"hello"[..], 5)),
            _ => Response::text("hello"),
        })
    });
    let mut client = site.connect();
    for (path, length) in [("/full", Some("5")), ("/sized", Some("5")), ("/stream", None)] {
        client.send(format!("HEAD {path} HTTP/1.1\r\nhost: test\r\n\r\n"));
        let answer = client.answer_to_head();
        assert_eq!((answer.status, answer.header("content-length")), (200, length), "{path}");
        // Bytes of a body would be taken for the start of this answer.
        assert_eq!(client.get("/full").text(), "hello");
    }
}

#[test]
fn statuses_without_a_body_have_none() {
    let site = Site::view(limits(), |request, _| {
        let status = request.path()[1..].parse::<u16>()?;
        Ok(Response::text("not to be sent").with_status(status.try_into()?))
    });
    let mut client = site.connect();
    for status in [204, 304] {
        let answer = client.get(&format!("/{status}"));
        assert_eq!((answer.status, answer.header("transfer-encoding")), (status, None));
    }
    assert_eq!(client.get("/200").text(), "not to be sent");
}

#[test]
fn http_1_0_is_closed_unless_it_asks_to_be_kept() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    client.send("GET /a HTTP/1.0\r\nconnection: keep-alive\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.text(), answer.header("connection")), ("/a", Some("keep-alive")));
    client.send("GET /b HTTP/1.0\r\n\r\n");
    assert_eq!(client.answer().text(), "/b");
    assert!(client.is_closed());
}

#[test]
fn http_1_0_gets_a_stream_without_chunks() {
    let site = Site::view(limits(), |_, _| Ok(Response::text(Body::stream(&b"streamed"[..]))));
    let mut client = site.connect();
    client.send("GET / HTTP/1.0\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.text(), answer.header("transfer-encoding")), ("streamed", None));
}

#[test]
fn connection_close_closes() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    client.send("GET /a HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.text(), answer.header("connection")), ("/a", Some("close")));
    assert!(client.is_closed());
}

#[test]
fn a_client_that_closes_its_half_is_still_answered() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    client.send("GET /a HTTP/1.1\r\nhost: test\r\n\r\n");
    client.socket.shutdown(Shutdown::Write).unwrap();
    assert_eq!(client.answer().text(), "/a");
    assert!(client.is_closed());
}

#[test]
fn clients_that_leave_early_harm_nobody() {
    let site = Site::view(limits(), |request, _| Ok(Response::text(request.bytes()?.clone())));
    for start in ["", "G", "GET / HTTP/1.1\r\nhost", "POST / HTTP/1.1\r\nhost: test\r\n"] {
        site.connect().send(start);
    }
    for length in ["5", "100000"] {
        site.connect()
            .send(format!("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\nx"));
    }
    assert_eq!(site.get("/").status, 200);
}

#[test]
fn the_length_a_view_sets_cannot_contradict_the_body() {
    let site = Site::view(limits(), |_, _| {
        let mut response = Response::text("hello");
        response.headers_mut().insert("content-length", "3".parse()?);
        response.headers_mut().insert("transfer-encoding", "chunked".parse()?);
        Ok(response)
    });
    let mut client = site.connect();
    for _ in 0..2 {
        assert_eq!(client.get("/").text(), "hello");
    }
}

#[test]
fn an_interim_status_is_no_answer() {
    let site = Site::view(limits(), |_, _| Ok(Response::new(103.try_into()?)));
    assert_eq!(site.get("/").status, 500);
}

#[test]
fn the_peer_is_the_client() {
    let site = Site::view(limits(), |request, _| {
        Ok(Response::text(request.peer().map(|peer| peer.to_string()).unwrap_or_default()))
    });
    let mut client = site.connect();
    let own = client.socket.local_addr().unwrap();
    assert_eq!(client.get("/").text(), own.to_string());
}

#[test]
fn a_large_response_arrives_whole() {
    let site = Site::view(limits(), |_, _| Ok(Response::text("x".repeat(20 << 20))));
    let mut client = site.connect();
    for _ in 0..2 {
        assert_eq!(client.get("/").body.len(), 20 << 20);
    }
}
