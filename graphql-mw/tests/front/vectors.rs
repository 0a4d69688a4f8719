//! Cases recorded from graphql-js: the same rules, at the same places. None is left out.

use std::io::Read;

use flate2::read::GzDecoder;
use serde_json::{Value, json};

#[path = "../../examples/graphql_vectors/validation.rs"]
mod validation;

fn unpacked(packed: &[u8]) -> Value {
    let mut text = String::new();
    GzDecoder::new(packed).read_to_string(&mut text).expect("the recorded cases unpack");
    serde_json::from_str(&text).expect("the recorded cases are JSON")
}

/// Rules and places; the order of the errors is not prescribed, that of an error's places is.
fn errors(of: &Value) -> Vec<String> {
    let errors = of["errors"].as_array().expect("a list of errors");
    let mut errors: Vec<String> =
        errors.iter().map(|error| json!([error["rule"], error["locations"]]).to_string()).collect();
    errors.sort();
    errors
}

fn check(vectors: &Value, count: usize) {
    let cases = vectors["cases"].as_array().expect("a list of cases");
    let answers = validation::answers(vectors).expect("every case is answered");
    assert_eq!((cases.len(), answers.len()), (count, count));
    for (case, answer) in cases.iter().zip(&answers) {
        assert_eq!(answer["id"], case["id"]);
        assert_eq!(answer["syntaxError"], case["syntaxError"], "{case}");
        assert_eq!(errors(answer), errors(case), "{case}");
    }
}

#[test]
fn every_recorded_document_breaks_the_same_rules_at_the_same_places() {
    check(&unpacked(include_bytes!("../data/validation.json.gz")), 253);
}

/// Written by chance, most of them break several rules at once.
#[test]
fn every_generated_document_breaks_the_same_rules_at_the_same_places() {
    check(&unpacked(include_bytes!("../data/generated.json.gz")), 1_200);
}
