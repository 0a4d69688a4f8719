//! Both protocols, sentence by sentence of their texts.

use super::*;
use crate::response::{Response, ResponseError};
use crate::value::Object;
use Subprotocol::{Legacy, Transport};
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

/// A connection on which nothing was said yet.
fn opened(protocol: Subprotocol) -> Connection {
    Connection::new(protocol, Options::default())
}

/// A connection that was acknowledged.
fn acknowledged(protocol: Subprotocol) -> Connection {
    let mut connection = opened(protocol);
    assert_eq!(connection.receive(r#"{"type":"connection_init"}"#), [Action::Init(None)]);
    connection.accept(None);
    connection
}

fn operation(protocol: Subprotocol, id: &str) -> String {
    let kind = match protocol {
        Transport => "subscribe",
        Legacy => "start",
    };
    format!(r#"{{"id":"{id}","type":"{kind}","payload":{{"query":"{{ a }}"}}}}"#)
}

fn started(id: &str) -> Action {
    Action::Start { id: id.into(), request: crate::Request::new("{ a }") }
}

fn stopped(id: &str) -> Action {
    Action::Stop { id: id.into() }
}

fn sent(text: &str) -> Action {
    Action::Send(text.into())
}

#[track_caller]
fn closes(actions: &[Action], code: u16) -> &str {
    match actions {
        [Action::Close(close)] if close.code == code => &close.reason,
        other => panic!("it should close with {code}: {other:?}"),
    }
}

#[track_caller]
fn check_bad_message(text: &str, expected: &str) {
    let mut connection = acknowledged(Transport);
    assert_eq!(closes(&connection.receive(text), 4400), expected, "{text}");
}

#[track_caller]
fn check_legacy(text: &str, expected: &str) {
    let mut connection = acknowledged(Legacy);
    assert_eq!(connection.receive(text), [sent(expected)], "{text}");
    assert_eq!(connection.receive(&operation(Legacy, "later")), [started("later")]);
}

fn failed(message: &str) -> [ResponseError; 1] {
    [ResponseError::new(message)]
}

#[test]
fn an_init_is_decided_about_by_its_payload_and_then_acknowledged() {
    for protocol in [Transport, Legacy] {
        let mut connection = opened(protocol);
        let init = r#"{"type":"connection_init","payload":{"token":"t"}}"#;
        let payload: Object = [("token", "t".into())].into_iter().collect();
        assert_eq!(connection.receive(init), [Action::Init(Some(payload))]);
        let sends = connection.accept(None);
        assert_eq!(sends[0], sent(r#"{"type":"connection_ack"}"#));
    }
}

#[test]
fn an_acknowledgement_can_carry_a_payload() {
    let mut connection = opened(Transport);
    connection.receive(r#"{"type":"connection_init","payload":null}"#);
    let payload: Object = [("user", "ann".into())].into_iter().collect();
    let ack = r#"{"type":"connection_ack","payload":{"user":"ann"}}"#;
    assert_eq!(connection.accept(Some(&payload)), [sent(ack)]);
}

#[test]
fn the_older_protocol_keeps_alive_from_the_acknowledgement_on() {
    let mut connection = opened(Legacy);
    assert_eq!(connection.keep_alive(), None);
    connection.receive(r#"{"type":"connection_init"}"#);
    assert_eq!(connection.keep_alive(), None);
    let ka = r#"{"type":"ka"}"#;
    assert_eq!(connection.accept(None)[1..], [sent(ka)]);
    assert_eq!(connection.keep_alive().as_deref(), Some(ka));
    connection.receive(r#"{"type":"connection_terminate"}"#);
    assert_eq!(connection.keep_alive(), None);
}

#[test]
fn keep_alive_can_be_turned_off_and_is_not_of_the_newer_protocol() {
    let mut connection = Connection::new(Legacy, Options::default().with_keep_alive(false));
    connection.receive(r#"{"type":"connection_init"}"#);
    assert_eq!(connection.accept(None).len(), 1);
    assert_eq!(connection.keep_alive(), None);
    assert_eq!(acknowledged(Transport).keep_alive(), None);
}

#[test]
fn without_an_init_in_time_the_connection_is_closed() {
    for protocol in [Transport, Legacy] {
        let actions = opened(protocol).init_timeout();
        assert_eq!(closes(&actions, 4408), "Connection initialisation timeout");
        assert_eq!(acknowledged(protocol).init_timeout(), []);
    }
}

#[test]
fn a_slow_decision_is_no_late_init() {
    let mut connection = opened(Transport);
    connection.receive(r#"{"type":"connection_init"}"#);
    assert_eq!(connection.init_timeout(), []);
}

#[test]
fn a_second_init_closes_the_connection_decided_about_or_not() {
    for protocol in [Transport, Legacy] {
        let init = r#"{"type":"connection_init"}"#;
        let mut connection = opened(protocol);
        connection.receive(init);
        let actions = connection.receive(init);
        assert_eq!(closes(&actions, 4429), "Too many initialisation requests");
        assert_eq!(connection.accept(None), [], "the decision comes too late");
        closes(&acknowledged(protocol).receive(init), 4429);
    }
}

#[test]
fn an_operation_before_the_init_is_unauthorized() {
    for protocol in [Transport, Legacy] {
        let actions = opened(protocol).receive(&operation(protocol, "1"));
        assert_eq!(closes(&actions, 4401), "Unauthorized");
    }
}

#[test]
fn an_operation_before_the_acknowledgement_is_unauthorized() {
    let mut connection = opened(Transport);
    connection.receive(r#"{"type":"connection_init"}"#);
    closes(&connection.receive(&operation(Transport, "1")), 4401);
}

#[test]
fn operations_of_the_older_protocol_wait_for_the_acknowledgement() {
    let mut connection = opened(Legacy);
    connection.receive(r#"{"type":"connection_init"}"#);
    assert_eq!(connection.receive(&operation(Legacy, "1")), []);
    assert_eq!(connection.receive(&operation(Legacy, "2")), []);
    assert_eq!(connection.receive(&operation(Legacy, "3")), []);
    let complete = sent(r#"{"id":"2","type":"complete"}"#);
    assert_eq!(connection.receive(r#"{"id":"2","type":"stop"}"#), [complete]);
    assert_eq!(connection.accept(None)[2..], [started("1"), started("3")]);
}

#[test]
fn what_waits_for_a_refused_acknowledgement_is_never_started() {
    let mut connection = opened(Legacy);
    connection.receive(r#"{"type":"connection_init"}"#);
    connection.receive(&operation(Legacy, "1"));
    connection.refuse(Close::new(Close::FORBIDDEN, "Forbidden"));
    assert_eq!(connection.accept(None), []);
    assert_eq!(connection.operations(), 0);
}

#[test]
fn a_refused_client_is_told_so_and_disconnected() {
    let refuse = |protocol| {
        let mut connection = opened(protocol);
        connection.receive(r#"{"type":"connection_init"}"#);
        connection.refuse(Close::new(Close::FORBIDDEN, "Forbidden"))
    };
    let close = || Action::Close(Close::new(4403, "Forbidden"));
    assert_eq!(refuse(Transport), [close()]);
    let error = sent(r#"{"type":"connection_error","payload":{"message":"Forbidden"}}"#);
    assert_eq!(refuse(Legacy), [error, close()]);
}

#[test]
fn a_ping_is_answered_with_its_payload_at_any_time() {
    let mut connection = opened(Transport);
    assert_eq!(connection.receive(r#"{"type":"ping"}"#), [sent(r#"{"type":"pong"}"#)]);
    let ping = r#"{"type":"ping","payload":{"n":1}}"#;
    assert_eq!(connection.receive(ping), [sent(r#"{"type":"pong","payload":{"n":1}}"#)]);
    assert_eq!(connection.receive(r#"{"type":"pong"}"#), []);
    assert_eq!(connection.receive(r#"{"type":"pong","payload":{}}"#), []);
    let mut connection = acknowledged(Transport);
    assert_eq!(connection.receive(r#"{"type":"ping"}"#), [sent(r#"{"type":"pong"}"#)]);
}

#[test]
fn an_operation_is_started_with_all_it_says() {
    let text = r#"{"id":"1","type":"subscribe","payload":{"query":"query Q { a }",
        "operationName":"Q","variables":{"n":[1]},"extensions":{"e":true}}}"#;
    let mut connection = acknowledged(Transport);
    let [Action::Start { request, .. }] = &connection.receive(text)[..] else { panic!() };
    assert_eq!(request.operation_name.as_deref(), Some("Q"));
    assert_eq!(request.variables.get("n").unwrap().to_json(), serde_json::json!([1]));
    assert_eq!(request.extensions.get("e").unwrap().as_bool(), Some(true));
}

#[test]
fn many_operations_run_on_one_connection() {
    for protocol in [Transport, Legacy] {
        let mut connection = acknowledged(protocol);
        for n in 0..200 {
            let id = n.to_string();
            assert_eq!(connection.receive(&operation(protocol, &id)), [started(&id)]);
        }
        let [Action::Send(error)] = &connection.receive(&operation(protocol, "200"))[..] else {
            panic!("one more is answered with an error");
        };
        assert!(error.starts_with(r#"{"id":"200","type":"error","#), "{error}");
        connection.complete("7");
        assert_eq!(connection.receive(&operation(protocol, "200")), [started("200")]);
    }
}

#[test]
fn an_id_that_is_in_use_closes_the_connection() {
    let mut connection = acknowledged(Transport);
    connection.receive(&operation(Transport, "x"));
    let actions = connection.receive(&operation(Transport, "x"));
    assert_eq!(closes(&actions, 4409), "Subscriber for x already exists");
}

#[test]
fn an_id_is_free_again_however_its_operation_has_ended() {
    let mut connection = acknowledged(Transport);
    connection.receive(&operation(Transport, "x"));
    connection.complete("x");
    assert_eq!(connection.receive(&operation(Transport, "x")), [started("x")]);
    connection.error("x", &failed("no"));
    assert_eq!(connection.receive(&operation(Transport, "x")), [started("x")]);
    connection.receive(r#"{"id":"x","type":"complete"}"#);
    assert_eq!(connection.receive(&operation(Transport, "x")), [started("x")]);
}

#[test]
fn an_id_that_is_in_use_replaces_its_operation_in_the_older_protocol() {
    let mut connection = acknowledged(Legacy);
    connection.receive(&operation(Legacy, "x"));
    assert_eq!(connection.receive(&operation(Legacy, "x")), [started("x")]);
    assert_eq!(connection.operations(), 1);
}

#[test]
fn answers_go_to_their_operation() {
    let response = Response::request_error([]);
    let mut connection = acknowledged(Transport);
    connection.receive(&operation(Transport, "1"));
    let next = connection.next("1", &response);
    assert_eq!(next.as_deref(), Some(r#"{"id":"1","type":"next","payload":{}}"#));
    let complete = connection.complete("1");
    assert_eq!(complete.as_deref(), Some(r#"{"id":"1","type":"complete"}"#));

    let mut connection = acknowledged(Legacy);
    connection.receive(&operation(Legacy, "1"));
    let data = connection.next("1", &response);
    assert_eq!(data.as_deref(), Some(r#"{"id":"1","type":"data","payload":{}}"#));
    let complete = connection.complete("1");
    assert_eq!(complete.as_deref(), Some(r#"{"id":"1","type":"complete"}"#));
}

#[test]
fn an_operation_that_fails_ends_with_its_errors() {
    let errors = [ResponseError::new("first"), ResponseError::new("second")];
    let mut connection = acknowledged(Transport);
    connection.receive(&operation(Transport, "1"));
    assert_eq!(
        connection.error("1", &errors).as_deref(),
        Some(r#"{"id":"1","type":"error","payload":[{"message":"first"},{"message":"second"}]}"#),
    );
    assert_eq!(connection.complete("1"), None);

    let mut connection = acknowledged(Legacy);
    connection.receive(&operation(Legacy, "1"));
    let error = connection.error("1", &errors).unwrap();
    assert_eq!(
        error,
        r#"{"id":"1","type":"error","payload":{"message":"first","errors":[{"message":"first"},{"message":"second"}]}}"#,
    );
}

#[test]
fn a_client_that_completes_hears_no_more_of_it() {
    let mut connection = acknowledged(Transport);
    connection.receive(&operation(Transport, "1"));
    assert_eq!(connection.receive(r#"{"id":"1","type":"complete"}"#), [stopped("1")]);
    assert_eq!(connection.next("1", &Response::default()), None);
    assert_eq!(connection.error("1", &failed("late")), None);
    assert_eq!(connection.complete("1"), None);
}

#[test]
fn a_client_of_the_older_protocol_that_stops_is_told_of_the_end() {
    let mut connection = acknowledged(Legacy);
    connection.receive(&operation(Legacy, "1"));
    let complete = sent(r#"{"id":"1","type":"complete"}"#);
    assert_eq!(connection.receive(r#"{"id":"1","type":"stop"}"#), [stopped("1"), complete]);
    assert_eq!(connection.next("1", &Response::default()), None);
}

#[test]
fn the_end_of_an_unknown_operation_is_ignored() {
    assert_eq!(acknowledged(Transport).receive(r#"{"id":"9","type":"complete"}"#), []);
    assert_eq!(opened(Transport).receive(r#"{"id":"9","type":"complete"}"#), []);
    assert_eq!(acknowledged(Legacy).receive(r#"{"id":"9","type":"stop"}"#), []);
}

#[test]
fn a_client_of_the_older_protocol_can_terminate() {
    let mut connection = acknowledged(Legacy);
    connection.receive(&operation(Legacy, "1"));
    closes(&connection.receive(r#"{"type":"connection_terminate","payload":null}"#), 1000);
    assert_eq!(connection.operations(), 0);
}

#[test]
fn what_cannot_be_understood_closes_the_connection_and_says_why() {
    check_bad_message("[]", "a message must be an object, not a list");
    check_bad_message("{}", "the message has no `type`");
    check_bad_message(r#"{"type":7}"#, "`type` must be a string, not a number");
    check_bad_message(r#"{"type":"start"}"#, "there is no message of the type `start`");
    check_bad_message(r#"{"type":"next"}"#, "there is no message of the type `next`");
    check_bad_message(
        r#"{"type":"ping","payload":1}"#,
        "`payload` must be an object, not a number",
    );
    check_bad_message(
        r#"{"type":"connection_init","payload":"t"}"#,
        "`payload` must be an object, not a string",
    );
    check_bad_message(r#"{"type":"complete"}"#, "`complete` has no `id`");
    check_bad_message(r#"{"type":"complete","id":1}"#, "`id` must be a string, not a number");
    check_bad_message(r#"{"type":"subscribe","id":""}"#, "`id` of `subscribe` is empty");
    check_bad_message(r#"{"type":"subscribe","id":"1"}"#, "`subscribe` has no `payload`");
    let subscribe =
        |payload: &str| format!(r#"{{"type":"subscribe","id":"1","payload":{payload}}}"#);
    check_bad_message(&subscribe("null"), "`payload` must be an object, not null");
    check_bad_message(&subscribe("{}"), "`query` is missing: it holds the document");
    check_bad_message(&subscribe(r#"{"query":1}"#), "`query` must be a string, not a number");
    check_bad_message(
        &subscribe(r#"{"query":"","variables":[]}"#),
        "`variables` must be an object, not a list",
    );
    check_bad_message(
        &subscribe(r#"{"query":"","operationName":{}}"#),
        "`operationName` must be a string, not an object",
    );
    check_bad_message(
        &subscribe(r#"{"query":"","extensions":true}"#),
        "`extensions` must be an object, not a boolean",
    );
}

#[test]
fn what_is_no_json_closes_the_connection_without_repeating_it() {
    for text in ["", "{", "nonsense", "\u{0}", "{\"type\":\"ping\"} {}"] {
        let actions = acknowledged(Transport).receive(text);
        assert!(closes(&actions, 4400).starts_with("the message is no JSON: "), "{text}");
    }
}

#[test]
fn json_that_is_nested_too_deep_is_no_json() {
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    closes(&acknowledged(Transport).receive(&deep), 4400);
}

#[test]
fn the_older_protocol_goes_on_after_what_it_does_not_understand() {
    check_legacy(
        "7",
        r#"{"type":"connection_error","payload":{"message":"a message must be an object, not a number"}}"#,
    );
    check_legacy(
        r#"{"type":"subscribe","id":"1"}"#,
        r#"{"id":"1","type":"error","payload":{"message":"there is no message of the type `subscribe`","errors":[{"message":"there is no message of the type `subscribe`"}]}}"#,
    );
    check_legacy(
        r#"{"type":"ping"}"#,
        r#"{"type":"connection_error","payload":{"message":"there is no message of the type `ping`"}}"#,
    );
    check_legacy(
        r#"{"type":"start","payload":{}}"#,
        r#"{"type":"connection_error","payload":{"message":"`start` has no `id`"}}"#,
    );
    check_legacy(
        r#"{"type":"stop","id":2}"#,
        r#"{"type":"connection_error","payload":{"message":"`id` must be a string, not a number"}}"#,
    );
    check_legacy(
        r#"{"type":"start","id":"1"}"#,
        r#"{"id":"1","type":"error","payload":{"message":"`start` has no `payload`","errors":[{"message":"`start` has no `payload`"}]}}"#,
    );
}

#[test]
fn an_operation_that_is_replaced_by_nonsense_is_stopped() {
    let mut connection = acknowledged(Legacy);
    connection.receive(&operation(Legacy, "1"));
    let actions = connection.receive(r#"{"type":"start","id":"1","payload":{}}"#);
    assert!(matches!(&actions[..], [Action::Stop { .. }, Action::Send(_)]), "{actions:?}");
    assert_eq!(connection.operations(), 0);
}

#[test]
fn binary_messages_are_of_neither_protocol() {
    for protocol in [Transport, Legacy] {
        closes(&acknowledged(protocol).receive_binary(), 4400);
    }
}

#[test]
fn a_closed_connection_says_nothing_more() {
    for protocol in [Transport, Legacy] {
        let mut connection = acknowledged(protocol);
        connection.receive(&operation(protocol, "1"));
        connection.receive_binary();
        assert_eq!(connection.receive(r#"{"type":"ping"}"#), []);
        assert_eq!(connection.receive("{"), []);
        assert_eq!(connection.receive(&operation(protocol, "2")), []);
        assert_eq!(connection.receive_binary(), []);
        assert_eq!(connection.init_timeout(), []);
        assert_eq!(connection.refuse(Close::internal()), []);
        assert_eq!(connection.next("1", &Response::default()), None);
        assert_eq!(connection.complete("1"), None);
    }
}

/// Messages as a client that is broken, or wants to break something, may send them.
fn message() -> impl Strategy<Value = String> {
    let kind = select(vec![
        "connection_init",
        "connection_terminate",
        "ping",
        "pong",
        "subscribe",
        "start",
        "complete",
        "stop",
        "next",
    ]);
    let id = select(vec!["", r#""id":"a","#, r#""id":"b","#, r#""id":"","#, r#""id":7,"#]);
    let payload = select(vec!["null", "{}", "[]", r#"{"query":"{ a }"}"#, r#"{"query":1}"#]);
    let plausible = (kind, id, payload)
        .prop_map(|(kind, id, payload)| format!(r#"{{{id}"type":"{kind}","payload":{payload}}}"#));
    prop_oneof![8 => plausible, 1 => ".{0,20}"]
}

proptest! {
    #[test]
    fn whatever_a_client_says_what_runs_is_bounded_and_a_close_is_the_end(
        protocol in select(vec![Transport, Legacy]),
        messages in vec(message(), 0..60),
        accepts in 0..8_usize,
    ) {
        let mut connection = Connection::new(protocol, Options::default().with_operations(1));
        let mut running: Vec<String> = Vec::new();
        let mut is_closed = false;
        for (place, message) in messages.iter().enumerate() {
            let mut actions = connection.receive(message);
            if place == accepts {
                actions.extend(connection.accept(None));
            }
            for action in actions {
                prop_assert!(!is_closed, "{action:?} after the close");
                match action {
                    Action::Start { id, .. } => {
                        running.retain(|running| **running != *id);
                        running.push(id.to_string());
                    }
                    Action::Stop { id } => running.retain(|running| **running != *id),
                    Action::Close(_) => {
                        is_closed = true;
                        running.clear();
                    }
                    Action::Send(text) => {
                        let sent: serde_json::Value = serde_json::from_str(&text).unwrap();
                        prop_assert!(sent["type"].is_string());
                    }
                    Action::Init(_) => {}
                }
            }
            prop_assert!(running.len() <= 1 && connection.operations() <= 1, "{running:?}");
        }
    }
}
