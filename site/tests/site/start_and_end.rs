use super::client::Client;
use super::program::{Folder, STANDARD};

/// Starts with these settings, which must be refused with exit code 2, and looks for a text in
/// the message.
#[track_caller]
fn check(settings: &str, expected: &str) {
    let output = Folder::new(settings).run(&["--listen", "127.0.0.1:0"], "");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(expected), "{message}");
}

#[test]
fn a_mistake_in_the_settings_has_its_line_its_column_and_its_cure() {
    check("middleware = [", "line 1, column");
    check(
        "middlewar = []\n",
        "line 1, column 1: unknown key `middlewar`: did you mean `middleware`?",
    );
    check("", "`middleware` is missing: list the layers by name");
    check("middleware = [\"session\"]\n", "did you mean `sessions`?");
    check(
        &format!("profile = \"django-2\"\n{STANDARD}"),
        "line 1, column 11: unknown profile `django-2`: the profiles are `django-5`",
    );
    check(
        &format!("{STANDARD}[layers.book]\nrespnd = true\n"),
        "line 3, column 1: options of `book` (5th): unknown field `respnd`",
    );
    check(&format!("{STANDARD}[server]\nthread = 3\n"), "line 3, column 1: unknown field `thread`");
    check(
        &format!("{STANDARD}[websocket]\nmidleware = []\n"),
        "line 3, column 1: unknown key `websocket.midleware`: did you mean `middleware`?",
    );
    check(
        &format!("{STANDARD}[websocket]\nmiddleware = [\"login-required\", \"auth\"]\n"),
        "line 3, column 15: `login-required` (1st) needs `User`; it is provided by `auth` (2nd): \
         list `login-required` after `auth`",
    );
    check(
        &format!(
            "{STANDARD}[websocket]\nmiddleware = [\"rate-limit\"]\nlayers.rate-limit.burst = 1\n"
        ),
        "line 4, column 19: options of `rate-limit`",
    );
    check(
        &format!("{STANDARD}[websocket]\nmiddleware = []\nserver.message_bytes = 0\n"),
        "line 4, column 24",
    );
}

#[test]
fn a_route_whose_needs_nobody_serves_keeps_the_site_from_starting() {
    check(
        "middleware = [\"common\"]\n",
        "around the route `/profile/`: the stack does not build\n  `LoginRequired` (2nd) needs \
         `User`, which no layer of this stack provides",
    );
}

#[test]
fn a_missing_settings_file_names_the_way_out() {
    let folder = Folder::new("");
    std::fs::remove_file(folder.settings()).unwrap();
    let output = folder.run(&[], "");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("name another one with --settings"));
}

#[test]
fn a_database_that_is_none_is_a_clear_error_at_the_start() {
    let folder = Folder::new(STANDARD);
    std::fs::create_dir_all(folder.data()).unwrap();
    std::fs::write(folder.data().join("site.sqlite3"), "this is no database, but a text").unwrap();
    let output = folder.run(&["--listen", "127.0.0.1:0"], "");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains("site.sqlite3"), "{message}");
}

#[test]
fn an_address_that_is_taken_is_a_clear_error() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let output = Folder::new(STANDARD).run(&["--listen", &address], "");
    let message = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{message}");
    assert!(message.contains(&format!("cannot listen on {address}")), "{message}");
}

#[test]
fn a_name_is_given_to_one_user_only() {
    let folder = Folder::new(STANDARD);
    folder.create_user("ada", "correct horse battery");
    let output = folder.run(&["create-user", "ada"], "another password\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ada"));
}

#[test]
fn a_user_with_an_unknown_time_zone_is_not_created() {
    let folder = Folder::new(STANDARD);
    let arguments = ["create-user", "ada", "--timezone", "Mars/Olympus"];
    let output = folder.run(&arguments, "correct horse battery\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("Mars/Olympus"));
    folder.create_user("ada", "correct horse battery");
}

#[test]
fn a_signal_ends_the_site_with_code_0() {
    let folder = Folder::new(STANDARD);
    let site = folder.serve();
    assert_eq!(Client::new(&site.address).get("/").status, 200);
    let (_, status) = site.stop();
    assert_eq!(status.code(), Some(0));
}

#[test]
fn the_stack_can_be_asked_for_without_serving() {
    let folder = Folder::new(STANDARD);
    let output = folder.run(&["explain", "--json"], "");
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(json["layers"][0]["name"], "sessions");
    let text = String::from_utf8(folder.run(&["explain"], "").stdout).unwrap();
    assert_eq!(json["websocket"]["layers"], serde_json::json!([]));
    assert!(text.contains("5. book"), "{text}");
    assert!(text.contains("/profile/: 9 layers"), "{text}");
    assert!(text.contains("websockets:\nno layers: the endpoint alone"), "{text}");
}
