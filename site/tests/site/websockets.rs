use super::client::Client;
use super::program::{Folder, STANDARD};
use super::socket::Socket;
use serde_json::json;
use tungstenite::Message;

/// The standard site with this stack of websockets.
fn folder(websocket: &str) -> Folder {
    Folder::new(&format!("{STANDARD}\n[websocket]\n{websocket}"))
}

const STACK: &str = r#"middleware = ["logging", "timing", "rate-limit", "message-size", "auth"]"#;

#[test]
fn the_echo_sends_each_message_back() {
    let folder = folder(STACK);
    let site = folder.serve();
    let mut socket = Socket::open(&Client::new(&site.address), "/socket/echo/").unwrap();
    let messages = [Message::text("one"), Message::binary(vec![0, 255]), Message::text("")];
    for message in messages {
        socket.send(message.clone());
        assert_eq!(socket.message(), message);
    }
}

#[test]
fn a_socket_knows_who_has_logged_in_over_http_until_they_log_out() {
    let folder = folder(STACK);
    folder.create_user("ada", "correct horse battery");
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    let welcome = |client: &Client| Socket::open(client, "/socket/chat/").unwrap().line();

    assert_eq!(welcome(&client)["known"], false);
    client.fill_in("/login/", "username=ada&password=correct+horse+battery");
    let mut ada = Socket::open(&client, "/socket/chat/").unwrap();
    let line = ada.line();
    assert_eq!((&line["name"], &line["known"]), (&json!("ada"), &json!(true)), "{line}");

    let token = client.cookies["csrftoken"].clone();
    let session = client.cookies["sessionid"].clone();
    client.send("POST", "/logout/", &format!("csrfmiddlewaretoken={token}"));
    // Nor is the old key worth anything, though somebody has kept it.
    client.cookies.insert("sessionid".into(), session);
    let mut stranger = Socket::open(&client, "/socket/chat/").unwrap();
    let line = stranger.line();
    assert_eq!((&line["name"], &line["known"]), (&json!("guest 3"), &json!(false)), "{line}");
    // The connection of before is hers still.
    ada.send("I am still here");
    let said = json!({"kind": "say", "name": "ada", "text": "I am still here"});
    assert!((0..5).any(|_| stranger.line() == said));
}

#[test]
fn what_one_says_in_the_chat_everybody_hears() {
    let folder = folder(STACK);
    let site = folder.serve();
    let client = Client::new(&site.address);
    let mut first = Socket::open(&client, "/socket/chat/").unwrap();
    let here = ["guest 1"];
    assert_eq!(
        first.line(),
        json!({"kind": "welcome", "name": "guest 1", "known": false, "here": here})
    );
    let mut second = Socket::open(&client, "/socket/chat/").unwrap();
    let here = ["guest 1", "guest 2"];
    assert_eq!(
        second.line(),
        json!({"kind": "welcome", "name": "guest 2", "known": false, "here": here})
    );
    assert_eq!(first.line(), json!({"kind": "enter", "name": "guest 2"}));
    second.send("<b>hello</b>");
    let said = json!({"kind": "say", "name": "guest 2", "text": "<b>hello</b>"});
    assert_eq!((first.line(), second.line()), (said.clone(), said));
    drop(second);
    assert_eq!(first.line(), json!({"kind": "leave", "name": "guest 2"}));
    first.send(Message::binary(vec![1]));
    assert_eq!(first.closed(), (1003, "send text".into()));
}

#[test]
fn who_reads_too_slowly_holds_nobody_up_and_is_told_why_they_lost_their_seat() {
    let folder = folder("middleware = [\"auth\"]");
    let site = folder.serve();
    let client = Client::new(&site.address);
    let mut slow = Socket::open(&client, "/socket/chat/").unwrap();
    let mut quick = Socket::open(&client, "/socket/chat/").unwrap();
    assert_eq!(quick.line()["name"], "guest 2");
    let text = "x".repeat(64 << 10);
    let left = json!({"kind": "leave", "name": "guest 1"});
    // What the system buffers for somebody is a few megabytes; this is far more.
    let lost = (0..2_000).any(|_| {
        quick.send(text.as_str());
        let mut line = quick.line();
        while line != left && line["kind"] != "say" {
            line = quick.line();
        }
        line == left
    });
    assert!(lost);
    assert_eq!(slow.closed(), (1013, "you read too slowly: lines are missing".into()));
}

#[test]
fn the_limits_of_the_settings_hold() {
    let folder = folder(&format!(
        "{STACK}
         [websocket.layers.rate-limit]
         messages_per_second = 1
         message_burst = 2
         [websocket.layers.message-size]
         max_bytes = 10
         [websocket.server]
         message_bytes = 20"
    ));
    let site = folder.serve();
    let client = Client::new(&site.address);
    let open = || Socket::open(&client, "/socket/echo/").unwrap();
    let mut socket = open();
    (0..4).for_each(|_| socket.send("x"));
    assert_eq!(socket.closed(), (1008, "too many messages".into()));
    let mut socket = open();
    socket.send("01234567890");
    assert_eq!(socket.closed(), (1009, "a message has at most 10 bytes".into()));
    let mut socket = open();
    socket.send("x".repeat(21));
    assert_eq!(socket.closed().0, 1009);
}

#[test]
fn a_page_of_another_site_cannot_speak_for_its_visitor() {
    let folder = folder(STACK);
    let site = folder.serve();
    let client = Client::new(&site.address);
    let refused = Socket::open_from(&client, "/socket/chat/", "https://evil.example");
    assert_eq!(refused.unwrap_err(), 403);
}

#[test]
fn a_visit_to_the_address_of_a_socket_is_told_what_is_served_there() {
    let folder = folder(STACK);
    let site = folder.serve();
    let answer = Client::new(&site.address).get("/socket/chat/");
    assert_eq!((answer.status, answer.header("upgrade")), (426, "websocket"));
    assert!(answer.header("x-trace").contains("view=answered"));
}

#[test]
fn only_users_get_in_where_the_stack_says_so() {
    let folder = folder("middleware = [\"auth\", \"login-required\"]");
    folder.create_user("ada", "correct horse battery");
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    assert_eq!(Socket::open(&client, "/socket/chat/").unwrap_err(), 403);
    client.fill_in("/login/", "username=ada&password=correct+horse+battery");
    assert_eq!(Socket::open(&client, "/socket/chat/").unwrap().line()["name"], "ada");
}

#[test]
fn a_site_without_a_stack_of_websockets_has_them_bare() {
    let folder = Folder::new(STANDARD);
    let site = folder.serve();
    let mut socket = Socket::open(&Client::new(&site.address), "/socket/echo/").unwrap();
    socket.send("hello");
    assert_eq!(socket.message(), Message::text("hello"));
}

#[test]
fn when_the_site_ends_every_socket_is_told_1001() {
    let folder = folder(STACK);
    let site = folder.serve();
    let client = Client::new(&site.address);
    let mut echo = Socket::open(&client, "/socket/echo/").unwrap();
    let mut chat = Socket::open(&client, "/socket/chat/").unwrap();
    assert_eq!(chat.line()["kind"], "welcome");
    echo.send("hello");
    assert_eq!(echo.message(), Message::text("hello"));
    let ending = std::thread::spawn(move || site.stop());
    assert_eq!((echo.closed().0, chat.closed().0), (1001, 1001));
    let (lines, status) = ending.join().unwrap();
    assert_eq!(status.code(), Some(0));
    assert_eq!(lines.last().map(String::as_str), Some("stopped"));
}
