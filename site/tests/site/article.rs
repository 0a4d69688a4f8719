use super::client::Client;
use super::program::Folder;

const LISTING: &str = "[\"sessions\", \"common\", \"csrf\", \"auth\", \"book\", \"another\", \
                       \"messages\", \"frame-options\"]";

/// Serves with these settings, loads a page, and compares what is on the terminal and on the page.
#[track_caller]
fn check(settings: &str, terminal: &[&str], page: Option<&str>) {
    let site = Folder::new(settings);
    let site = site.serve();
    let answer = Client::new(&site.address).get("/");
    assert_eq!(answer.status, 200, "{answer:?}");
    if let Some(page) = page {
        assert_eq!(answer.body, page);
    }
    let (mut lines, status) = site.stop();
    assert!(status.success());
    assert_eq!(lines.pop().as_deref(), Some("stopped"));
    assert_eq!(lines, terminal);
}

#[test]
fn step_1_listed_first_it_is_executed() {
    check(
        "middleware = [\"book\", \"sessions\", \"common\", \"csrf\", \"auth\", \"messages\", \
         \"frame-options\"]\n[layers.book]\nprint_user = false\n",
        &["Middleware executed"],
        None,
    );
}

#[test]
fn step_2_before_authentication_the_site_does_not_start() {
    let folder = Folder::new(
        "middleware = [\"book\", \"sessions\", \"common\", \"csrf\", \"auth\", \"messages\", \
         \"frame-options\"]\n",
    );
    let output = folder.run(&[], "");
    assert_eq!(output.status.code(), Some(2));
    let message = String::from_utf8(output.stderr).unwrap();
    assert_eq!(
        message,
        format!(
            "error: {}: the stack does not build\n  line 1, column 15: `book` (1st) needs `User`; \
             it is provided by `auth` (5th): list `book` after `auth`\nan order that satisfies \
             every declaration: `sessions`, `common`, `csrf`, `auth`, `book`, `messages`, \
             `frame-options`\n",
            folder.settings().display(),
        ),
    );
}

#[test]
fn step_4_process_request_runs_in_listed_order() {
    check(
        &format!("middleware = {LISTING}\n"),
        &["Middleware executed", "AnonymousUser", "Another middleware executed"],
        None,
    );
}

#[test]
fn step_5_a_layer_that_answers_keeps_those_further_in_out() {
    check(
        &format!("middleware = {LISTING}\n[layers.book]\nrespond = true\n"),
        &["Middleware executed", "AnonymousUser"],
        Some("some response"),
    );
}

#[test]
fn step_6_process_response_runs_in_reverse() {
    check(
        &format!(
            "middleware = {LISTING}\n[layers.book]\nprocess_response = true\n\
             [layers.another]\nprocess_response = true\n"
        ),
        &[
            "Middleware executed",
            "AnonymousUser",
            "Another middleware executed",
            "AnotherMiddleware process_response executed",
            "BookMiddleware process_response executed",
        ],
        None,
    );
}

#[test]
fn step_7_after_an_answer_django_1_8_runs_every_process_response_and_django_5_the_onion() {
    let settings = |profile| {
        format!(
            "profile = \"{profile}\"\nmiddleware = {LISTING}\n[layers.book]\nrespond = true\n\
             process_response = true\n[layers.another]\nprocess_response = true\n"
        )
    };
    check(
        &settings("django-1.8"),
        &[
            "Middleware executed",
            "AnonymousUser",
            "AnotherMiddleware process_response executed",
            "BookMiddleware process_response executed",
        ],
        Some("some response"),
    );
    check(
        &settings("django-5"),
        &["Middleware executed", "AnonymousUser", "BookMiddleware process_response executed"],
        Some("some response"),
    );
}
