//! Pings, silence, and what is done about both.

use crate::support::{Site, busy, echo, limits, millis};
use engine_async::Exit;
use engine_async::runtime::Runtime;
use engine_async::server::Limits;
use std::io::Read;

crate::on_each! {
    a_ping_is_answered_while_the_app_is_busy => ping;
    a_client_that_answers_pings_stays => stays;
    a_client_that_answers_no_ping_is_given_up => dead;
    a_client_that_sends_nothing_for_too_long_is_told_1001 => idle;
    messages_keep_a_connection_from_being_idle_and_pings_do_not => pings_are_no_messages;
}

fn ping<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { grace: millis(20), ..limits() }, busy);
    let mut client = site.opened();
    for payload in [&b""[..], b"one", &[7; 125]] {
        client.send(0x89, payload);
        assert_eq!(client.next(), Some((0x8a, payload.to_vec())));
    }
    client.leave();
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn stays<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { ping_interval: millis(20), ..limits() }, echo);
    let mut client = site.opened();
    for _ in 0..5 {
        assert_eq!(client.next(), Some((0x89, Vec::new())));
        client.send(0x8a, b"");
    }
    client.send(0x81, b"hello");
    loop {
        match client.next() {
            Some((0x89, _)) => client.send(0x8a, b""),
            next => break assert_eq!(next, Some((0x81, b"hello".to_vec()))),
        }
    }
}

fn dead<R: Runtime>(runtime: R) {
    let limits = Limits { ping_interval: millis(40), pong_timeout: millis(40), ..limits() };
    for app_is_busy in [false, true] {
        let limits = Limits { grace: millis(20), ..limits.clone() };
        let site = match app_is_busy {
            false => Site::new(runtime.clone(), limits, echo),
            true => Site::new(runtime.clone(), limits, busy),
        };
        let mut client = site.opened();
        assert_eq!(site.ended(), Exit::TimedOut);
        assert_eq!(client.next(), Some((0x89, Vec::new())));
        assert_eq!(client.stream.read(&mut [0; 9]).unwrap(), 0);
    }
}

fn idle<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { idle_timeout: millis(60), ..limits() }, echo);
    let mut client = site.opened();
    assert_eq!(client.close_code(), Some(1001));
    client.send(0x88, &1001_u16.to_be_bytes());
    client.sees_the_end();
    assert_eq!(site.ended(), Exit::TimedOut);
}

fn pings_are_no_messages<R: Runtime>(runtime: R) {
    let limits = Limits { idle_timeout: millis(200), ..limits() };
    let site = Site::new(runtime, limits, echo);
    let mut client = site.opened();
    client.send(0x81, b"hello");
    assert_eq!(client.next(), Some((0x81, b"hello".to_vec())));
    loop {
        client.send(0x89, b"here");
        match client.next() {
            Some((0x8a, _)) => {}
            Some((0x88, payload)) => break assert_eq!(payload[..2], 1001_u16.to_be_bytes()),
            other => panic!("{other:?}"),
        }
    }
    client.send(0x88, &1001_u16.to_be_bytes());
    assert_eq!(site.ended(), Exit::TimedOut);
}
