//! What documents say, and where they stop being documents.

use graphql_mw::ast::{Selection, ValueKind};
use graphql_mw::{Document, Limits, Location, Schema, validate};

fn parse(text: &str) -> Document {
    Document::parse(text, &Limits::default()).unwrap_or_else(|error| panic!("{text}: {error}"))
}

fn refusal(text: &str) -> String {
    match Document::parse(text, &Limits::default()) {
        Ok(_) => String::from("nothing"),
        Err(error) => error.to_string(),
    }
}

/// The literal that is given to the field `a`.
fn value(literal: &str) -> ValueKind {
    let document = parse(&format!("{{ a(v: {literal}) }}"));
    let Selection::Field(field) = &document.operations[0].selection_set.items[0] else {
        panic!("a field")
    };
    field.argument("v").expect("an argument").kind.clone()
}

fn string(literal: &str) -> String {
    match value(literal) {
        ValueKind::String(text) => String::from(&*text),
        other => panic!("{other:?}"),
    }
}

#[test]
fn strings_are_read_by_the_letter_of_the_specification() {
    assert_eq!(string(r#""\b\f\n\r\t\/\\\"""#), "\u{8}\u{c}\n\r\t/\\\"");
    assert_eq!(string(r#""\u0041\uD83D\uDE00\u{1F600}\u{41}""#), "A😀😀A");
    assert_eq!(string("\"# no comment, {\""), "# no comment, {");
    for bad in [
        r#""\u+041""#,
        r#""\uD83D""#,
        r#""\uDE00""#,
        r#""\uD83Dx""#,
        r#""\u{110000}""#,
        r#""\u{}""#,
        r#""\x""#,
        r#""\u{D83D}""#,
    ] {
        let said = refusal(&format!("{{ a(v: {bad}) }}"));
        assert!(said.starts_with("1:9: "), "{bad}: {said}");
    }
}

#[test]
fn block_strings_lose_spaces_and_tabs_of_their_indent_and_nothing_else() {
    assert_eq!(string("\"\"\"\n    a\n      b\r\n\r    c\n  \"\"\""), "a\n  b\n\nc");
    assert_eq!(string("\"\"\"  a\n    b\"\"\""), "  a\nb");
    assert_eq!(string("\"\"\"\n  x\n\u{3000}y\n\"\"\""), "  x\n\u{3000}y");
    assert_eq!(string("\"\"\"\n \u{a0}x\n  y\n\"\"\""), "\u{a0}x\n y");
    assert_eq!(string(r#""""a \""" \n b""""#), r#"a """ \n b"#);
    assert_eq!(string("\"\"\" \n\t\n \"\"\""), "");
}

#[test]
fn numbers_keep_their_text_whatever_their_size() {
    for literal in ["0", "-0", "12", "123456789012345678901234567890"] {
        assert!(matches!(value(literal), ValueKind::Int(text) if *text == *literal));
    }
    for literal in ["1e9", "1.5e0", "1E+9", "-0.0", "1e-09", "1e999999"] {
        assert!(matches!(value(literal), ValueKind::Float(text) if *text == *literal));
    }
    for (literal, column) in [
        ("01", 9),
        ("1.", 10),
        ("1.e1", 10),
        ("1e", 10),
        ("+1", 8),
        ("0x1", 9),
        ("1_000", 9),
        ("1.2.3", 11),
    ] {
        let said = refusal(&format!("{{ a(v: {literal}) }}"));
        assert!(said.starts_with(&format!("1:{}: ", column)), "{literal}: {said}");
    }
}

#[test]
fn what_graphql_parsers_grammar_lacks_is_read_all_the_same() {
    let text = "\"what it does\" query Q($a: Int = 1 @x(y: [{z: 1}]) @w, $b: [Int!]! @x) @d { a }\n\
                \"\"\"a part\"\"\" fragment F on T { b }";
    let document = parse(text);
    let [operation] = &document.operations[..] else { panic!("one operation") };
    assert_eq!(operation.location, Location { line: 1, column: 1 });
    assert_eq!(operation.variables.len(), 2);
    assert_eq!(operation.variables[0].directives.len(), 2);
    assert_eq!(operation.variables[0].directives[0].arguments[0].value.to_string(), "[{z: 1}]");
    assert_eq!(operation.variables[1].type_node.to_string(), "[Int!]!");
    assert_eq!(operation.directives.len(), 1);
    assert_eq!(document.fragments[0].location, Location { line: 2, column: 1 });
    assert_eq!(&*document.fragments[0].name, "F");
}

#[test]
fn a_document_with_parts_of_a_schema_is_read_and_then_refused_by_a_rule() {
    let schema = Schema::parse("type Query { a: Int }").unwrap();
    let text = "{ a } extend type Query @x type type { type: type } scalar S { a } \
                \"d\" directive @d(a: Int = 1) repeatable on FIELD | QUERY union query = | fragment | type \
                schema { query: Query } query Q { a } extend schema @x interface I implements A & enum enum E { A }";
    let document = parse(text);
    let names: Vec<&str> = document.not_executable.iter().map(|it| &*it.name).collect();
    assert_eq!(names, ["Query", "type", "S", "d", "query", "schema", "schema", "I", "E"]);
    assert_eq!(document.operations.len(), 3);
    let rules = validate(&schema, &document);
    let count = rules.iter().filter(|it| it.rule.name() == "ExecutableDefinitions").count();
    assert_eq!(count, 9);
}

#[test]
fn the_first_mistake_is_told_and_not_a_later_one() {
    assert!(refusal("{ a( } \"\\x\"").starts_with("1:6: "));
    assert!(refusal("{ a \"\\x\"").starts_with("1:6: "));
    assert!(refusal("query Q($a: Int @) { a( }").starts_with("1:18: "));
    assert!(refusal("query Q($a: @x(a: $b)) { a }").starts_with("1:13: "));
    assert!(refusal("query Q($a: Int @x(a: $b)) { a }").starts_with("1:23: a variable"));
    assert!(refusal("query Q($a: Int @x(a: 1.)) { a }").starts_with("1:25: a digit"));
    assert!(refusal("type T { a: } { a( }").starts_with("1:13: "));
    assert!(refusal("fragment on on T { a }").starts_with("1:10: "));
}

#[test]
fn an_error_says_what_was_met_and_what_was_expected() {
    says("{ a(", "1:5: the document ends too early: add a name");
    says("{ a: }", "1:6: `}` is out of place: expected a name");
    says(
        "{ a(v: ]) }",
        "1:8: `]` is out of place: expected a number, a string, `true`, `false`, `null` or a name",
    );
    says(
        "",
        "1:1: the document ends too early: \
         add `{`, `query`, `mutation`, `subscription` or `fragment`",
    );
}

fn says(text: &str, expected: &str) {
    assert_eq!(refusal(text), expected);
}

#[test]
fn places_count_utf_16_units_and_every_kind_of_line_end() {
    let document = parse("#😀\r\n# é\r{\n \u{feff}a(v: \"😀é\", w: 1) }");
    let Selection::Field(field) = &document.operations[0].selection_set.items[0] else {
        panic!("a field")
    };
    assert_eq!(field.location, Location { line: 4, column: 3 });
    assert_eq!(field.arguments[1].name.location, Location { line: 4, column: 15 });
}
