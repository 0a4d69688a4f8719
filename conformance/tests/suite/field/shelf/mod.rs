//! A shelf of deliberately broken engines for fields. Each must be reported first under the rule it
//! breaks, shrunk to a case that a reader takes in at a glance, within the default budget.

mod engine;
mod fault;
mod run;

use conformance::check::{self, Budget, check, check_all, generated};
use conformance::field::{Fields, Profile, Program, programs};
use conformance::protocol::answer_line;
use engine::Broken;
use fault::Fault;
use proptest::strategy::Strategy;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A fault, the profile it shows in, the rule it must be reported under, and how many layers the
/// simplest case needs.
struct Exhibit(Fault, Profile, &'static str, usize);

const OWN: Profile = Profile::Graphql;
const GRAPHENE: Profile = Profile::Graphene;
const CORE: Profile = Profile::GraphqlCore33;

const SHELF: &[Exhibit] = &[
    Exhibit(Fault::StackReversed, OWN, "S1", 2),
    Exhibit(Fault::StackReversed, GRAPHENE, "G1", 2),
    Exhibit(Fault::StackReversed, CORE, "G1", 2),
    Exhibit(Fault::ResolverRunsTwice, OWN, "S3", 0),
    Exhibit(Fault::NothingBehindAHooklessLayer, OWN, "S4", 2),
    Exhibit(Fault::NestedStackFirst, OWN, "S5", 2),
    Exhibit(Fault::NestedStackForgotten, GRAPHENE, "S5", 1),
    Exhibit(Fault::LeavesAnEventBehind, OWN, "S6", 1),
    Exhibit(Fault::SharesErrorsAmongUnits, OWN, "S6", 1),
    Exhibit(Fault::NotUsedRunsAllTheSame, OWN, "S7", 1),
    Exhibit(Fault::BuildsWithoutTheFailingLayer, OWN, "S8", 1),
    Exhibit(Fault::BuildsInReverse, OWN, "S8", 2),
    Exhibit(Fault::NoExitAfterAnError, OWN, "S9", 1),
    Exhibit(Fault::ExitsTwice, OWN, "S9", 1),
    Exhibit(Fault::ExitsInListedOrder, OWN, "S9", 2),
    Exhibit(Fault::ExitsWithoutEntry, OWN, "S9", 1),
    Exhibit(Fault::NoExitWhenDropped, OWN, "S9", 1),
    Exhibit(Fault::NoExitOfTheSource, OWN, "S9", 1),
    Exhibit(Fault::ExitsTooEarly, OWN, "S9", 1),
    Exhibit(Fault::PanicTextTold, OWN, "S10", 1),
    Exhibit(Fault::PanicEscapes, OWN, "S10", 1),
    Exhibit(Fault::LastOfEightForgotten, OWN, "F1", 8),
    Exhibit(Fault::SecondOfANameForgotten, OWN, "F1", 2),
    Exhibit(Fault::SkipsDefaultResolvers, OWN, "F1", 1),
    Exhibit(Fault::SkipsIntrospection, OWN, "F1", 1),
    Exhibit(Fault::OnlyRootFields, OWN, "F1", 1),
    Exhibit(Fault::SkipsMutations, OWN, "F1", 1),
    Exhibit(Fault::OnlyTheFirstItem, OWN, "F1", 1),
    Exhibit(Fault::OncePerItem, OWN, "F2", 1),
    Exhibit(Fault::ListBackwards, OWN, "F2", 0),
    Exhibit(Fault::ChildrenBeforeTheLayersLeave, OWN, "F2", 1),
    Exhibit(Fault::InwardAfterShort, OWN, "F3", 1),
    Exhibit(Fault::NoChildrenAfterShort, OWN, "F3", 1),
    Exhibit(Fault::ErrorWithoutPath, OWN, "F4", 0),
    Exhibit(Fault::ErrorAtTheParent, OWN, "F4", 0),
    Exhibit(Fault::ErrorForgotten, OWN, "F4", 0),
    Exhibit(Fault::SiblingsGoOnAfterANull, OWN, "F4", 0),
    Exhibit(Fault::NullStaysWhereItIs, OWN, "F4", 0),
    Exhibit(Fault::NullGoesToTheRoot, OWN, "F4", 0),
    Exhibit(Fault::OuterLayersSkippedOnError, OWN, "F5", 1),
    Exhibit(Fault::CatchIgnored, OWN, "F5", 1),
    Exhibit(Fault::DefaultsMissing, OWN, "F6", 0),
    Exhibit(Fault::ChangedArgsIgnored, OWN, "F6", 1),
    Exhibit(Fault::RunsLayersOfRefusedDocuments, OWN, "F7", 1),
    Exhibit(Fault::ExecutesRefusedDocuments, OWN, "F7", 0),
    Exhibit(Fault::RetryRunsOnce, OWN, "F8", 1),
    Exhibit(Fault::AfterPartDoesNotWait, OWN, "F9", 1),
    Exhibit(Fault::AwaitedValueNotChanged, OWN, "F9", 1),
    Exhibit(Fault::ReadyBecomesAFuture, OWN, "F9", 1),
    Exhibit(Fault::NoRunAroundTheSource, OWN, "F10", 1),
    Exhibit(Fault::RunAroundTheSource, CORE, "F10", 1),
    Exhibit(Fault::PhaseNotTold, OWN, "F10", 1),
    Exhibit(Fault::OnlyTheFirstEvent, OWN, "F10", 1),
    Exhibit(Fault::ChildrenOfEventsBare, OWN, "F10", 1),
    Exhibit(Fault::EventErrorEndsTheStream, OWN, "F10", 1),
    Exhibit(Fault::StreamErrorIsSwallowed, OWN, "F10", 0),
    Exhibit(Fault::RefusedSourceIsAnEmptyStream, OWN, "F10", 1),
    Exhibit(Fault::MutationsSideBySide, OWN, "F11", 1),
    Exhibit(Fault::ScopeIgnored, OWN, "F12", 1),
    Exhibit(Fault::ScopedLayersNeverRun, OWN, "F12", 1),
];

#[test]
fn every_broken_field_engine_is_reported_first_under_the_rule_it_breaks() {
    let next = AtomicUsize::new(0);
    let programs = Profile::ALL.map(|profile| {
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
    let findings = check_all::<Fields>(&engine, profile.name(), programs, at_once).unwrap();
    let Some(first) = findings.broken.first() else {
        return Some(format!("{fault:?} under {profile}: nothing found"));
    };
    let program = &first.case.question.program;
    if first.rule.id == *rule && program.flat().len() <= *layers {
        return None;
    }
    let found: Vec<_> = findings.broken.iter().map(|broken| broken.rule.id).collect();
    let first = shown(first);
    Some(format!(
        "{fault:?} under {profile}: {found:?}, not {rule} first by {layers} layers: {first}"
    ))
}

/// A finding, for reading.
fn shown(broken: &check::Broken<Fields>) -> String {
    let input = serde_json::Value::Object(broken.case.question.input());
    let [expected, actual] = [&broken.difference.expected, &broken.difference.actual]
        .map(|answer| answer_line::<Fields>("", answer));
    format!("{} {input}\n  expected {expected}\n  actual   {actual}", broken.rule.id)
}

#[test]
fn without_a_fault_the_field_engine_of_the_shelf_is_right() {
    for profile in Profile::ALL {
        let budget = Budget { exhaustive: profile == OWN, ..Budget::default() };
        let findings = check::<Fields>(&Broken::new(Fault::None), profile.name(), &budget).unwrap();
        let first = findings.broken.first().map(shown).unwrap_or_default();
        assert_eq!(findings.failed, 0, "under {profile}: {first}");
    }
}
