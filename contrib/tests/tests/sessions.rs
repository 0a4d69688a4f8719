use crate::browser::{Browser, set_cookie, text};
use contrib::sessions::{
    Expiry, MemorySessions, Session, SessionData, SessionKey, SessionOptions, SessionStore,
    Sessions, SqliteSessions,
};
use contrib::{Database, SameSite, StoreError};
use engine_sync::http::{StatusCode, header};
use engine_sync::{Chain, Request, Response, Result, Stack, hooks};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, SystemTime};

type View = fn(&mut Request, &Session) -> Result<Response>;

/// A chain whose only layer is the sessions; the path chooses the view.
fn chain(store: Arc<dyn SessionStore>, options: SessionOptions) -> Chain {
    let views: [(&str, View); 14] = [
        ("/", |_, _| Ok(Response::text("untouched"))),
        ("/get", |_, session| {
            Ok(Response::text(session.get::<String>("k")?.unwrap_or_else(|| "none".into())))
        }),
        ("/set", |request, session| {
            session.insert("k", request.query("v").unwrap_or_else(|| "v".into()))?;
            Ok(Response::text("set"))
        }),
        ("/remove", |_, session| {
            session.remove("k")?;
            Ok(Response::text("removed"))
        }),
        ("/clear", |_, session| {
            session.clear();
            Ok(Response::text("cleared"))
        }),
        ("/flush", |_, session| {
            session.flush()?;
            Ok(Response::text("flushed"))
        }),
        ("/flush-and-set", |_, session| {
            session.flush()?;
            session.insert("k", "fresh")?;
            Ok(Response::text("flushed and set"))
        }),
        ("/cycle", |_, session| {
            session.cycle_key()?;
            Ok(Response::text("cycled"))
        }),
        ("/set-and-fail", |_, session| {
            session.insert("k", "lost")?;
            Ok(Response::text("").with_status(StatusCode::BAD_GATEWAY))
        }),
        ("/set-and-refuse", |_, session| {
            session.insert("k", "kept")?;
            Ok(Response::text("").with_status(StatusCode::FORBIDDEN))
        }),
        ("/close", |_, session| {
            session.set_expiry(Some(Expiry::BrowserClose))?;
            Ok(Response::text(""))
        }),
        ("/minute", |_, session| {
            session.set_expiry(Some(Expiry::After(Duration::from_secs(60))))?;
            Ok(Response::text(""))
        }),
        ("/past", |_, session| {
            session.insert("k", "gone")?;
            session.set_expiry(Some(Expiry::At(SystemTime::UNIX_EPOCH)))?;
            Ok(Response::text(""))
        }),
        ("/usual", |_, session| {
            session.set_expiry(None)?;
            Ok(Response::text(""))
        }),
    ];
    let stack =
        Stack::builder().layer(hooks(Sessions::new(store, options).unwrap())).build().unwrap();
    Chain::builder(&stack)
        .view(move |request, _| {
            let session = Session::of(request)?;
            let path = request.path().to_owned();
            let (_, view) = views.iter().find(|(of, _)| *of == path).expect("a known path");
            view(request, &session)
        })
        .announce(|_, _| {})
        .build()
        .unwrap()
}

/// Runs a test with each store.
fn with_stores(test: impl Fn(Arc<dyn SessionStore>)) {
    test(Arc::new(MemorySessions::new()));
    test(Arc::new(SqliteSessions::new(&Database::in_memory().unwrap()).unwrap()));
}

/// A store that counts how often it is asked and can be told to fail.
#[derive(Default)]
struct Watched {
    store: MemorySessions,
    asked: AtomicUsize,
    fails: bool,
}

impl Watched {
    fn ask(&self) -> Result<&MemorySessions, StoreError> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match self.fails {
            true => Err(StoreError::new("the store is away")),
            false => Ok(&self.store),
        }
    }
}

impl SessionStore for Watched {
    fn load(&self, key: &SessionKey) -> Result<Option<SessionData>, StoreError> {
        self.ask()?.load(key)
    }
    fn create(&self, data: &SessionData, expires: SystemTime) -> Result<SessionKey, StoreError> {
        self.ask()?.create(data, expires)
    }
    fn save(
        &self,
        key: &SessionKey,
        data: &SessionData,
        at: SystemTime,
    ) -> Result<bool, StoreError> {
        self.ask()?.save(key, data, at)
    }
    fn cycle(
        &self,
        key: &SessionKey,
        data: &SessionData,
        at: SystemTime,
    ) -> Result<Option<SessionKey>, StoreError> {
        self.ask()?.cycle(key, data, at)
    }
    fn delete(&self, key: &SessionKey) -> Result<(), StoreError> {
        self.ask()?.delete(key)
    }
    fn clear_expired(&self) -> Result<u64, StoreError> {
        self.ask()?.clear_expired()
    }
}

#[test]
fn what_is_set_is_there_in_the_next_request() {
    with_stores(|store| {
        let chain = chain(store, SessionOptions::default());
        let mut browser = Browser::new(&chain);
        assert_eq!(text(&browser.get("/get")), "none");
        browser.get("/set?v=caf%C3%A9");
        assert_eq!(text(&browser.get("/get")), "café");
        browser.get("/remove");
        assert_eq!(text(&browser.get("/get")), "none");
    });
}

#[test]
fn a_session_that_is_not_used_costs_no_store_access_and_no_header() {
    let store = Arc::new(Watched::default());
    let chain = chain(Arc::clone(&store) as Arc<dyn SessionStore>, SessionOptions::default());
    let mut browser = Browser::new(&chain);
    browser.cookies.insert("sessionid".into(), "abcdefghabcdefgh".into());
    let response = browser.get("/");
    assert_eq!(store.asked.load(Ordering::SeqCst), 0);
    assert_eq!(response.header(header::VARY), None);
    assert_eq!(response.header(header::SET_COOKIE), None);
}

#[test]
fn a_session_that_is_read_varies_on_cookie_and_sets_none() {
    with_stores(|store| {
        let chain = chain(store, SessionOptions::default());
        let response = Browser::new(&chain).get("/get");
        assert_eq!(response.header(header::VARY), Some("Cookie"));
        assert_eq!(response.header(header::SET_COOKIE), None);
    });
}

#[test]
fn the_cookie_has_djangos_attributes() {
    let chain = chain(Arc::new(MemorySessions::new()), SessionOptions::default());
    let response = Browser::new(&chain).get("/set");
    let cookie = set_cookie(&response, "sessionid").unwrap();
    assert_eq!(cookie.value().len(), 32);
    assert!(cookie.value().bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()));
    assert_eq!(cookie.max_age().unwrap().whole_seconds(), 1_209_600);
    assert!(cookie.expires_datetime().is_some());
    assert_eq!((cookie.path(), cookie.domain()), (Some("/"), None));
    assert_eq!((cookie.http_only(), cookie.secure()), (Some(true), None));
    assert_eq!(cookie.same_site().unwrap().to_string(), "Lax");
    assert_eq!(response.header(header::VARY), Some("Cookie"));
}

#[test]
fn the_cookie_has_the_attributes_of_the_options() {
    let mut options = SessionOptions::default();
    options.cookie_name = "sid".into();
    options.cookie_domain = Some("example.org".into());
    options.cookie_path = "/app/".into();
    options.cookie_secure = true;
    options.cookie_http_only = false;
    options.cookie_same_site = SameSite::None;
    options.cookie_age = 60;
    let chain = chain(Arc::new(MemorySessions::new()), options);
    let cookie = set_cookie(&Browser::new(&chain).get("/set"), "sid").unwrap();
    assert_eq!(cookie.max_age().unwrap().whole_seconds(), 60);
    assert_eq!((cookie.path(), cookie.domain()), (Some("/app/"), Some("example.org")));
    assert_eq!((cookie.http_only(), cookie.secure()), (None, Some(true)));
    assert_eq!(cookie.same_site().unwrap().to_string(), "None");
}

#[test]
fn a_key_that_a_client_made_up_is_never_adopted() {
    with_stores(|store| {
        let chain = chain(store, SessionOptions::default());
        let mut browser = Browser::new(&chain);
        let planted = "plantedplantedplantedplantedplan";
        browser.cookies.insert("sessionid".into(), planted.into());
        browser.get("/set");
        assert_ne!(browser.cookies["sessionid"], planted);
        assert_eq!(text(&browser.get("/get")), "v");
        let mut attacker = Browser::new(&chain);
        attacker.cookies.insert("sessionid".into(), planted.into());
        let response = attacker.get("/get");
        assert_eq!(text(&response), "none");
        // The cookie that leads nowhere is deleted.
        assert!(attacker.cookies.is_empty());
        assert_eq!(response.header(header::VARY), Some("Cookie"));
    });
}

#[test]
fn flushing_deletes_the_session_and_its_cookie() {
    with_stores(|store| {
        let chain = chain(store, SessionOptions::default());
        let mut browser = Browser::new(&chain);
        browser.get("/set");
        let old = browser.cookies.clone();
        let response = browser.get("/flush");
        let cookie = set_cookie(&response, "sessionid").unwrap();
        assert_eq!(cookie.max_age().unwrap().whole_seconds(), 0);
        assert_eq!(cookie.expires_datetime().unwrap().unix_timestamp(), 0);
        assert!(browser.cookies.is_empty());
        browser.cookies = old.clone();
        assert_eq!(text(&browser.get("/get")), "none");

        browser.cookies.clear();
        browser.get("/set");
        let old = browser.cookies.clone();
        browser.get("/flush-and-set");
        assert_ne!(browser.cookies, old);
        assert_eq!(text(&browser.get("/get")), "fresh");
    });
}

#[test]
fn cycling_the_key_keeps_the_values_and_ends_the_old_key() {
    with_stores(|store| {
        let chain = chain(store, SessionOptions::default());
        let mut browser = Browser::new(&chain);
        browser.get("/set");
        let old = browser.cookies.clone();
        browser.get("/cycle");
        assert_ne!(browser.cookies, old);
        assert_eq!(text(&browser.get("/get")), "v");
        browser.cookies = old;
        assert_eq!(text(&browser.get("/get")), "none");
    });
}

#[test]
fn a_cleared_session_stays_and_is_empty() {
    with_stores(|store| {
        let chain = chain(store, SessionOptions::default());
        let mut browser = Browser::new(&chain);
        browser.get("/set");
        let before = browser.cookies.clone();
        browser.get("/clear");
        assert_eq!(browser.cookies, before);
        assert_eq!(text(&browser.get("/get")), "none");
    });
}

#[test]
fn a_session_is_saved_below_status_500_only() {
    with_stores(|store| {
        let chain = chain(store, SessionOptions::default());
        let mut browser = Browser::new(&chain);
        let response = browser.get("/set-and-fail");
        assert_eq!(response.status(), 502);
        assert_eq!(response.header(header::SET_COOKIE), None);
        assert_eq!(response.header(header::VARY), Some("Cookie"));
        assert_eq!(browser.get("/set-and-refuse").status(), 403);
        assert_eq!(text(&browser.get("/get")), "kept");
    });
}

#[test]
fn a_session_says_itself_when_it_expires() {
    with_stores(|store| {
        let chain = chain(Arc::clone(&store), SessionOptions::default());
        let mut browser = Browser::new(&chain);
        let age = |response: &Response| {
            set_cookie(response, "sessionid").unwrap().max_age().map(|age| age.whole_seconds())
        };
        let response = browser.get("/close");
        assert_eq!(age(&response), None);
        assert!(set_cookie(&response, "sessionid").unwrap().expires().is_none());
        assert_eq!(age(&browser.get("/minute")), Some(60));
        assert_eq!(age(&browser.get("/usual")), Some(1_209_600));
        let usual = browser.cookies.clone();
        browser.get("/past");
        browser.cookies = usual;
        assert_eq!(text(&browser.get("/get")), "none");
        assert_eq!(store.clear_expired().unwrap(), 1);
        assert_eq!(store.clear_expired().unwrap(), 0);
    });
}

#[test]
fn sessions_may_end_with_the_browser_by_default() {
    let mut options = SessionOptions::default();
    options.expire_at_browser_close = true;
    let chain = chain(Arc::new(MemorySessions::new()), options);
    let response = Browser::new(&chain).get("/set");
    assert!(set_cookie(&response, "sessionid").unwrap().max_age().is_none());
}

#[test]
fn saving_every_request_renews_sessions_and_makes_none() {
    with_stores(|store| {
        let mut options = SessionOptions::default();
        options.save_every_request = true;
        let chain = chain(store, options);
        let mut browser = Browser::new(&chain);
        assert_eq!(browser.get("/").header(header::SET_COOKIE), None);
        browser.get("/set");
        let renewed = set_cookie(&browser.get("/"), "sessionid").unwrap();
        assert_eq!(renewed.value(), browser.cookies["sessionid"]);
        browser.cookies.insert("sessionid".into(), "madeupmadeupmadeup".into());
        browser.get("/");
        assert!(browser.cookies.is_empty());
    });
}

#[test]
fn a_session_deleted_meanwhile_is_400_and_does_not_come_back() {
    for cycles in [false, true] {
        with_stores(|store| {
            let own = Arc::clone(&store);
            let layer = Sessions::new(Arc::clone(&store), SessionOptions::default()).unwrap();
            let stack = Stack::builder().layer(hooks(layer)).build().unwrap();
            let chain = Chain::builder(&stack)
                .view(move |request, _| {
                    let session = Session::of(request)?;
                    let first = session.get::<bool>("first")?.is_none();
                    session.insert("first", first)?;
                    if cycles {
                        session.cycle_key()?;
                    }
                    if !first {
                        own.delete(&session.key().unwrap())?;
                    }
                    Ok(Response::text("done"))
                })
                .build()
                .unwrap();
            let mut browser = Browser::new(&chain);
            assert_eq!(browser.get("/").status(), 200);
            let key = SessionKey::from_client(&browser.cookies["sessionid"]).unwrap();
            let response = browser.get("/");
            assert_eq!(response.status(), 400);
            assert_eq!(response.header(header::SET_COOKIE), None);
            assert_eq!(store.load(&key).unwrap(), None);
        });
    }
}

#[test]
fn a_store_that_fails_is_500_and_sets_no_cookie() {
    let store = Watched { fails: true, ..Watched::default() };
    let chain = chain(Arc::new(store), SessionOptions::default());
    let mut browser = Browser::new(&chain);
    let response = browser.get("/set");
    assert_eq!(response.status(), 500);
    assert_eq!(response.cause().unwrap().message(), "the store is away");
    assert_eq!(response.header(header::SET_COOKIE), None);
}

#[test]
fn a_value_of_another_type_is_an_error_that_names_it() {
    let chain = {
        let store = Arc::new(MemorySessions::new());
        let layer = Sessions::new(store, SessionOptions::default()).unwrap();
        let stack = Stack::builder().layer(hooks(layer)).build().unwrap();
        Chain::builder(&stack)
            .view(|request, _| {
                let session = Session::of(request)?;
                session.insert("k", "text")?;
                session.get::<u8>("k")?;
                Ok(Response::text(""))
            })
            .announce(|_, _| {})
            .build()
            .unwrap()
    };
    let response = chain.respond(Request::get("/"));
    let message = response.cause().unwrap().message();
    assert!(message.starts_with("`k` in the session is no `u8`"), "{message}");
}

#[test]
fn options_that_make_no_sense_name_their_cure() {
    let check = |change: fn(&mut SessionOptions), expected: &str| {
        let mut options = SessionOptions::default();
        change(&mut options);
        let error = Sessions::new(Arc::new(MemorySessions::new()), options).unwrap_err();
        assert!(error.to_string().contains(expected), "{error}");
    };
    check(|o| o.cookie_age = 0, "say how many seconds");
    check(|o| o.cookie_same_site = SameSite::None, "set `cookie_secure = true`");
    check(|o| o.cookie_name = "a b".into(), "use letters, digits");
    check(|o| o.cookie_name = "__Secure-a".into(), "set `cookie_secure = true`");
    check(|o| o.cookie_path = "app".into(), "must start with `/`");
    check(|o| o.cookie_domain = Some("a;b".into()), "name a domain");
    check(
        |o| {
            o.cookie_name = "__Host-a".into();
            o.cookie_secure = true;
            o.cookie_domain = Some("example.org".into());
        },
        "leave out `cookie_domain`",
    );
}
