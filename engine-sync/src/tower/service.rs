//! The chain as a tower `Layer` and `Service`.

use super::body::{AsyncReader, Leaving, TowerBody, leave, pump};
use super::pool::Pool;
use crate::chain::{Chain, ChainBuilder, ChainError};
use crate::error::{Error, Result};
use crate::request::Request;
use crate::response::Response;
use bytes::Bytes;
use engine_core::State;
use futures_channel::oneshot;
use futures_executor::block_on;
use http::StatusCode;
use http::header::{self, HeaderValue};
use http_body::Body as HttpBody;
use std::error::Error as StdError;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use tower_layer::Layer;
use tower_service::Service;

type BoxError = Box<dyn StdError + Send + Sync>;

/// A chain as a tower layer: the service inside takes the view's place.
///
/// ```
/// use engine_sync::tower::{ChainLayer, Pool};
/// use engine_sync::{Chain, Stack, from_fn};
///
/// let stack = Stack::builder()
///     .layer(from_fn("hello", |request, next| {
///         let mut response = next.run(request);
///         response.headers_mut().insert("x-hello", "plywood".parse()?);
///         Ok(response)
///     }))
///     .build()?;
/// let layer = ChainLayer::new(Chain::builder(&stack), Pool::default())?;
/// // axum: Router::new().route("/", get(handler)).layer(layer)
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct ChainLayer {
    chain: Chain,
    pool: Pool,
}

impl ChainLayer {
    /// A layer of this chain, whose view, if it has one, is replaced by the service inside. Its
    /// units run on the threads of `pool`, which several layers may share.
    ///
    /// # Errors
    ///
    /// The chain does not build.
    pub fn new(chain: ChainBuilder, pool: Pool) -> Result<Self, ChainError> {
        let chain = chain.view(|request, _| call_inside(request)).build()?;
        Ok(ChainLayer { chain, pool })
    }
}

impl<S> Layer<S> for ChainLayer {
    type Service = ChainService<S>;

    fn layer(&self, inner: S) -> ChainService<S> {
        ChainService { chain: self.chain.clone(), pool: self.pool.clone(), inner }
    }
}

/// A chain around a service; see [`ChainLayer`].
///
/// Dropping the future of a call drops the call inside it; the layers see that as an error of the
/// view, and their exits run all the same (rule S9).
#[derive(Clone)]
pub struct ChainService<S> {
    chain: Chain,
    pool: Pool,
    inner: S,
}

impl<S> fmt::Debug for ChainService<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ChainService").field("chain", &self.chain).finish_non_exhaustive()
    }
}

/// A request on its way from the thread to the service inside, with the way back.
struct Inward {
    request: http::Request<TowerBody>,
    answer: oneshot::Sender<Result<http::Response<crate::Body>>>,
}

/// What the thread of a unit needs to call the service inside; it stands in the unit's state.
struct CallInside(oneshot::Sender<Inward>);

impl<S, B, R> Service<http::Request<B>> for ChainService<S>
where
    S: Service<http::Request<TowerBody>, Response = http::Response<R>> + Send + 'static,
    S::Future: Send + 'static,
    S::Error: Send,
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
    R: HttpBody<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
    S: Clone,
{
    type Response = http::Response<TowerBody>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, S::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let (call_inside, inward) = oneshot::channel();
        let (answer, outcome) = oneshot::channel();
        let (chain, pool) = (self.chain.clone(), self.pool.clone());
        let submitted =
            self.pool.submit(move || run_unit(&chain, pool, request, call_inside, answer));
        // The service that said it is ready must be the one that is called.
        let spare = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, spare);
        Box::pin(async move {
            if submitted.is_err() {
                return Ok(busy());
            }
            // Where a layer answers by itself, the thread drops its end and nothing is called.
            let mut failure = None;
            if let Ok(Inward { request, answer }) = inward.await {
                let answered = match inner.call(request).await {
                    Ok(response) => Ok(response.map(AsyncReader::body)),
                    Err(error) => {
                        failure = Some(error);
                        Err(Error::internal("the service inside failed"))
                    }
                };
                let _ = answer.send(answered);
            }
            match (outcome.await, failure) {
                // What the layers made of the failure is what outer services see (rule H3), so
                // the error itself is only passed on where there is no response at all.
                (Ok(response), _) => Ok(response),
                (Err(_), Some(error)) => Err(error),
                (Err(_), None) => Ok(broken()),
            }
        })
    }
}

/// 503: every thread is taken and the queue is full.
fn busy() -> http::Response<TowerBody> {
    let mut response = plain(StatusCode::SERVICE_UNAVAILABLE, "the server is busy\n");
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// 500: the thread of the unit is gone without an answer, which its chain does not do by itself.
fn broken() -> http::Response<TowerBody> {
    plain(StatusCode::INTERNAL_SERVER_ERROR, "something went wrong on our side\n")
}

fn plain(status: StatusCode, text: &'static str) -> http::Response<TowerBody> {
    let mut response = http::Response::new(TowerBody::full(Bytes::from_static(text.as_bytes())));
    *response.status_mut() = status;
    response
}

/// Runs a unit on a thread of the pool: the chain, and then its body where a thread must read it.
fn run_unit<B>(
    chain: &Chain,
    pool: Pool,
    request: http::Request<B>,
    call_inside: oneshot::Sender<Inward>,
    answer: oneshot::Sender<http::Response<TowerBody>>,
) where
    B: HttpBody<Data = Bytes> + Send + 'static,
    B::Error: Into<BoxError>,
{
    let (mut parts, body) = request.into_parts();
    let extensions = std::mem::take(&mut parts.extensions);
    let mut request = Request::from_http(http::Request::from_parts(parts, AsyncReader::body(body)));
    request.state_mut().insert(extensions);
    request.state_mut().insert(CallInside(call_inside));
    let mut exchange = chain.run(request);
    // Where a layer answered by itself the call was never made; the exchange lives on until the
    // body is at its end, and nobody may wait for the call until then.
    exchange.request_mut().state_mut().remove::<CallInside>();
    let response = exchange.response_mut();
    let mut head = http::Response::new(());
    *head.status_mut() = response.status();
    *head.headers_mut() = std::mem::take(response.headers_mut());
    if let Some(extensions) = response.state_mut().remove::<http::Extensions>() {
        *head.extensions_mut() = extensions;
    }
    match leave(response.body_mut().take()) {
        Leaving::Ready(body) => {
            let body = body.finishing(exchange, pool);
            let _ = answer.send(head.map(|()| body));
        }
        Leaving::Read { body, reader, frames } => {
            let body = body.finishing(exchange, pool);
            if answer.send(head.map(|()| body)).is_ok() {
                pump(reader, frames);
            }
        }
    }
}

/// The view of such a chain: hands the request to the executor and waits for the response.
fn call_inside(request: &mut Request) -> Result<Response> {
    let call = request.state_mut().remove::<CallInside>();
    let CallInside(call) = call.ok_or_else(|| {
        Error::internal("this chain was made by ChainLayer and runs only as a tower service")
    })?;
    let mut head = http::Request::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.version_mut() = request.version();
    *head.headers_mut() = request.headers().clone();
    if let Some(extensions) = request.state_mut().remove::<http::Extensions>() {
        *head.extensions_mut() = extensions;
    }
    head.extensions_mut().insert(SharedState(Arc::new(std::mem::take(request.state_mut()))));
    let shared = head.extensions().get::<SharedState>().cloned();
    // This thread waits for the answer, so a body that a layer has wrapped needs another one to
    // read it. There is at most one such thread for each unit that runs.
    let body = match leave(request.body_mut().take()) {
        Leaving::Ready(body) => body,
        Leaving::Read { body, reader, frames } => {
            let named = std::thread::Builder::new().name("chain body".into());
            named.spawn(move || pump(reader, frames))?;
            body
        }
    };
    let (answer, answered) = oneshot::channel();
    let gone = || Error::internal("the service inside was dropped before it answered");
    call.send(Inward { request: head.map(|()| body), answer }).map_err(|_| gone())?;
    let response = block_on(answered).map_err(|_| gone())?;
    // The layers get their state back, unless the service has kept it for longer than its call.
    if let Some(state) = shared.and_then(|shared| Arc::into_inner(shared.0)) {
        *request.state_mut() = state;
    }
    let (mut parts, body) = response?.into_parts();
    let extensions = std::mem::take(&mut parts.extensions);
    let mut response = Response::from_http(http::Response::from_parts(parts, body));
    response.state_mut().insert(extensions);
    Ok(response)
}

/// The typed state that the layers have put into the request, for the service inside: axum's
/// `Extension<SharedState>`.
#[derive(Clone, Debug)]
pub struct SharedState(Arc<State>);

impl SharedState {
    /// The value of type `T` that a layer provides.
    pub fn get<T: 'static>(&self) -> Option<&T> {
        self.0.get()
    }
}
