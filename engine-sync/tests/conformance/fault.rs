//! The shipped adapter runs the real engine: a fault put into the engine's own code makes its replay
//! fail.
//!
//! The sources are copied into a package of their own and one line is changed there, so that the
//! engine itself carries nothing for this test. It takes a build of that package, so it runs only
//! when it is asked for:
//!
//! ```sh
//! cargo test -p engine-sync --test conformance -- --ignored
//! ```

use std::path::{Path, PathBuf};
use std::process::Command;

/// A line of the engine, and the fault to put in its place.
struct Patch {
    file: &'static str,
    line: &'static str,
    fault: &'static str,
}

/// Asks `process_exception` in listed order: rule H6.
const ASKS_IN_LISTED_ORDER: Patch = Patch {
    file: "src/chain/compiled.rs",
    line: "        compiled.exception.reverse();\n",
    fault: "",
};

/// Passes the error page's announcement on for every status: rule H10.
const ANNOUNCES_EVERYTHING: Patch = Patch {
    file: "src/error_pages.rs",
    line: "if status.is_server_error() {\n            let announced",
    fault: "if status.as_u16() > 0 {\n            let announced",
};

#[test]
#[ignore = "builds a copy of the engine; CI asks for it"]
fn a_fault_in_the_chain_makes_its_replay_fail() {
    let (ok, text) = replay_with("right", None);
    assert!(ok, "the copy is right and its replay fails: {text}");
    for (name, patch) in [("h6", ASKS_IN_LISTED_ORDER), ("h10", ANNOUNCES_EVERYTHING)] {
        let (ok, text) = replay_with(name, Some(&patch));
        assert!(!ok, "the fault {name} goes unnoticed");
        assert!(text.contains("differs:"), "the replay fails for another reason: {text}");
    }
}

/// Builds a copy of the engine and replays the recorded cases there.
fn replay_with(name: &str, patch: Option<&Patch>) -> (bool, String) {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("faulty");
    let _ = std::fs::remove_dir_all(folder.join("engine-sync"));
    for part in ["src", "tests"] {
        copy(&here.join(part), &folder.join("engine-sync").join(part));
    }
    for (from, to) in [("Cargo.toml", "engine-sync/Cargo.toml"), ("../Cargo.lock", "Cargo.lock")] {
        std::fs::copy(here.join(from), folder.join(to)).unwrap();
    }
    std::fs::write(folder.join("Cargo.toml"), workspace(here)).unwrap();
    if let Some(patch) = patch {
        let file = folder.join("engine-sync").join(patch.file);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(patch.line), "the fault {name} no longer fits {}", patch.file);
        std::fs::write(&file, text.replacen(patch.line, patch.fault, 1)).unwrap();
    }
    let output = Command::new(env!("CARGO"))
        .args(["test", "--offline", "-p", "engine-sync", "--test", "conformance"])
        .args(["replay_of_every_recorded_case"])
        .current_dir(&folder)
        .env("CARGO_TARGET_DIR", folder.join("target"))
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&text).into_owned())
}

/// The real workspace's manifest with the copy as its only member, beside the real other crates.
fn workspace(here: &Path) -> String {
    let text = std::fs::read_to_string(here.join("../Cargo.toml")).unwrap();
    let root = here.parent().unwrap().display();
    let lines = text.lines().map(|line| match line {
        line if line.starts_with("members = ") => String::from("members = [\"engine-sync\"]"),
        line if line.starts_with("exclude = ") || line.starts_with("default-members = ") => {
            String::new()
        }
        line if line.starts_with("engine-sync = ") => String::from(line),
        line => line.replace("path = \"", &format!("path = \"{root}/")),
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            copy(&from, &to);
        } else {
            std::fs::copy(&from, &to).unwrap();
        }
    }
}
