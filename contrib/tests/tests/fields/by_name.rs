use super::school::{School, Visitors, contains};
use engine_core::Settings;
use graphql_mw::{Registry, Request, Stack};

fn build(settings: &str) -> Result<Stack, String> {
    let mut registry = Registry::new();
    contrib::fields::registry(&mut registry);
    let settings = Settings::parse(settings).unwrap();
    registry.stack(&settings, "middleware").map_err(|error| error.to_string())
}

#[test]
fn every_layer_is_known_by_name_and_this_order_works() {
    let stack = build(
        r#"middleware = ["tracing", "timing", "mask-errors", "login-required",
                         "permission-required", "rate-limit", "cache"]
           [layers.timing]
           slow_ms = 5
           [layers.login-required]
           types = ["Account"]
           except = ["Account.name"]
           [layers.permission-required]
           fields = ["Account.email"]
           [layers.rate-limit]
           burst = 50
           costs = { "Account" = 2, "Query.calls" = 10 }
           [layers.cache]
           fields = ["Query.calls"]
           ttl_ms = 500"#,
    )
    .unwrap();
    assert_eq!(stack.len(), 7);
    let school = School::with(&stack);
    let Visitors { alice, .. } = Visitors::new();
    let answer = school.ask(Request::new("{ account { name email } calls boom }").with(alice));
    contains(&answer, &["\"name\":\"Ada\",\"email\":null", "FORBIDDEN", "internal error"]);
}

#[test]
fn an_order_that_cannot_work_names_both_layers() {
    for (listing, expected) in [
        (r#"["cache", "login-required"]"#, ["`cache`", "`login-required`"]),
        (r#"["cache", "permission-required"]"#, ["`cache`", "`permission-required`"]),
        (r#"["rate-limit", "mask-errors"]"#, ["`rate-limit`", "`mask-errors`"]),
        (r#"["timing", "timing"]"#, ["`timing`", "once"]),
    ] {
        let settings =
            format!("middleware = {listing}\n[layers.cache]\nfields = [\"Query.calls\"]");
        contains(&build(&settings).unwrap_err(), &expected);
    }
}

#[test]
fn an_option_that_makes_no_sense_is_pointed_at_with_the_cure() {
    for (name, option, expected) in [
        ("login-required", "fields = [\"secret\"]", "such as `Query.secret`"),
        ("login-required", "except = [\".\"]", "such as `Query.account`"),
        ("permission-required", "fields = [\"Query.\"]", "`Query.` is no field"),
        ("timing", "fields = [\"x\"]", "`x` is no field"),
        ("rate-limit", "per_second = 0", "say how many"),
        ("cache", "fields = []", "no field is named"),
        ("cache", "ttl_ms = 0", "say how many"),
        ("cache", "entries = 0", "say how many"),
    ] {
        let settings = format!("middleware = [\"{name}\"]\n[layers.{name}]\n{option}");
        let column = option.find("= ").unwrap() + 3;
        let at = format!("line 3, column {column}");
        contains(&build(&settings).unwrap_err(), &[expected, &at]);
    }
    for (name, option, expected) in [
        ("tracing", "x = 1", "x"),
        ("mask-errors", "x = 1", "x"),
        ("permission-required", "permission = \"fly\"", "`fly`"),
        ("cache", "", "no field is named"),
    ] {
        let settings = format!("middleware = [\"{name}\"]\n[layers.{name}]\n{option}");
        contains(&build(&settings).unwrap_err(), &[expected]);
    }
}
