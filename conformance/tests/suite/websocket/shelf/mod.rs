//! A shelf of deliberately broken engines. Each must be reported first under the rule it breaks,
//! shrunk to a case that a reader takes in at a glance, within the default budget.

mod engine;
mod fault;

use conformance::check::{Budget, check, check_all, generated};
use conformance::recordings;
use conformance::replay::replay;
use conformance::websocket::{PROFILE, Program, WebSocket, programs};
use engine::Broken;
use fault::Fault;
use proptest::strategy::Strategy;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A fault, the rule it must be reported under, and how many layers the simplest case needs.
struct Exhibit(Fault, &'static str, usize);

const SHELF: &[Exhibit] = &[
    Exhibit(Fault::StackReversed, "S1", 2),
    Exhibit(Fault::InwardAfterAnAnswer, "S2", 2),
    Exhibit(Fault::AppRunsTwice, "S3", 0),
    Exhibit(Fault::ReceiveHookRunsTwice, "S3", 1),
    Exhibit(Fault::NothingBehindAHooklessLayer, "S4", 2),
    Exhibit(Fault::NestedStackForgotten, "S5", 1),
    Exhibit(Fault::LeavesMarksBehind, "S6", 1),
    Exhibit(Fault::SharesTheScript, "S6", 0),
    Exhibit(Fault::NotUsedRunsAllTheSame, "S7", 1),
    Exhibit(Fault::BuildsWithoutTheFailingLayer, "S8", 1),
    Exhibit(Fault::BuildsInReverse, "S8", 2),
    Exhibit(Fault::NoExitAfterAPanic, "S9", 2),
    Exhibit(Fault::NoExitWhenDropped, "S9", 1),
    Exhibit(Fault::ExitsTwice, "S9", 1),
    Exhibit(Fault::ExitsInListedOrder, "S9", 2),
    Exhibit(Fault::ExitsWithoutEntry, "S9", 1),
    Exhibit(Fault::ExitsTooEarly, "S9", 1),
    Exhibit(Fault::PanicEscapes, "S10", 1),
    Exhibit(Fault::SecondOfANameForgotten, "W1", 2),
    Exhibit(Fault::AfterPartsInListedOrder, "W1", 2),
    Exhibit(Fault::InboundInnerFirst, "W2", 2),
    Exhibit(Fault::OutboundOuterFirst, "W2", 2),
    Exhibit(Fault::LeavesTheClientWaiting, "W3", 1),
    Exhibit(Fault::EveryRefusalIs500, "W3", 1),
    Exhibit(Fault::StatusIsForgotten, "W3", 1),
    Exhibit(Fault::ReadsBeforeEntering, "W3", 1),
    Exhibit(Fault::DropsEveryMessage, "W4", 1),
    Exhibit(Fault::DropsNothing, "W4", 1),
    Exhibit(Fault::ReplacesNothingInbound, "W4", 1),
    Exhibit(Fault::CatchesNothing, "W5", 1),
    Exhibit(Fault::EveryLayerCatches, "W5", 2),
    Exhibit(Fault::FailingLayerIsSkipped, "W5", 1),
    Exhibit(Fault::AppIsNotTold, "W5", 0),
    Exhibit(Fault::SwallowsErrors, "W6", 1),
    Exhibit(Fault::ErrorsAreSilent, "W6", 1),
    Exhibit(Fault::ClosesAnErrorWith1000, "W6", 0),
    Exhibit(Fault::EveryRefusalIs403, "W6", 1),
    Exhibit(Fault::NotLogged, "W6", 1),
    Exhibit(Fault::FrameAfterTheEnd, "W6", 0),
    Exhibit(Fault::SendsAfterClose, "W7", 0),
    Exhibit(Fault::SilentAfterClose, "W7", 0),
    Exhibit(Fault::ReceivesAfterClose, "W7", 0),
    Exhibit(Fault::SendsBeforeAccept, "W8", 1),
    Exhibit(Fault::AcceptsTwice, "W8", 0),
    Exhibit(Fault::DisconnectsAgain, "W8", 0),
    Exhibit(Fault::ShutdownIsNotTold, "W10", 0),
    Exhibit(Fault::NoGraceTime, "W10", 0),
    Exhibit(Fault::NoGraceTimeEnds, "W10", 0),
    Exhibit(Fault::ReturnsInSilence, "W12", 0),
    Exhibit(Fault::ClosesBeforeAccept, "W12", 2),
];

#[test]
fn every_broken_engine_is_reported_first_under_the_rule_it_breaks() {
    let next = AtomicUsize::new(0);
    let programs: Vec<Program> = generated(programs().boxed(), &Budget::default()).collect();
    let work = || -> Vec<String> {
        let exhibits = std::iter::from_fn(|| SHELF.get(next.fetch_add(1, Ordering::Relaxed)));
        exhibits.filter_map(|exhibit| what_is_wrong_with_the_report(exhibit, &programs)).collect()
    };
    let wrong = std::thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SHELF.len(), wrong.join("\n\n"));
}

fn what_is_wrong_with_the_report(exhibit: &Exhibit, programs: &[Program]) -> Option<String> {
    let Exhibit(fault, rule, layers) = exhibit;
    let engine = Broken::new(*fault);
    let (programs, at_once) = (programs.iter().cloned(), Budget::default().at_once);
    let findings = check_all::<WebSocket>(&engine, PROFILE, programs, at_once).unwrap();
    let Some(first) = findings.broken.first() else {
        return Some(format!("{fault:?}: nothing found"));
    };
    let program = &first.case.question.program;
    if first.rule.id == *rule && program.flat().len() <= *layers {
        return None;
    }
    let found: Vec<_> = findings.broken.iter().map(|broken| broken.rule.id).collect();
    Some(format!(
        "{fault:?}: {found:?}, not {rule} first by {layers} layers: {program:?}\n{:?}",
        first.difference,
    ))
}

#[test]
fn without_a_fault_the_engine_of_the_shelf_replays_every_recording() {
    for recording in recordings::WEBSOCKET.iter().chain(recordings::WEBSOCKET_OTHERS) {
        let right = replay::<WebSocket>(&Broken::new(Fault::None), &recording.text()).unwrap();
        assert!(right.failed.is_empty(), "{recording:?}: {:#?}", right.failed.first());
        let by_rule = right.by_rule.values().sum::<usize>();
        assert!(right.passed > 100 && by_rule > 200, "{recording:?}");
    }
}

#[test]
fn a_fault_makes_the_replay_fail_where_a_rule_decides_and_where_the_recording_does() {
    let faults = [
        Fault::SwallowsErrors,
        Fault::LeavesTheClientWaiting,
        Fault::SendsBeforeAccept,
        Fault::ReturnsInSilence,
        Fault::InboundInnerFirst,
        Fault::CatchesNothing,
        Fault::DropsNothing,
    ];
    for (fault, recording) in faults.into_iter().zip(recordings::WEBSOCKET.iter().cycle()) {
        let wrong = replay::<WebSocket>(&Broken::new(fault), &recording.text()).unwrap();
        assert!(wrong.failed.len() > 10, "{fault:?} {recording:?}: {}", wrong.failed.len());
    }
}

#[test]
fn without_a_fault_the_engine_of_the_shelf_is_right() {
    let budget = Budget { exhaustive: true, ..Budget::default() };
    let findings = check::<WebSocket>(&Broken::new(Fault::None), PROFILE, &budget).unwrap();
    assert_eq!(findings.failed, 0, "{:#?}", findings.broken.first());
}
