use contrib::gzip::{Gzip, GzipOptions};
use engine_sync::http::{StatusCode, header};
use engine_sync::{Body, Chain, Request, Response, Result, Stack, hooks};
use flate2::read::GzDecoder;
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::sync::mpsc;

fn chain(view: impl Fn() -> Result<Response> + Send + Sync + 'static) -> Chain {
    let layer = Gzip::new(GzipOptions::default()).unwrap();
    let stack = Stack::builder().layer(hooks(layer)).build().unwrap();
    Chain::builder(&stack).view(move |_, _| view()).build().unwrap()
}

fn ask(chain: &Chain) -> Response {
    chain.respond(Request::get("/").with_header(header::ACCEPT_ENCODING, "br, gzip;q=0.8"))
}

fn unzip(bytes: &[u8]) -> Vec<u8> {
    let mut plain = Vec::new();
    GzDecoder::new(bytes).read_to_end(&mut plain).unwrap();
    plain
}

#[test]
fn a_body_is_compressed_for_a_client_that_accepts_it() {
    let chain = chain(|| Ok(Response::text("ab".repeat(500))));
    let response = ask(&chain);
    assert_eq!(response.header(header::CONTENT_ENCODING), Some("gzip"));
    assert_eq!(response.header(header::VARY), Some("Accept-Encoding"));
    let bytes = response.body().as_bytes().unwrap();
    assert_eq!(response.header(header::CONTENT_LENGTH), Some(bytes.len().to_string().as_str()));
    assert_eq!(unzip(bytes), "ab".repeat(500).as_bytes());

    let response = chain.respond(Request::get("/"));
    assert_eq!(response.header(header::CONTENT_ENCODING), None);
    assert_eq!(response.header(header::VARY), Some("Accept-Encoding"));
}

#[test]
fn a_short_body_an_encoded_one_and_a_part_are_left_alone() {
    let check = |view: fn() -> Response| {
        let response = ask(&chain(move || Ok(view())));
        assert_ne!(response.header(header::CONTENT_ENCODING), Some("gzip"));
        assert_eq!(response.header(header::VARY), None);
    };
    check(|| Response::text("a".repeat(199)));
    check(|| {
        Response::text("a".repeat(900)).with_header(header::CONTENT_ENCODING, "br".parse().unwrap())
    });
    check(|| Response::text("a".repeat(900)).with_status(StatusCode::PARTIAL_CONTENT));
    let enough = ask(&chain(|| Ok(Response::text("a".repeat(200)))));
    assert_eq!(enough.header(header::CONTENT_ENCODING), Some("gzip"));
}

#[test]
fn a_body_that_would_grow_is_left_alone() {
    let mut seed = 1_u32;
    let mut noise = || {
        seed ^= seed << 13;
        seed ^= seed >> 17;
        seed ^= seed << 5;
        seed as u8
    };
    let bytes: Vec<u8> = (0..400).map(|_| noise()).collect();
    let response = ask(&chain(move || Ok(Response::text(bytes.clone()))));
    assert_eq!(response.header(header::CONTENT_ENCODING), None);
    assert_eq!(response.header(header::VARY), Some("Accept-Encoding"));
    assert_eq!(response.body().len(), Some(400));
}

#[test]
fn a_strong_etag_becomes_weak() {
    let etag = |etag: &'static str| {
        let view = move || {
            Ok(Response::text("a".repeat(900)).with_header(header::ETAG, etag.parse().unwrap()))
        };
        ask(&chain(view)).header(header::ETAG).unwrap().to_owned()
    };
    assert_eq!(etag("\"strong\""), "W/\"strong\"");
    assert_eq!(etag("W/\"weak\""), "W/\"weak\"");
}

#[test]
fn the_size_of_a_compressed_body_varies_from_answer_to_answer() {
    let chain = chain(|| Ok(Response::text("ab".repeat(500))));
    let sizes: BTreeSet<_> = (0..50).map(|_| ask(&chain).body().len()).collect();
    assert!(sizes.len() > 5, "{sizes:?}");
}

/// A source that gives a chunk for each message it gets.
struct Channel(mpsc::Receiver<Vec<u8>>);

impl Read for Channel {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let chunk = self.0.recv().unwrap_or_default();
        out[..chunk.len()].copy_from_slice(&chunk);
        Ok(chunk.len())
    }
}

#[test]
fn a_stream_is_compressed_as_it_goes() {
    let (send, receive) = mpsc::channel();
    let source = std::sync::Mutex::new(Some(Channel(receive)));
    let chain = chain(move || {
        let source = source.lock().unwrap().take().unwrap();
        Ok(Response::text(Body::sized_stream(source, 12)))
    });
    let mut response = ask(&chain);
    assert_eq!(response.header(header::CONTENT_ENCODING), Some("gzip"));
    assert_eq!(response.header(header::CONTENT_LENGTH), None);
    assert_eq!(response.body().len(), None);
    // A decoder reads the head when it is made, so the first chunk is sent before.
    send.send(b"first ".to_vec()).unwrap();
    let mut decoder = GzDecoder::new(response.body_mut().take());
    // Each chunk arrives before the next one exists; a compressor that held it back would wait
    // here for ever.
    let mut got = [0; 6];
    decoder.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"first ");
    send.send(b"second".to_vec()).unwrap();
    decoder.read_exact(&mut got).unwrap();
    assert_eq!(&got, b"second");
    drop(send);
    assert_eq!(decoder.read(&mut [0; 8]).unwrap(), 0);
}

#[test]
fn a_stream_that_fails_stays_a_failure() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::other("broken"))
        }
    }
    let mut response = ask(&chain(|| Ok(Response::text(Body::stream(Broken)))));
    let mut rest = Vec::new();
    let error = response.body_mut().take().read_to_end(&mut rest).unwrap_err();
    assert_eq!(error.to_string(), "broken");
}

#[test]
fn a_level_that_does_not_exist_names_the_cure() {
    let mut options = GzipOptions::default();
    options.level = 0;
    let error = Gzip::new(options).unwrap_err().to_string();
    assert!(error.contains("choose 1 (quick) to 9 (small)"), "{error}");
}
