//! Cases recorded from graphql-js: the same data, and errors at the same places.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

#[path = "../../examples/graphql_vectors/execution.rs"]
mod execution;

fn vectors() -> Value {
    let packed: &[u8] = include_bytes!("../data/execution.json.gz");
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).expect("the recorded cases unpack");
    serde_json::from_str(&text).expect("the recorded cases are JSON")
}

/// The same JSON, members in the same order, numbers by value.
fn is_same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| is_same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            let same = |((ka, a), (kb, b)): ((&String, &Value), (&String, &Value))| {
                ka == kb && is_same(a, b)
            };
            a.len() == b.len() && a.iter().zip(b).all(same)
        }
        _ => a == b,
    }
}

/// Errors as a set: paths, places, and the messages that come from the data.
fn errors(of: &Value) -> Vec<String> {
    let errors = of["errors"].as_array().map_or(&[][..], Vec::as_slice);
    let message = |error: &Value| {
        let message = error["message"].as_str().unwrap_or_default();
        message.starts_with("E:").then(|| message.to_owned())
    };
    let error = |error: &Value| json!([error["path"], error["locations"], message(error)]);
    let mut errors: Vec<String> = errors.iter().map(|of| error(of).to_string()).collect();
    errors.sort();
    errors
}

fn check(case: &Value, expected: &Value, found: &Value) {
    let Some(data) = expected.get("data") else {
        assert!(found.get("data").is_none(), "{case}\nfound {found}");
        assert!(!errors(found).is_empty(), "{case}\nfound {found}");
        return;
    };
    assert!(found.get("data").is_some_and(|found| is_same(data, found)), "{case}\nfound {found}");
    let (expected, found) = (errors(expected), errors(found));
    match case.get("anyOne") {
        Some(_) => assert!(found.iter().all(|error| expected.contains(error)), "{case}\n{found:?}"),
        None => assert_eq!(found, expected, "{case}"),
    }
}

#[test]
fn every_recorded_request_is_answered_with_the_same_data_and_errors_at_the_same_places() {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().expect("a list of cases");
    let answers = execution::answers(&vectors).expect("the schema is in order");
    assert_eq!(answers.len(), 131);
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(answer["id"], case["id"]);
        match case["results"].as_array() {
            Some(expected) => {
                let found = answer["results"].as_array();
                let found = found.unwrap_or_else(|| panic!("{case}\nfound {answer}"));
                assert_eq!(found.len(), expected.len(), "{case}\nfound {answer}");
                for (expected, found) in expected.iter().zip(found) {
                    check(case, expected, found);
                }
            }
            None => check(case, &case["result"], &answer["result"]),
        }
    }
}

#[test]
fn a_thread_that_waits_is_answered_as_a_future_is() {
    let vectors = vectors();
    let cases = vectors["cases"].as_array().expect("a list of cases");
    let executor = execution::executor(&vectors).expect("the schema is in order");
    let answers = execution::answers(&vectors).expect("the schema is in order");
    let mut compared = 0;
    for (case, answer) in
        cases.iter().zip(&answers).filter(|(_, answer)| answer["result"] != Value::Null)
    {
        if case["query"].as_str().is_some_and(|query| query.starts_with("subscription")) {
            continue;
        }
        let blocking = executor.execute_blocking(execution::request(case));
        assert_eq!(json!(blocking), answer["result"], "{case}");
        compared += 1;
    }
    assert!(compared > 100, "only {compared} cases are queries and mutations");
}
