//! What the recorded documents do not ask: `@oneOf`, messages, and what comes together.

use graphql_mw::{Document, Limits, Rule, Schema, Violation, validate};

const SDL: &str = "
    input Key @oneOf { id: ID name: String }
    input Filter { key: Key any: Blob }
    scalar Blob
    enum Color { RED GREEN }
    type Query { find(key: Key, filter: Filter, blob: Blob, color: Color): Query count(n: Int!): Int pet: Pet }
    union Pet = Query | Dog
    type Dog { bark: Int }
";

fn violations(text: &str) -> Vec<Violation> {
    let schema = Schema::parse(SDL).expect("a schema");
    let document = Document::parse(text, &Limits::default()).expect("a document");
    validate(&schema, &document)
}

/// The violations of a document, one a line.
fn said(text: &str) -> String {
    violations(text).iter().map(Violation::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn exactly_one_field_of_a_one_of_is_given_and_it_is_not_null() {
    assert_eq!(said("{ find(key: {id: 1}) { count(n: 1) } }"), "");
    let several = "1:13: `Key` takes exactly one of its fields: give one (ValuesOfCorrectType)";
    assert_eq!(said("{ find(key: {}) { count(n: 1) } }"), several);
    assert_eq!(said("{ find(key: {id: 1, name: \"a\"}) { count(n: 1) } }"), several);
    assert_eq!(
        said("{ find(key: {id: null}) { count(n: 1) } }"),
        "1:13: the one field of `Key` must not be null: give `id` a value (ValuesOfCorrectType)"
    );
    assert_eq!(
        said("query Q($id: ID) { find(filter: {key: {id: $id}}) { count(n: 1) } }"),
        "1:9: the variable `$id` may be null, and the one field of `Key` must not: \
         make it `ID!` (VariablesInAllowedPosition)"
    );
    assert_eq!(said("query Q($id: ID!) { find(key: {id: $id}) { count(n: 1) } }"), "");
}

#[test]
fn variables_inside_of_custom_scalars_are_used_and_fit_anything() {
    assert_eq!(
        said(
            "query Q($a: Int, $b: [Color]) { find(blob: [{x: $a}], filter: {any: {y: $b}}) { count(n: 1) } }"
        ),
        ""
    );
    assert_eq!(
        said("{ find(blob: {x: [$a]}) { count(n: 1) } }"),
        "1:19: the variable `$a` is not defined: add it, or give a value (NoUndefinedVariables)"
    );
}

#[test]
fn a_slip_of_the_pen_is_answered_with_the_likely_word() {
    let cases = [
        ("{ fnd { count(n: 1) } }", "`Query` has no field `fnd`: did you mean `find`?"),
        (
            "{ find(colour: RED) { count(n: 1) } }",
            "field `find` has no argument `colour`: did you mean `color`?",
        ),
        (
            "{ find(color: GREN) { count(n: 1) } }",
            "`GREN` is no value of `Color`: did you mean `GREEN`?",
        ),
        (
            "{ find(color: \"RED\") { count(n: 1) } }",
            "`\"RED\"` does not fit `Color`: write `RED` without quotes",
        ),
        (
            "{ find(filter: {kee: {id: 1}}) { count(n: 1) } }",
            "`Filter` has no field `kee`: did you mean `key`?",
        ),
        ("{ count(n: 1) @skp(if: true) }", "there is no directive `@skp`: did you mean `skip`?"),
        (
            "{ pet { ... on Dgo { bark } } }",
            "there is no type `Dgo`: use one of the schema's types",
        ),
        ("{ pet { ... on Dogg { bark } } }", "there is no type `Dogg`: did you mean `Dog`?"),
        ("{ pet { bark } }", "`Pet` has no field `bark`: write `... on Dog { bark }`"),
        (
            "{ pet { meow } }",
            "`Pet` has no field `meow`: ask for `__typename`, or inside of `... on`",
        ),
        ("{ pet }", "`pet` is of type `Pet`: say which of its fields you want, as `pet { … }`"),
    ];
    for (text, expected) in cases {
        assert_eq!(violations(text)[0].message, expected, "{text}");
    }
}

#[test]
fn a_conflict_of_inner_fields_names_all_that_are_to_blame() {
    let text = "{ find { a: count(n: 1) find { count(n: 1) } } find { a: count(n: 2) find { count(n: 3) } } }";
    let violations = violations(text);
    let [violation] = &violations[..] else { panic!("{violations:?}") };
    assert_eq!(violation.rule, Rule::OverlappingFieldsCanBeMerged);
    let columns: Vec<u32> = violation.locations.iter().map(|it| it.column).collect();
    assert_eq!(columns, [3, 10, 25, 32, 48, 55, 70, 77]);
    assert_eq!(
        violation.message,
        "fields that are all called `find` in the answer differ in what they ask for as \
         `a`, `find`: give one of them an alias"
    );
}

#[test]
fn introspection_does_not_go_round_in_circles() {
    let fine = "{ __type(name: \"Dog\") { fields { type { ...T } } } } \
                fragment T on __Type { interfaces { name } ofType { ofType { possibleTypes { name } } } }";
    assert_eq!(said(fine), "");
    let deep = "{ __schema { types { fields { type { ...T } } } } } \
                fragment T on __Type { inputFields { type { possibleTypes { name } } } }";
    assert_eq!(
        said(deep),
        "1:3: `__schema` asks for lists of fields or types in one another, 3 deep: \
         ask for the fields of each type by itself (MaxIntrospectionDepth)"
    );
}

#[test]
fn every_rule_has_the_name_that_graphql_js_has_for_it() {
    assert_eq!(Rule::ALL.len(), 27);
    assert_eq!(Rule::NoFragmentCycles.name(), "NoFragmentCycles");
}
