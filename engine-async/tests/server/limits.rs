//! Clients that break the protocol or a limit.

use crate::raw::Raw;
use crate::support::{Site, echo, limits};
use engine_async::Exit;
use engine_async::runtime::Runtime;
use engine_async::server::Limits;

crate::on_each! {
    what_is_too_much_is_closed_with_1009 => too_much;
    what_is_within_the_limits_is_not => within;
    text_that_is_not_utf_8_is_closed_with_1007 => not_text;
    what_breaks_the_protocol_is_closed_with_1002 => wrong;
    nobody_else_is_disturbed => others;
}

fn small() -> Limits {
    Limits { message_bytes: 1000, frame_bytes: 600, fragments: 4, ..limits() }
}

/// Each is closed with this code, and can read that though the server has not read everything.
fn closed(site: &Site, code: u16, frames: &[&[u8]]) {
    let mut client = site.opened();
    client.write(&frames.concat());
    client.write(&Raw::frame(0x82, &[0; 500]).repeat(100));
    assert_eq!(client.close_code(), Some(code), "{frames:?}");
    client.send(0x88, &code.to_be_bytes());
    client.sees_the_end();
    drop(client);
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn too_much<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, small(), echo);
    let empty = Raw::frame(0x00, b"");
    closed(&site, 1009, &[&Raw::frame(0x82, &[0; 601])]);
    // Said by the head of a frame alone.
    closed(
        &site,
        1009,
        &[&[0x82, 0xff, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0]],
    );
    closed(&site, 1009, &[&Raw::frame(0x02, &[0; 600]), &Raw::frame(0x80, &[0; 401])]);
    closed(&site, 1009, &[&Raw::frame(0x01, b""), &empty.repeat(4)]);
}

fn within<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, small(), echo);
    let mut client = site.opened();
    client.write(&Raw::frame(0x02, &[1; 600]));
    client.write(&Raw::frame(0x89, b"between"));
    client.write(&Raw::frame(0x00, b"").repeat(2));
    client.write(&Raw::frame(0x80, &[1; 400]));
    assert_eq!(client.next(), Some((0x8a, b"between".to_vec())));
    assert_eq!(client.next(), Some((0x82, vec![1; 1000])));
}

fn not_text<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, small(), echo);
    closed(&site, 1007, &[&Raw::frame(0x81, b"\xff")]);
    closed(&site, 1007, &[&Raw::frame(0x01, b"\xc3"), &Raw::frame(0x80, b"x")]);
    closed(&site, 1007, &[&Raw::frame(0x81, b"\xed\xa0\x80")]);
}

fn wrong<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, small(), echo);
    let frames = [
        Raw::frame(0xc1, b"a reserved bit"),
        Raw::frame(0x83, b"a reserved opcode"),
        Raw::frame(0x8b, b"a reserved control opcode"),
        Raw::frame(0x80, b"nothing to continue"),
        [Raw::frame(0x01, b"one"), Raw::frame(0x81, b"another")].concat(),
        Raw::frame(0x09, b"a ping in pieces"),
        Raw::frame(0x89, &[0; 126]),
        Raw::frame(0x88, b"x"),
        vec![0x81, 0x01, b'x'],
    ];
    for frame in frames {
        closed(&site, 1002, &[&frame]);
    }
    // Codes that no frame may carry are answered with 1002.
    for code in [0_u16, 999, 1004, 1005, 1006, 1016, 2999, 5000] {
        let mut client = site.opened();
        client.send(0x88, &code.to_be_bytes());
        assert_eq!(client.close_code(), Some(1002), "{code}");
        client.sees_the_end();
        assert_eq!(site.ended(), Exit::Disconnected);
    }
}

fn others<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, small(), echo);
    let mut other = site.opened();
    closed(&site, 1002, &[&Raw::frame(0x83, b"")]);
    other.send(0x81, b"still here");
    assert_eq!(other.next(), Some((0x81, b"still here".to_vec())));
}
