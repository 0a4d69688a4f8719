//! The reference model is held to every recorded case of the echo app: in the recorded conduct it does
//! what the systems did, and by the contract the same but for the rules that choose otherwise.

use conformance::recordings::{self, Recording};
use conformance::replay::replay;
use conformance::rule::rule;
use conformance::websocket::model::{self, Conduct};
use conformance::websocket::{Model, Outcome, WebSocket};
use conformance::{Answer, Capability, Case, Lifecycle, Question, Trace};
use serde_json::{Map, Value};

fn every_recording() -> impl Iterator<Item = &'static Recording> {
    recordings::WEBSOCKET.iter().chain(recordings::WEBSOCKET_OTHERS)
}

fn lines(recording: &Recording) -> impl Iterator<Item = Map<String, Value>> + use<> {
    let lines: Vec<_> = recording.text().lines().map(String::from).collect();
    let lines = lines.into_iter().map(|line| serde_json::from_str(&line).unwrap());
    lines.filter(|input| WebSocket::passed_over(input).is_none())
}

fn recorded(input: &Map<String, Value>) -> Answer<Outcome> {
    let trace: Trace = serde_json::from_value(input["trace"].clone()).unwrap();
    let outcome = WebSocket::outcome(input["outcome"].clone()).unwrap();
    Answer { trace, outcome, init: None }
}

#[test]
fn in_the_recorded_conduct_the_model_does_what_the_systems_did() {
    let mut cases = 0;
    for input in every_recording().flat_map(lines) {
        let program = WebSocket::from_input(&input).unwrap();
        if !program.message_layers.is_empty() {
            continue;
        }
        let answer = model::run_as(Conduct::Recorded, &program).answer;
        assert_eq!(Answer { init: None, ..answer }, recorded(&input), "{}", input["id"]);
        cases += 1;
    }
    assert_eq!(cases, 1089 + 1125 + 362);
}

#[test]
fn by_the_contract_the_model_differs_from_them_by_named_rules_only() {
    let found = every_recording().map(|recording| {
        let replayed = replay::<WebSocket>(&Model, &recording.text()).unwrap();
        assert!(replayed.failed.is_empty(), "{recording:?}: {:#?}", replayed.failed.first());
        let passed_over = replayed.passed_over.values().sum::<usize>();
        let by_rule = Vec::from_iter(replayed.by_rule);
        let skipped = Vec::from_iter(replayed.skipped);
        (replayed.passed, by_rule, skipped, passed_over)
    });
    let expected = [
        (419, vec![("W12", 132), ("W3", 81), ("W6", 366), ("W8", 91)], vec![], 145),
        (
            470,
            vec![("W12", 139), ("W3", 82), ("W6", 340), ("W8", 94)],
            vec![(Capability::MessageLayers, 270)],
            210,
        ),
        (122, vec![("W12", 23), ("W3", 29), ("W6", 121), ("W7", 29), ("W8", 38)], vec![], 362),
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}

#[test]
fn where_no_rule_chooses_otherwise_the_model_does_what_they_did() {
    for input in every_recording().flat_map(lines) {
        let program = WebSocket::from_input(&input).unwrap();
        let account = model::run(&program);
        let same = Answer { init: None, ..account.answer } == recorded(&input);
        assert!(
            same || !account.chosen.is_empty() || !program.message_layers.is_empty(),
            "{}",
            input["id"]
        );
    }
}

#[test]
fn a_recorded_case_is_written_as_it_was_read() {
    for input in every_recording().flat_map(lines) {
        let line = Value::Object(input).to_string();
        let case = Case::<WebSocket>::recorded(&line).unwrap();
        let again = Question::<WebSocket>::new("", case.question.program.clone());
        for field in ["layers", "script", "app", "lifecycle", "semantics", "system"] {
            assert_eq!(again.input()[field], case.question.input()[field], "{line}");
        }
        let back = WebSocket::from_input(&again.input()).unwrap();
        assert_eq!(back, case.question.program);
    }
}

#[test]
fn every_event_of_the_model_names_an_existing_rule() {
    for program in conformance::websocket::every_small_program() {
        let account = model::run(&program);
        assert_eq!(account.why.len(), account.answer.trace.len());
        account.why.iter().chain(&account.chosen).for_each(|id| assert_eq!(rule(id).id, *id));
    }
}
