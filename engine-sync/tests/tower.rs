//! The chain as a tower layer, tried under axum.

use axum::body::Body as AxumBody;
use axum::extract::Extension;
use axum::routing::{get, post};
use axum::{Router, response::IntoResponse};
use engine_sync::tower::{ChainLayer, Pool, PoolLimits, SharedState};
use engine_sync::{Chain, Error, Exit, Response, Stack, from_fn, hook_fns};
use http_body_util::BodyExt;
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::sync::mpsc;
use tower::ServiceExt;

struct Visitor(&'static str);

fn layer(stack: engine_core::StackBuilder<engine_sync::HttpLayer>) -> ChainLayer {
    ChainLayer::new(Chain::builder(&stack.build().unwrap()), Pool::default()).unwrap()
}

fn visitor() -> std::sync::Arc<engine_sync::HttpLayer> {
    hook_fns("visitor", |on| {
        on.process_request(|_, request| {
            request.state_mut().insert(Visitor("alice"));
            Ok(ControlFlow::Continue(()))
        })
        .process_response(|_, request, response| {
            let name = request.require::<Visitor>()?.0;
            response.headers_mut().insert("x-visitor", name.parse()?);
            Ok(())
        });
    })
}

async fn send(
    router: Router,
    request: http::Request<AxumBody>,
) -> (http::StatusCode, http::HeaderMap, String) {
    let (parts, body) = router.oneshot(request).await.unwrap().into_parts();
    let body = body.collect().await.unwrap().to_bytes();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

fn get_request(path: &str) -> http::Request<AxumBody> {
    http::Request::get(path).body(AxumBody::empty()).unwrap()
}

#[tokio::test]
async fn axum_handlers_stand_in_the_view_s_place_and_see_the_layers_state() {
    async fn hello(Extension(state): Extension<SharedState>) -> String {
        format!("hello {}", state.get::<Visitor>().map_or("?", |visitor| visitor.0))
    }
    let router =
        Router::new().route("/", get(hello)).layer(layer(Stack::builder().layer(visitor())));
    let (status, headers, body) = send(router, get_request("/")).await;
    assert_eq!((status.as_u16(), body.as_str()), (200, "hello alice"));
    assert_eq!(headers["x-visitor"], "alice");
}

#[tokio::test]
async fn s2_a_layer_that_answers_keeps_the_service_inside_from_being_called() {
    async fn never() -> String {
        panic!("must not be called")
    }
    let stop = from_fn("stop", |_, _| Ok(Response::text("stopped")));
    let router = Router::new().route("/", get(never)).layer(layer(Stack::builder().layer(stop)));
    assert_eq!(send(router, get_request("/")).await.2, "stopped");
}

#[tokio::test]
async fn an_error_of_a_layer_is_its_status() {
    let refuse = from_fn("refuse", |_, _| Err(Error::forbidden("no")));
    let router = Router::new()
        .route("/", get(|| async { "x" }))
        .layer(layer(Stack::builder().layer(refuse)));
    assert_eq!(send(router, get_request("/")).await.0, 403);
}

#[tokio::test]
async fn a_body_that_a_layer_has_read_reaches_the_service_and_one_nobody_touched_passes_through() {
    let read = from_fn("read", |request, next| {
        match request.path() {
            "/read" => {
                let bytes = request.bytes()?.clone();
                *request.body_mut() = bytes.into();
            }
            "/wrap" => {
                let inner = request.body_mut().take();
                *request.body_mut() = engine_sync::Body::stream(Shout(inner));
            }
            _ => {}
        }
        Ok(next.run(request))
    });
    let router = Router::new()
        .route("/read", post(|body: String| async { body }))
        .route("/pass", post(|body: String| async { body }))
        .route("/wrap", post(|body: axum::body::Body| async { body }))
        .layer(layer(Stack::builder().layer(read)));
    for (path, expected) in [("/read", "some text"), ("/pass", "some text"), ("/wrap", "SOME TEXT")]
    {
        let request = http::Request::post(path).body(AxumBody::from("some text")).unwrap();
        assert_eq!(send(router.clone(), request).await.2, expected);
    }
}

#[tokio::test]
async fn a_streamed_response_stays_a_stream_whether_a_layer_wraps_it_or_not() {
    async fn streamed() -> impl IntoResponse {
        let chunks = ["one ", "two ", "three"].map(Ok::<_, std::io::Error>);
        AxumBody::from_stream(futures_util::stream::iter(chunks))
    }
    let shout = from_fn("shout", |request, next| {
        let mut response = next.run(request);
        if request.path() == "/shout" {
            assert!(response.body().is_stream());
            let inner = response.body_mut().take();
            *response.body_mut() = engine_sync::Body::stream(Shout(inner));
        }
        Ok(response)
    });
    let router = Router::new()
        .route("/shout", get(streamed))
        .route("/pass", get(streamed))
        .layer(layer(Stack::builder().layer(shout)));
    assert_eq!(send(router.clone(), get_request("/shout")).await.2, "ONE TWO THREE");
    assert_eq!(send(router, get_request("/pass")).await.2, "one two three");
}

struct Shout(engine_sync::Body);

impl Read for Shout {
    fn read(&mut self, out: &mut [u8]) -> std::io::Result<usize> {
        let n = self.0.read(out)?;
        out[..n].make_ascii_uppercase();
        Ok(n)
    }
}

#[tokio::test]
async fn s9_exits_run_once_when_the_body_is_at_its_end_or_the_call_is_dropped() {
    let (told, exits) = mpsc::channel();
    let watch = hook_fns("watch", move |on| {
        on.exit(move |_, _, how| told.send(how).unwrap());
    });
    let (entered, has_entered) = tokio::sync::mpsc::unbounded_channel();
    let router = Router::new()
        .route("/", get(|| async { "body" }))
        .route(
            "/stuck",
            get(move || async move {
                entered.send(()).unwrap();
                std::future::pending::<String>().await
            }),
        )
        .layer(layer(Stack::builder().layer(watch)));
    send(router.clone(), get_request("/")).await;
    assert_eq!(exits.recv().unwrap(), Exit::Done);

    let mut has_entered = has_entered;
    let call = tokio::spawn(router.oneshot(get_request("/stuck")));
    has_entered.recv().await.unwrap();
    call.abort();
    let how = tokio::task::spawn_blocking(move || {
        let how = exits.recv().unwrap();
        (how, exits.try_recv().is_err())
    });
    let (how, only_once) = how.await.unwrap();
    assert!(matches!(how, Exit::Dropped | Exit::Disconnected), "{how:?}");
    assert!(only_once);
}

#[tokio::test]
async fn beyond_the_pool_a_client_is_told_to_come_back() {
    let (release, wait) = mpsc::channel::<()>();
    let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
    let wait = std::sync::Mutex::new(wait);
    let slow = from_fn("slow", move |request, next| {
        started.send(()).unwrap();
        wait.lock().unwrap().recv().unwrap();
        Ok(next.run(request))
    });
    let stack = Stack::builder().layer(slow).build().unwrap();
    let pool = Pool::new(PoolLimits::default().with_threads(1).with_queue(0));
    let layer = ChainLayer::new(Chain::builder(&stack), pool).unwrap();
    let router = Router::new().route("/", get(|| async { "done" })).layer(layer);
    let first = tokio::spawn(send(router.clone(), get_request("/")));
    has_started.recv().await.unwrap();
    let (status, headers, _) = send(router, get_request("/")).await;
    assert_eq!(status, 503);
    assert_eq!(headers["retry-after"], "1");
    release.send(()).unwrap();
    assert_eq!(first.await.unwrap().2, "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_serves_a_real_socket_under_axum() {
    let router = Router::new()
        .route("/", get(|| async { "over a socket" }))
        .layer(layer(Stack::builder().layer(visitor())));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    let answer = tokio::task::spawn_blocking(move || {
        let mut socket = std::net::TcpStream::connect(address).unwrap();
        socket.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    });
    let answer = answer.await.unwrap();
    assert!(answer.contains("x-visitor: alice"), "{answer}");
    assert!(answer.ends_with("over a socket"), "{answer}");
}
