//! The pages.

use crate::traces::Traces;
use contrib::auth::{self, Accounts, LoginRequired, User};
use contrib::csrf;
use contrib::messages::{self, Level};
use engine_sync::http::StatusCode;
use engine_sync::{
    ChainBuilder, Context, Error, Params, Profile, Request, Response, Result, Route, Templates,
    hooks,
};
use serde_json::json;
use std::sync::Arc;

const TEMPLATES: [(&str, &str); 7] = [
    ("base.html", include_str!("../templates/base.html")),
    ("chat.html", include_str!("../templates/chat.html")),
    ("error.html", include_str!("../templates/error.html")),
    ("home.html", include_str!("../templates/home.html")),
    ("login.html", include_str!("../templates/login.html")),
    ("note.html", include_str!("../templates/note.html")),
    ("profile.html", include_str!("../templates/profile.html")),
];

/// What the views share. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Page {
    templates: Templates,
    traces: Traces,
    stack: Arc<str>,
    profile: Profile,
    accounts: Arc<Accounts>,
}

impl Page {
    pub(crate) fn new(
        traces: Traces,
        stack: String,
        profile: Profile,
        accounts: Arc<Accounts>,
    ) -> anyhow::Result<Self> {
        let templates = Templates::from_sources(TEMPLATES)
            .map_err(|error| anyhow::anyhow!("a template of the site is broken: {error}"))?;
        Ok(Page { templates, traces, stack: stack.into(), profile, accounts })
    }

    /// A page that every visitor may see, with what the frame around it shows.
    fn show(&self, request: &mut Request, name: &'static str, own: Context) -> Result<Response> {
        let mut context = own;
        context.insert("urls".into(), urls(request)?);
        // A stack without these layers is somebody's experiment; its pages do without.
        if let Some(user) = request.state().get::<User>() {
            context.insert("user".into(), json!(user.name()?));
        }
        if let Ok(token) = csrf::token(request) {
            context.insert("csrf_token".into(), json!(token));
        }
        let shown: Vec<_> = messages::take(request)
            .unwrap_or_default()
            .into_iter()
            .map(|message| json!({"tags": message.tags(), "text": message.text}))
            .collect();
        context.insert("messages".into(), json!(shown));
        Ok(self.templates.response(name, context))
    }
}

/// The path of a named route.
fn url(request: &Request, name: &str) -> Result<String> {
    match request.urls() {
        Some(urls) => urls.reverse(name, &[]),
        None => Err(Error::internal("the site has routes")),
    }
}

/// The paths that every page links to.
fn urls(request: &Request) -> Result<serde_json::Value> {
    Ok(json!({
        "chat": url(request, "chat")?,
        "chat_socket": url(request, "chat-socket")?,
        "echo_socket": url(request, "echo-socket")?,
        "graphql": url(request, "graphql")?,
        "home": url(request, "home")?,
        "login": url(request, "login")?,
        "logout": url(request, "logout")?,
        "note": url(request, "note")?,
        "profile": url(request, "profile")?,
    }))
}

/// The routes of the site.
pub(crate) fn routes(page: &Page) -> Vec<Route> {
    let on = |view: fn(&Page, &mut Request) -> Result<Response>| {
        let page = page.clone();
        move |request: &mut Request, _: &Params| view(&page, request)
    };
    vec![
        Route::get("/", on(home)).named("home"),
        Route::get("/chat/", on(chat)).named("chat"),
        Route::get("/login/", on(login_form)).named("login"),
        Route::post("/login/", on(log_in)),
        Route::post("/logout/", on(log_out)).named("logout"),
        Route::get("/note/", on(note_form)).named("note"),
        Route::post("/note/", on(leave_note)),
        Route::get("/profile/", on(profile))
            .named("profile")
            .requires::<User>()
            .layer(hooks(LoginRequired::new("/login/"))),
        Route::get("/panic/", |_, _| panic!("this view panics, to show what happens")),
    ]
}

fn home(page: &Page, request: &mut Request) -> Result<Response> {
    let context = Context::from([
        ("profile".into(), json!(page.profile.name())),
        ("stack".into(), json!(&*page.stack)),
        ("traces".into(), serde_json::to_value(page.traces.lines())?),
    ]);
    page.show(request, "home.html", context)
}

fn login_form(page: &Page, request: &mut Request) -> Result<Response> {
    let next = request.query("next").unwrap_or_default();
    page.show(request, "login.html", Context::from([("next".into(), json!(next))]))
}

fn log_in(page: &Page, request: &mut Request) -> Result<Response> {
    let form = request.form()?;
    let text = |name| form.get(name).unwrap_or_default().to_owned();
    let (name, password, next) = (text("username"), text("password"), text("next"));
    let Some(account) = page.accounts.authenticate(&name, &password)? else {
        let own = Context::from([("next".into(), json!(next)), ("failed".into(), json!(true))]);
        return page.show(request, "login.html", own);
    };
    auth::login(request, &account)?;
    let home = url(request, "home")?;
    // Where to go next is the client's word: anywhere else than on this site is a trap.
    Ok(Response::redirect(&auth::safe_next(request, &home)?))
}

fn log_out(_: &Page, request: &mut Request) -> Result<Response> {
    auth::logout(request)?;
    let home = url(request, "home")?;
    Ok(Response::redirect(&home))
}

fn note_form(page: &Page, request: &mut Request) -> Result<Response> {
    page.show(request, "note.html", Context::new())
}

fn leave_note(_: &Page, request: &mut Request) -> Result<Response> {
    let text = request.form()?.get("text").unwrap_or_default().trim().to_owned();
    match text.chars().count() {
        0 => messages::add(request, Level::ERROR, "An empty note was not kept.")?,
        1..=200 => messages::add(request, Level::SUCCESS, format!("Your note: {text}"))?,
        _ => messages::add(request, Level::ERROR, "A note has at most 200 characters.")?,
    }
    let home = url(request, "home")?;
    Ok(Response::redirect(&home))
}

fn chat(page: &Page, request: &mut Request) -> Result<Response> {
    page.show(request, "chat.html", Context::new())
}

fn profile(page: &Page, request: &mut Request) -> Result<Response> {
    page.show(request, "profile.html", Context::new())
}

/// The error pages: the frame of the site, and not a word about the error itself.
pub(crate) fn error_pages(builder: ChainBuilder, page: &Page) -> ChainBuilder {
    let advice = [
        (StatusCode::BAD_REQUEST, "The request could not be understood."),
        (StatusCode::FORBIDDEN, "You may not see this."),
        (StatusCode::NOT_FOUND, "There is no page at this address."),
        (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side."),
    ];
    advice.into_iter().fold(builder, |builder, (status, advice)| {
        let page = page.clone();
        builder.error_page(status, move |request, error| error_page(&page, request, error, advice))
    })
}

fn error_page(page: &Page, request: &Request, error: &Error, advice: &str) -> Response {
    let status = error.status();
    let context = Context::from([
        ("reason".into(), json!(status.canonical_reason())),
        ("advice".into(), json!(advice)),
        ("urls".into(), urls(request).unwrap_or_default()),
    ]);
    page.templates
        .render_now("error.html", &context)
        .unwrap_or_else(|_| Response::text(advice.to_owned()))
        .with_status(status)
}
