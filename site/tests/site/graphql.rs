use super::client::{Answer, Client};
use super::program::{Folder, STANDARD};
use super::socket::Socket;
use flate2::read::GzDecoder;
use serde_json::{Value, json};
use std::io::Read;

const PASSWORD: &str = "correct horse battery";

/// The standard site with this stack around fields, and an account for ada.
fn folder(middleware: &str) -> Folder {
    let folder = Folder::new(&format!(
        "{STANDARD}
         [websocket]
         middleware = [\"auth\"]
         [graphql]
         middleware = {middleware}
         [graphql.layers.login-required]
         types = [\"Mutation\"]
         [graphql.layers.shout]
         fields = [\"Note.text\"]"
    ));
    folder.create_user("ada", PASSWORD);
    folder
}

const STACK: &str = r#"["timing", "mask-errors", "login-required", "shout"]"#;

fn log_in(client: &mut Client) {
    client.fill_in("/login/", "username=ada&password=correct+horse+battery");
}

fn post(client: &mut Client, query: &str) -> Answer {
    let body = json!({ "query": query }).to_string();
    client.send_with("POST", "/graphql", &["Content-Type: application/json"], &body)
}

fn ask(client: &mut Client, query: &str) -> Value {
    let answer = post(client, query);
    assert_eq!(answer.status, 200, "{answer:?}");
    serde_json::from_str(&answer.body).unwrap()
}

const LEAVE: &str = "mutation { addNote(text: \"hello\") { number author text } }";

#[test]
fn a_visitor_asks_and_may_leave_nothing_until_they_log_in() {
    let folder = folder(STACK);
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    assert_eq!(
        ask(&mut client, "{ me { name } notes { text } }"),
        json!({
            "data": {"me": null, "notes": []}
        })
    );
    assert_eq!(
        ask(&mut client, LEAVE),
        json!({
            "data": null,
            "errors": [{
                "message": "log in first",
                "locations": [{"line": 1, "column": 12}],
                "path": ["addNote"],
                "extensions": {"code": "UNAUTHENTICATED"},
            }],
        })
    );
    log_in(&mut client);
    assert_eq!(
        ask(&mut client, LEAVE),
        json!({
            "data": {"addNote": {"number": 1, "author": "ada", "text": "HELLO"}}
        })
    );
    let got = client.get("/graphql?query=%7Bme%7Bname%7Dnotes%7Btext%7D%7D");
    assert_eq!(got.body, r#"{"data":{"me":{"name":"ada"},"notes":[{"text":"HELLO"}]}}"#);
    assert!(got.header("x-trace").contains("view=answered"), "{got:?}");
}

#[test]
fn a_client_that_offers_another_protocol_is_answered_in_this_one() {
    let folder = folder(STACK);
    let site = folder.serve();
    let headers = ["Content-Type: application/json", "Upgrade: h2c"];
    let body = r#"{"query":"{ me { name } }"}"#;
    let answer = Client::new(&site.address).send_with("POST", "/graphql", &headers, body);
    assert_eq!((answer.status, &*answer.body), (200, r#"{"data":{"me":null}}"#));
}

#[test]
fn the_settings_say_which_layers_stand_around_the_fields() {
    let folder = folder("[]");
    let site = folder.serve();
    let answer = ask(&mut Client::new(&site.address), LEAVE);
    assert_eq!(answer["data"]["addNote"], json!({"number": 1, "author": null, "text": "hello"}));
    let (lines, _) = site.stop();
    assert_eq!(lines.last().map(String::as_str), Some("stopped"));
}

#[test]
fn a_mistake_in_the_listing_of_field_layers_keeps_the_site_from_starting() {
    for (graphql, message) in [
        ("middleware = [\"shot\"]", "did you mean `shout`?"),
        ("middleware = [\"shout\"]\n[graphql.layers.shout]\nfields = [\"Note.txt\"]", "`Note.txt`"),
        (
            "middleware = [\"login-required\", \"mask-errors\"]",
            "list `mask-errors` before `login-required`",
        ),
        ("middlewares = []", "middlewares"),
    ] {
        let folder = Folder::new(&format!("{STANDARD}\n[graphql]\n{graphql}\n"));
        let output = folder.run(&[], "");
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(message) && told.contains("settings.toml"), "{told}");
    }
}

/// Opens a connection and begins to follow the notes: the messages of the older subprotocol have
/// other names.
fn follow(client: &Client, subprotocol: &str, subscribe: &str) -> Socket {
    let mut socket = Socket::open_speaking(client, "/graphql", subprotocol);
    socket.send(r#"{"type":"connection_init"}"#);
    let query = "subscription { noteAdded(last: 1) { number author text } }";
    socket.send(json!({"type": subscribe, "id": "1", "payload": {"query": query}}).to_string());
    socket
}

/// The next result, past what is said about the connection.
fn next(socket: &mut Socket) -> Value {
    loop {
        let message = socket.line();
        match message["type"].as_str() {
            Some("connection_ack" | "ka") => {}
            Some("next" | "data") => return message["payload"].clone(),
            _ => panic!("{message}"),
        }
    }
}

#[test]
fn a_subscription_sees_what_a_mutation_leaves_through_the_same_layers() {
    let folder = folder(STACK);
    let site = folder.serve();
    let mut ada = Client::new(&site.address);
    log_in(&mut ada);
    ask(&mut ada, LEAVE);
    let visitor = Client::new(&site.address);
    let mut sockets = [("graphql-transport-ws", "subscribe"), ("graphql-ws", "start")]
        .map(|(subprotocol, subscribe)| follow(&visitor, subprotocol, subscribe));
    let note = |number| {
        let note = json!({"number": number, "author": "ada", "text": "HELLO"});
        json!({"data": {"noteAdded": note}})
    };
    for socket in &mut sockets {
        assert_eq!(next(socket), note(1));
    }
    ask(&mut ada, LEAVE);
    for socket in &mut sockets {
        assert_eq!(next(socket), note(2));
    }
}

#[test]
fn a_socket_may_what_its_visitor_may() {
    let folder = folder(STACK);
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    let leave = |client: &Client| {
        let mut socket = Socket::open_speaking(client, "/graphql", "graphql-transport-ws");
        socket.send(r#"{"type":"connection_init"}"#);
        let payload = json!({"query": LEAVE});
        socket.send(json!({"type": "subscribe", "id": "1", "payload": payload}).to_string());
        next(&mut socket)
    };
    assert_eq!(leave(&client)["errors"][0]["message"], "log in first");
    log_in(&mut client);
    assert_eq!(leave(&client)["data"]["addNote"]["author"], "ada");
}

#[test]
fn a_page_of_another_site_changes_nothing_in_the_name_of_its_visitor() {
    let folder = folder(STACK);
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    log_in(&mut client);
    // What a form can send.
    let body = json!({ "query": LEAVE }).to_string();
    for form in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data"] {
        let headers = [&*format!("Content-Type: {form}"), "Origin: https://evil.example"];
        let answer = client.send_with("POST", "/graphql", &headers, &body);
        assert_eq!(answer.status, 415, "{answer:?}");
    }
    // What a link can.
    let query: String = LEAVE.bytes().map(|byte| format!("%{byte:02X}")).collect();
    assert_eq!(client.get(&format!("/graphql?query={query}")).status, 405);
    // What a script can, only after the site has said yes to this.
    let asks = ["Origin: https://evil.example", "Access-Control-Request-Method: POST"];
    let answer = client.send_with("OPTIONS", "/graphql", &asks, "");
    assert_eq!(answer.header("access-control-allow-origin"), "", "{answer:?}");
    let refused = Socket::open_from(&client, "/graphql", "https://evil.example");
    assert_eq!(refused.unwrap_err(), 403);
    assert_eq!(ask(&mut client, "{ notes { text } }"), json!({"data": {"notes": []}}));
}

#[test]
fn a_browser_is_shown_graphiql_from_files_of_this_site() {
    let folder = folder(STACK);
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    let page = client.send_with("GET", "/graphql", &["Accept: text/html,*/*;q=0.8"], "");
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.header("content-security-policy").starts_with("default-src 'none'"));
    let files: Vec<_> = page.body.split(['"', '\'']).filter(|text| text.starts_with('/')).collect();
    assert_eq!(files.len(), 6, "{files:?}");
    assert!(!page.body.contains("//"), "nothing is asked of another site: {}", page.body);
    for file in files {
        let plain = client.get(file);
        let gzip = client.send_with("GET", file, &["Accept-Encoding: br, gzip"], "");
        assert_eq!((plain.status, gzip.status), (200, 200), "{file}");
        assert_eq!(plain.header("content-encoding"), "");
        if gzip.header("content-encoding").is_empty() {
            assert_eq!(gzip.header("cache-control"), "no-cache");
            continue;
        }
        assert_eq!(gzip.header("cache-control"), "public, max-age=31536000, immutable");
        let mut unpacked = Vec::new();
        GzDecoder::new(&*gzip.bytes).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, plain.bytes, "{file}");
    }
    assert_eq!(client.get("/graphiql/nothing.js").status, 404);
}

#[test]
fn a_client_that_would_rather_speak_http_2_is_answered_in_http_1() {
    let folder = folder("[]");
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    let query = "/graphql?query=%7Bme%7Bname%7D%7D";
    let answer = client.send_with("GET", query, &["Upgrade: h2c"], "");
    assert_eq!((answer.status, &*answer.body), (200, r#"{"data":{"me":null}}"#));
}
