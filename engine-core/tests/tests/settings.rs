use super::*;
use engine_core::{Built, Registry, Settings};

#[derive(serde::Deserialize, Default)]
#[serde(default, deny_unknown_fields)]
struct BookOptions {
    respond: bool,
}

fn registry() -> Registry<Named> {
    let mut registry = Registry::new();
    registry.register("sessions", |options| {
        options.none()?;
        Ok(Built::Layer(sessions()))
    });
    registry.register("auth", |_| Ok(Built::Layer(authentication())));
    registry.register("book", |options| {
        let options: BookOptions = options.read()?;
        Ok(if options.respond {
            Built::NotUsed("it responds".into())
        } else {
            Built::Layer(book())
        })
    });
    registry.register("broken", |_| Err(std::io::Error::other("the file is missing").into()));
    registry.register_promising(
        "off",
        |order| {
            order.provides::<User>();
        },
        |_| Ok(Built::NotUsed("it is switched off".into())),
    );
    registry
}

/// Builds from settings and compares the error, `None` for none.
#[track_caller]
fn check(text: &str, expected: &str) {
    let error = Settings::parse(text)
        .map_err(|error| error.to_string())
        .and_then(|s| registry().stack(&s, "middleware").map_err(|error| error.to_string()))
        .expect_err("the settings must be refused");
    assert_eq!(error, expected);
}

#[test]
fn a_stack_is_listed_by_name() {
    let settings = Settings::parse("middleware = [\"sessions\", \"auth\", \"book\"]").unwrap();
    let stack = registry().stack(&settings, "middleware").unwrap();
    assert_eq!(stack.len(), 3);
    assert_eq!(stack.explain().layers[1].name, "auth");
    assert_eq!(stack.explain().layers[1].layer, "Authentication");
}

#[test]
fn a_mistake_in_the_order_has_a_line_and_a_column() {
    check(
        "middleware = [\n  \"book\",\n  \"sessions\",\n  \"auth\",\n]\n",
        "the stack does not build\n  line 2, column 3: `book` (1st) needs `User`; it is provided \
         by `auth` (3rd): list `book` after `auth`\n\
         an order that satisfies every declaration: `sessions`, `auth`, `book`",
    );
}

#[test]
fn an_unknown_name_is_told_the_nearest_known_one() {
    check(
        "middleware = [\"session\"]",
        "the stack does not build\n  line 1, column 15: no layer is registered as `session` \
         (1st): did you mean `sessions`?",
    );
    check(
        "middleware = [\"gzip\"]",
        "the stack does not build\n  line 1, column 15: no layer is registered as `gzip` (1st): \
         known names are `auth`, `book`, `broken`, `off`, `sessions`",
    );
}

#[test]
fn options_that_do_not_fit_have_a_line_and_a_column() {
    check(
        "middleware = [\"book\"]\n\n[layers.book]\nrespnd = true\n",
        "the stack does not build\n  line 4, column 1: options of `book` (1st): unknown field \
         `respnd`, expected `respond`",
    );
    check(
        "middleware = [\"book\"]\n[layers.book]\nrespond = \"yes\"\n",
        "the stack does not build\n  line 3, column 11: options of `book` (1st): invalid type: \
         string \"yes\", expected a boolean",
    );
    check(
        "middleware = [\"sessions\"]\n[layers.sessions]\nage = 1\n",
        "the stack does not build\n  line 3, column 1: options of `sessions` (1st): unknown \
         field `age`, there are no fields",
    );
}

#[test]
fn s8_a_layer_that_cannot_be_built_leaves_no_stack() {
    check(
        "middleware = [\"sessions\", \"broken\"]",
        "the stack does not build\n  line 1, column 27: `broken` (2nd) could not be built: \
         the file is missing",
    );
}

#[test]
fn a_provider_that_is_not_used_is_named_with_its_reason() {
    check(
        "middleware = [\"sessions\", \"off\", \"book\"]",
        "the stack does not build\n  line 1, column 34: `book` (3rd) needs `User`, which `off` \
         would provide, but `off` is not used (it is switched off): make it usable, or list a \
         layer that provides `User` before `book`",
    );
}

#[test]
fn what_is_not_a_list_of_names_is_refused_where_it_stands() {
    check("middleware = 3", "line 1, column 14: `middleware` must be a list of names, not integer");
    check(
        "middleware = [\"auth\", 3]",
        "line 1, column 23: an entry of `middleware` must be a name in quotes, not integer",
    );
    check(
        "midleware = []",
        "`middleware` is missing: list the layers by name, `middleware = [\"…\"]`",
    );
    let error = Settings::parse("a = 1\nb = = 2\n").unwrap_err();
    assert_eq!(error.position().map(|at| at.line), Some(2));
}

#[test]
fn a_key_that_nobody_reads_is_refused() {
    let settings = Settings::parse("middleware = []\nprofil = \"x\"\n").unwrap();
    let error = settings.only_keys(&["middleware", "profile"]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "line 2, column 1: unknown key `profil`: did you mean `profile`?"
    );
}

#[test]
fn options_for_a_layer_that_does_not_exist_are_refused_and_those_of_an_unlisted_one_may_stay() {
    check(
        "middleware = [\"sessions\"]\n[layers.boook]\nrespond = true\n",
        "line 2, column 9: options for `boook`, which is no registered layer: did you mean \
         `[layers.book]`?",
    );
    check(
        "layers = 3\nmiddleware = []\n",
        "line 1, column 10: `layers` must be a table of options, `[layers.NAME]`, not integer",
    );
    check(
        "middleware = []\n[layers]\nbook = 3\n",
        "line 3, column 8: `layers.book` must be a table of options, `[layers.NAME]`, not integer",
    );
    let unlisted = "middleware = [\"sessions\"]\n[layers.book]\nrespond = true\n";
    assert!(registry().stack(&Settings::parse(unlisted).unwrap(), "middleware").is_ok());
}

#[test]
fn a_byte_order_mark_is_no_part_of_the_first_line() {
    let error = Settings::parse("\u{feff}a = = 1\n").unwrap_err();
    assert_eq!(error.position().map(|at| (at.line, at.column)), Some((1, 5)));
}

#[test]
fn a_section_is_a_stack_of_its_own_and_its_mistakes_have_their_places_in_the_whole_text() {
    let check = |text: &str, expected: &str| {
        let built = Settings::parse(text).unwrap().section("websocket");
        let stack = built.map_err(|error| error.to_string()).and_then(|section| {
            section.only_keys(&["stack", "layers"]).map_err(|error| error.to_string())?;
            registry().stack(&section, "stack").map_err(|error| error.to_string())
        });
        match expected.parse::<usize>() {
            Ok(len) => assert_eq!(stack.unwrap().len(), len),
            Err(_) => assert_eq!(stack.unwrap_err(), expected),
        }
    };
    let whole = "stack = 1\nlayers.gone.x = 1\n[websocket]\n";
    check(&format!("{whole}stack = [\"sessions\"]\nlayers.book.respond = true"), "1");
    check(&format!("{whole}stack = []\n[websocket.layers.book]\n[other.layers.x]"), "0");
    check("websocket = 1", "line 1, column 13: `websocket` must be a table, not integer");
    check("", "`websocket.stack` is missing: list the layers by name, `websocket.stack = [\"…\"]`");
    check(
        &format!("{whole}stak = []"),
        "line 4, column 1: unknown key `websocket.stak`: did you mean `stack`?",
    );
    check(
        &format!("{whole}stack = 3"),
        "line 4, column 9: `websocket.stack` must be a list of names, not integer",
    );
    check(
        &format!("{whole}stack = [\"book\"]\nlayers.book.respnd = 1"),
        "the stack does not build\n  line 5, column 13: options of `book` (1st): unknown field \
         `respnd`, expected `respond`",
    );
    check(
        &format!("{whole}stack = []\nlayers.boook.respond = true"),
        "line 5, column 8: options for `boook`, which is no registered layer: did you mean \
         `[websocket.layers.book]`?",
    );
    check(
        &format!("{whole}stack = []\nlayers = 1"),
        "line 5, column 10: `websocket.layers` must be a table of options, \
         `[websocket.layers.NAME]`, not integer",
    );
}
