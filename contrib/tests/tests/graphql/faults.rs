//! What goes wrong: sources that fail, clients that flood, vanish or never read.

use super::client::Client;
use super::schema::{Sources, executor};
use contrib::graphql::Socket;
use engine_async::Stack;
use std::time::{Duration, Instant};

/// Waits for what another thread is about to do.
#[track_caller]
fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::yield_now();
    }
}

fn greeted() -> (Client, Sources) {
    let (executor, sources) = executor();
    (Client::greeted(Socket::new(&executor)), sources)
}

#[test]
fn completing_a_subscription_drops_its_source_whether_or_not_it_has_events() {
    let (mut client, sources) = greeted();
    client.subscribe("1", "subscription { never }");
    client.subscribe("2", "subscription { countdown(from: 0) }");
    while client.next() != r#"{"id":"2","type":"complete"}"# {}
    assert_eq!(sources.alive(), 1);
    client.complete("1");
    eventually("the source is dropped", || sources.alive() == 0);
    client.vanish();
}

#[test]
fn ten_thousand_subscriptions_opened_and_completed_leave_no_source() {
    let (mut client, sources) = greeted();
    for n in 0..10_000 {
        let id = n.to_string();
        client.subscribe(&id, "subscription { never }");
        client.complete(&id);
    }
    // Answered last, so all the others have been heard before.
    client.subscribe("last", "{ hello }");
    while client.next() != r#"{"id":"last","type":"complete"}"# {}
    assert_eq!(sources.alive(), 0);
    client.vanish();
}

#[test]
fn ten_thousand_subscriptions_of_clients_that_vanish_leave_no_source() {
    let (executor, sources) = executor();
    for round in 0..50 {
        let mut client = Client::greeted(Socket::new(&executor));
        for n in 0..199 {
            client.subscribe(&n.to_string(), "subscription { never }");
        }
        client.subscribe("last", "subscription { countdown(from: 0) }");
        while client.next() != r#"{"id":"last","type":"complete"}"# {}
        assert_eq!(sources.alive(), 199, "round {round}");
        client.vanish();
        assert_eq!(sources.alive(), 0, "round {round}");
    }
}

#[test]
fn a_close_ends_all_operations_before_anybody_reads_it() {
    let (executor, sources) = executor();
    let app = Socket::new(&executor);
    let mut client = Client::connect_through(&Stack::empty(), app, "graphql-transport-ws", 1);
    client.send(r#"{"type":"connection_init"}"#);
    assert_eq!(client.next(), r#"{"type":"connection_ack"}"#);
    for id in ["1", "2", "3"] {
        client.subscribe(id, "subscription { never }");
    }
    eventually("all have begun", || sources.alive() == 3);
    // Two answers are all that there is room for, so the close has to wait.
    client.send(r#"{"type":"ping"}"#);
    client.send(r#"{"type":"ping"}"#);
    client.send("nonsense");
    eventually("all have ended", || sources.alive() == 0);
    assert_eq!(client.next(), r#"{"type":"pong"}"#);
    assert_eq!(client.next(), r#"{"type":"pong"}"#);
    assert_eq!(client.closed().0, 4400);
    client.vanish();
}

#[test]
fn a_client_that_does_not_read_makes_the_source_wait() {
    let (executor, sources) = executor();
    let app = Socket::new(&executor);
    let mut client = Client::connect_through(&Stack::empty(), app, "graphql-transport-ws", 8);
    client.send(r#"{"type":"connection_init"}"#);
    client.subscribe("1", "subscription { forever }");
    assert_eq!(client.next(), r#"{"type":"connection_ack"}"#);
    let first = client.next();
    assert_eq!(first, r#"{"id":"1","type":"next","payload":{"data":{"forever":0}}}"#);
    eventually("what there is room for is filled", || sources.events() >= 8);
    // A source that did not wait would be further ahead at each reading.
    for n in 1..1_000 {
        let ahead = sources.events().saturating_sub(n);
        assert!(ahead < 16, "the source is {ahead} events ahead of its reader");
        let event = format!(r#"{{"data":{{"forever":{n}}}}}"#);
        assert_eq!(client.next(), format!(r#"{{"id":"1","type":"next","payload":{event}}}"#));
    }
    client.vanish();
    assert_eq!(sources.alive(), 0);
}

#[test]
fn a_source_that_is_always_ready_does_not_drown_the_others() {
    let (mut client, sources) = greeted();
    client.subscribe("loud", "subscription { forever }");
    client.subscribe("quiet", "{ hello }");
    while !client.next().starts_with(r#"{"id":"quiet""#) {}
    client.complete("loud");
    client.subscribe("last", "{ hello }");
    while client.next() != r#"{"id":"last","type":"complete"}"# {}
    assert_eq!(sources.alive(), 0);
    client.vanish();
}

#[test]
fn a_source_that_fails_ends_its_subscription_with_an_error() {
    for (field, events, message) in [
        ("failsAtTheStart", 0, "no source"),
        ("failsInTheMiddle", 2, "source lost"),
        ("panicsInTheMiddle", 1, "internal error"),
    ] {
        let (mut client, sources) = greeted();
        client.subscribe("1", &format!("subscription {{ {field} }}"));
        for _ in 0..events {
            assert!(client.next().starts_with(r#"{"id":"1","type":"next""#));
        }
        let error = client.next();
        let start = format!(r#"{{"id":"1","type":"error","payload":[{{"message":"{message}""#);
        assert!(error.starts_with(&start), "{error}");
        assert_eq!(sources.alive(), 0);
        // The connection goes on, and the id is free.
        client.subscribe("1", "{ hello }");
        assert!(client.next().starts_with(r#"{"id":"1","type":"next""#));
        client.vanish();
    }
}

#[test]
fn a_flood_of_inits_is_answered_once() {
    let (executor, _) = executor();
    let mut client = Client::connect(Socket::new(&executor), "graphql-transport-ws");
    for _ in 0..10_000 {
        client.send(r#"{"type":"connection_init"}"#);
    }
    // The acknowledgement may come before the second one is read.
    let closed = loop {
        if let Some(closed) = client.try_closed() {
            break closed;
        }
    };
    assert_eq!(closed.0, 4429);
    client.vanish();
}

#[test]
fn a_document_of_a_hundred_thousand_aliases_is_an_error_of_its_operation() {
    let (mut client, _) = greeted();
    let aliases: String = (0..100_000).map(|n| format!("a{n}:hello ")).collect();
    client.subscribe("1", &format!("{{ {aliases} }}"));
    assert!(client.next().starts_with(r#"{"id":"1","type":"error""#));
    client.vanish();
}
