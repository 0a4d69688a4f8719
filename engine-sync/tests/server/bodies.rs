use crate::support::{Client, Site, limits, millis};
use engine_sync::server::Limits;
use engine_sync::{Body, Exit, Response};
use std::io::{self, Read, Write};

fn reading(limits: Limits) -> Site {
    Site::view(limits, |request, _| {
        let body = request.body_mut().take().into_bytes(u64::MAX)?;
        Ok(Response::text(format!("{} bytes", body.len())))
    })
}

/// Answers the body as it comes.
fn echoing(limits: Limits) -> Site {
    Site::view(limits, |request, _| Ok(Response::text(Body::stream(request.body_mut().take()))))
}

#[test]
fn the_100_is_sent_when_the_body_is_first_read() {
    let site = reading(limits());
    let mut client = site.connect();
    for _ in 0..2 {
        client.send("POST / HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\n");
        client.send("content-length: 5\r\n\r\n");
        assert_eq!(client.answer().status, 100);
        client.send("hello");
        assert_eq!(client.answer().text(), "5 bytes");
    }
}

#[test]
fn a_body_nobody_reads_is_not_asked_for() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    client.send("POST /a HTTP/1.1\r\nhost: test\r\nexpect: 100-continue\r\n");
    client.send("content-length: 500000\r\n\r\n");
    let answer = client.answer();
    assert_eq!((answer.status, answer.header("connection")), (200, Some("close")));
    assert!(client.is_closed());
}

#[test]
fn what_is_left_of_a_body_is_never_taken_for_a_request() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    let smuggled = "GET /smuggled HTTP/1.1\r\nhost: test\r\n\r\n".repeat(3000);
    client.send(format!(
        "POST /a HTTP/1.1\r\nhost: test\r\ncontent-length: {}\r\n\r\n",
        smuggled.len()
    ));
    let _ = client.socket.write_all(smuggled.as_bytes());
    assert_eq!(client.answer().text(), "/a");
    assert!(client.is_closed());
    assert_eq!(site.exit(), Exit::Done);
    assert!(site.exits.try_recv().is_err(), "a second request was seen");
}

#[test]
fn a_small_body_nobody_reads_does_not_cost_the_connection() {
    let site = Site::greeting(limits());
    let mut client = site.connect();
    client.send("POST /a HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhello");
    assert_eq!(client.answer().text(), "/a");
    assert_eq!(client.get("/b").text(), "/b");
}

#[test]
fn chunked_bodies_arrive_whole() {
    let site = reading(limits());
    let mut client = site.connect();
    client.send("POST / HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n");
    for _ in 0..100 {
        client.send(format!("3e8;ext=1\r\n{}\r\n", "x".repeat(1000)));
    }
    client.send("0\r\ntrailer: 1\r\n\r\n");
    assert_eq!(client.answer().text(), "100000 bytes");
    assert_eq!(client.get("/").text(), "0 bytes");
}

#[test]
fn a_large_body_is_echoed_while_it_comes() {
    const SIZE: usize = 24 << 20;
    let site = echoing(limits());
    let mut client = site.connect();
    let mut writer = client.socket.try_clone().unwrap();
    let sending = std::thread::spawn(move || {
        let head = format!("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {SIZE}\r\n\r\n");
        writer.write_all(head.as_bytes()).unwrap();
        let piece: Vec<u8> = (0..=255).cycle().take(1 << 20).collect();
        for _ in 0..SIZE / piece.len() {
            writer.write_all(&piece).unwrap();
        }
    });
    let answer = client.answer();
    sending.join().unwrap();
    assert_eq!(answer.body.len(), SIZE);
    assert!(answer.body.iter().zip((0..=255).cycle()).all(|(got, sent)| *got == sent));
    assert_eq!(site.exit(), Exit::Done);
    client.send("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 2\r\n\r\nok");
    assert_eq!(client.answer().text(), "ok");
}

#[test]
fn slow_small_bodies_hold_no_thread() {
    let site = reading(Limits { threads: 2, ..limits() });
    let mut slow: Vec<Client> = (0..10)
        .map(|_| {
            let mut client = site.connect();
            client.send("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 5\r\n\r\nhel");
            client
        })
        .collect();
    assert_eq!(site.get("/").text(), "0 bytes");
    for client in &mut slow {
        client.send("lo");
        assert_eq!(client.answer().text(), "5 bytes");
    }
}

#[test]
fn a_body_larger_than_the_limit_is_413_before_it_is_sent_or_as_soon_as_it_is() {
    let site = reading(Limits { body_bytes: 100_000, ..limits() });
    let mut client = site.connect();
    client.send("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 100001\r\n\r\n");
    assert_eq!(client.answer().status, 413);
    assert!(client.is_closed());

    let mut client = site.connect();
    client.send("POST / HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n");
    for _ in 0..101 {
        if write!(client.socket, "3e8\r\n{}\r\n", "x".repeat(1000)).is_err() {
            break;
        }
    }
    assert_eq!(client.answer().status, 413);
    assert!(client.is_closed());

    let mut client = site.connect();
    client.send("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 100000\r\n\r\n");
    client.send("x".repeat(100_000));
    assert_eq!(client.answer().text(), "100000 bytes");
}

#[test]
fn a_client_that_sends_too_much_still_hears_why() {
    let site = reading(Limits { body_bytes: 1000, ..limits() });
    let mut client = site.connect();
    client.send("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: 2000000\r\n\r\n");
    client.send("x".repeat(2_000_000));
    assert_eq!(client.answer().status, 413);
}

#[test]
fn a_body_that_stops_coming_is_408() {
    let site = reading(Limits { read_timeout: millis(100), ..limits() });
    for length in [5, 500_000] {
        let mut client = site.connect();
        client
            .send(format!("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\nhel"));
        assert_eq!(client.answer().status, 408, "{length}");
        assert!(client.is_closed());
    }
}

#[test]
fn a_body_that_trickles_is_408() {
    let site = reading(Limits { read_timeout: millis(150), ..limits() });
    for length in [50_000, 500_000] {
        let mut client = site.connect();
        client.send(format!("POST / HTTP/1.1\r\nhost: test\r\ncontent-length: {length}\r\n\r\n"));
        let mut writer = client.socket.try_clone().unwrap();
        let trickling = std::thread::spawn(move || {
            while writer.write_all(b"x").is_ok() {
                // The pace of a slow client, and no wait for anything.
                std::thread::sleep(millis(10));
            }
        });
        assert_eq!(client.answer().status, 408, "{length}");
        let _ = client.socket.shutdown(std::net::Shutdown::Both);
        trickling.join().unwrap();
    }
}

#[test]
fn a_body_that_breaks_off_is_an_error_and_not_a_short_body() {
    let site = reading(limits());
    for head in ["content-length: 5", "content-length: 100000", "transfer-encoding: chunked"] {
        let mut client = site.connect();
        client.send(format!("POST / HTTP/1.1\r\nhost: test\r\n{head}\r\n\r\n1\r\nx"));
        client.socket.shutdown(std::net::Shutdown::Write).unwrap();
        assert_eq!(client.answer().status, 400, "{head}");
    }
}

#[test]
fn a_body_kept_beyond_its_request_reads_nothing_of_the_next() {
    let (keep, kept) = std::sync::mpsc::channel();
    let site = Site::view(limits(), move |request, _| {
        let _ = keep.send(request.body_mut().take());
        Ok(Response::text(request.path().to_owned()))
    });
    let mut client = site.connect();
    client.send("POST /a HTTP/1.1\r\nhost: test\r\ncontent-length: 70000\r\n\r\n");
    assert_eq!(client.answer().text(), "/a");
    let mut body = kept.recv().unwrap();
    assert_eq!(site.exit(), Exit::Done);
    client.send("x".repeat(70_000));
    let error = body.read(&mut [0; 10]).unwrap_err();
    assert!([io::ErrorKind::NotConnected, io::ErrorKind::UnexpectedEof].contains(&error.kind()));
}

#[test]
fn a_streamed_response_of_unknown_length_comes_in_chunks() {
    let site = Site::view(limits(), |_, _| {
        Ok(Response::text(Body::stream(io::repeat(b'x').take(1_000_000))))
    });
    let mut client = site.connect();
    for _ in 0..2 {
        let answer = client.get("/");
        assert_eq!(answer.header("transfer-encoding"), Some("chunked"));
        assert_eq!(answer.body.len(), 1_000_000);
    }
}

#[test]
fn a_streamed_response_of_known_length_says_it() {
    let site = Site::view(limits(), |_, _| {
        Ok(Response::text(Body::sized_stream(io::repeat(b'x').take(1_000_000), 1_000_000)))
    });
    let mut client = site.connect();
    for _ in 0..2 {
        let answer = client.get("/");
        assert_eq!(answer.header("content-length"), Some("1000000"));
        assert_eq!(answer.body.len(), 1_000_000);
    }
}

#[test]
fn the_pieces_of_a_stream_are_sent_as_they_come() {
    let (say, said) = std::sync::mpsc::channel::<&'static [u8]>();
    let said = std::sync::Mutex::new(Some(said));
    struct Said(std::sync::mpsc::Receiver<&'static [u8]>);
    impl Read for Said {
        fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
            let piece = self.0.recv().unwrap_or_default();
            out[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }
    let site = Site::view(limits(), move |_, _| {
        Ok(Response::text(Body::stream(Said(said.lock().unwrap().take().unwrap()))))
    });
    let mut client = site.connect();
    client.send("GET / HTTP/1.1\r\nhost: test\r\n\r\n");
    let mut read = [0; 1000];
    let head = client.socket.read(&mut read).unwrap();
    assert!(read[..head].ends_with(b"\r\n\r\n"), "the head comes before the first piece");
    for piece in [&b"one"[..], b"two"] {
        say.send(piece).unwrap();
        let mut expected = b"3\r\n".to_vec();
        expected.extend_from_slice(piece);
        expected.extend_from_slice(b"\r\n");
        client.socket.read_exact(&mut read[..expected.len()]).unwrap();
        assert_eq!(&read[..expected.len()], expected);
    }
    drop(say);
    client.socket.read_exact(&mut read[..5]).unwrap();
    assert_eq!(&read[..5], b"0\r\n\r\n");
}

#[test]
fn a_connection_that_ends_with_a_streamed_response_is_not_cut() {
    for length in [0_u64, 5, 20 << 20] {
        for known in [true, false] {
            let site = Site::view(limits(), move |_, _| {
                let stream = io::repeat(b'x').take(length);
                Ok(Response::text(if known {
                    Body::sized_stream(stream, length)
                } else {
                    Body::stream(stream)
                }))
            });
            let mut client = site.connect();
            client.send("GET / HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n");
            assert_eq!(client.answer().body.len() as u64, length);
            assert!(client.is_closed());
            assert_eq!(site.exit(), Exit::Done, "{length} bytes, known: {known}");
        }
    }
}

#[test]
fn a_view_that_reads_by_itself_and_passes_the_error_on_blames_the_client_too() {
    let limits = Limits { read_timeout: millis(100), body_bytes: 200_000, ..limits() };
    let site = Site::view(limits, |request, _| {
        let mut body = Vec::new();
        request.body_mut().read_to_end(&mut body)?;
        Ok(Response::text(body))
    });
    let chunk = format!("186a0\r\n{}\r\n", "x".repeat(100_000));
    for (sent, status) in [(chunk.clone(), 408), (chunk.repeat(3), 413), ("x".into(), 400)] {
        let mut client = site.connect();
        client.send("POST / HTTP/1.1\r\nhost: test\r\ntransfer-encoding: chunked\r\n\r\n");
        client.send(sent);
        assert_eq!(client.answer().status, status);
    }
}
