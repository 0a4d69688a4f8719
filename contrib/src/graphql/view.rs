//! GraphQL over HTTP, as a view.

use engine_sync::http::{HeaderValue, StatusCode, header};
use engine_sync::{Request, Response, Result, State};
use graphql_mw::Executor;
use graphql_mw::transport::http::{Answer, Asked, Call, Options};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers queries and mutations on the thread of their request.
///
/// Fields find the request's typed state in their [`Info`](graphql_mw::Info): what sessions,
/// authentication and any other layer of the HTTP stack have put there, and what fields put there is
/// found by those layers on the way out.
///
/// Register it for GET and POST; anything else the router refuses before it comes here. For
/// subscriptions see [`Socket`](super::Socket).
#[derive(Clone)]
pub struct View {
    executor: Executor,
    options: Options,
}

impl View {
    /// A view of this schema.
    pub fn new(executor: &Executor) -> Self {
        View { executor: executor.clone(), options: Options::default() }
    }

    /// The same with these options. Default: [`Options::default`].
    pub fn options(mut self, options: Options) -> Self {
        self.options = options;
        self
    }

    /// Answers a request.
    ///
    /// # Errors
    ///
    /// 400 or 408 when the client breaks off in its body or is too slow. Everything else is answered
    /// as GraphQL: see [`graphql_mw::transport::http`].
    pub fn respond(&self, request: &mut Request) -> Result<Response> {
        let answer = match self.call(request)? {
            Ok(mut call) => {
                let lent = Lent::of(request);
                call.request = call.request.with_state(Arc::clone(&lent.state));
                call.answer_blocking(&self.executor)
            }
            Err(answer) => answer,
        };
        response(answer)
    }

    fn call(&self, request: &mut Request) -> Result<Result<Call, Answer>> {
        let accept = joined(request, header::ACCEPT);
        let content_type = joined(request, header::CONTENT_TYPE);
        let query = request.uri().query().map(str::to_owned);
        let method = request.method().clone();
        let mut asked = Asked {
            content_type: content_type.as_deref(),
            accept: accept.as_deref(),
            query: query.as_deref(),
            ..Asked::new(method.as_str())
        };
        let is_large = |length: u64| length > self.options.body_bytes as u64;
        if request.body_mut().len().is_some_and(is_large) {
            return Ok(Err(Call::too_large(&asked, &self.options)));
        }
        match request.bytes() {
            Ok(body) => {
                asked.body = body;
                Ok(Call::read(&asked, &self.options))
            }
            Err(error) if error.status() == StatusCode::PAYLOAD_TOO_LARGE => {
                Ok(Err(Call::too_large(&asked, &self.options)))
            }
            Err(error) => Err(error),
        }
    }
}

/// The values of a header, which say together what one would say.
fn joined(request: &Request, name: header::HeaderName) -> Option<String> {
    let values = request.headers().get_all(name).iter();
    let values: Vec<_> = values.map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

fn response(answer: Answer) -> Result<Response> {
    let status = StatusCode::from_u16(answer.status)?;
    let mut response = Response::with_type(answer.content_type, answer.body).with_status(status);
    // The media type depends on it.
    response.vary(&["Accept"]);
    if let Some(methods) = answer.allow {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(methods));
    }
    Ok(response)
}

/// The request's state, lent to the fields. It goes back whatever happens: the layers further out
/// have put into it what they need on the way out.
struct Lent<'a> {
    request: &'a mut Request,
    state: Arc<Mutex<State>>,
}

impl<'a> Lent<'a> {
    fn of(request: &'a mut Request) -> Self {
        let state = Arc::new(Mutex::new(std::mem::take(request.state_mut())));
        Lent { request, state }
    }
}

impl Drop for Lent<'_> {
    fn drop(&mut self) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *self.request.state_mut() = std::mem::take(&mut state);
    }
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("options", &self.options).finish_non_exhaustive()
    }
}
