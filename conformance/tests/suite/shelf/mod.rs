//! A shelf of deliberately broken engines. Each must be reported first under the rule it breaks,
//! shrunk to a case that a reader takes in at a glance, within the default budget.

mod engine;

use conformance::check::{Budget, check, check_all, generated};
use conformance::http::{Http, Profile, Program, programs};
use engine::{Broken, Fault};
use proptest::strategy::Strategy;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A fault, the profile it shows in, the rule it must be reported under, and how many layers the
/// simplest case needs.
struct Exhibit(Fault, Profile, &'static str, usize);

const NEW: Profile = Profile::Django5;
const OLD: Profile = Profile::Django18;
const MIXED: Profile = Profile::Django111Legacy;

const SHELF: &[Exhibit] = &[
    Exhibit(Fault::StackReversed, NEW, "S1", 2),
    Exhibit(Fault::StackReversed, OLD, "S1", 2),
    Exhibit(Fault::RequestHooksReversed, OLD, "S1", 2),
    Exhibit(Fault::ResponseHooksInListedOrder, OLD, "S1", 2),
    Exhibit(Fault::InwardAfterShortCircuit, NEW, "S2", 2),
    Exhibit(Fault::InwardAfterShortCircuit, OLD, "S2", 2),
    Exhibit(Fault::ViewAfterViewHookAnswered, NEW, "S2", 1),
    Exhibit(Fault::ViewRunsTwice, NEW, "S3", 0),
    Exhibit(Fault::ResponseHookRunsTwice, NEW, "S3", 1),
    Exhibit(Fault::NothingBehindAHooklessLayer, NEW, "S4", 2),
    Exhibit(Fault::NestedStackFirst, NEW, "S5", 2),
    Exhibit(Fault::NestedStackForgotten, OLD, "S5", 1),
    Exhibit(Fault::LeavesMarksBehind, NEW, "S6", 1),
    Exhibit(Fault::SharesMarksAmongUnits, NEW, "S6", 1),
    Exhibit(Fault::NotUsedRunsAllTheSame, NEW, "S7", 1),
    Exhibit(Fault::ForgetsTheLayerAfterANotUsedOne, NEW, "S7", 2),
    Exhibit(Fault::BuildsWithoutTheFailingLayer, NEW, "S8", 1),
    Exhibit(Fault::BuildsInReverse, OLD, "S8", 2),
    Exhibit(Fault::NoExitAfterAPanic, NEW, "S9", 1),
    Exhibit(Fault::ExitsTwice, NEW, "S9", 1),
    Exhibit(Fault::ExitsInListedOrder, NEW, "S9", 2),
    Exhibit(Fault::ExitsWithoutEntry, NEW, "S9", 1),
    Exhibit(Fault::ExitsTooEarly, NEW, "S9", 1),
    Exhibit(Fault::PanicEscapes, NEW, "S10", 1),
    Exhibit(Fault::PanicSkipsTheWayOut, NEW, "S10", 1),
    Exhibit(Fault::LastOfEightForgotten, NEW, "H1", 8),
    Exhibit(Fault::SecondOfANameForgotten, NEW, "H1", 2),
    Exhibit(Fault::OwnResponseHookSkipped, NEW, "H2", 1),
    Exhibit(Fault::AfterPartOfWhoAnswered, NEW, "H2", 1),
    Exhibit(Fault::ErrorGoesOneLayerTooFar, NEW, "H3", 2),
    Exhibit(Fault::FailingLayerRunsItsResponseHook, NEW, "H3", 1),
    Exhibit(Fault::EveryErrorIs500, NEW, "H3", 1),
    Exhibit(Fault::ResponseErrorEndsTheWayOut, NEW, "H4", 2),
    Exhibit(Fault::ViewHooksReversed, NEW, "H5", 2),
    Exhibit(Fault::ViewArgumentsLost, NEW, "H5", 1),
    Exhibit(Fault::AsksAboutRequestErrors, NEW, "H6", 2),
    Exhibit(Fault::AsksInListedOrder, NEW, "H6", 2),
    Exhibit(Fault::LastAnswerWins, NEW, "H6", 2),
    Exhibit(Fault::AsksOnAfterAnError, NEW, "H6", 2),
    Exhibit(Fault::DoesNotAskAboutRendering, NEW, "H6", 1),
    Exhibit(Fault::RendersTwice, NEW, "H7", 0),
    Exhibit(Fault::TemplateHooksForPlainResponses, NEW, "H7", 1),
    Exhibit(Fault::TemplateHooksInListedOrder, NEW, "H7", 2),
    Exhibit(Fault::ReplacementNotHandedOn, NEW, "H7", 1),
    Exhibit(Fault::AsksAboutTemplateHookErrors, NEW, "H7", 2),
    Exhibit(Fault::CentralAnswerSkipsTheWayOut, NEW, "H8", 1),
    Exhibit(Fault::RequestMarksReversed, NEW, "H9", 2),
    Exhibit(Fault::ResponseMarksReversed, NEW, "H9", 2),
    Exhibit(Fault::Announces404, NEW, "H10", 1),
    Exhibit(Fault::AnnouncesOnlyTheLast, NEW, "H10", 2),
    Exhibit(Fault::MarksSurviveReplacement, NEW, "H10", 2),
    Exhibit(Fault::OnlyEnteredOnTheWayOut, OLD, "L1", 2),
    Exhibit(Fault::OwnResponseHookSkipped, OLD, "L1", 1),
    Exhibit(Fault::ConvertsAfterTheWayOut, OLD, "L2", 1),
    Exhibit(Fault::ResponseErrorGoesOn, OLD, "L3", 2),
    Exhibit(Fault::ResponseErrorByItsType, MIXED, "L3", 1),
    Exhibit(Fault::AsksAboutRenderingIn18, OLD, "L4", 1),
    Exhibit(Fault::DoesNotAskAboutRendering, MIXED, "L4", 1),
];

#[test]
fn every_broken_engine_is_reported_first_under_the_rule_it_breaks() {
    let next = AtomicUsize::new(0);
    let programs = [NEW, OLD, MIXED].map(|profile| {
        let budget = Budget::default();
        (profile, generated(programs(profile).boxed(), &budget).collect::<Vec<_>>())
    });
    let work = || -> Vec<String> {
        let exhibits = std::iter::from_fn(|| SHELF.get(next.fetch_add(1, Ordering::Relaxed)));
        exhibits
            .filter_map(|exhibit| {
                let of_its_profile = programs.iter().find(|(profile, _)| *profile == exhibit.1);
                what_is_wrong_with_the_report(exhibit, &of_its_profile.unwrap().1)
            })
            .collect()
    };
    let wrong = std::thread::scope(|scope| {
        let workers = [(); 4].map(|()| scope.spawn(work));
        workers.into_iter().flat_map(|worker| worker.join().unwrap()).collect::<Vec<_>>()
    });
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), SHELF.len(), wrong.join("\n\n"));
}

fn what_is_wrong_with_the_report(exhibit: &Exhibit, programs: &[Program]) -> Option<String> {
    let Exhibit(fault, profile, rule, layers) = exhibit;
    let engine = Broken::new(*fault);
    let (programs, at_once) = (programs.iter().cloned(), Budget::default().at_once);
    let findings = check_all::<Http>(&engine, profile.name(), programs, at_once).unwrap();
    let Some(first) = findings.broken.first() else {
        return Some(format!("{fault:?} under {profile:?}: nothing found"));
    };
    let program = &first.case.question.program;
    if first.rule.id == *rule && program.flat().len() <= *layers {
        return None;
    }
    let found: Vec<_> = findings.broken.iter().map(|broken| broken.rule.id).collect();
    Some(format!(
        "{fault:?} under {profile:?}: {found:?}, not {rule} first by {layers} layers: {program:?}\n{:?}",
        first.difference,
    ))
}

#[test]
fn without_a_fault_the_engine_of_the_shelf_is_right() {
    for profile in Profile::ALL {
        let budget = Budget { exhaustive: profile == NEW, ..Budget::default() };
        let findings = check::<Http>(&Broken::new(Fault::None), profile.name(), &budget).unwrap();
        assert_eq!(findings.failed, 0, "{:#?}", findings.broken.first());
    }
}
