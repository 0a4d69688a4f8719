//! The laws, of the reference model: an engine cannot be held to what the model itself breaks.

use conformance::http::laws::{self, Held};
use conformance::http::{Model, Profile, Program, every_small_program, programs};
use proptest::prelude::*;

/// Every program of any profile.
fn any_program() -> impl Strategy<Value = Program> {
    proptest::sample::select(&Profile::ALL[..]).prop_flat_map(|profile| programs(profile).boxed())
}

fn held(held: Held) -> Result<(), TestCaseError> {
    held.map_err(TestCaseError::fail)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(500) })]

    #[test]
    fn s4_a_hookless_layer_changes_nothing(program in any_program(), place in 0usize..9) {
        held(laws::hookless_changes_nothing(&Model, &program, place))?;
    }

    #[test]
    fn s5_flattening_changes_nothing(program in any_program()) {
        held(laws::flattening_changes_nothing(&Model, &program))?;
    }

    #[test]
    fn s7_a_layer_not_used_changes_nothing(program in any_program(), place in 0usize..9) {
        held(laws::not_used_changes_nothing(&Model, &program, place))?;
    }

    #[test]
    fn s9_there_is_exactly_one_exit(program in any_program()) {
        held(laws::exactly_one_exit(&Model, &program))?;
    }

    #[test]
    fn call_style_equals_hook_style(program in programs(Profile::Django5)) {
        held(laws::call_style_equals_hook_style(&Model, &program))?;
    }
}

#[test]
fn every_small_program_has_exactly_one_exit() {
    for program in Profile::ALL.into_iter().flat_map(every_small_program) {
        laws::exactly_one_exit(&Model, &program).unwrap();
    }
}
