//! The schema language: what it says, and what is wrong with it.

use graphql_mw::Schema;
use graphql_mw::ast::OperationKind;
use graphql_mw::schema::TypeKind;

fn schema(sdl: &str) -> Schema {
    Schema::parse(sdl).unwrap_or_else(|error| panic!("{error}"))
}

/// The problems of a text, one a line.
fn problems(sdl: &str) -> String {
    match Schema::parse(sdl) {
        Ok(_) => String::from("none"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn everything_that_is_written_is_found_again() {
    let schema = schema(
        r#"
        "What there is." schema @tag { query: Root mutation: Writes }
        directive @tag(name: String = "x") repeatable on SCHEMA | OBJECT | FIELD_DEFINITION
        type Root @tag @tag(name: "y") {
          "A pet."
          pet(id: ID! = 3, old: Int @deprecated): Pet! @deprecated(reason: "use `pets`")
          pets(filter: Filter = {kind: CAT, names: ["a"]}): [Pet!]!
        }
        type Writes { a: Int }
        scalar Date @specifiedBy(url: "https://example.com/date")
        interface Named { name: String! }
        interface Animal implements Named { name: String! legs: Int }
        type Dog implements & Named & Animal { name: String! legs: Int! barks: Boolean }
        type Cat implements Animal & Named { name: String! legs: Int }
        union Pet = | Dog | Cat
        enum Kind { CAT DOG @deprecated }
        input Filter { kind: Kind! = DOG names: [String!] born: Date }
        input Key @oneOf { id: ID name: String }
        "#,
    );
    assert_eq!(schema.description().map(|text| &**text), Some("What there is."));
    let root = schema.root(OperationKind::Query).unwrap();
    assert_eq!(&*schema[root].name, "Root");
    assert_eq!(schema[root].directives.len(), 2);
    assert!(schema.root(OperationKind::Subscription).is_none());

    let pet = schema.field(root, "pet").unwrap();
    assert_eq!(pet.parent, root);
    assert_eq!(pet.description.as_deref(), Some("A pet."));
    assert_eq!(pet.deprecated.as_deref(), Some("use `pets`"));
    assert_eq!(schema.written(&pet.type_ref).to_string(), "Pet!");
    let id = pet.argument("id").unwrap();
    assert!(!id.is_required() && id.type_ref.is_non_null());
    assert_eq!(id.default.as_ref().unwrap().as_i64(), Some(3));
    assert_eq!(pet.argument("old").unwrap().deprecated.as_deref(), Some("No longer supported"));
    let pets = schema.field(root, "pets").unwrap();
    let default = pets.argument("filter").unwrap().default.as_ref().unwrap();
    assert_eq!(default.to_string(), r#"{kind: CAT, names: ["a"]}"#);

    let named = |name: &str| schema.type_named(name).unwrap();
    let names_of = |name: &str| -> Vec<&str> {
        schema.possible_types(named(name).id).iter().map(|id| &*schema[*id].name).collect()
    };
    assert_eq!(names_of("Pet"), ["Dog", "Cat"]);
    assert_eq!(names_of("Named"), ["Dog", "Cat"]);
    assert_eq!(names_of("Dog"), ["Dog"]);
    assert!(names_of("Kind").is_empty());
    assert!(schema.is_possible(named("Animal").id, named("Cat").id));
    assert!(!schema.is_possible(named("Animal").id, root));
    assert!(matches!(named("Key").kind, TypeKind::InputObject { one_of: true, .. }));
    assert!(matches!(&named("Date").kind, TypeKind::Scalar { specified_by: Some(at) }
        if &**at == "https://example.com/date"));
    assert!(named("Kind").kind.enum_value("DOG").unwrap().deprecated.is_some());
}

#[test]
fn introspection_is_made_of_ordinary_types_and_fields() {
    let schema = schema("type Query { a: Int }");
    let root = schema.root(OperationKind::Query).unwrap();
    let meta = schema.field(root, "__schema").unwrap();
    assert_eq!(meta.id, schema.schema_field());
    let types = schema.field(meta.type_ref.named(), "types").unwrap();
    assert_eq!(schema.written(&types.type_ref).to_string(), "[__Type!]!");
    assert!(schema.field(types.type_ref.named(), "__typename").is_some());
    assert!(schema.field(types.type_ref.named(), "__schema").is_none());
    assert!(schema.type_named("__Type").unwrap().is_introspection());
    assert!(schema.type_named("__Meta").is_none());
    assert!(schema.type_named("String").unwrap().is_builtin());
    for (place, field) in schema.fields().iter().enumerate() {
        assert_eq!(field.id.index(), place);
    }
    for (place, ty) in schema.types().iter().enumerate() {
        assert_eq!(ty.id.index(), place);
    }
}

#[test]
fn extensions_are_part_of_what_they_extend_also_where_graphql_parser_knows_none() {
    let schema = schema(
        r#"
        extend schema @about { mutation: Writes }
        extend schema @about
        extend interface Node implements Named
        extend type Query implements Named { name: String! }
        extend union U = B
        extend enum E { Y }
        extend input I { b: Int }
        extend scalar S @specifiedBy(url: "u")
        directive @about repeatable on SCHEMA
        schema { query: Query }
        type Query { a(i: I, e: E, s: S): U node: Node }
        type Writes { a: Int }
        interface Named { name: String! }
        interface Node { id: ID! name: String! }
        type A { a: Int } type B { b: Int }
        union U = A  enum E { X }  input I { a: Int }  scalar S
        "#,
    );
    assert!(schema.root(OperationKind::Mutation).is_some());
    let named = |name: &str| schema.type_named(name).unwrap();
    assert_eq!(named("Node").kind.interfaces(), [named("Named").id]);
    assert_eq!(schema.possible_types(named("U").id).len(), 2);
    assert!(named("E").kind.enum_value("Y").is_some());
    assert_eq!(named("I").kind.input_fields().unwrap().len(), 2);
    assert!(schema.field(named("Query").id, "name").is_some());
}

#[test]
fn each_fault_is_told_with_its_place_and_its_cure() {
    let rest = " type Query { a: Int }";
    let cases = [
        ("type T { a: Strin }", "1:13: there is no type `Strin`: did you mean `String`?"),
        (
            "type T { a: Zzzzzzzz }",
            "1:13: there is no type `Zzzzzzzz`: define it, or use one that is defined",
        ),
        ("type T { a: Int a: Int }", "1:17: the field `a` is defined twice: remove one"),
        (
            "type T { a(x: Int, x: Int): Int }",
            "1:20: the argument `x` is defined twice: remove one",
        ),
        ("enum E { A A }", "1:12: the value `A` is defined twice: remove one"),
        (
            "scalar S scalar S",
            "1:17: the type `S` is defined a second time, after 1:1: write `extend`, or give it another name",
        ),
        ("type T", "1:1: `T` has no fields: add at least one"),
        ("union U", "1:1: `U` has no members: add at least one"),
        (
            "union U = S scalar S",
            "1:1: `S` is a member of the union `U` and no object: name objects only",
        ),
        (
            "union U = Query | Query",
            "1:19: `Query` is twice a member of `U`: remove one of the two",
        ),
        (
            "type T { __a: Int }",
            "1:10: names with two underscores belong to introspection: rename `__a`",
        ),
        (
            "type T { a: I } input I { a: Int }",
            "1:10: the field `a` returns the input object `I`: return a `type` with the same fields",
        ),
        (
            "input I { q: Query }",
            "1:11: `q` is given as `Query`, which cannot be given: use a scalar, an enum or an input object",
        ),
        (
            "input I { i: I! }",
            "1:11: `i` needs a `I`, which needs a `I` again, to no end: make one of the fields nullable",
        ),
        (
            "input I @oneOf { i: Int! }",
            "1:18: `i` is one of several fields of which one is given: make it nullable, and give it no default",
        ),
        (
            "input I { i: Int! @deprecated }",
            "1:11: `i` is required and deprecated: give it a default, or make it nullable",
        ),
        (
            "input I { i: Int = \"x\" }",
            "1:20: `\"x\"` does not fit `Int`: write a whole number between -2147483648 and 2147483647",
        ),
        (
            "type T implements N { a: Int } interface N { n(x: Int): Int }",
            "1:1: `T` lacks the field `n` of its interface `N`: add `n: Int`",
        ),
        (
            "type T implements N { n: Int } interface N { n(x: Int): Int }",
            "1:23: `n` lacks the argument `x` that it has in the interface `N`: add `x: Int`",
        ),
        (
            "type T implements N { n(x: Int!): Int } interface N { n: Int }",
            "1:25: the argument `x` of `n` is required, and the interface `N` does not have it: give it a default, or make it nullable",
        ),
        (
            "type T implements N { n: String } interface N { n: Int }",
            "1:23: `n` returns `String`, and in the interface `N` it is `Int`: return that, or a part of it",
        ),
        (
            "type T implements M { n: Int } interface M implements N { n: Int } interface N { n: Int }",
            "1:1: `T` implements `M` and so must implement `N`, too: add `& N`",
        ),
        (
            "type T implements Query { a: Int }",
            "1:1: `T` implements `Query`, which is no interface: define it as one",
        ),
        (
            "type T @depricated { a: Int }",
            "1:8: there is no directive `@depricated`: did you mean `deprecated`?",
        ),
        (
            "type T @deprecated { a: Int }",
            "1:8: `@deprecated` does not belong on OBJECT: it may stand on FIELD_DEFINITION, ARGUMENT_DEFINITION, INPUT_FIELD_DEFINITION, ENUM_VALUE",
        ),
        (
            "scalar S @specifiedBy",
            "1:10: `@specifiedBy` needs its argument `url` of type `String!`: add `url: …`",
        ),
        (
            "scalar S @specifiedBy(url: 3)",
            "1:28: `3` does not fit `String!`: write a string in quotes",
        ),
        (
            "extend type Qery { b: Int }",
            "1:13: `Qery` is extended but not defined: define it without `extend`, or did you mean `Query`?",
        ),
        (
            "extend enum Query { B }",
            "1:1: `Query` is extended as enum, and is type: write `extend type Query`",
        ),
        ("extend type Query", "1:1: the extension of `Query` adds nothing: remove it"),
        (
            "directive @a on FIELD directive @a on FIELD",
            "1:34: the directive `@a` is defined a second time, after 1:1: remove one, or give it another name",
        ),
        ("schema { query: Query query: Query }", "1:1: `schema` is out of place"),
        (
            "schema { query: Query } schema { query: Query }",
            "1:25: the schema is defined a second time: write `extend schema`",
        ),
        (
            "schema { query: S } scalar S",
            "1:21: `S` is the type of `query` and no object: define it as `type`",
        ),
        (
            "schema { query: Query mutation: Query }",
            "1:41: `Query` is the type of `mutation` and of another operation: use two types",
        ),
        ("{ a }", "1:1: no definition of a schema begins here"),
        ("type T { a: Int", "1:22: `Query` is out of place: expected `:`"),
    ];
    for (sdl, expected) in cases {
        let found = problems(&format!("{sdl}{rest}"));
        assert!(found.starts_with(expected), "{sdl}\n{found}");
    }
    assert_eq!(
        problems("scalar S"),
        "the schema has no queries: define `type Query`, or name another type in `schema { query: … }`"
    );
}

#[test]
fn all_faults_are_told_at_once_in_the_order_of_the_text() {
    let found = problems("type Query { a: Nope\n b: Int\n b: Int }\nscalar Query");
    let places: Vec<&str> = found.lines().map(|line| &line[..3]).collect();
    assert_eq!(places, ["1:1", "3:2", "4:8"]);
}
