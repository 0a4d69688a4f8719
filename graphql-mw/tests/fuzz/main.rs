//! Texts of all kinds: whatever they are, reading and judging them ends, and ends in an answer.
//!
//! The corpus is what the texts are bred from; a text that was once answered wrongly belongs into
//! it. Each run breeds the same 3,000 texts. `GRAPHQL_MW_FUZZ_CASES=1000000` breeds more, and
//! `GRAPHQL_MW_FUZZ_SEED=7` others.

mod breed;

use graphql_mw::{Document, Limits, Location, Schema, validate};
use proptest::prelude::any;
use proptest::test_runner::{Config, RngAlgorithm, TestError, TestRng, TestRunner};

const CASES: u32 = 3_000;
const SEED: u8 = 1;

const SDL: &str = "
    directive @onVar on VARIABLE_DEFINITION
    directive @onQuery on QUERY
    input In { in: In ins: [In!] x: Int list: [[Int]] }
    enum Color { RED GREEN }
    interface Node { id: ID a: Node b: Node }
    type T implements Node { id: ID a: Node b: Node x(v: Int, in: In, list: [[Int]]): T }
    type Other implements Node { id: ID a: Node b: Node y: T }
    union Pet = T | Other
    type Query { id: ID a: Node b: Node t: T pet: Pet x(v: Int, id: ID, in: In, list: [[Int]]): T }
    type M { set(v: Float, e: Color): T }
    type S { tick(n: Float): Int other: Int }
";

const CORPUS: [&str; 11] = [
    include_str!("corpus/everything.graphql"),
    include_str!("corpus/introspection.graphql"),
    include_str!("corpus/schema.graphql"),
    include_str!("corpus/mixed.graphql"),
    include_str!("corpus/strings.graphql"),
    include_str!("corpus/merging.graphql"),
    include_str!("corpus/numbers.graphql"),
    include_str!("corpus/ignored.graphql"),
    include_str!("corpus/broken.graphql"),
    include_str!("corpus/subscription.graphql"),
    include_str!("corpus/deep.graphql"),
];

/// Reads a text both ways and holds it against a schema. Every place that is named must be one of
/// the text, or just behind it.
fn judge(schema: &Schema, text: &str) {
    let lines = text.split('\n').flat_map(|line| line.split('\r')).count() as u32;
    let units = text.encode_utf16().count() as u32;
    let is_in_text = |location: Location| {
        assert!((1..=lines).contains(&location.line), "{location} of {text:?}");
        assert!((1..=units + 1).contains(&location.column), "{location} of {text:?}");
    };
    match Document::parse(text, &Limits::default()) {
        Ok(document) => {
            let _ = Limits::default().check_operations(&document);
            for violation in validate(schema, &document) {
                assert!(!violation.locations.is_empty() && !violation.message.is_empty());
                violation.locations.into_iter().for_each(is_in_text);
            }
        }
        Err(error) => {
            assert!(!error.message().contains("has panicked"), "{text:?}");
            is_in_text(error.location());
        }
    }
    if let Err(error) = Schema::parse(text) {
        let problems = error.problems().iter().filter(|problem| problem.location.line > 0);
        problems.for_each(|problem| is_in_text(problem.location));
    }
}

fn schema() -> Schema {
    let sdl = format!("schema {{ query: Query mutation: M subscription: S }} {SDL}");
    Schema::parse(&sdl).expect("a schema")
}

fn from_environment<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn every_text_of_the_corpus_and_every_beginning_of_it_is_answered() {
    let schema = schema();
    for text in CORPUS {
        for (end, _) in text.char_indices().step_by(3) {
            judge(&schema, &text[..end]);
        }
        judge(&schema, text);
    }
}

#[test]
fn texts_bred_from_the_corpus_are_answered() {
    let schema = schema();
    let cases = from_environment("GRAPHQL_MW_FUZZ_CASES", CASES);
    let seed = from_environment("GRAPHQL_MW_FUZZ_SEED", SEED);
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[seed; 32]);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, random);
    let result = runner.run(&breed::texts(&CORPUS), |text| {
        judge(&schema, &text);
        Ok(())
    });
    if let Err(TestError::Fail(reason, text)) = result {
        panic!("seed {seed}, {text:?}: {reason}");
    }
}

#[test]
fn letters_at_random_are_answered() {
    let schema = schema();
    let random = TestRng::from_seed(RngAlgorithm::ChaCha, &[SEED; 32]);
    let config = Config { cases: CASES, failure_persistence: None, ..Config::default() };
    let mut runner = TestRunner::new_with_rng(config, random);
    let result = runner.run(&any::<Vec<u8>>(), |bytes| {
        judge(&schema, &String::from_utf8_lossy(&bytes));
        Ok(())
    });
    assert!(result.is_ok(), "{result:?}");
}
