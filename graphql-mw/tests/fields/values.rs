//! Values on their way into a response, and from a client.

use crate::harness::{Log, ask};
use graphql_mw::{Error, Executor, ExecutorBuilder, Request, Schema, Text, Value};

fn builder(sdl: &str) -> ExecutorBuilder {
    Executor::builder(Schema::parse(sdl).unwrap())
}

#[test]
fn a_custom_scalar_reads_and_writes_as_it_is_told() {
    let executor =
        builder("scalar Date type Query { next(day: Date!): Date raw(any: Any): Any } scalar Any")
            .parse_scalar("Date", |value| {
                match value.as_str().and_then(|text| text.strip_prefix("day ")) {
                    Some(day) => Ok(Value::Int(day.parse()?)),
                    None => Err(Error::new("a date is written as `day 7`")),
                }
            })
            .serialize_scalar("Date", |value| {
                Ok(Value::from(format!("day {}", value.as_i64().unwrap_or_default())))
            })
            .resolver("Query.next", |field| Ok(field.arg("day").as_i64().map(|day| day + 1)))
            .resolver("Query.raw", |field| Ok(field.arg("any").clone()))
            .build()
            .unwrap();
    let log = Log::default();
    assert_eq!(ask(&executor, &log, r#"{ next(day: "day 6") }"#), r#"{"data":{"next":"day 7"}}"#);
    let answer = ask(&executor, &log, r#"{ next(day: 6) }"#);
    assert!(answer.contains("a date is written as `day 7`"), "{answer}");
    assert_eq!(
        ask(&executor, &log, r#"{ raw(any: {a: [1, 2.5, E], b: null}) }"#),
        r#"{"data":{"raw":{"a":[1,2.5,"E"],"b":null}}}"#
    );
    let request = Request::new("query Q($day: Date!) { next(day: $day) }").variable("day", "day 1");
    assert_eq!(executor.execute_blocking(request).to_json(), r#"{"data":{"next":"day 2"}}"#);
}

#[test]
fn the_type_of_an_interface_or_a_union_is_known_by_a_member_a_rust_type_or_a_function() {
    struct Dog;
    let executor = builder(
        "type Query { pets: [Pet] named: Named }
         union Pet = Dog | Cat interface Named { name: String }
         type Dog implements Named { name: String } type Cat { name: String }",
    )
    .rust_type::<Dog>("Dog")
    .type_of("Named", |_| Some("Dog".into()))
    .resolver("Dog.name", |_| Ok("rex"))
    .resolver("Query.pets", |_| {
        let cat = [("__typename", Value::from("Cat")), ("name", Value::from("tom"))];
        Ok(Value::list([Value::any(Dog), Value::object(cat), Value::any(1_u8)]))
    })
    .resolver("Query.named", |_| Ok(Value::any(())))
    .build()
    .unwrap();
    let answer = ask(
        &executor,
        &Log::default(),
        "{ named { __typename name } pets { __typename ... on Dog { name } ... on Cat { x: name } } }",
    );
    assert!(answer.contains("it is not known of which type this `Pet` is"), "{answer}");
    assert!(answer.ends_with(
        r#""data":{"named":{"__typename":"Dog","name":"rex"},"pets":[{"__typename":"Dog","name":"rex"},{"__typename":"Cat","x":"tom"},null]}}"#
    ), "{answer}");
}

#[test]
fn a_type_that_is_not_possible_is_a_field_error_that_names_the_nearest() {
    let executor = builder("type Query { pet: Pet } union Pet = Dog type Dog { name: String }")
        .type_of("Pet", |_| Some("Dogg".into()))
        .resolver("Query.pet", |_| Ok(1))
        .build()
        .unwrap();
    let answer = ask(&executor, &Log::default(), "{ pet { __typename } }");
    assert!(answer.contains("`Dogg` is no possible type of `Pet`: is it `Dog`?"), "{answer}");
}

#[test]
fn a_leaf_that_does_not_fit_is_a_field_error_that_shows_the_value() {
    let executor =
        builder("type Query { int: Int enum: E float: Float list: [Int] } enum E { A B }")
            .resolver("Query.int", |_| Ok(3_000_000_000_i64))
            .resolver("Query.enum", |_| Ok("C"))
            .resolver("Query.float", |_| Ok(f64::NAN))
            .resolver("Query.list", |_| Ok(1))
            .build()
            .unwrap();
    let answer = ask(&executor, &Log::default(), "{ int enum float list }");
    for message in [
        "expected an integer of 32 bits for `Int`, found `3000000000`",
        "expected one of its values for `E`, found `\\\"C\\\"`",
        "expected a finite number for `Float`",
        "expected a list for `Query.list`, found an integer",
    ] {
        assert!(answer.contains(message), "{message}\n{answer}");
    }
    assert!(answer.ends_with(r#""data":{"int":null,"enum":null,"float":null,"list":null}}"#));
}

#[test]
fn a_rust_value_without_a_resolver_says_what_to_attach() {
    let executor = builder("type Query { user: User } type User { name: String }")
        .resolver("Query.user", |_| Ok(Value::any(1_u8)))
        .build()
        .unwrap();
    let answer = ask(&executor, &Log::default(), "{ user { name } }");
    assert!(answer.contains("attach one with `.resolver(\\\"User.name\\\", ..)`"), "{answer}");
}

#[test]
fn an_input_object_that_takes_one_of_its_fields_takes_exactly_one() {
    let executor =
        builder("type Query { by(key: Key!): String } input Key @oneOf { id: Int name: String }")
            .resolver("Query.by", |field| Ok(field.arg("key").to_json().to_string()))
            .build()
            .unwrap();
    let ask = |key: serde_json::Value| {
        let request = Request::new("query Q($key: Key!) { by(key: $key) }").variable("key", key);
        executor.execute_blocking(request).to_json()
    };
    assert_eq!(ask(serde_json::json!({"id": 1})), r#"{"data":{"by":"{\"id\":1}"}}"#);
    for wrong in [
        serde_json::json!({}),
        serde_json::json!({"id": 1, "name": "x"}),
        serde_json::json!({"id": null}),
    ] {
        assert!(ask(wrong).contains("takes exactly one of its fields"));
    }
}

#[test]
fn variables_that_do_not_fit_say_where_inside_and_why() {
    let executor = builder("type Query { a(p: [Point!]): Int } input Point { x: Int! y: Int }")
        .build()
        .unwrap();
    let ask = |p: serde_json::Value| {
        let request = Request::new("query Q($p: [Point!]) { a(p: $p) }").variable("p", p);
        let response = executor.execute_blocking(request);
        assert!(response.is_request_error());
        response.errors[0].message.clone()
    };
    assert_eq!(
        ask(serde_json::json!([{"x": 1}, {"x": "1"}])),
        "variable `$p`: at `1.x`: expected an integer for `Int`, found `\"1\"`"
    );
    assert_eq!(
        ask(serde_json::json!([{"x": 1, "z": 2}])),
        "variable `$p`: at `0`: `Point` has no field `z`: did you mean `x`?"
    );
    assert_eq!(
        ask(serde_json::json!([{}])),
        "variable `$p`: at `0`: `Point` needs its field `x` of type `Int!`: give it a value"
    );
}

#[test]
fn text_is_shared_and_not_copied() {
    let shared: std::sync::Arc<str> = "text".into();
    let texts = [Text::from("text"), Text::from("text".to_owned()), Text::from(&shared)];
    assert!(texts.iter().all(|text| text == "text" && *text == texts[0]));
    assert_eq!(std::sync::Arc::strong_count(&shared), 2);
}

#[test]
fn a_request_is_read_from_json_as_clients_send_it() {
    let request: Request = serde_json::from_str(
        r#"{"query":"query Q($n: Int) { a(n: $n) }","operationName":"Q","variables":{"n":7},"extensions":null}"#,
    )
    .unwrap();
    let executor = builder("type Query { a(n: Int): Int }")
        .resolver("Query.a", |field| Ok(field.arg("n").clone()))
        .build()
        .unwrap();
    assert_eq!(executor.execute_blocking(request).to_json(), r#"{"data":{"a":7}}"#);
    assert!(serde_json::from_str::<Request>(r#"{"variables":{}}"#).is_err());
}
