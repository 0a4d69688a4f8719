//! What any engine owes, asked of this one.

#[path = "conformance/adapter.rs"]
mod adapter;

use adapter::EngineSync;
use conformance::http::Http;
use conformance::recordings;
use conformance::replay::replay;

#[test]
fn replay_of_every_recorded_case() {
    let (mut passed, mut skipped) = (0, 0);
    for recording in recordings::HTTP {
        let replayed = replay::<Http>(&EngineSync, &recording.text()).unwrap();
        assert!(replayed.failed.is_empty(), "{recording:?}: {:#?}", replayed.failed[0]);
        passed += replayed.passed;
        skipped += replayed.skipped.values().sum::<usize>();
        println!("{recording:?}: {} passed, {:?} skipped", replayed.passed, replayed.skipped);
    }
    assert_eq!(passed + skipped, 8155);
}
