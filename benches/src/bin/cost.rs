//! Runs one of the things that are compared a number of times, for counting instructions under
//! callgrind; with `allocations` it counts those itself, with `time` it measures a whole group in
//! turns, and with `list` it says what there is in a group.
//!
//!     cost list GROUP
//!     cost run NAME LAYERS TIMES
//!     cost allocations NAME LAYERS
//!     cost time GROUP ROUNDS

use benches::{Case, GROUPS, cases};
use std::time::{Duration, Instant};

/// How long each thing runs in each round.
const SLICE: Duration = Duration::from_millis(2);

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let find = |name: &str, layers: &str| {
        let case = GROUPS.iter().flat_map(|group| cases(group)).find(|case| case.name == name);
        let case = case.expect("a name from a list");
        (case.build)(layers.parse().expect("a number of layers"))
    };
    match words[..] {
        ["list", group] => {
            for case in cases(group) {
                let layers: Vec<String> = case.layers.iter().map(usize::to_string).collect();
                println!("{}\t{}\t{}", case.name, case.messages, layers.join(" "));
            }
        }
        ["run", name, layers, times] => {
            let mut run = find(name, layers);
            for _ in 0..times.parse::<usize>().expect("a number of times") {
                run();
            }
        }
        ["allocations", name, layers] => {
            let mut run = find(name, layers);
            run();
            let info = allocation_counter::measure(|| {
                for _ in 0..100 {
                    run();
                }
            });
            println!("{}", info.count_total as f64 / 100.0);
        }
        ["time", group, rounds] => time(cases(group), rounds.parse().expect("a number of rounds")),
        _ => {
            eprintln!(
                "cost list GROUP | run NAME LAYERS TIMES | allocations NAME LAYERS | time GROUP ROUNDS"
            );
            std::process::exit(2);
        }
    }
}

/// Prints the nanoseconds of one message in each round. What is compared takes turns within a
/// round, so that a machine whose speed drifts wrongs nobody.
fn time(cases: Vec<Case>, rounds: usize) {
    let mut all = Vec::new();
    for case in &cases {
        for layers in case.layers {
            all.push((case, *layers, (case.build)(*layers), Vec::new()));
        }
    }
    for round in 0..=rounds {
        for (case, _, run, taken) in &mut all {
            let (start, mut times) = (Instant::now(), 0_u32);
            while start.elapsed() < SLICE {
                for _ in 0..16 {
                    run();
                }
                times += 16;
            }
            let each = start.elapsed().as_nanos() as f64 / f64::from(times) / case.messages as f64;
            // The first round warms up.
            if round > 0 {
                taken.push(each);
            }
        }
    }
    for (case, layers, _, taken) in all {
        let taken: Vec<String> = taken.iter().map(|each| format!("{each:.2}")).collect();
        println!("{}\t{layers}\t{}", case.name, taken.join(" "));
    }
}
