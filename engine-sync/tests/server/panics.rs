use crate::support::{Site, limits};
use engine_sync::{Body, Chain, Exit, Response, Stack, hook_fns};
use std::io::{self, Read};

fn site() -> Site {
    Site::with(limits(), |outer| {
        let panicking = hook_fns("panicking", |on| {
            on.process_request(|_, request| match request.path() {
                "/in" => panic!("on the way in"),
                _ => Ok(std::ops::ControlFlow::Continue(())),
            })
            .process_response(|_, request, _| match request.path() {
                "/out" => panic!("on the way out"),
                _ => Ok(()),
            })
            .exit(|_, request, _| assert_ne!(request.path(), "/exit", "in the exit"));
        });
        let stack: Stack = Stack::builder().stack("outer", outer).layer(panicking).build().unwrap();
        let chain = Chain::builder(&stack).view(|request, _| match request.path() {
            "/view" => panic!("in the view"),
            "/stream" => Ok(Response::text(Body::stream(Panicking))),
            path => Ok(Response::text(path.to_owned())),
        });
        chain.build().unwrap()
    })
}

struct Panicking;

impl Read for Panicking {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        panic!("in a stream")
    }
}

#[test]
fn a_panic_is_a_500_and_the_connection_goes_on() {
    let site = site();
    let mut client = site.connect();
    let mut other = site.connect();
    for path in ["/view", "/in", "/out"] {
        assert_eq!(client.get(path).status, 500, "{path}");
        assert_eq!(site.exit(), Exit::Done);
        assert_eq!(other.get("/other").text(), "/other");
        assert_eq!(site.exit(), Exit::Done);
    }
    assert_eq!(client.get("/after").text(), "/after");
}

#[test]
fn a_panic_in_an_exit_is_nobody_elses_concern() {
    let site = site();
    let mut client = site.connect();
    assert_eq!(client.get("/exit").text(), "/exit");
    assert_eq!(site.exit(), Exit::Done);
    assert_eq!(client.get("/after").text(), "/after");
}

#[test]
fn a_panic_in_a_stream_cuts_the_connection() {
    let site = site();
    let mut client = site.connect();
    client.send("GET /stream HTTP/1.1\r\nhost: test\r\n\r\n");
    assert!(!client.rest().ends_with(b"0\r\n\r\n"), "half a body was passed off as a whole one");
    assert_eq!(site.exit(), Exit::Failed);
    assert_eq!(site.get("/after").text(), "/after");
}
