//! Documents that are made to cost much: an answer comes at once, and nothing overflows.
//!
//! The time that is allowed is some hundred times what an optimised build takes, so that a slow
//! machine passes and a square of the document's size does not.

use std::time::{Duration, Instant};

use graphql_mw::{Document, Limits, Schema, Violation, validate};

const ALLOWED: Duration = Duration::from_secs(10);

const SDL: &str = "
    input In { in: In ins: [In!] x: Int }
    interface Node { id: ID a: Node b: Node }
    type T implements Node { id: ID a: Node b: Node x(v: Int, in: In, list: [[Int]]): T }
    type Other implements Node { id: ID a: Node b: Node y: T }
    type Query { id: ID a: Node b: Node t: T x(v: Int, id: ID, in: In, list: [[Int]]): Query }
";

/// What is said about a document, in the time that is allowed.
fn said(text: &str, limits: &Limits) -> String {
    let schema = Schema::parse(SDL).expect("a schema");
    let start = Instant::now();
    let said = match Document::parse(text, limits) {
        Err(error) => error.to_string(),
        Ok(document) => {
            match (&validate(&schema, &document)[..], limits.check_operations(&document)) {
                ([], Ok(())) => "valid".into(),
                ([], Err(error)) => error.to_string(),
                (violations, _) => {
                    assert!(violations.len() <= 100);
                    violations.iter().map(Violation::to_string).collect::<Vec<_>>().join("\n")
                }
            }
        }
    };
    let taken = start.elapsed();
    println!("{:>10} bytes {taken:>12.3?}  {:.100}", text.len(), said.replace('\n', " | "));
    assert!(taken < ALLOWED, "{} bytes took {taken:?}", text.len());
    said
}

fn by_default(text: &str) -> String {
    said(text, &Limits::default())
}

/// With every limit raised that can be.
fn unlimited(text: &str) -> String {
    let limits = Limits {
        max_bytes: usize::MAX,
        max_tokens: usize::MAX,
        max_brackets: usize::MAX,
        max_definitions: usize::MAX,
        max_aliases: usize::MAX,
        max_depth: usize::MAX,
        max_fields: u64::MAX,
        max_complexity: u64::MAX,
    };
    said(text, &limits)
}

#[test]
fn four_hundred_thousand_aliases() {
    let fields: String = (0..400_000).map(|number| format!("f{number}:id ")).collect();
    let text = format!("{{ {fields}}}");
    assert!(by_default(&text).contains("raise `max_bytes`"));
    let limits = Limits { max_bytes: usize::MAX, ..Limits::default() };
    assert!(said(&text, &limits).contains("raise `max_tokens`"));
    let short: String = (0..2_000).map(|number| format!("f{number}:id ")).collect();
    assert!(by_default(&format!("{{ {short}}}")).contains("raise `max_aliases`"));
}

fn chain(links: usize) -> String {
    let mut text = format!("{{ ...F0 }} fragment F{links} on Query {{ id }}");
    for link in 0..links {
        text += &format!(" fragment F{link} on Query {{ ...F{} }}", link + 1);
    }
    text
}

#[test]
fn a_chain_of_a_hundred_thousand_fragments() {
    assert!(by_default(&chain(100_000)).contains("raise `max_bytes`"));
    assert!(by_default(&chain(1_000)).contains("raise `max_definitions`"));
    assert_eq!(unlimited(&chain(20_000)), "valid");
}

#[test]
fn a_chain_of_fragments_that_goes_deeper_at_each_link() {
    let mut text = String::from("{ t { ...F0 } } fragment F900 on T { id }");
    for link in 0..900 {
        text += &format!(" fragment F{link} on T {{ x {{ ...F{} id }} }}", link + 1);
    }
    assert!(by_default(&text).contains("nests 902 levels of fields"));
}

#[test]
fn fragments_in_a_ring() {
    let mut text = String::from("{ ...F0 }");
    for link in 0..999 {
        text += &format!(" fragment F{link} on Query {{ ...F{} id }}", (link + 1) % 999);
    }
    assert!(by_default(&text).contains("contains itself"));
}

#[test]
fn every_fragment_spreads_every_other() {
    let all: String = (0..80).map(|number| format!("...F{number} ")).collect();
    let mut text = format!("{{ {all} }}");
    for number in 0..80 {
        text += &format!(" fragment F{number} on Query {{ {all} id }}");
    }
    assert!(by_default(&text).contains("contains itself"));
}

/// `a { … } a { … }`, each brace holding the same again.
fn doubled(levels: usize, leaf: &str) -> String {
    match levels {
        0 => leaf.into(),
        _ => {
            let inner = doubled(levels - 1, leaf);
            format!("a{{{inner}}}a{{{inner}}}")
        }
    }
}

#[test]
fn thirty_two_kilobytes_of_fields_that_are_doubled_at_each_level() {
    assert_eq!(by_default(&format!("{{ {} }}", doubled(11, "id "))), "valid");
    let text = format!("{{ {} b: id b: a {{ id }} }}", doubled(11, "id "));
    assert!(by_default(&text).contains("OverlappingFieldsCanBeMerged"));
    assert_eq!(unlimited(&format!("{{ {} }}", doubled(13, "id "))), "valid");
}

#[test]
fn one_field_twenty_thousand_times() {
    assert!(by_default(&format!("{{ {} }}", "id ".repeat(20_000))).contains("raise `max_tokens`"));
    assert_eq!(by_default(&format!("{{ {} }}", "id ".repeat(14_900))), "valid");
    assert_eq!(unlimited(&format!("{{ {} }}", "id ".repeat(40_000))), "valid");
    let text = format!("{{ {} }}", "t { x(v: 1) { id } } ".repeat(1_000));
    assert_eq!(by_default(&text), "valid");
    let text = format!("{{ {} t {{ x(v: 2) {{ id }} }} }}", "t { x(v: 1) { id } } ".repeat(1_000));
    assert!(by_default(&text).contains("OverlappingFieldsCanBeMerged"));
}

#[test]
fn fragments_that_are_brought_together_in_ever_new_ways() {
    let mut text = String::from("{ a { ...F0 ...G0 } b { ...G0 } }");
    for link in 0..90 {
        let next = link + 1;
        text += &format!(
            " fragment F{link} on Node {{ a {{ ...F{next} ...H{next} }} b {{ ...G{next} }} id }} \
             fragment G{link} on Node {{ a {{ ...G{next} }} b {{ ...F{next} ...H{next} }} }} \
             fragment H{link} on Node {{ a {{ ...H{next} ...G{next} }} ... on T {{ b {{ ...F{next} }} }} \
             ... on Other {{ b {{ ...H{next} }} }} }}"
        );
    }
    for name in ["F", "G", "H"] {
        text += &format!(" fragment {name}90 on Node {{ id }}");
    }
    by_default(&text);
}

#[test]
fn lists_and_objects_without_a_bottom() {
    for open in ["[", "{in:", "{ins:["] {
        let text = format!("{{ x(in: {}", open.repeat(100_000));
        let said = said(&text, &Limits { max_bytes: usize::MAX, ..Limits::default() });
        assert!(said.contains("more than 50 brackets are open at once"), "{said}");
    }
    let text = format!("query Q($v: {}Int", "[".repeat(10_000));
    assert!(by_default(&text).contains("more than 50 brackets are open at once"));
    let wide = format!("{{ x(list: [{}]) {{ id }} }}", "[1 2 3],".repeat(2_900));
    assert_eq!(by_default(&wide), "valid");
    let same =
        format!("{{ x(list: [{0}]) {{ id }} x(list: [{0}]) {{ id }} }}", "[1 2 3],".repeat(1_400));
    assert_eq!(by_default(&same), "valid");
    let keys: String = (0..4_900).map(|number| format!("k{number}: 1 ")).collect();
    assert!(by_default(&format!("{{ x(in: {{{keys}}}) {{ id }} }}")).contains("has no field `k0`"));
    let keys = "x: 1 ".repeat(4_900);
    assert!(by_default(&format!("{{ x(in: {{{keys}}}) {{ id }} }}")).contains("given twice"));
    assert!(by_default(&format!("{{ x({keys}) {{ id }} }}")).contains("has no argument"));
}

#[test]
fn numbers_of_a_hundred_thousand_digits() {
    let digits = "9".repeat(100_000);
    assert!(by_default(&format!("{{ x(v: {digits}) {{ id }} }}")).contains("does not fit `Int`"));
    assert_eq!(by_default(&format!("{{ x(id: {digits}) {{ id }} }}")), "valid");
    assert!(by_default(&format!("{{ x(v: 1e{digits}) {{ id }} }}")).contains("does not fit `Int`"));
}

#[test]
fn strings_that_make_graphql_parser_panic_or_are_no_text() {
    let panics = "{ x(id: \"\"\"\n  x\n\u{3000}y\n\"\"\") { id } }";
    assert_eq!(by_default(panics), "valid");
    assert_eq!(by_default("{ x(id: \"\"\"\n x\n\u{a0}y\n\"\"\") { id } }"), "valid");
    assert!(by_default("{ x(id: \"\\uD800\") { id } }").contains("half of such a pair"));
    let text = format!("{{ x(id: \"{}\") {{ id }} }}", "\\uD83D\\uDE00".repeat(20_000));
    assert_eq!(by_default(&text), "valid");
    let text = format!("{{ x(id: \"\"\"{}\"\"\") {{ id }} }}", "\n \\\"\"\" x".repeat(20_000));
    assert_eq!(by_default(&text), "valid");
    assert!(
        by_default(&format!("{{ x(id: \"\"\"{}", "\\\"\"\"".repeat(50_000))).contains("no end")
    );
    assert!(by_default(&"#".repeat(200_000)).contains("ends too early"));
}

#[test]
fn names_that_are_wrong_in_great_number_and_length() {
    let unknown: String = (0..3_000).map(|number| format!("idd{number} ")).collect();
    assert_eq!(by_default(&format!("{{ {unknown} }}")).lines().count(), 100);
    let long = "a".repeat(200_000);
    assert!(by_default(&format!("{{ {long} }}")).contains("has no field"));
    let names: String =
        (0..900).map(|n| format!(" fragment {}{n} on T {{ id }}", "F".repeat(50))).collect();
    let spreads: String = (0..900).map(|n| format!("...{}{n} ", "G".repeat(50))).collect();
    by_default(&format!("{{ {spreads} }} {names}"));
}

/// `count` operations, each of which uses the first of `count` fragments in a chain.
fn operations_on_a_chain(count: usize) -> String {
    let mut text: String =
        (0..count).map(|number| format!("query Q{number}($v: Int) {{ ...F0 }} ")).collect();
    for link in 0..count {
        text += &format!("fragment F{link} on Query {{ x(v: $v) {{ id }} ...F{} }} ", link + 1);
    }
    text + &format!("fragment F{count} on Query {{ id }}")
}

#[test]
fn many_operations_that_use_the_same_long_chain() {
    assert_eq!(by_default(&operations_on_a_chain(120)), "valid");
    // What is merged is the square of this, and more than the budget.
    assert!(by_default(&operations_on_a_chain(480)).contains("too many ways to be compared"));
}

#[test]
fn variables_in_great_number() {
    let defined: String = (0..1_000).map(|n| format!("$v{n}: Int = {n} ")).collect();
    let used: String = (0..500).map(|n| format!("a{n}: x(v: $v{n}) {{ id }} ")).collect();
    assert_eq!(by_default(&format!("query Q({defined}) {{ {used} }}")).lines().count(), 100);
    let directives = "@include(if: true) ".repeat(2_000);
    assert_eq!(by_default(&format!("{{ id {directives} }}")).lines().count(), 100);
}
