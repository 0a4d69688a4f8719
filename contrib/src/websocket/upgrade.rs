//! From an HTTP view to a websocket: one port for both.

use engine_async::runtime::Runtime;
use engine_async::server::Server;
use engine_async::{State, WebSocket};
use engine_sync::http::{self, HeaderValue, StatusCode, header};
use engine_sync::{Request, Response, Upgraded};
use std::fmt;

/// Hands handshakes over from the HTTP stack to a server of websockets. Cheap to clone.
///
/// ```
/// use contrib::auth::User;
/// use contrib::websocket::Upgrade;
/// use engine_async::runtime::Smol;
/// use engine_async::server::Server;
/// use engine_sync::Route;
///
/// let chain = engine_async::Chain::builder(&engine_async::Stack::empty()).build()?;
/// let server = Server::builder(Smol, &chain).build()?;
/// let upgrade = Upgrade::to(&server).carrying::<User>();
/// let route = Route::get("/socket/", move |request, _| Ok(upgrade.respond(request)));
/// # let _ = route;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// The request has passed the HTTP stack like any other, and so does the answer, whose headers go
/// into the 101. The server writes that; it checks the origin, and its limits hold. The blocking
/// server hands the socket over from a thread of its own, so a runtime that only works in a context
/// has to be told which one: `Tokio::on`.
pub struct Upgrade<R: Runtime> {
    server: Server<R>,
    carried: Vec<fn(&Request, &mut State)>,
}

impl<R: Runtime> Upgrade<R> {
    /// Hands over to this server. Shut it down together with the HTTP server: see
    /// [`Server::drained`].
    pub fn to(server: &Server<R>) -> Self {
        Upgrade { server: server.clone(), carried: Vec::new() }
    }

    /// Carries the value of this type over from the state of the request, where it is there.
    pub fn carrying<T: Clone + Send + Sync + 'static>(mut self) -> Self {
        self.carried.push(|request, state| {
            if let Some(value) = request.state().get::<T>() {
                state.insert(value.clone());
            }
        });
        self
    }

    /// The answer of a view to a handshake. A request that asks for no websocket, such as a visit
    /// with a browser, is answered with 426.
    pub fn respond(&self, request: &Request) -> Response {
        if !asks_for_websocket(request) {
            let advice = Response::text("only websockets are served at this address");
            let websocket = HeaderValue::from_static("websocket");
            let response = advice.with_status(StatusCode::UPGRADE_REQUIRED);
            return response.with_header(header::UPGRADE, websocket);
        }
        let mut state = State::new();
        for carry in &self.carried {
            carry(request, &mut state);
        }
        let ws = WebSocket::new(head(request)).with_peer(request.peer()).with_state(state);
        let server = self.server.clone();
        Response::upgrade(engine_sync::Upgrade::new(move |upgraded| {
            let Upgraded { socket, leftover, head, .. } = upgraded;
            server.take(socket, leftover, head, ws);
        }))
    }
}

/// Whether it is worth handing over; the server judges the handshake itself.
fn asks_for_websocket(request: &Request) -> bool {
    let values = request.headers().get_all(header::UPGRADE).iter();
    let mut protocols =
        values.filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
    protocols.any(|protocol| protocol.trim().eq_ignore_ascii_case("websocket"))
}

/// The request as the websocket's layers see it.
fn head(request: &Request) -> http::Request<()> {
    let mut head = http::Request::new(());
    *head.method_mut() = request.method().clone();
    *head.uri_mut() = request.uri().clone();
    *head.version_mut() = request.version();
    *head.headers_mut() = request.headers().clone();
    head
}

impl<R: Runtime> Clone for Upgrade<R> {
    fn clone(&self) -> Self {
        Upgrade { server: self.server.clone(), carried: self.carried.clone() }
    }
}

impl<R: Runtime> fmt::Debug for Upgrade<R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Upgrade").field("server", &self.server).finish_non_exhaustive()
    }
}
