//! The generators, against the model: nothing that they make is refused, or lost on the way to a driver.

use conformance::Question;
use conformance::check::{Budget, check, generated};
use conformance::field::{Fields, Model, Profile, every_small_program, model, programs};
use conformance::protocol::case_line;
use proptest::strategy::Strategy;
use std::collections::BTreeSet;

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
        let budget = Budget { exhaustive: true, ..Budget::new(2000, 5) };
        let findings = check::<Fields>(&Model, profile.name(), &budget).unwrap();
        assert_eq!(findings.failed, 0, "{:#?}", findings.broken.first());
        assert!(findings.skipped.is_empty());
        let small = every_small_program(profile).count();
        assert_eq!(findings.passed, small + 2000);
        eprintln!("{profile} {small}");
    }
}
