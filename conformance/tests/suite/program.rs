//! The program, run with drivers that work, differ, hang, die and talk nonsense.
//!
//! A driver here is a line of shell: what it prints is all that the program sees.

use std::path::PathBuf;
use std::process::{Command, Output};

const HELLO: &str = r#"{"engine":"shell","version":"1","lifecycles":["http"],"profiles":["django-5","django-1.8","django-1.11-legacy"],"capabilities":[]}"#;

/// A recorded case that any engine can run, and what it answers.
const CASE: &str = r#"{"id":"one","lifecycle":"http","system":"django","version":"5.2","semantics":"onion","handler":"wsgi","layers":[],"view":"return","request":{"method":"GET","path":"/"},"trace":["view"],"outcome":{"status":200,"body":"view","x_trail":null,"errors":[]}}"#;
const ANSWER: &str = r#"{"id":"one","trace":["view"],"outcome":{"status":200,"body":"view","x_trail":null,"errors":[]}}"#;
const OTHER: &str = r#"{"id":"one","trace":["view","view"],"outcome":{"status":200,"body":"view","x_trail":null,"errors":[]}}"#;
const NONE: &str = r#"{"id":"two","lifecycle":"http","system":"django","version":"5.2","semantics":"onion","handler":"wsgi","layers":[],"view":"none","request":{"method":"GET","path":"/"},"trace":["view","handler500"],"outcome":{"status":500,"body":"handler500","x_trail":null,"errors":["ValueError"]}}"#;

/// A recorded connection whose only layer says nothing: by rule W3 it is refused.
const SOCKET: &str = r#"{"id":"three","lifecycle":"websocket","system":"graphene-luna","version":"1.0.0","semantics":"onion, first listed outermost","app":"echo","layers":[{"name":"A","hooks":{"call":"silent"}}],"script":[{"event":"disconnect","code":1006}],"trace":["A.enter"],"outcome":{"end":"returned","sent":[],"unread":1,"tasks_left":0,"logged":[]}}"#;

fn conformance(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_conformance")).args(arguments).output().unwrap()
}

/// Replays these lines with a driver that says hello and then runs this shell script.
#[track_caller]
fn check(lines: &[&str], script: &str, code: i32, said: &[&str]) {
    check_as(HELLO, lines, script, code, said);
}

/// The same with another hello.
#[track_caller]
fn check_as(hello: &str, lines: &[&str], script: &str, code: i32, said: &[&str]) {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"));
    let name = std::panic::Location::caller().line();
    let file = folder.join(format!("case-{name}.jsonl"));
    std::fs::write(&file, lines.join("\n")).unwrap();
    let driver = folder.join(format!("driver-{name}.sh"));
    std::fs::write(&driver, format!("echo '{hello}'\n{script}\n")).unwrap();
    let command = format!("sh '{}'", driver.display());
    let file = file.display().to_string();
    let output = conformance(&["replay", "--timeout", "2", "--driver", &command, &file]);
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    for words in said {
        assert!(text.contains(words), "no {words:?} in: {text}");
    }
}

#[test]
fn a_driver_that_does_the_same_passes() {
    let script = format!("read line; echo '{ANSWER}'");
    check(&[CASE], &script, 0, &["1 match", "1 passed, 0 failed, 0 skipped"]);
}

#[test]
fn a_difference_is_shown_where_the_traces_part() {
    let script = format!("read line; echo '{OTHER}'");
    let said = [
        "1 differ otherwise",
        "line 1: by rule S3",
        "view | view",
        "0 passed, 1 failed, 0 skipped",
    ];
    check(&[CASE], &script, 1, &said);
}

#[test]
fn what_is_skipped_is_decided_here_and_never_sent() {
    let script = format!("read line; echo '{ANSWER}'; read line && echo '{ANSWER}'");
    let said =
        ["1 impossible in the engine's types: hook-returns-none", "1 passed, 0 failed, 1 skipped"];
    check(&[NONE, CASE], &script, 0, &said);
}

#[test]
fn a_driver_that_talks_nonsense_is_told_the_line_and_the_case() {
    check(
        &[CASE],
        "read line; echo skip",
        2,
        &["line 2 is not an answer", "skip", r#""id":"one""#],
    );
    let another = ANSWER.replace("one", "another");
    let script = format!("read line; echo '{another}'");
    check(&[CASE], &script, 2, &["an answer to `another`, not to `one`"]);
}

#[test]
fn a_driver_that_dies_is_told_the_case_that_led_there() {
    check(&[CASE], "read line; exit 3", 2, &["ended (exit status: 3)", r#""id":"one""#]);
}

#[test]
fn a_driver_that_hangs_is_not_waited_for() {
    check(&[CASE], "read line; exec sleep 60", 2, &["has not come within 2 s", r#""id":"one""#]);
}

#[test]
fn a_driver_that_answers_more_than_it_was_asked_is_not_believed() {
    let script = format!("read line; echo '{ANSWER}'; echo '{ANSWER}'");
    check(&[CASE], &script, 2, &["line 3 answers no case"]);
}

#[test]
fn a_file_that_is_no_recording_is_told_the_line() {
    let script = format!("read line; echo '{ANSWER}'");
    check(&[CASE, "nonsense"], &script, 2, &["line 2: not a JSON object"]);
    let other = CASE.replace(r#""lifecycle":"http""#, r#""lifecycle":"websocket""#);
    check(&[CASE, &other], &script, 2, &["line 2: the lifecycle is `websocket`, not `http`"]);
    let other = CASE.replace(r#""lifecycle":"http""#, r#""lifecycle":"teapot""#);
    check(&[&other], "", 2, &["no lifecycle is named `teapot`"]);
    let word = CASE.replace(r#""layers":[]"#, r#""layers":[{"name":"A","hooks":{"init":"pass"}}]"#);
    check(&[&word], "", 2, &["line 1: `A.init` cannot do Pass"]);
}

#[test]
fn a_file_of_another_lifecycle_is_put_to_a_driver_that_claims_it() {
    let said = ["the driver claims `http`, not `websocket`"];
    check(&[SOCKET], "", 2, &said);
    let hello = HELLO.replace(r#"["http"]"#, r#"["websocket"]"#).replace("django-5", "asgi");
    let answer = r#"{"id":"three","trace":["A.enter","engine.refuse:403","A.left"],"outcome":{"end":"returned","sent":[],"unread":1,"tasks_left":0,"logged":[]}}"#;
    let script = format!("read line; echo '{answer}'");
    let said = ["0 match", "1 passed over: the GraphQL app", "1 differ by a named rule"];
    let said = [&said[..], &["    1 by rule W3", "1 passed, 0 failed, 1 skipped"]].concat();
    let graphql = SOCKET.replace(r#""app":"echo""#, r#""app":"graphql""#);
    check_as(&hello, &[SOCKET, &graphql], &script, 0, &said);
}

#[test]
fn the_rules_are_printed_one_a_line() {
    let output = conformance(&["rules"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert_eq!(text.lines().count(), conformance::rule::rules().count());
    assert!(text.contains("\nS2 MUST: After a short-circuit no layer further in"));
}
