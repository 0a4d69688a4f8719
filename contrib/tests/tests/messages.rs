use crate::browser::{Browser, text};
use contrib::messages::{self, Level, MessageLayer, MessageOptions, Messages};
use contrib::sessions::{MemorySessions, SessionOptions, Sessions};
use contrib::signing::SecretKey;
use engine_sync::http::header;
use engine_sync::{Chain, Response, Route, Stack, hooks};
use std::sync::Arc;

fn chain(options: MessageOptions) -> Chain {
    let sessions = Sessions::new(Arc::new(MemorySessions::new()), SessionOptions::default());
    let layer = MessageLayer::new(&SecretKey::random(), options).unwrap();
    let stack =
        Stack::builder().layer(hooks(sessions.unwrap())).layer(hooks(layer)).build().unwrap();
    let joined = |list: Vec<messages::Message>| {
        let list = list.iter().map(|message| format!("{}:{}", message.tags(), message.text));
        Response::text(list.collect::<Vec<_>>().join("|"))
    };
    Chain::builder(&stack)
        .routes([
            Route::get("/add", |request, _| {
                for (name, value) in request.query_pairs().collect::<Vec<_>>() {
                    let level = Level(name.parse()?);
                    messages::add(request, level, value)?;
                }
                Ok(Response::redirect("/list"))
            }),
            Route::get("/many", |request, _| {
                let messages = request.require_mut::<Messages>()?;
                for number in 0..60 {
                    messages.add(Level::INFO, format!("{number} {}", "x".repeat(50)));
                }
                Ok(Response::text(""))
            }),
            Route::get("/tags", |request, _| {
                let messages = request.require_mut::<Messages>()?;
                messages.add_with_tags(Level::ERROR, "tagged", "big red");
                Ok(Response::text(""))
            }),
            Route::get("/list", move |request, _| Ok(joined(messages::take(request)?))),
            Route::get("/peek", move |request, _| {
                Ok(joined(request.require_mut::<Messages>()?.peek()?))
            }),
            Route::get("/both", move |request, _| {
                let shown = joined(messages::take(request)?);
                messages::add(request, Level::INFO, "later")?;
                Ok(shown)
            }),
            Route::get("/quiet", |_, _| Ok(Response::text("quiet"))),
        ])
        .announce(|_, _| {})
        .build()
        .unwrap()
}

#[test]
fn a_message_survives_a_redirect_and_is_shown_once() {
    let chain = chain(MessageOptions::default());
    let mut browser = Browser::new(&chain);
    browser.get("/add?25=saved%20caf%C3%A9&30=full");
    assert_eq!(browser.cookies.keys().collect::<Vec<_>>(), ["messages"]);
    assert_eq!(browser.get("/quiet").header(header::SET_COOKIE), None);
    assert_eq!(text(&browser.get("/peek")), "success:saved café|warning:full");
    browser.get("/add?20=more");
    assert_eq!(text(&browser.get("/list")), "success:saved café|warning:full|info:more");
    assert!(browser.cookies.is_empty());
    assert_eq!(text(&browser.get("/list")), "");
}

#[test]
fn what_is_added_after_showing_is_for_later() {
    let chain = chain(MessageOptions::default());
    let mut browser = Browser::new(&chain);
    browser.get("/add?20=now");
    assert_eq!(text(&browser.get("/both")), "info:now");
    assert_eq!(text(&browser.get("/list")), "info:later");
}

#[test]
fn levels_and_tags_are_kept_and_low_levels_and_empty_texts_are_not() {
    let chain = chain(MessageOptions::default());
    let mut browser = Browser::new(&chain);
    browser.get("/tags");
    browser.get("/add?10=debug&20=&33=between");
    assert_eq!(text(&browser.get("/list")), "big red error:tagged|:between");
}

#[test]
fn what_does_not_fit_into_the_cookie_is_kept_in_the_session() {
    for bytes in [2_048, 0] {
        let mut options = MessageOptions::default();
        options.cookie_bytes = bytes;
        let chain = chain(options);
        let mut browser = Browser::new(&chain);
        let response = browser.get("/many");
        for cookie in crate::browser::set_cookies(&response) {
            assert!(cookie.value().len() <= 2_048, "{}", cookie.value().len());
        }
        assert!(browser.cookies.contains_key("sessionid"));
        let shown = browser.get("/list");
        let shown: Vec<&str> = text(&shown).split('|').collect();
        assert_eq!(shown.len(), 60);
        for (number, message) in shown.iter().enumerate() {
            assert!(message.starts_with(&format!("info:{number} x")), "{message}");
        }
        assert_eq!(text(&browser.get("/list")), "");
    }
}

#[test]
fn a_cookie_that_somebody_has_changed_is_dropped() {
    let chain = chain(MessageOptions::default());
    let mut browser = Browser::new(&chain);
    browser.get("/add?20=true");
    let forged = format!("A{}", browser.cookies["messages"]);
    browser.cookies.insert("messages".into(), forged);
    assert_eq!(text(&browser.get("/list")), "");
    assert!(browser.cookies.is_empty());
}

#[test]
fn options_that_make_no_sense_name_their_cure() {
    let mut options = MessageOptions::default();
    options.cookie_bytes = 5_000;
    let error = MessageLayer::new(&SecretKey::random(), options).unwrap_err().to_string();
    assert!(error.contains("use at most 4000"), "{error}");
}
