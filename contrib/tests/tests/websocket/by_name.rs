use super::house::House;
use contrib::websocket;
use engine_async::{Registry, Stack};
use engine_core::Settings;

fn build(settings: &str) -> Result<Stack, String> {
    let mut registry = Registry::new();
    websocket::registry(&mut registry, &House::new().stores);
    let settings = Settings::parse(settings).unwrap();
    registry.stack(&settings, "middleware").map_err(|error| error.to_string())
}

#[test]
fn every_websocket_layer_is_known_by_name_and_this_order_works() {
    let stack = build(
        r#"middleware = ["logging", "timing", "rate-limit", "message-size", "auth", "login-required"]
           [layers.timing]
           slow_ms = 5
           [layers.rate-limit]
           messages_per_second = 1
           message_burst = 2
           bytes_per_second = 3
           byte_burst = 4
           excess = "drop"
           [layers.message-size]
           max_bytes = 4
           [layers.auth]
           cookie_name = "session"
           [layers.login-required]
           close_code = 4401"#,
    );
    assert_eq!(stack.unwrap().len(), 6);
}

#[test]
fn a_websocket_stack_that_cannot_work_names_both_layers() {
    for (listing, expected) in [
        (r#"["login-required", "auth"]"#, ["list `login-required` after `auth`", "`User`"]),
        (r#"["login-required"]"#, ["`login-required`", "no layer of this stack provides"]),
        (r#"["auth", "auth"]"#, ["`auth`", "once"]),
        (r#"["rate-limit", "rate-limit"]"#, ["`rate-limit`", "once"]),
        (r#"["ratelimit"]"#, ["`ratelimit`", "did you mean `rate-limit`?"]),
    ] {
        let error = build(&format!("middleware = {listing}")).unwrap_err();
        for part in expected {
            assert!(error.contains(part), "{listing}: {error}");
        }
    }
}

#[test]
fn a_websocket_option_that_makes_no_sense_is_pointed_at_and_names_the_cure() {
    for (name, option, expected) in [
        ("auth", "cookie_name = \"a b\"", "use letters, digits"),
        ("login-required", "close_code = 1000", "choose one of 4000 to 4999"),
        ("message-size", "max_bytes = 0", "say how many, or leave the layer out"),
        ("rate-limit", "messages_per_second = 0", "say how many, or leave the layer out"),
        ("rate-limit", "message_burst = 0", "say how many, or leave the layer out"),
        ("rate-limit", "bytes_per_second = 0", "say how many, or leave the layer out"),
        ("rate-limit", "byte_burst = 0", "say how many, or leave the layer out"),
        ("rate-limit", "excess = \"wait\"", "expected `close` or `drop`"),
        ("timing", "slow_ms = -1", "expected u64"),
    ] {
        let error = build(&format!("middleware = [\"{name}\"]\n[layers.{name}]\n{option}"));
        let (error, column) = (error.unwrap_err(), option.find("= ").unwrap() + 3);
        assert!(error.contains(expected), "{option}: {error}");
        assert!(error.contains(&format!("line 3, column {column}")), "{option}: {error}");
    }
    let error = build("middleware = [\"logging\"]\n[layers.logging]\nlevel = 1").unwrap_err();
    assert!(error.contains("line 3, column 1") && error.contains("`level`"), "{error}");
}
