//! The reference model is itself held to every recorded case, None included.

use conformance::Case;
use conformance::http::{Http, Model, model};
use conformance::recordings;
use conformance::replay::replay;

#[test]
fn the_model_does_what_every_recorded_system_did() {
    let mut cases = 0;
    for recording in recordings::HTTP {
        let replayed = replay::<Http>(&Model, &recording.text()).unwrap();
        for failure in replayed.failed.iter().take(3) {
            eprintln!("{recording:?} line {}: {:#?}", failure.line, failure.difference);
            eprintln!("{:#?}", failure.case.question.program);
        }
        assert_eq!(replayed.failed.len(), 0, "{recording:?}");
        assert!(replayed.skipped.is_empty(), "{recording:?}");
        cases += replayed.passed;
    }
    assert_eq!(cases, 8155);
}

#[test]
fn a_recorded_case_is_written_as_it_was_read() {
    for recording in recordings::HTTP {
        for line in recording.text().lines() {
            let case = Case::<Http>::recorded(line).unwrap();
            let again = conformance::Question::<Http>::new("", case.question.program.clone());
            for field in ["layers", "view", "request", "lifecycle", "semantics", "system"] {
                assert_eq!(again.input()[field], case.question.input()[field], "{line}");
            }
        }
    }
}

#[test]
fn every_event_of_the_model_names_an_existing_rule() {
    for recording in recordings::HTTP {
        for line in recording.text().lines() {
            let program = Case::<Http>::recorded(line).unwrap().question.program;
            let account = model::run(&program);
            assert_eq!(account.why.len(), account.answer.trace.len());
            account.why.iter().for_each(|id| assert_eq!(conformance::rule::rule(id).id, *id));
        }
    }
}
