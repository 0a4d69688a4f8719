//! The laws, of the reference model: an engine cannot be held to what the model itself breaks.

use conformance::Engine;
use conformance::check::{Budget, check};
use conformance::websocket::laws::{self, Held};
use conformance::websocket::{
    Model, PROFILE, WebSocket, every_small_program, every_small_stack, model, programs,
};
use proptest::prelude::*;

fn held(held: Held) -> Result<(), TestCaseError> {
    held.map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1000) })]

    #[test]
    fn s4_a_hookless_layer_changes_nothing(program in programs(), place in 0usize..9) {
        held(laws::hookless_changes_nothing(&Model, &program, place))?;
    }

    #[test]
    fn s5_flattening_changes_nothing(program in programs()) {
        held(laws::flattening_changes_nothing(&Model, &program))?;
    }

    #[test]
    fn s7_a_layer_not_used_changes_nothing(program in programs(), place in 0usize..9) {
        held(laws::not_used_changes_nothing(&Model, &program, place))?;
    }

    #[test]
    fn s9_there_is_exactly_one_exit(program in programs()) {
        held(laws::exactly_one_exit(&Model, &program))?;
    }

    #[test]
    fn w11_every_runtime_does_the_same(program in programs()) {
        let engines: [&dyn Engine<WebSocket>; 3] = [&Model, &Model, &Model];
        held(laws::same_on_every_runtime(&engines, &program))?;
    }

    #[test]
    fn waiting_changes_nothing(program in programs()) {
        held(laws::waiting_changes_nothing(&Model, &program))?;
    }

    #[test]
    fn call_style_equals_hook_style(program in programs()) {
        held(laws::call_style_equals_hook_style(&Model, &program))?;
    }
}

#[test]
fn every_small_program_has_exactly_one_exit() {
    for program in every_small_program() {
        laws::exactly_one_exit(&Model, &program).unwrap();
    }
}

#[test]
fn exits_of_a_connection_that_was_cut_short_are_exact_where_the_model_says_so() {
    for program in every_small_stack(2) {
        let trace = model::run(&program).answer.trace;
        laws::exits_are_exact(&program, &trace).unwrap();
        // An exit that is missing, comes twice, or comes too early.
        let Some(last) = trace.iter().rposition(|event| event.as_str().ends_with(".left")) else {
            continue;
        };
        let twice = [&trace[..], &trace[last..]].concat();
        assert!(laws::exits_are_exact(&program, &twice).is_err(), "{program:#?}");
        let early = [&trace[last..], &trace[..last]].concat();
        let only = trace.len() == 1;
        assert!(only || laws::exits_are_exact(&program, &early).is_err(), "{program:#?}");
    }
}

#[test]
fn the_model_passes_its_own_check() {
    let budget = Budget { exhaustive: true, ..Budget::default() };
    let findings = check::<WebSocket>(&Model, PROFILE, &budget).unwrap();
    assert_eq!(findings.failed, 0);
    assert!(findings.skipped.is_empty());
    assert_eq!(
        findings.not_verifiable.iter().map(|rule| rule.id).collect::<Vec<_>>(),
        ["S11", "S12", "W9"]
    );
}
