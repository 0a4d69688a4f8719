use crate::browser::{Browser, text};
use contrib::Database;
use contrib::auth::{
    self, AccountError, Accounts, Authentication, LoginExempt, LoginRequired, Passwords,
    SqliteUsers, User,
};
use contrib::csrf::{self, Csrf, CsrfExempt, CsrfOptions};
use contrib::sessions::{MemorySessions, Session, SessionOptions, Sessions};
use contrib::signing::SecretKey;
use contrib::timezone::{self, TimeZone, Timezone, TimezoneOptions};
use engine_sync::http::header;
use engine_sync::{Chain, Response, Route, Stack, hooks};
use std::sync::Arc;

const PASSWORD: &str = "correct horse";

fn accounts() -> Accounts {
    let users = SqliteUsers::new(&Database::in_memory().unwrap()).unwrap();
    let accounts = Accounts::new(Arc::new(users), Passwords::with_costs(8, 1, 4, 100).unwrap());
    accounts.create_user("alice", PASSWORD).unwrap();
    let mut bob = accounts.create_user("bob", PASSWORD).unwrap();
    bob.is_active = false;
    accounts.users().update(&bob).unwrap();
    accounts.create_user("carol", PASSWORD).unwrap();
    accounts
}

fn chain(accounts: &Accounts) -> Chain {
    let sessions = Sessions::new(Arc::new(MemorySessions::new()), SessionOptions::default());
    let users = Arc::clone(accounts.users());
    let stack = Stack::builder()
        .layer(hooks(sessions.unwrap()))
        .layer(hooks(Csrf::new(CsrfOptions::default()).unwrap()))
        .layer(hooks(Authentication::new(users, &SecretKey::random())))
        .build()
        .unwrap();
    let (for_login, for_change) = (accounts.clone(), accounts.clone());
    Chain::builder(&stack)
        .routes([
            Route::new("/login/", move |request, _| {
                let form = request.form()?;
                let name = form.get("username").unwrap_or_default().to_owned();
                let password = form.get("password").unwrap_or_default().to_owned();
                let Some(account) = for_login.authenticate(&name, &password)? else {
                    return Ok(Response::text("refused"));
                };
                auth::login(request, &account)?;
                Ok(Response::redirect(&auth::safe_next(request, "/whoami/")?))
            })
            .mark(CsrfExempt)
            .mark(LoginExempt),
            Route::new("/logout/", |request, _| {
                auth::logout(request)?;
                Ok(Response::text(request.require::<User>()?.name()?.unwrap_or_default()))
            }),
            Route::get("/whoami/", |request, _| {
                let name = request.require::<User>()?.name()?;
                Ok(Response::text(name.unwrap_or_else(|| "anonymous".into())))
            }),
            Route::get("/quiet/", |_, _| Ok(Response::text("quiet"))),
            Route::get("/remember/", |request, _| {
                Session::of(request)?.insert("cart", "apples")?;
                Ok(Response::text(""))
            }),
            Route::get("/cart/", |request, _| {
                let cart = Session::of(request)?.get::<String>("cart")?;
                Ok(Response::text(cart.unwrap_or_else(|| "empty".into())))
            }),
            Route::get("/token/", |request, _| Ok(Response::text(csrf::token(request)?))),
            Route::get("/change/", move |request, _| {
                let user = request.require::<User>()?;
                let mut account = user.account()?.expect("somebody is logged in").clone();
                for_change.set_password(&mut account, "another horse")?;
                if request.query("keep").is_some() {
                    auth::keep_session(request, &account)?;
                }
                Ok(Response::text("changed"))
            }),
            Route::get("/private/{x}/", |_, _| Ok(Response::text("private")))
                .layer(hooks(LoginRequired::new("/login/?hint=1"))),
        ])
        .announce(|_, _| {})
        .build()
        .unwrap()
}

fn log_in(browser: &mut Browser<'_>, name: &str, password: &str) -> Response {
    browser.post("/login/", &[("username", name), ("password", password)])
}

#[test]
fn a_user_logs_in_and_out() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let mut browser = Browser::new(&chain);
    assert_eq!(text(&browser.get("/whoami/")), "anonymous");
    let response = log_in(&mut browser, "alice", PASSWORD);
    assert_eq!(response.header(header::LOCATION), Some("/whoami/"));
    assert_eq!(text(&browser.get("/whoami/")), "alice");
    assert!(accounts.users().by_name("alice").unwrap().unwrap().last_login.is_some());
    assert_eq!(text(&browser.get("/logout/")), "");
    assert!(!browser.cookies.contains_key("sessionid"));
    assert_eq!(text(&browser.get("/whoami/")), "anonymous");
}

#[test]
fn wrong_passwords_unknown_names_and_inactive_users_are_refused_alike() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let long = "x".repeat(5_000);
    for (name, password) in [
        ("alice", "wrong"),
        ("nobody", PASSWORD),
        ("bob", PASSWORD),
        ("alice", ""),
        ("alice", &long),
    ] {
        let mut browser = Browser::new(&chain);
        assert_eq!(text(&log_in(&mut browser, name, password)), "refused", "{name}");
        assert!(browser.cookies.is_empty());
    }
}

#[test]
fn a_login_moves_the_session_to_a_fresh_key_and_keeps_its_values() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let mut browser = Browser::new(&chain);
    browser.get("/remember/");
    let planted = browser.cookies.clone();
    log_in(&mut browser, "alice", PASSWORD);
    assert_eq!(text(&browser.get("/cart/")), "apples");
    let mut attacker = Browser::new(&chain);
    attacker.cookies = planted;
    assert_eq!(text(&attacker.get("/whoami/")), "anonymous");
}

#[test]
fn a_login_as_another_user_throws_the_session_away() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let mut browser = Browser::new(&chain);
    log_in(&mut browser, "alice", PASSWORD);
    browser.get("/remember/");
    let key = browser.cookies["sessionid"].clone();
    log_in(&mut browser, "alice", PASSWORD);
    assert_eq!(text(&browser.get("/cart/")), "apples");
    assert_eq!(browser.cookies["sessionid"], key);
    log_in(&mut browser, "carol", PASSWORD);
    assert_eq!(text(&browser.get("/cart/")), "empty");
    assert_eq!(text(&browser.get("/whoami/")), "carol");
}

#[test]
fn a_login_rotates_the_csrf_secret() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let mut browser = Browser::new(&chain);
    browser.get("/token/");
    let before = browser.cookies["csrftoken"].clone();
    log_in(&mut browser, "alice", PASSWORD);
    assert_ne!(browser.cookies["csrftoken"], before);
}

#[test]
fn changing_the_password_ends_the_other_sessions() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let (mut here, mut there) = (Browser::new(&chain), Browser::new(&chain));
    log_in(&mut here, "alice", PASSWORD);
    log_in(&mut there, "alice", PASSWORD);
    here.get("/change/?keep=1");
    assert_eq!(text(&here.get("/whoami/")), "alice");
    assert_eq!(text(&there.get("/whoami/")), "anonymous");
    assert!(!there.cookies.contains_key("sessionid"));
    here.get("/change/");
    assert_eq!(text(&here.get("/whoami/")), "anonymous");
}

#[test]
fn a_user_who_is_made_inactive_is_nobody_at_once() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let mut browser = Browser::new(&chain);
    log_in(&mut browser, "alice", PASSWORD);
    let mut alice = accounts.users().by_name("alice").unwrap().unwrap();
    alice.is_active = false;
    accounts.users().update(&alice).unwrap();
    assert_eq!(text(&browser.get("/whoami/")), "anonymous");
}

#[test]
fn a_page_that_does_not_ask_for_the_user_does_not_touch_the_session() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let mut browser = Browser::new(&chain);
    log_in(&mut browser, "alice", PASSWORD);
    assert_eq!(browser.get("/quiet/").header(header::VARY), None);
    assert_eq!(browser.get("/whoami/").header(header::VARY), Some("Cookie"));
}

#[test]
fn a_route_for_users_only_leads_to_the_login_page_and_back() {
    let accounts = accounts();
    let chain = chain(&accounts);
    let mut browser = Browser::new(&chain);
    let response = browser.get("/private/a%20b/?q=1&r=2");
    assert_eq!(response.status(), 302);
    let expected = "/login/?hint=1&next=/private/a%2520b/%3Fq%3D1%26r%3D2";
    assert_eq!(response.header(header::LOCATION), Some(expected));
    let form = [("username", "alice"), ("password", PASSWORD)];
    let response = browser.post(expected, &form);
    assert_eq!(response.header(header::LOCATION), Some("/private/a%20b/?q=1&r=2"));
    assert_eq!(text(&browser.get("/private/x/")), "private");

    for evil in ["//evil.example/", "/%5Cevil.example/", "https://evil.example/", "javascript:x"] {
        let response = browser.post(&format!("/login/?next={evil}"), &form);
        assert_eq!(response.header(header::LOCATION), Some("/whoami/"), "{evil}");
    }
}

#[test]
fn names_and_passwords_that_will_not_do_name_their_cure() {
    let accounts = accounts();
    let check = |name: &str, password: &str, expected: &str| {
        let error = accounts.create_user(name, password).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    };
    check("", PASSWORD, "letters, digits");
    check("a b", PASSWORD, "letters, digits");
    check(&"a".repeat(151), PASSWORD, "up to 150");
    check("dave", "short", "at least 8 characters");
    check("dave", "12345678901", "entirely numeric");
    check("dave-the-user", "Dave-The-User", "choose another one");
    check("dave", &"x".repeat(5_000), "at most 4096 bytes");
    assert!(matches!(accounts.create_user("alice", PASSWORD), Err(AccountError::Taken(_))));
    assert!(accounts.create_user("Zoë.o'x", PASSWORD).is_err());
    assert!(accounts.create_user("Zoë@example.org", PASSWORD).is_ok());
}

#[test]
fn a_name_is_the_same_in_every_spelling_of_unicode() {
    let accounts = accounts();
    let made = accounts.create_user("Zoe\u{308}", PASSWORD).unwrap();
    assert_eq!(made.username, "Zo\u{eb}");
    for spelling in ["Zo\u{eb}", "Zoe\u{308}", "\u{ff3a}o\u{eb}"] {
        let found = accounts.authenticate(spelling, PASSWORD).unwrap();
        assert_eq!(found.map(|account| account.id), Some(made.id), "{spelling}");
        let taken = accounts.create_user(spelling, PASSWORD);
        assert!(matches!(taken, Err(AccountError::Taken(_))), "{spelling}");
    }
    // `alice` in fullwidth letters.
    let look_alike = "\u{ff41}\u{ff4c}\u{ff49}\u{ff43}\u{ff45}";
    assert!(matches!(accounts.create_user(look_alike, PASSWORD), Err(AccountError::Taken(_))));
    assert_eq!(accounts.authenticate(look_alike, PASSWORD).unwrap().unwrap().username, "alice");
    // This one letter is eighteen as it is stored.
    assert_eq!(auth::normalize_username("\u{fdfa}").chars().count(), 18);
    let long = "\u{fdfa}".repeat(100_000);
    assert!(matches!(accounts.create_user(&long, PASSWORD), Err(AccountError::Username(_))));
    assert!(accounts.authenticate(&long, PASSWORD).unwrap().is_none());
}

#[test]
fn an_account_is_made_with_its_time_zone_or_not_at_all() {
    let accounts = accounts();
    for unknown in ["Atlantis/Capital", "Etc/Unknown", ""] {
        let error = accounts.create("dave", PASSWORD, Some(unknown)).unwrap_err();
        assert!(matches!(error, AccountError::Timezone(_)), "{error}");
        let error = error.to_string();
        assert!(error.contains(&format!("{unknown:?}: use an IANA name")), "{error}");
        assert!(accounts.users().by_name("dave").unwrap().is_none());
        assert_eq!(timezone::check(unknown).unwrap_err().name(), unknown);
    }
    let dave = accounts.create("dave", PASSWORD, Some("Europe/Berlin")).unwrap();
    assert_eq!(dave.timezone.as_deref(), Some("Europe/Berlin"));
    assert_eq!(accounts.users().by_name("dave").unwrap(), Some(dave));
    assert_eq!(accounts.create("erin", PASSWORD, None).unwrap().timezone, None);
}

#[test]
fn the_time_zone_of_the_profile_reaches_views_and_session() {
    let accounts = accounts();
    let sessions = Sessions::new(Arc::new(MemorySessions::new()), SessionOptions::default());
    let mut options = TimezoneOptions::default();
    options.default = "Asia/Kolkata".into();
    let users = Arc::clone(accounts.users());
    let stack = Stack::builder()
        .layer(hooks(sessions.unwrap()))
        .layer(hooks(Authentication::new(users, &SecretKey::random())))
        .layer(hooks(Timezone::new(options).unwrap()))
        .build()
        .unwrap();
    let users = Arc::clone(accounts.users());
    let chain = Chain::builder(&stack)
        .view(move |request, _| {
            if let Some(name) = request.query("login") {
                auth::login(request, &users.by_name(&name)?.expect("a known name"))?;
            }
            let zone = request.require::<TimeZone>()?.iana_name().unwrap_or("none").to_owned();
            let kept = Session::of(request)?.get::<String>("timezone")?;
            Ok(Response::text(format!("{zone} {}", kept.unwrap_or_default())))
        })
        .build()
        .unwrap();
    let set = |zone: &str| {
        let mut alice = accounts.users().by_name("alice").unwrap().unwrap();
        alice.timezone = Some(zone.into());
        accounts.users().update(&alice).unwrap();
    };
    let mut browser = Browser::new(&chain);
    set("Europe/Berlin");
    assert_eq!(text(&browser.get("/?login=alice")), "Asia/Kolkata ");
    let response = browser.get("/");
    assert_eq!(text(&response), "Europe/Berlin Europe/Berlin");
    assert!(response.header(header::SET_COOKIE).is_some());
    assert_eq!(browser.get("/").header(header::SET_COOKIE), None, "only a change is saved");
    set("Atlantis/Capital");
    assert_eq!(text(&browser.get("/")), "Asia/Kolkata Atlantis/Capital");
}
