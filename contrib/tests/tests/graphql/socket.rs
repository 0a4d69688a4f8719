//! The websocket app, in both subprotocols.

use super::client::Client;
use super::schema::{Who, executor};
use contrib::graphql::{Socket, SocketOptions};
use engine_async::{CloseFrame, Error, Incoming, Stack, Step, hook_fns};
use std::time::Duration;

const TRANSPORT: &str = "graphql-transport-ws";
const LEGACY: &str = "graphql-ws";
const INIT: &str = r#"{"type":"connection_init"}"#;

fn app() -> Socket {
    Socket::new(&executor().0)
}

#[test]
fn queries_mutations_and_subscriptions_run_on_one_connection() {
    let mut client = Client::greeted(app());
    client.subscribe("q", "{ hello }");
    assert_eq!(client.next(), r#"{"id":"q","type":"next","payload":{"data":{"hello":"world"}}}"#);
    assert_eq!(client.next(), r#"{"id":"q","type":"complete"}"#);
    client.subscribe("m", "mutation { add(a: 1, b: 2) }");
    assert_eq!(client.next(), r#"{"id":"m","type":"next","payload":{"data":{"add":3}}}"#);
    assert_eq!(client.next(), r#"{"id":"m","type":"complete"}"#);
    client.subscribe("s", "subscription { countdown(from: 1) }");
    assert_eq!(client.next(), r#"{"id":"s","type":"next","payload":{"data":{"countdown":1}}}"#);
    assert_eq!(client.next(), r#"{"id":"s","type":"next","payload":{"data":{"countdown":0}}}"#);
    assert_eq!(client.next(), r#"{"id":"s","type":"complete"}"#);
    client.vanish();
}

#[test]
fn the_older_protocol_does_the_same_in_its_own_words() {
    let mut client = Client::connect(app(), LEGACY);
    assert_eq!(client.subprotocol().as_deref(), Some(LEGACY));
    client.send(r#"{"type":"connection_init","payload":{}}"#);
    // Its clients do not wait for the acknowledgement.
    client.send(r#"{"id":"1","type":"start","payload":{"query":"{ hello }"}}"#);
    assert_eq!(client.next(), r#"{"type":"connection_ack"}"#);
    assert_eq!(client.next(), r#"{"type":"ka"}"#);
    assert_eq!(client.next(), r#"{"id":"1","type":"data","payload":{"data":{"hello":"world"}}}"#);
    assert_eq!(client.next(), r#"{"id":"1","type":"complete"}"#);
    client.send(r#"{"id":"2","type":"start","payload":{"query":"subscription { never }"}}"#);
    client.send(r#"{"id":"2","type":"stop"}"#);
    assert_eq!(client.next(), r#"{"id":"2","type":"complete"}"#);
    client.send(r#"{"type":"connection_terminate"}"#);
    assert_eq!(client.closed().0, 1000);
    client.vanish();
}

#[test]
fn a_request_that_is_not_valid_is_an_error_of_its_operation_alone() {
    let mut client = Client::greeted(app());
    for query in
        ["{", "{ nowhere }", "subscription { nowhere }", "subscription { failsAtTheStart }"]
    {
        client.subscribe("1", query);
        let error = client.next();
        assert!(error.starts_with(r#"{"id":"1","type":"error","payload":[{"message":"#), "{error}");
    }
    client.subscribe("1", "{ boom }");
    let next = client.next();
    assert!(next.starts_with(r#"{"id":"1","type":"next","payload":{"errors":[{"message":"boom""#));
    assert_eq!(client.next(), r#"{"id":"1","type":"complete"}"#);
    client.vanish();
}

#[test]
fn an_error_in_an_event_does_not_end_the_subscription() {
    let mut client = Client::greeted(app());
    client.subscribe("1", "subscription { flaky }");
    assert_eq!(client.next(), r#"{"id":"1","type":"next","payload":{"data":{"flaky":0}}}"#);
    let odd = client.next();
    assert!(odd.contains(r#""message":"odd""#) && odd.contains(r#""flaky":null"#), "{odd}");
    assert_eq!(client.next(), r#"{"id":"1","type":"next","payload":{"data":{"flaky":2}}}"#);
    assert_eq!(client.next(), r#"{"id":"1","type":"complete"}"#);
    client.vanish();
}

#[track_caller]
fn check_closes(messages: &[&str], code: u16, reason: &str) {
    for protocol in [TRANSPORT, LEGACY] {
        let mut client = Client::connect(app(), protocol);
        messages.iter().for_each(|message| client.send(message));
        let closed = loop {
            match client.try_closed() {
                Some(closed) => break closed,
                None => continue,
            }
        };
        assert_eq!(closed, (code, reason.to_owned()), "{protocol}");
        client.vanish();
    }
}

#[test]
fn each_code_closes_in_both_protocols() {
    check_closes(&[INIT, INIT], 4429, "Too many initialisation requests");
    let mut client = Client::connect(app(), TRANSPORT);
    client.subscribe("1", "{ hello }");
    assert_eq!(client.closed(), (4401, "Unauthorized".into()));
    client.vanish();
    let mut client = Client::greeted(app());
    client.subscribe("1", "subscription { never }");
    client.subscribe("1", "subscription { never }");
    assert_eq!(client.closed(), (4409, "Subscriber for 1 already exists".into()));
    client.vanish();
    let mut client = Client::greeted(app());
    client.send("nonsense");
    assert_eq!(client.closed().0, 4400);
    client.vanish();
    let mut client = Client::greeted(app());
    client.send_binary();
    assert_eq!(client.closed().0, 4400);
    client.vanish();
}

#[test]
fn a_client_without_a_subprotocol_that_we_speak_is_told_so() {
    for offered in ["chat", ""] {
        let mut client = Client::connect(app(), offered);
        assert_eq!(client.subprotocol(), None);
        assert_eq!(client.closed(), (4406, "Subprotocol not acceptable".into()));
        client.vanish();
    }
}

#[test]
fn a_client_that_says_nothing_is_closed_in_time() {
    for protocol in [TRANSPORT, LEGACY] {
        let options = SocketOptions::default().with_init_timeout(Duration::from_millis(20));
        let mut client = Client::connect(app().options(options), protocol);
        assert_eq!(client.closed(), (4408, "Connection initialisation timeout".into()));
        client.vanish();
    }
}

fn with_hook() -> Socket {
    app().carrying::<Who>().on_init(|ws, payload| {
        Box::pin(async move {
            match payload.0.get("token").and_then(|token| token.as_str()) {
                Some("deny") => Err(Error::forbidden("this token may not")),
                Some("full") => Err(Error::close(4999, "come back tomorrow")),
                Some("broken") => Err(Error::internal("no database")),
                Some("panic") => panic!("the hook is wrong"),
                _ => {
                    ws.insert(Who("ann"));
                    Ok(Some([("hello", "ann".into())].into_iter().collect()))
                }
            }
        })
    })
}

#[test]
fn a_hook_may_refuse_by_what_the_client_says_about_itself() {
    let check = |token: &str, code: u16, reason: &str| {
        for protocol in [TRANSPORT, LEGACY] {
            let mut client = Client::connect(with_hook(), protocol);
            let payload = format!(r#"{{"token":"{token}"}}"#);
            client.send(&format!(r#"{{"type":"connection_init","payload":{payload}}}"#));
            if protocol == LEGACY {
                let payload = format!(r#"{{"message":"{reason}"}}"#);
                let error = format!(r#"{{"type":"connection_error","payload":{payload}}}"#);
                assert_eq!(client.next(), error);
            }
            assert_eq!(client.closed(), (code, reason.to_owned()));
            client.vanish();
        }
    };
    check("deny", 4403, "Forbidden");
    check("full", 4999, "come back tomorrow");
    check("broken", 4500, "Internal server error");
    check("panic", 4500, "Internal server error");
}

#[test]
fn fields_know_who_is_connected_and_what_it_said() {
    let mut client = Client::connect(with_hook(), TRANSPORT);
    client.send(r#"{"type":"connection_init","payload":{"name":"Ann"}}"#);
    assert_eq!(client.next(), r#"{"type":"connection_ack","payload":{"hello":"ann"}}"#);
    client.subscribe("1", "{ who init }");
    let data = r#"{"data":{"who":"ann","init":"Ann"}}"#;
    assert_eq!(client.next(), format!(r#"{{"id":"1","type":"next","payload":{data}}}"#));
    client.vanish();
}

#[test]
fn a_layer_may_refuse_the_init() {
    let guard = hook_fns("guard", |on| {
        on.receive(|_, _, event| match event {
            Incoming::Message(message) if message.as_text().is_some_and(|t| t.contains("init")) => {
                Step::Close(CloseFrame::with_reason(4403, "not today"))
            }
            _ => Step::Pass,
        });
    });
    let stack = Stack::builder().layer(guard).build().unwrap();
    let mut client = Client::connect_through(&stack, app(), TRANSPORT, 100);
    client.send(INIT);
    assert_eq!(client.closed(), (4403, "not today".into()));
    client.vanish();
}

#[test]
fn the_older_protocol_is_kept_alive() {
    let options = SocketOptions::default().with_keep_alive(Duration::from_millis(5));
    let mut client = Client::connect(app().options(options), LEGACY);
    client.send(INIT);
    assert_eq!(client.next(), r#"{"type":"connection_ack"}"#);
    for _ in 0..5 {
        assert_eq!(client.next(), r#"{"type":"ka"}"#);
    }
    client.vanish();
}

#[test]
fn two_hundred_operations_run_at_once_and_one_more_is_told_why_not() {
    let mut client = Client::greeted(app());
    for n in 0..201 {
        client.subscribe(&n.to_string(), "subscription { never }");
    }
    let error = client.next();
    assert!(
        error.starts_with(r#"{"id":"200","type":"error","payload":[{"message":"200 "#),
        "{error}"
    );
    client.complete("3");
    client.subscribe("200", "{ hello }");
    assert!(client.next().starts_with(r#"{"id":"200","type":"next""#));
    client.vanish();
}
