//! The connection, as layers and the app see it.

use crate::error::{Error, Result};
use crate::event::Refusal;
use crate::runtime::Handle;
use cookie::Cookie;
use engine_core::State;
use http::{HeaderMap, Request, Uri, header};
use std::any::{TypeId, type_name};
use std::fmt;
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// One websocket connection: the request it began with, and its typed state.
///
/// Layers and the app hold it at the same time, so what changes in it is behind a lock that is
/// held for a moment only, and never while anybody waits.
pub struct WebSocket {
    request: Request<()>,
    peer: Option<SocketAddr>,
    runtime: Handle,
    state: Mutex<State>,
    refusal: Mutex<Option<Refusal>>,
}

impl WebSocket {
    /// A connection that begins with this request.
    pub fn new(request: Request<()>) -> Self {
        let (runtime, state) = (Handle::threads(), Mutex::new(State::new()));
        WebSocket { request, peer: None, runtime, state, refusal: Mutex::new(None) }
    }

    /// A connection to this address, without anything else in its request; for tests.
    ///
    /// # Panics
    ///
    /// When `uri` is none.
    pub fn get(uri: &str) -> Self {
        let request = Request::get(uri).body(());
        WebSocket::new(request.unwrap_or_else(|error| panic!("`{uri}` is no address: {error}")))
    }

    /// The same connection, with the client's address.
    pub fn with_peer(mut self, peer: Option<SocketAddr>) -> Self {
        self.peer = peer;
        self
    }

    /// The same connection, on this runtime. Without one, each thing to do gets a thread.
    pub fn with_runtime(mut self, runtime: Handle) -> Self {
        self.runtime = runtime;
        self
    }

    /// The same connection, with a value in its state: what the HTTP side knows already.
    pub fn with<T: Send + Sync + 'static>(self, value: T) -> Self {
        self.insert(value);
        self
    }

    /// The same connection, with all of this in its state.
    pub fn with_state(mut self, state: State) -> Self {
        self.state = Mutex::new(state);
        self
    }

    /// The request of the handshake.
    pub fn request(&self) -> &Request<()> {
        &self.request
    }

    /// The address asked for.
    pub fn uri(&self) -> &Uri {
        self.request.uri()
    }

    /// The path asked for.
    pub fn path(&self) -> &str {
        self.request.uri().path()
    }

    /// The headers of the handshake.
    pub fn headers(&self) -> &HeaderMap {
        self.request.headers()
    }

    /// A header of the handshake, if it is there once and is text.
    pub fn header(&self, name: impl header::AsHeaderName) -> Option<&str> {
        let mut values = self.request.headers().get_all(name).iter();
        let value = values.next()?.to_str().ok()?;
        values.next().is_none().then_some(value)
    }

    /// The value of a cookie of the handshake, decoded; the first one where several have the name,
    /// as on the HTTP side: browsers send the one of the longest path first.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let headers = self.request.headers().get_all(header::COOKIE).iter();
        let texts = headers.filter_map(|value| value.to_str().ok());
        let mut cookies = texts.flat_map(Cookie::split_parse_encoded).flatten();
        let cookie = cookies.find(|cookie| cookie.name() == name)?;
        Some(String::from(cookie.value_trimmed()))
    }

    /// The subprotocols that the client offers, the one it likes best first.
    pub fn subprotocols(&self) -> impl Iterator<Item = &str> {
        let headers = self.request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).iter();
        let texts = headers.filter_map(|value| value.to_str().ok());
        texts.flat_map(|text| text.split(',')).map(str::trim).filter(|name| !name.is_empty())
    }

    /// The client's address, where there is one.
    pub fn peer(&self) -> Option<SocketAddr> {
        self.peer
    }

    /// The runtime that the connection is on: to sleep, to do blocking work, to start tasks.
    pub fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Puts a value into the connection's state, and returns the one of its type that was there.
    pub fn insert<T: Send + Sync + 'static>(&self, value: T) -> Option<T> {
        self.state().insert(value)
    }

    /// A copy of the value of type `T` in the connection's state, if it is there.
    pub fn state_of<T: Clone + 'static>(&self) -> Option<T> {
        self.state().get::<T>().cloned()
    }

    /// A copy of the value of type `T` in the connection's state.
    ///
    /// # Errors
    ///
    /// It is not there. A stack in which a layer declares that it requires `T` does not build
    /// without a layer that provides it (rule S11), so declare it.
    pub fn require<T: Clone + 'static>(&self) -> Result<T> {
        self.state_of().ok_or_else(|| {
            Error::internal(format!(
                "there is no `{}` in the connection's state: declare `order.requires::<..>()`, so \
                 that a stack without a layer that provides it does not build",
                type_name::<T>()
            ))
        })
    }

    /// The connection's state, locked: do not keep it over an `await`, and do not ask for it twice
    /// at once.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Says how the client is refused where nobody accepts it (rules W3, W12): with this status
    /// instead of 403. For a call-style layer, which then returns without calling inward, and for
    /// the app; hooks have [`Step::Refuse`](crate::Step::Refuse).
    pub fn refuse(&self, refusal: impl Into<Refusal>) {
        *self.refusal.lock().unwrap_or_else(PoisonError::into_inner) = Some(refusal.into());
    }

    pub(crate) fn take_refusal(&self) -> Option<Refusal> {
        self.refusal.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    pub(crate) fn contains(&self, id: TypeId) -> bool {
        self.state().contains(id)
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket")
            .field("uri", self.request.uri())
            .field("peer", &self.peer)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_header(name: &'static str, value: &'static str) -> WebSocket {
        let request = Request::get("/").header(name, value).body(());
        WebSocket::new(request.unwrap())
    }

    #[test]
    fn a_cookie_is_decoded_and_the_first_of_its_name() {
        let ws = with_header("cookie", "a=1; session=x%20y; session=z; b=\"quoted\"");
        assert_eq!(ws.cookie("session").as_deref(), Some("x y"));
        assert_eq!(ws.cookie("b").as_deref(), Some("quoted"));
        assert_eq!(ws.cookie("c"), None);
    }

    #[test]
    fn subprotocols_are_listed_as_they_are_offered() {
        let ws = with_header("sec-websocket-protocol", "graphql-transport-ws, graphql-ws,,");
        assert_eq!(ws.subprotocols().collect::<Vec<_>>(), ["graphql-transport-ws", "graphql-ws"]);
    }
}
