//! The HTTP half.

use crate::graphql::Graphql;
use crate::websocket;
use engine_async::runtime::Runtime;
use engine_sync::http::{HeaderValue, Method, StatusCode, header};
use engine_sync::{
    Body, Chain, Flow, Hooks, Layer, On, Request, Response, Result, Route, Stack, Upgrade,
    Upgraded, hooks,
};
use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::{self, Cursor, Read, Seek};
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A body up to this size is kept in memory, a larger one in a file.
const IN_MEMORY: u64 = 8 << 20;

/// A layer that takes part in both directions and changes nothing.
struct PassThrough(&'static str);

impl Layer for PassThrough {
    fn name(&self) -> std::borrow::Cow<'_, str> {
        self.0.into()
    }
}

impl Hooks for PassThrough {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::pass).process_response(Self::leave);
    }
}

impl PassThrough {
    fn pass(&self, _request: &mut Request) -> Result<Flow> {
        Ok(ControlFlow::Continue(()))
    }

    fn leave(&self, _request: &mut Request, _response: &mut Response) -> Result<()> {
        Ok(())
    }
}

/// The site, which hands websockets at `/echo` and `/graphql` over.
pub(crate) fn chain<R: Runtime>(
    websockets: &websocket::Server<R>,
    graphql: &Arc<Graphql<R>>,
) -> std::result::Result<Chain, Box<dyn Error>> {
    let (websockets, graphql) = (websockets.clone(), Arc::clone(graphql));
    let stack = Stack::builder()
        .layer(hooks(PassThrough("first")))
        .layer(hooks(PassThrough("second")))
        .layer(hooks(PassThrough("third")))
        .layer(hooks(PassThrough("fourth")))
        .build()?;
    let chain = Chain::builder(&stack)
        .route(Route::get("/", |_, _| {
            Ok(Response::with_type("text/plain", Body::from("hello world")))
        }))
        .route(Route::post("/echo", echo))
        .route(Route::get("/echo", move |request, _| Ok(connect(request, &websockets))))
        .route(
            Route::new("/graphql", move |request, _| graphql.respond(request))
                .methods([Method::GET, Method::POST]),
        )
        .build()?;
    Ok(chain)
}

/// Hands a websocket's connection over; any other GET is no request for this address.
fn connect<R: Runtime>(request: &Request, websockets: &websocket::Server<R>) -> Response {
    let upgrade = request.header(header::UPGRADE);
    if !upgrade.is_some_and(|name| name.eq_ignore_ascii_case("websocket")) {
        return Response::new(StatusCode::METHOD_NOT_ALLOWED)
            .with_header(header::ALLOW, HeaderValue::from_static("POST, OPTIONS"));
    }
    let ws = websocket::of(request);
    let websockets = websockets.clone();
    Response::upgrade(Upgrade::new(move |upgraded: Upgraded| {
        websockets.take(upgraded.socket, upgraded.leftover, upgraded.head, ws);
    }))
}

/// Answers the body that was sent, once it is all there: a client that sends everything before it
/// reads anything would otherwise wait for a server that waits for it.
fn echo(request: &mut Request, _: &engine_sync::Params) -> Result<Response> {
    let content_type = request.headers().get("content-type").cloned();
    let mut start = Vec::new();
    let body = request.body_mut();
    Read::take(body, IN_MEMORY).read_to_end(&mut start)?;
    let body = if (start.len() as u64) < IN_MEMORY {
        Body::from(start)
    } else {
        let mut file = scratch_file()?;
        let more = io::copy(request.body_mut(), &mut file)?;
        file.rewind()?;
        let length = start.len() as u64 + more;
        Body::sized_stream(Cursor::new(start).chain(file), length)
    };
    let mut response = Response::with_type("application/octet-stream", body);
    if let Some(content_type) = content_type {
        response.headers_mut().insert("content-type", content_type);
    }
    Ok(response)
}

/// A file without a name, which goes when it is closed.
fn scratch_file() -> io::Result<File> {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let path = std::env::temp_dir().join(format!("echo-{}-{count}", std::process::id()));
    let file = OpenOptions::new().read(true).write(true).create_new(true).open(&path)?;
    std::fs::remove_file(&path)?;
    Ok(file)
}
