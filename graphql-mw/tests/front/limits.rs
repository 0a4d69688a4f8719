//! What asks for too much.

use graphql_mw::{Document, Limits};

fn refusal(text: &str, limits: &Limits) -> String {
    match Document::parse(text, limits) {
        Err(error) => error.to_string(),
        Ok(document) => match limits.check_operations(&document) {
            Err(error) => error.to_string(),
            Ok(()) => "nothing".into(),
        },
    }
}

#[test]
fn each_limit_is_held_and_says_how_to_raise_it() {
    let limits = Limits { max_bytes: 10, ..Limits::default() };
    assert_eq!(
        refusal("{ abcdefghijk }", &limits),
        "1:1: the document has 15 bytes, and 10 are allowed: shorten it, or raise `max_bytes`"
    );
    let limits = Limits { max_tokens: 3, ..Limits::default() };
    assert_eq!(
        refusal("{ a\n b }", &limits),
        "2:4: the document has more than 3 tokens: ask for less at once, or raise `max_tokens`"
    );
    let limits = Limits { max_definitions: 1, ..Limits::default() };
    assert_eq!(
        refusal("{ a } fragment F on T { a }", &limits),
        "1:7: the document has more than 1 operations and fragments: send fewer at once, \
         or raise `max_definitions`"
    );
    let limits = Limits { max_aliases: 1, ..Limits::default() };
    assert_eq!(
        refusal("{ a: x b: x }", &limits),
        "1:8: the document has more than 1 aliases: ask for less at once, or raise `max_aliases`"
    );
    let limits = Limits { max_depth: 2, ..Limits::default() };
    assert_eq!(
        refusal("query Q { a { ...F } } fragment F on T { b { c } }", &limits),
        "1:1: `Q` nests 3 levels of fields, and 2 are allowed: ask in several operations, \
         or raise `max_depth`"
    );
    let limits = Limits { max_fields: 4, ..Limits::default() };
    assert_eq!(
        refusal("{ ...F ...F a } fragment F on T { b c }", &limits),
        "1:1: the operation asks for 5 fields, and 4 are allowed: ask in several operations, \
         or raise `max_fields`"
    );
    let limits = Limits { max_complexity: 20, ..Limits::default() };
    assert_eq!(
        refusal("{ a(first: 10) { b c } }", &limits).split(',').next(),
        Some("1:1: the operation weighs 21")
    );
}

#[test]
fn brackets_nest_as_deep_as_graphql_parser_lets_them_and_the_error_says_so() {
    let nested = |levels: usize| format!("{}{}", "{ a ".repeat(levels), "}".repeat(levels));
    assert_eq!(refusal(&nested(50), &Limits::default()), "nothing");
    let limits = Limits { max_brackets: 1_000, ..Limits::default() };
    assert_eq!(
        refusal(&nested(51), &limits),
        "1:201: more than 50 brackets are open at once: nest less, or put the inner part into a \
         fragment (`max_brackets` goes up to 50, which is fixed in graphql-parser)"
    );
}

#[test]
fn a_fragment_that_contains_itself_is_weighed_without_a_hang() {
    let text = "{ ...A } fragment A on T { a ...B } fragment B on T { b ...A }";
    assert_eq!(refusal(text, &Limits::default()), "nothing");
}

#[test]
fn fragments_that_double_at_each_step_are_weighed_in_one_pass() {
    let mut text = String::from("{ ...F0 } fragment F100 on T { a }");
    for step in 0..100 {
        text += &format!(" fragment F{step} on T {{ ...F{0} ...F{0} }}", step + 1);
    }
    let said = refusal(&text, &Limits::default());
    assert!(said.contains("asks for 18446744073709551615 fields"), "{said}");
}
