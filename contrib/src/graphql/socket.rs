//! GraphQL over websockets, as an app.

use super::init::{InitFuture, InitHook, InitPayload};
use super::run::Run;
use engine_async::{Accept, App, Outbound, Outgoing, Receive, Result, State, WebSocket};
use graphql_mw::Executor;
use graphql_mw::transport::ws::{Close, Options, Subprotocol};
use serde::{Deserialize, Deserializer};
use std::fmt;
use std::time::Duration;

/// Options of a [`Socket`]. In a table of settings, times are numbers of seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct SocketOptions {
    /// How long a client may take to send `connection_init`; then it is closed with 4408. 0 is for
    /// ever. Default: 3 seconds.
    #[serde(deserialize_with = "seconds")]
    pub init_timeout: Duration,
    /// Operations at once on a connection; one more is answered with an error. Default: 200.
    pub operations: usize,
    /// The time between two `ka` to a client of the older `graphql-ws`, which gives a connection up
    /// after 30 seconds without one; 0 sends none. Other clients ping, and so does the server.
    /// Default: 12 seconds.
    #[serde(deserialize_with = "seconds")]
    pub keep_alive: Duration,
}

impl Default for SocketOptions {
    fn default() -> Self {
        let (init_timeout, keep_alive) = (Duration::from_secs(3), Duration::from_secs(12));
        SocketOptions { init_timeout, operations: 200, keep_alive }
    }
}

impl SocketOptions {
    /// The same with this time for `connection_init`.
    pub fn with_init_timeout(mut self, timeout: Duration) -> Self {
        self.init_timeout = timeout;
        self
    }

    /// The same with this many operations at once.
    pub fn with_operations(mut self, operations: usize) -> Self {
        self.operations = operations;
        self
    }

    /// The same with this time between two `ka`.
    pub fn with_keep_alive(mut self, between: Duration) -> Self {
        self.keep_alive = between;
        self
    }

    pub(super) fn protocol(&self) -> Options {
        let keep_alive = !self.keep_alive.is_zero();
        Options::default().with_operations(self.operations).with_keep_alive(keep_alive)
    }
}

fn seconds<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Duration, D::Error> {
    Duration::try_from_secs_f64(f64::deserialize(from)?).map_err(serde::de::Error::custom)
}

/// Runs queries, mutations and subscriptions, many at once on each connection.
///
/// All operations of a connection run within its own task: when it ends, however it ends, they are
/// dropped with it, and nothing is left. A client that reads slowly makes the sources of its
/// subscriptions wait, since they are asked for an event only when the last one has been taken.
///
/// `connection_init` comes through the layers like any message, so a layer can refuse it, and
/// [`on_init`](Self::on_init) can.
pub struct Socket {
    pub(super) executor: Executor,
    pub(super) options: SocketOptions,
    pub(super) on_init: Option<Box<InitHook>>,
    carried: Vec<Carry>,
}

/// Carries one type of value from a connection's state into another.
type Carry = Box<dyn Fn(&WebSocket, &mut State) + Send + Sync>;

impl Socket {
    /// An app of this schema.
    pub fn new(executor: &Executor) -> Self {
        let (executor, options) = (executor.clone(), SocketOptions::default());
        Socket { executor, options, on_init: None, carried: Vec::new() }
    }

    /// The same with these options. Default: [`SocketOptions::default`].
    pub fn options(mut self, options: SocketOptions) -> Self {
        self.options = options;
        self
    }

    /// The same with a hook that decides about each client by what it says about itself in its
    /// `connection_init`, and may put what it finds out into the connection's state.
    ///
    /// An error that is a refusal, such as [`Error::forbidden`](engine_async::Error::forbidden),
    /// closes the connection with 4403; [`Error::close`](engine_async::Error::close) with its own
    /// code; any other is logged, and closes it with 4500, as a panic does. Without a hook everybody
    /// may go on.
    ///
    /// ```
    /// use contrib::graphql::Socket;
    /// use engine_async::Error;
    /// # use graphql_mw::{Executor, Schema};
    /// # let schema = Schema::parse("type Query { a: Int }")?;
    /// # let executor = Executor::builder(schema).build()?;
    ///
    /// let app = Socket::new(&executor).on_init(|_ws, payload| {
    ///     Box::pin(async move {
    ///         match payload.0.get("token").and_then(|token| token.as_str()) {
    ///             Some("secret") => Ok(None),
    ///             _ => Err(Error::forbidden("no token")),
    ///         }
    ///     })
    /// });
    /// # let _ = app;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_init(
        mut self,
        hook: impl for<'a> Fn(&'a WebSocket, &'a InitPayload) -> InitFuture<'a> + Send + Sync + 'static,
    ) -> Self {
        self.on_init = Some(Box::new(hook));
        self
    }

    /// Carries the value of this type over from the connection's state into that of each operation,
    /// where it is there when the operation starts.
    pub fn carrying<T: Clone + Send + Sync + 'static>(mut self) -> Self {
        self.carried.push(Box::new(|ws, state| {
            if let Some(value) = ws.state_of::<T>() {
                state.insert(value);
            }
        }));
        self
    }

    /// The state that an operation begins with.
    pub(super) fn state(&self, ws: &WebSocket) -> State {
        let mut state = State::new();
        self.carried.iter().for_each(|carry| carry(ws, &mut state));
        state
    }
}

impl App for Socket {
    async fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        mut send: Outbound<'a>,
    ) -> Result<()> {
        let Some(protocol) = Subprotocol::chosen(ws.subprotocols()) else {
            send.accept().await?;
            let close = Close::subprotocol();
            return send.close(close.code, &close.reason).await;
        };
        send.event(Outgoing::Accept(Accept::subprotocol(protocol.name()))).await?;
        Run::new(self, ws, protocol).drive(receive, send).await
    }
}

impl fmt::Debug for Socket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Socket").field("options", &self.options).finish_non_exhaustive()
    }
}
