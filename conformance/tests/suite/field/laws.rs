//! The laws and the generators, of the reference model: an engine cannot be held to what the model
//! itself breaks.

use conformance::Question;
use conformance::check::{Budget, check, generated};
use conformance::field::laws::{self, Held};
use conformance::field::{Fields, Model, Profile, Program, every_small_program, model, programs};
use conformance::protocol::{case_line, read_answer, serve};
use proptest::prelude::*;
use std::collections::BTreeSet;

fn held(held: Held) -> Result<(), TestCaseError> {
    held.map_err(TestCaseError::fail)
}

/// Every program of any profile.
fn any_program() -> impl Strategy<Value = Program> {
    proptest::sample::select(&Profile::ALL[..]).prop_flat_map(|profile| programs(profile).boxed())
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
    fn f9_blocking_equals_awaited(program in any_program()) {
        held(laws::blocking_equals_awaited(&Model, &program))?;
    }
}

#[test]
fn a_driver_of_the_model_says_what_the_model_does() {
    for profile in Profile::ALL {
        let programs: Vec<Program> =
            generated(programs(profile).boxed(), &Budget::new(300, 11)).collect();
        let question = |program: &Program| Question::<Fields>::new("x", program.clone());
        let cases: String =
            programs.iter().map(|program| case_line(&question(program)) + "\n").collect();
        let mut answers = Vec::new();
        serve::<Fields>(&Model, cases.as_bytes(), &mut answers).unwrap();
        let answers = String::from_utf8(answers).unwrap();
        assert_eq!(answers.lines().count(), 1 + programs.len());
        for (program, line) in programs.iter().zip(answers.lines().skip(1)) {
            let answer = read_answer::<Fields>("x", line).unwrap();
            assert_eq!(answer, model::run(program).answer, "{line}");
        }
    }
}

#[test]
fn what_is_generated_is_read_back_as_it_was_written() {
    for profile in Profile::ALL {
        let budget = Budget::new(2000, 7);
        for program in generated(programs(profile).boxed(), &budget) {
            let line = case_line::<Fields>(&Question::new("x", program.clone()));
            let read = Question::<Fields>::read(serde_json::from_str(&line).unwrap()).unwrap();
            let chosen_by = program.chosen_by;
            let read = conformance::field::Program { chosen_by, ..read.program };
            assert_eq!(read, program, "{line}");
        }
    }
}

#[test]
fn every_rule_that_a_trace_can_show_has_a_say_in_what_is_generated() {
    let mut touched = BTreeSet::new();
    for profile in Profile::ALL {
        for program in generated(programs(profile).boxed(), &Budget::new(3000, 3)) {
            touched.extend(model::run(&program).touched);
        }
    }
    let expected: BTreeSet<&str> = [
        "F1", "F2", "F3", "F4", "F5", "F6", "F7", "F8", "F9", "F10", "F11", "F12", "G1", "S1",
        "S9", "S10",
    ]
    .into();
    assert_eq!(touched, expected);
}

#[test]
fn the_model_passes_its_own_check() {
    for profile in Profile::ALL {
        let findings = check::<Fields>(&Model, profile.name(), &Budget::new(500, 5)).unwrap();
        assert_eq!(findings.failed, 0, "{:#?}", findings.broken.first());
        assert!(findings.skipped.is_empty());
        assert_eq!(findings.passed, 500);
    }
}

#[test]
fn the_first_of_the_small_programs_is_the_simplest() {
    for profile in Profile::ALL {
        let first = every_small_program(profile).next().unwrap();
        assert_eq!((first.document.as_str(), first.layers.len()), ("{ a }", 0));
    }
}
