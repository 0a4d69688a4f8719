//! What any engine owes, asked of this one: each rule by its id, and every recorded case.
//!
//! S3's other half, that a layer cannot pass a unit on twice, is a compile-fail example of
//! `Around`. S11 and S12 are about declarations and explanations, which no trace shows; they have
//! tests of their own in `engine-core`.

// The engine as the kit sees it, shared with the example `engine_sync_driver`.
#[path = "conformance/adapter.rs"]
mod adapter;
// A fault put into a copy of the chain makes its replay fail.
#[path = "conformance/fault.rs"]
mod fault;

use adapter::EngineSync;
use conformance::check::{Budget, generated};
use conformance::http::laws::{self, Held};
use conformance::http::model::{self, Account};
use conformance::http::{Behaviour, Hook, Http, Profile, Program, View, programs};
use conformance::replay::replay;
use conformance::{Case, Engine, Verdict, recordings, rule};
use proptest::strategy::Strategy;
use std::sync::OnceLock;

const NEW: &[Profile] = &[Profile::Django5];
const OLD: &[Profile] = &[Profile::Django18, Profile::Django111Legacy];
const ALL: &[Profile] = &Profile::ALL;

/// Programs of a profile with what the model does, generated once for all tests.
fn of(profile: Profile) -> &'static [(Program, Account)] {
    static PROGRAMS: [OnceLock<Vec<(Program, Account)>>; 3] = [const { OnceLock::new() }; 3];
    PROGRAMS[profile as usize].get_or_init(|| {
        let programs = generated(programs(profile).boxed(), &Budget::default());
        programs.map(|program| (program.clone(), model::run(&program))).collect()
    })
}

/// Programs of these profiles that fit, up to two hundred of each.
fn such(
    profiles: &[Profile],
    fits: impl Fn(&Program, &Account) -> bool,
) -> impl Iterator<Item = &'static Program> {
    profiles.iter().flat_map(move |profile| {
        let such = of(*profile).iter().filter(|(program, account)| fits(program, account));
        let such: Vec<_> = such.map(|(program, _)| program).take(200).collect();
        assert!(such.len() > 30, "only {} programs of {profile:?} fit", such.len());
        such
    })
}

/// The engine does as the model does wherever the rule makes something happen.
#[track_caller]
fn holds(id: &str, profiles: &[Profile], fits: impl Fn(&Program, &Account) -> bool) {
    let claimed = EngineSync.hello().capabilities;
    for program in such(profiles, fits) {
        let verdict = Case::<Http>::generated(id, program.clone()).put_to(&EngineSync, &claimed);
        if let Verdict::Fail(difference) = verdict.unwrap() {
            panic!("{}\n{program:#?}\n{difference:#?}", rule::rule(id));
        }
    }
}

/// The rule makes an event happen.
fn because_of(id: &'static str) -> impl Fn(&Program, &Account) -> bool {
    move |_, account| account.why.contains(&id)
}

/// Some layer's hook does this.
fn does(hook: Hook, word: Behaviour) -> impl Fn(&Program, &Account) -> bool {
    move |program, _| program.flat().iter().any(|layer| layer.does(hook) == Some(word))
}

/// The law holds of programs of every profile.
#[track_caller]
fn law(held: impl Fn(&Program) -> Held) {
    // A None that travels cannot be said in Rust.
    let sayable = |program: &Program, account: &Account| {
        Case::<Http>::generated("", program.clone())
            .lacks(&EngineSync.hello().capabilities)
            .is_none()
            && !account.answer.trace.is_empty()
    };
    such(ALL, sayable).for_each(|program| held(program).unwrap());
}

#[test]
fn s1_the_first_listed_layer_is_the_outermost() {
    holds("S1", ALL, |program, account| {
        program.flat().len() > 1 && account.answer.trace.len() > program.flat().len()
    });
}

#[test]
fn s2_nothing_further_in_sees_a_unit_that_was_answered() {
    holds("S2", ALL, does(Hook::ProcessRequest, Behaviour::Respond));
    holds("S2", NEW, does(Hook::Call, Behaviour::Short));
}

#[test]
fn s3_everything_runs_at_most_once() {
    law(|program| {
        let program = program.with_distinct_names();
        let answer = EngineSync.run(&conformance::Question::new("S3", program.clone())).unwrap();
        let mut seen = answer.trace.clone();
        seen.retain(|event| !event.as_str().starts_with("handler"));
        let count = seen.len();
        seen.sort();
        seen.dedup();
        match seen.len() == count {
            true => Ok(()),
            false => Err(format!("{program:#?}\n{:?}", answer.trace)),
        }
    });
}

#[test]
fn s4_a_hookless_layer_changes_nothing() {
    law(|program| laws::hookless_changes_nothing(&EngineSync, program, program.layers.len() / 2));
}

#[test]
fn s5_flattening_changes_nothing() {
    law(|program| laws::flattening_changes_nothing(&EngineSync, program));
    holds("S5", ALL, |program, _| program.has_nested_stack());
}

#[test]
fn s6_many_units_at_once_equal_each_alone() {
    law(|program| laws::many_at_once_equal_each_alone(&EngineSync, program));
}

#[test]
fn s7_a_layer_not_used_changes_nothing() {
    law(|program| laws::not_used_changes_nothing(&EngineSync, program, program.layers.len() / 2));
    holds("S7", ALL, does(Hook::Init, Behaviour::NotUsed));
}

#[test]
fn s8_a_layer_that_cannot_be_built_leaves_no_stack_and_is_named() {
    holds("S8", ALL, does(Hook::Init, Behaviour::Raise));
}

#[test]
fn s9_every_entered_layer_exits_exactly_once() {
    law(|program| laws::exactly_one_exit(&EngineSync, program));
    holds("S9", ALL, because_of("S9"));
    holds("S9", ALL, does(Hook::Exit, Behaviour::Panic));
}

#[test]
fn s10_a_panic_is_an_internal_error() {
    holds("S10", ALL, |program, account| {
        let panicked = |text: &String| text.starts_with("Panic: ");
        account.answer.outcome.errors().iter().any(panicked) || program.view == View::TemplatePanic
    });
}

#[test]
fn h1_request_hooks_run_in_listed_order() {
    holds("H1", ALL, because_of("H1"));
}

#[test]
fn h2_a_layer_that_answered_runs_its_own_response_hook() {
    holds("H2", NEW, because_of("H2"));
}

#[test]
fn h3_an_error_becomes_a_response_at_its_boundary() {
    holds("H3", NEW, because_of("H3"));
}

#[test]
fn h4_response_hooks_run_in_reverse() {
    holds("H4", NEW, because_of("H4"));
}

#[test]
fn h5_view_hooks_stand_around_the_view() {
    holds("H5", ALL, because_of("H5"));
}

#[test]
fn h6_exception_hooks_are_asked_in_reverse() {
    holds("H6", ALL, because_of("H6"));
}

#[test]
fn h7_template_hooks_run_in_reverse_for_deferred_responses() {
    holds("H7", ALL, because_of("H7"));
}

#[test]
fn h8_an_answer_of_the_centre_passes_every_response_hook() {
    holds("H8", ALL, because_of("H8"));
}

#[test]
fn h9_marks_go_in_in_listed_order_and_come_out_in_reverse() {
    holds("H9", ALL, does(Hook::ProcessRequest, Behaviour::Modify));
    holds("H9", ALL, does(Hook::ProcessResponse, Behaviour::Modify));
}

#[test]
fn h10_error_pages_are_asked_once_and_500s_announced() {
    holds("H10", ALL, |_, account| !account.answer.outcome.errors().is_empty());
}

#[test]
fn l1_every_response_hook_runs_whoever_was_entered() {
    holds("L1", OLD, because_of("L1"));
}

#[test]
fn l2_an_error_becomes_a_response_before_the_way_out() {
    holds("L2", OLD, because_of("L2"));
}

#[test]
fn l3_a_failing_response_hook_ends_the_way_out() {
    holds("L3", OLD, because_of("L3"));
}

#[test]
fn l4_only_1_11_asks_about_rendering() {
    holds("L4", OLD, |program, _| {
        matches!(program.view, View::TemplateRaise | View::TemplatePanic)
    });
}

#[test]
fn call_style_equals_hook_style() {
    let sayable = |program: &Program, _: &Account| {
        let words = program.flat().into_iter().flat_map(|layer| layer.hooks.values().copied());
        program.view != View::None && words.into_iter().all(|word| word != Behaviour::None)
    };
    such(NEW, sayable)
        .for_each(|program| laws::call_style_equals_hook_style(&EngineSync, program).unwrap());
}

#[test]
fn replay_of_every_recorded_case() {
    let (mut passed, mut skipped) = (0, 0);
    for recording in recordings::HTTP {
        let replayed = replay::<Http>(&EngineSync, &recording.text()).unwrap();
        assert!(replayed.failed.is_empty(), "{recording:?} differs: {:#?}", replayed.failed[0]);
        passed += replayed.passed;
        skipped += replayed.skipped.values().sum::<usize>();
        println!("{recording:?}: {} passed, {:?} skipped", replayed.passed, replayed.skipped);
    }
    // What is skipped reaches a view, or in the new style a response hook, that returns None.
    assert_eq!((passed, skipped), (7481, 674));
}
