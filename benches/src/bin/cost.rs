//! Runs one peer's stack a number of times, for counting instructions under callgrind; with
//! `allocations` it counts those itself, and with `list` it says what there is.
//!
//!     cost list
//!     cost run NAME LAYERS TIMES
//!     cost allocations NAME LAYERS

use benches::stack::{LAYERS, PEERS};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let find = |name: &str, layers: &str| {
        let peer = PEERS.iter().find(|peer| peer.name == name).expect("a name from the list");
        (peer.build)(layers.parse().expect("a number of layers"))
    };
    match words[..] {
        ["list"] => {
            for peer in PEERS {
                let layers: Vec<String> =
                    LAYERS.iter().filter(|n| **n <= peer.most).map(|n| n.to_string()).collect();
                println!("{}\t{}", peer.name, layers.join(" "));
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
        _ => {
            eprintln!("cost list | run NAME LAYERS TIMES | allocations NAME LAYERS");
            std::process::exit(2);
        }
    }
}
