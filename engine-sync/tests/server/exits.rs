use crate::support::{Site, limits, millis};
use engine_sync::server::Limits;
use engine_sync::{Body, Exit, Response};
use std::io::{self, Read};

/// One exchange was reported, and it ended like this.
fn assert_once(site: Site, how: Exit) {
    assert_eq!(site.exit(), how);
    site.handle.shutdown();
    let exits = &site.exits;
    let more = std::iter::from_fn(|| exits.try_recv().ok()).count();
    assert_eq!(more, 0, "an exit ran more than once");
}

#[test]
fn an_answer_that_was_handed_over_is_done() {
    for path in ["/full", "/stream", "/sized", "/empty"] {
        let site = Site::view(limits(), |request, _| {
            Ok(match request.path() {
                "/stream" => Response::text(Body::stream(&b"hello"[..])),
                "/sized" => Response::text(Body::sized_stream(&b"hello"[..], 5)),
                "/empty" => Response::text(""),
                _ => Response::text("hello"),
            })
        });
        assert_eq!(site.get(path).status, 200);
        assert_once(site, Exit::Done);
    }
}

#[test]
fn a_client_that_leaves_in_the_middle_is_disconnected() {
    for sized in [false, true] {
        let site = Site::view(limits(), move |_, _| {
            Ok(Response::text(if sized {
                Body::from("x".repeat(64 << 20))
            } else {
                Body::stream(io::repeat(b'x'))
            }))
        });
        let mut client = site.connect();
        client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
        client.socket.read_exact(&mut [0; 1000]).unwrap();
        drop(client);
        assert_once(site, Exit::Disconnected);
    }
}

#[test]
fn a_client_that_stops_reading_times_out() {
    for sized in [false, true] {
        let limits = Limits { write_timeout: millis(100), ..limits() };
        let site = Site::view(limits, move |_, _| {
            Ok(Response::text(if sized {
                Body::from("x".repeat(64 << 20))
            } else {
                Body::stream(io::repeat(b'x'))
            }))
        });
        let mut client = site.connect();
        client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
        assert_once(site, Exit::TimedOut);
    }
}

#[test]
fn a_client_that_reads_too_slowly_times_out() {
    let limits = Limits { write_timeout: millis(200), minimum_rate: 1 << 40, ..limits() };
    let site = Site::view(limits, |_, _| Ok(Response::text(Body::stream(io::repeat(b'x')))));
    let mut client = site.connect();
    client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    let reading = std::thread::spawn(move || {
        let mut piece = vec![0; 64 << 10];
        while client.socket.read(&mut piece).is_ok_and(|read| read > 0) {
            // The pace of a slow reader, and no wait for anything.
            std::thread::sleep(millis(20));
        }
    });
    assert_once(site, Exit::TimedOut);
    reading.join().unwrap();
}

#[test]
fn a_stream_that_fails_or_has_the_wrong_length_fails_and_is_cut() {
    struct Failing(u32);
    impl Read for Failing {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            self.0 += 1;
            if self.0 > 2 { Err(io::Error::other("the disk is gone")) } else { Ok(out.len()) }
        }
    }
    for path in ["/failing", "/short", "/long"] {
        let site = Site::view(limits(), |request, _| {
            Ok(Response::text(match request.path() {
                "/failing" => Body::stream(Failing(0)),
                "/short" => Body::sized_stream(io::repeat(b'x').take(99_999), 100_000),
                _ => Body::sized_stream(io::repeat(b'x').take(100_001), 100_000),
            }))
        });
        let mut client = site.connect();
        client.send(format!("GET {path} HTTP/1.1\r\nhost: test\r\n\r\n"));
        let answer = client.rest();
        assert!(!answer.ends_with(b"0\r\n\r\n"), "{path} was ended as if it were whole");
        let head = answer.windows(4).position(|four| four == b"\r\n\r\n").unwrap_or(0);
        assert!(answer.len() < head + 4 + 100_000, "{path} had all its bytes");
        assert_once(site, Exit::Failed);
    }
}

#[test]
fn a_request_that_never_came_to_the_chain_has_no_exit() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    client.send("GET / HTTP/1.1\r\n\r\n");
    assert_eq!(client.answer().status, 400);
    assert_eq!(site.get("/").status, 200);
    assert_once(site, Exit::Done);
}
