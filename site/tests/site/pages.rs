use super::client::Client;
use super::program::{Folder, STANDARD};

#[test]
fn a_visitor_logs_in_and_out() {
    let folder = Folder::new(STANDARD);
    folder.create_user("ada", "correct horse battery");
    let site = folder.serve();
    let mut client = Client::new(&site.address);

    let answer = client.get("/profile/");
    assert_eq!((answer.status, answer.header("location")), (302, "/login/?next=/profile/"));

    let answer = client.fill_in("/login/", "username=ada&password=wrong");
    assert_eq!(answer.status, 200);
    assert!(answer.body.contains("The name or the password is wrong."));

    let answer =
        client.fill_in("/login/", "username=ada&password=correct+horse+battery&next=/profile/");
    assert_eq!((answer.status, answer.header("location")), (302, "/profile/"));
    assert!(client.get("/profile/").body.contains("<h1>ada</h1>"));

    let session = client.cookies["sessionid"].clone();
    let answer = client.fill_in("/note/", "text=hello");
    assert_eq!((answer.status, answer.header("location")), (302, "/"));
    assert!(client.get("/").body.contains("Your note: hello"));
    assert!(!client.get("/").body.contains("Your note: hello"));

    let token = client.cookies["csrftoken"].clone();
    let answer = client.send("POST", "/logout/", &format!("csrfmiddlewaretoken={token}"));
    assert_eq!(answer.status, 302);
    // The session of before is gone from the store, not only from this browser.
    client.cookies.insert("sessionid".into(), session);
    assert_eq!(client.get("/profile/").status, 302);
}

#[test]
fn a_login_does_not_lead_off_the_site() {
    let folder = Folder::new(STANDARD);
    folder.create_user("ada", "correct horse battery");
    let site = folder.serve();
    for elsewhere in ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"]
    {
        let fields = format!("username=ada&password=correct+horse+battery&next={elsewhere}");
        let answer = Client::new(&site.address).fill_in("/login/", &fields);
        assert_eq!((answer.status, answer.header("location")), (302, "/"), "{elsewhere}");
    }
}

#[test]
fn a_form_without_its_token_is_refused() {
    let folder = Folder::new(STANDARD);
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    assert_eq!(client.send("POST", "/note/", "text=forged").status, 403);
    client.get("/note/");
    assert_eq!(client.send("POST", "/note/", "text=forged").status, 403);
}

#[test]
fn every_answer_says_which_layer_did_what() {
    let folder = Folder::new(STANDARD);
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    let trace = client.get("/").header("x-trace").to_owned();
    assert!(trace.starts_with("sessions.process_request, common.process_request"), "{trace}");
    assert!(trace.contains("view=answered"), "{trace}");
    assert!(client.get("/").body.contains("book.process_request"));
    let answer = client.get("/nowhere/");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.header("x-frame-options"), "DENY");
}

#[test]
fn a_view_that_panics_is_a_500_and_other_requests_never_notice() {
    let folder = Folder::new(STANDARD);
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    let answer = client.get("/panic/");
    assert_eq!(answer.status, 500);
    assert!(!answer.body.contains("this view panics"), "{}", answer.body);
    assert!(answer.header("x-trace").contains("view=panicked"));
    assert_eq!(client.get("/").status, 200);
}

#[test]
fn an_acknowledged_session_outlives_a_power_failure() {
    let folder = Folder::new(STANDARD);
    folder.create_user("ada", "correct horse battery");
    let site = folder.serve();
    let mut client = Client::new(&site.address);
    let answer = client.fill_in("/login/", "username=ada&password=correct+horse+battery");
    assert_eq!(answer.status, 302);
    site.kill();

    let site = folder.serve();
    let mut again = Client::new(&site.address);
    again.cookies = client.cookies;
    assert!(again.get("/profile/").body.contains("<h1>ada</h1>"));
}

#[test]
fn a_host_that_is_not_ours_is_refused() {
    let folder =
        Folder::new(&format!("{STANDARD}[layers.common]\nallowed_hosts = [\"example.org\"]\n"));
    let site = folder.serve();
    assert_eq!(Client::new(&site.address).get("/").status, 400);
}
