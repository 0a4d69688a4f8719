//! What any engine owes, asked of this one: recorded cases, generated ones, and the laws.

// The engine as the kit sees it, shared with the example `graphql_mw_driver`.
#[path = "conformance/adapter.rs"]
mod adapter;
#[path = "conformance/layers.rs"]
mod layers;
#[path = "conformance/schema.rs"]
mod schema;

use adapter::GraphqlMw;
use conformance::check::{Budget, check};
use conformance::field::{Fields, Profile};
use conformance::recordings;
use conformance::replay::replay;

#[test]
fn every_recorded_case_is_replayed() {
    for recording in recordings::FIELDS {
        let replayed = replay::<Fields>(&GraphqlMw, &recording.text()).unwrap();
        let failed = replayed.failed.first();
        assert!(failed.is_none(), "{recording:?}: {} failed, {failed:#?}", replayed.failed.len());
        assert!(replayed.passed > 50, "{recording:?}: {} passed", replayed.passed);
    }
}

#[test]
fn generated_cases_hold_under_each_profile() {
    for profile in Profile::ALL {
        let findings = check::<Fields>(&GraphqlMw, profile.name(), &Budget::new(1_000, 1)).unwrap();
        assert!(findings.broken.is_empty(), "{profile}: {:#?}", findings.broken.first());
    }
}
