//! The reference model is itself held to every recorded case.

use conformance::field::{Fields, Model, model};
use conformance::protocol::answer_line;
use conformance::recordings;
use conformance::replay::replay;
use conformance::rule::rule;
use conformance::{Case, Difference, Question};
use serde_json::json;
use std::collections::BTreeMap;

#[test]
fn the_model_does_what_every_recorded_system_did() {
    let expected = [
        ("graphql-graphene", 1403, vec![("F10", 13)], 0),
        ("graphql-core-3.3", 264, vec![], 0),
        ("graphql-others", 1397, vec![("F1", 17), ("F10", 273), ("F9", 78)], 36),
    ];
    for (recording, (name, passed, by_rule, passed_over)) in recordings::FIELDS.iter().zip(expected)
    {
        let replayed = replay::<Fields>(&Model, &recording.text()).unwrap();
        for failure in replayed.failed.iter().take(3) {
            let line = |answer| answer_line::<Fields>(&failure.case.question.id, answer);
            let Difference { expected, actual } = &*failure.difference;
            eprintln!("{recording:?} line {}: {:?}", failure.line, failure.case.question.program);
            eprintln!("  expected {}\n  actual   {}", line(expected), line(actual));
        }
        assert_eq!(recording.name, name);
        assert_eq!(replayed.failed.len(), 0, "{name}");
        assert!(replayed.skipped.is_empty(), "{name}");
        assert_eq!(replayed.passed, passed, "{name}");
        assert_eq!(replayed.by_rule, by_rule.into_iter().collect(), "{name}");
        assert_eq!(replayed.passed_over.into_values().sum::<usize>(), passed_over, "{name}");
    }
}

#[test]
fn what_an_engine_may_lack_is_six_cases_of_those_it_must_reproduce() {
    let mut lacking = BTreeMap::new();
    for line in recordings::FIELDS[..2].iter().flat_map(|recording| lines(&recording.text())) {
        let Ok(case) = Case::<Fields>::recorded(&line) else { continue };
        if let Some(capability) = case.lacks(&[]) {
            *lacking.entry(capability.name()).or_insert(0) += 1;
        }
    }
    let expected = [("python-callable-kinds", 4), ("untyped-introspection", 2)];
    assert_eq!(lacking, expected.into());
}

#[test]
fn a_recorded_case_is_written_as_it_was_read() {
    for line in recordings::FIELDS.iter().flat_map(|recording| lines(&recording.text())) {
        let Ok(case) = Case::<Fields>::recorded(&line) else { continue };
        let again = Question::<Fields>::new("", case.question.program.clone()).input();
        for field in ["layers", "document", "mode", "lifecycle"] {
            assert_eq!(again[field], case.question.input()[field], "{line}");
        }
    }
}

#[test]
fn every_event_of_the_model_names_an_existing_rule() {
    for line in recordings::FIELDS.iter().flat_map(|recording| lines(&recording.text())) {
        let Ok(case) = Case::<Fields>::recorded(&line) else { continue };
        let account = model::run(&case.question.program);
        assert_eq!(account.why.len(), account.answer.trace.len());
        account.touched.iter().for_each(|id| assert_eq!(rule(id).id, *id));
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(String::from).collect()
}

#[test]
fn what_is_no_case_is_told_what_is_wrong_with_it() {
    let case = json!({
        "id": "x", "lifecycle": "graphql-field", "profile": "graphql", "mode": "sync", "layers": [],
        "document": "{ a }",
        "selection": {"operation": "query", "fields": [{"key": "a", "field": "a", "args": {}}]},
    });
    let users = json!([{"key": "u", "field": "users", "args": {"n": i64::MAX}, "fields": []}]);
    let wrong = [
        ("/lifecycle", json!("http"), "the lifecycle is `http`, not `graphql-field`"),
        ("/profile", json!("teapot"), "no profile is named `teapot`"),
        ("/mode", json!("subscribe"), "the mode Subscribe cannot run a query"),
        ("/selection/fields/0/field", json!("b2"), "the type `Query` has no field `b2`"),
        ("/selection/fields/0/args", json!({"n": 1}), "takes no argument `n: 1`"),
        ("/selection/fields", users, "takes no argument `n: 9223372036854775807`"),
        (
            "/layers",
            json!([{"name": "A", "kind": "async", "hooks": {"resolve": "pass"}}]),
            "`A` is a coroutine, which a blocking run cannot await",
        ),
        (
            "/layers",
            json!([{"name": "A", "kind": "function", "hooks": {"call": "pass"}}]),
            "layers",
        ),
    ];
    for (place, value, message) in wrong {
        let mut case = case.clone();
        *case.pointer_mut(place).unwrap() = value;
        let told = Question::<Fields>::read(case.as_object().unwrap().clone()).unwrap_err();
        assert!(told.contains(message), "{told}");
    }
    assert!(Question::<Fields>::read(case.as_object().unwrap().clone()).is_ok());
}
