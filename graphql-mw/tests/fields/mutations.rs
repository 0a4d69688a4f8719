//! Mutations (rule F11).

use crate::harness::{Log, ask, executor, logs};

#[test]
fn rule_f11_root_fields_of_a_mutation_run_one_after_another() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    assert_eq!(
        ask(&executor, &log, "mutation { x: setLate(v: 1) y: set(v: 2) z: setLate(v: 3) }"),
        r#"{"data":{"x":1,"y":20,"z":3}}"#
    );
    assert_eq!(
        log.take(),
        [
            "A.enter@x",
            "resolver@x",
            "A.exit@x",
            "A.enter@y",
            "resolver@y",
            "A.exit@y",
            "A.enter@z",
            "resolver@z",
            "A.exit@z",
        ]
    );
}

#[test]
fn rule_f11_the_next_root_field_runs_also_after_an_error() {
    let log = Log::default();
    let executor = executor(&log, [logs(&log, "A")]);
    assert_eq!(
        ask(&executor, &log, "mutation { setBoom(v: 1) set(v: 2) }"),
        r#"{"errors":[{"message":"set boom","locations":[{"line":1,"column":12}],"path":["setBoom"]}],"data":{"setBoom":null,"set":20}}"#
    );
}
