use contrib::frame_options::{FrameOptions, FrameOptionsOptions, Frames};
use contrib::timing::{Timing, TimingOptions};
use engine_sync::http::header;
use engine_sync::{Chain, Error, Request, Response, Route, Stack, hooks};

#[test]
fn a_page_says_who_may_frame_it() {
    let chain = |frames: Frames| {
        let mut options = FrameOptionsOptions::default();
        options.frames = frames;
        let stack = Stack::builder().layer(hooks(FrameOptions::new(options))).build().unwrap();
        Chain::builder(&stack)
            .routes([
                Route::get("/plain", |_, _| Ok(Response::text(""))),
                Route::get("/same", |_, _| Ok(Response::text(""))).mark(Frames::SameOrigin),
                Route::get("/deny", |_, _| Ok(Response::text(""))).mark(Frames::Deny),
                Route::get("/exempt", |_, _| Ok(Response::text(""))).mark(Frames::Exempt),
                Route::get("/fails", |_, _| Err(Error::not_found("x"))).mark(Frames::Exempt),
                Route::get("/preset", |_, _| {
                    let value = "ALLOWALL".parse()?;
                    Ok(Response::text("").with_header(header::X_FRAME_OPTIONS, value))
                }),
            ])
            .build()
            .unwrap()
    };
    let check = |chain: &Chain, uri: &str, expected: Option<&str>| {
        let response = chain.respond(Request::get(uri));
        assert_eq!(response.header(header::X_FRAME_OPTIONS), expected, "{uri}");
    };
    let deny = chain(Frames::Deny);
    check(&deny, "/plain", Some("DENY"));
    check(&deny, "/same", Some("SAMEORIGIN"));
    check(&deny, "/exempt", None);
    check(&deny, "/fails", Some("DENY"));
    check(&deny, "/preset", Some("ALLOWALL"));
    check(&deny, "/unknown", Some("DENY"));
    let same = chain(Frames::SameOrigin);
    check(&same, "/plain", Some("SAMEORIGIN"));
    check(&same, "/deny", Some("DENY"));
}

#[test]
fn a_response_tells_how_long_it_took() {
    let chain = |options| {
        let stack = Stack::builder().layer(hooks(Timing::new(options))).build().unwrap();
        Chain::builder(&stack)
            .view(|_, _| {
                let own = "db;dur=1".parse()?;
                Ok(Response::text("").with_header("server-timing".parse()?, own))
            })
            .build()
            .unwrap()
    };
    let times = |options| -> Vec<String> {
        let response = chain(options).respond(Request::get("/"));
        let values = response.headers().get_all("server-timing").iter();
        values.map(|value| value.to_str().unwrap().to_owned()).collect()
    };
    let told = times(TimingOptions::default());
    assert_eq!(told[0], "db;dur=1");
    let total: f64 = told[1].strip_prefix("total;dur=").unwrap().parse().unwrap();
    assert!(total >= 0.0);
    let mut silent = TimingOptions::default();
    silent.header = false;
    assert_eq!(times(silent), ["db;dur=1"]);
}
