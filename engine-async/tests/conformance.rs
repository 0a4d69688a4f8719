//! What any engine owes, asked of this one on each runtime: recorded cases, generated ones, the laws,
//! and the proof of the exits.

// The engine as the kit sees it, shared with the example `engine_async_driver`.
#[path = "conformance/adapter.rs"]
mod adapter;
// The connection dropped at every poll.
#[path = "conformance/exits.rs"]
mod exits;
// The client's side.
#[path = "conformance/script.rs"]
mod script;

use adapter::EngineAsync;
use conformance::Engine;
use conformance::check::{Budget, check, generated};
use conformance::recordings;
use conformance::replay::replay;
use conformance::websocket::laws::{self, Held};
use conformance::websocket::{PROFILE, Program, WebSocket, programs};
use engine_async::runtime::{AsyncStd, Runtime, Smol, Tokio};
use proptest::strategy::Strategy;

fn tokio() -> EngineAsync<Tokio> {
    // One runtime for all cases: each test would start thousands.
    static RUNTIME: std::sync::OnceLock<tokio::runtime::Runtime> = std::sync::OnceLock::new();
    let runtime = RUNTIME.get_or_init(|| tokio::runtime::Runtime::new().unwrap());
    EngineAsync { runtime: Tokio::on(runtime.handle().clone()), name: "tokio" }
}

const SMOL: EngineAsync<Smol> = EngineAsync { runtime: Smol, name: "smol" };

const ASYNC_STD: EngineAsync<AsyncStd> = EngineAsync { runtime: AsyncStd, name: "async-std" };

fn replays<R: Runtime>(engine: &EngineAsync<R>) {
    let mut passed = 0;
    for recording in recordings::WEBSOCKET {
        let replayed = replay::<WebSocket>(engine, &recording.text()).unwrap();
        let failed = replayed.failed.first();
        assert!(failed.is_none(), "{recording:?}: {} failed, {failed:#?}", replayed.failed.len());
        passed += replayed.passed;
    }
    assert_eq!(passed, 419 + 470);
}

#[test]
fn every_recorded_case_is_replayed_on_tokio() {
    replays(&tokio());
}

#[test]
fn every_recorded_case_is_replayed_on_smol() {
    replays(&SMOL);
}

#[test]
fn every_recorded_case_is_replayed_on_async_std() {
    replays(&ASYNC_STD);
}

fn checks<R: Runtime>(engine: &EngineAsync<R>) {
    let findings = check::<WebSocket>(engine, PROFILE, &Budget::new(3_000, 1)).unwrap();
    assert!(findings.broken.is_empty(), "{:#?}", findings.broken.first());
}

#[test]
fn generated_cases_hold_on_tokio() {
    checks(&tokio());
}

#[test]
fn generated_cases_hold_on_smol() {
    checks(&SMOL);
}

#[test]
fn generated_cases_hold_on_async_std() {
    checks(&ASYNC_STD);
}

/// The law holds of generated programs.
#[track_caller]
fn law(held: impl Fn(&dyn Engine<WebSocket>, &Program) -> Held) {
    for program in generated(programs().boxed(), &Budget::new(300, 2)) {
        held(&SMOL, &program).unwrap();
    }
}

#[test]
fn s4_a_hookless_layer_changes_nothing() {
    law(|engine, program| {
        laws::hookless_changes_nothing(engine, program, program.layers.len() / 2)
    });
}

#[test]
fn s5_a_stack_inside_a_stack_is_its_layers() {
    law(laws::flattening_changes_nothing);
}

#[test]
fn s6_many_at_once_are_as_each_alone() {
    law(laws::many_at_once_equal_each_alone);
}

#[test]
fn s7_a_layer_that_is_not_used_changes_nothing() {
    law(|engine, program| {
        laws::not_used_changes_nothing(engine, program, program.layers.len() / 2)
    });
}

#[test]
fn s9_every_entered_layer_exits_once() {
    law(laws::exactly_one_exit);
}

#[test]
fn w11_the_three_runtimes_do_the_same() {
    let tokio = tokio();
    law(|_, program| laws::same_on_every_runtime(&[&SMOL, &tokio, &ASYNC_STD], program));
}

#[test]
fn a_layer_that_waits_and_one_written_as_a_call_do_as_the_others() {
    law(laws::waiting_changes_nothing);
    law(laws::call_style_equals_hook_style);
}
