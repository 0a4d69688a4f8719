use contrib::auth::SqliteUsers;
use contrib::sessions::MemorySessions;
use contrib::signing::SecretKey;
use contrib::{Database, Stores};
use engine_core::Settings;
use engine_sync::{Registry, Stack};
use std::sync::Arc;

fn build(settings: &str) -> Result<Stack, String> {
    let users = SqliteUsers::new(&Database::in_memory().unwrap()).unwrap();
    let stores = Stores {
        sessions: Arc::new(MemorySessions::new()),
        users: Arc::new(users),
        secret: SecretKey::random(),
    };
    let mut registry = Registry::new();
    contrib::registry(&mut registry, &stores);
    let settings = Settings::parse(settings).unwrap();
    registry.stack(&settings, "middleware").map_err(|error| error.to_string())
}

#[test]
fn every_layer_is_known_by_name_and_this_order_works() {
    let stack = build(
        r#"middleware = ["timing", "gzip", "sessions", "common", "csrf", "auth", "timezone",
                         "messages", "frame-options"]
           [layers.sessions]
           cookie_same_site = "strict"
           cookie_age = 60
           [layers.common]
           allowed_hosts = ["example.org"]
           proxy_ssl_header = ["x-forwarded-proto", "https"]
           [layers.csrf]
           trusted_origins = ["https://*.example.org"]
           [layers.frame-options]
           frames = "same-origin"
           [layers.messages]
           level = 10
           [layers.timezone]
           default = "Europe/Paris"
           [layers.timing]
           slow_ms = 5"#,
    );
    assert_eq!(stack.unwrap().len(), 9);
}

#[test]
fn an_order_that_cannot_work_names_both_layers() {
    for (listing, expected) in [
        (r#"["auth", "sessions"]"#, ["`auth`", "`Session`"]),
        (r#"["messages"]"#, ["`messages`", "`Session`"]),
        (r#"["sessions", "timezone", "auth"]"#, ["`timezone`", "`User`"]),
        (r#"["csrf", "common"]"#, ["`csrf`", "`common`"]),
        (r#"["sessions", "gzip", "gzip"]"#, ["`gzip`", "once"]),
    ] {
        let error = build(&format!("middleware = {listing}")).unwrap_err();
        for part in expected {
            assert!(error.contains(part), "{listing}: {error}");
        }
    }
}

#[test]
fn an_option_that_makes_no_sense_is_an_error_that_names_the_cure() {
    for (name, option, expected) in [
        ("sessions", "cookie_aeg = 1", "cookie_aeg"),
        ("sessions", "cookie_age = 0", "say how many seconds"),
        ("sessions", "cookie_same_site = \"none\"", "set `cookie_secure = true`"),
        ("common", "allowed_hosts = []", "list the hosts you serve"),
        ("csrf", "trusted_origins = [\"example.org\"]", "write scheme and host"),
        ("gzip", "level = 12", "choose 1 (quick) to 9 (small)"),
        ("frame-options", "frames = \"allow\"", "same-origin"),
    ] {
        let error = build(&format!("middleware = [\"{name}\"]\n[layers.{name}]\n{option}"));
        let error = error.unwrap_err();
        assert!(error.contains(expected), "{error}");
    }
    let error = build(
        "middleware = [\"sessions\", \"auth\", \"timezone\"]\n[layers.timezone]\ndefault = \"x/y\"",
    );
    assert!(error.unwrap_err().contains("use an IANA name"));
}

#[test]
fn an_option_that_makes_no_sense_is_pointed_at() {
    for (name, option) in [
        ("sessions", "cookie_age = 0"),
        ("common", "allowed_hosts = []"),
        ("common", "allowed_hosts = [\"http://example.org\"]"),
        ("common", "disallowed_user_agents = [\"(\"]"),
        ("csrf", "trusted_origins = [\"example.org\"]"),
        ("gzip", "level = 12"),
        ("timezone", "default = \"x/y\""),
    ] {
        let settings =
            format!("middleware = [\"sessions\", \"auth\", \"{name}\"]\n[layers.{name}]\n{option}");
        let settings = settings.replace(", \"sessions\"]", "]");
        let column = option.find("= ").unwrap() + 3;
        let error = build(&settings).unwrap_err();
        assert!(error.contains(&format!("line 3, column {column}")), "{option}: {error}");
    }
}
