//! One connection, from its acceptance to its end.

use super::init::{InitPayload, decide};
use super::operations::{Operations, Said};
use super::socket::Socket;
use super::turns::Turns;
use engine_async::{Incoming, Message, Outbound, Receive, Result, WebSocket};
use futures_util::future::{BoxFuture, FutureExt};
use graphql_mw::Object;
use graphql_mw::transport::ws::{Action, Close, Connection, Subprotocol};
use std::future::poll_fn;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// A connection: its protocol, its operations, and what it waits for.
///
/// All of it is one future without tasks of its own, so that dropping it leaves nothing behind.
pub(super) struct Run<'a> {
    socket: &'a Socket,
    ws: &'a WebSocket,
    protocol: Connection,
    payload: InitPayload,
    operations: Operations,
    turns: Turns,
    init_timer: Option<BoxFuture<'static, ()>>,
    keep_alive_timer: Option<BoxFuture<'static, ()>>,
    decision: Option<BoxFuture<'a, Decision>>,
}

type Decision = Result<Option<Object>, Close>;

/// What has happened.
enum Event {
    Client(Result<Incoming>),
    Said(Arc<str>, Said),
    Decided(Decision),
    InitTimeout,
    KeepAlive,
}

impl<'a> Run<'a> {
    pub(super) fn new(socket: &'a Socket, ws: &'a WebSocket, protocol: Subprotocol) -> Self {
        let timeout = socket.options.init_timeout;
        Run {
            socket,
            ws,
            protocol: Connection::new(protocol, socket.options.protocol()),
            payload: InitPayload::default(),
            operations: Operations::default(),
            turns: Turns::default(),
            init_timer: (!timeout.is_zero()).then(|| ws.runtime().sleep(timeout)),
            keep_alive_timer: None,
            decision: None,
        }
    }

    /// Runs the connection until either side ends it.
    pub(super) async fn drive(
        mut self,
        mut receive: Receive<'a>,
        mut send: Outbound<'a>,
    ) -> Result<()> {
        loop {
            let actions = match poll_fn(|cx| self.poll_event(cx, &mut receive)).await {
                Event::Client(event) => match event? {
                    Incoming::Connect => continue,
                    Incoming::Message(Message::Text(text)) => self.protocol.receive(&text),
                    Incoming::Message(Message::Binary(_)) => self.protocol.receive_binary(),
                    Incoming::Disconnect(_) => return Ok(()),
                },
                Event::Said(id, said) => self.said(&id, said),
                Event::Decided(Ok(payload)) => {
                    self.keep_alive_timer = self.next_keep_alive();
                    self.protocol.accept(payload.as_ref())
                }
                Event::Decided(Err(close)) => self.protocol.refuse(close),
                Event::InitTimeout => self.protocol.init_timeout(),
                Event::KeepAlive => {
                    self.keep_alive_timer = self.next_keep_alive();
                    self.protocol.keep_alive().map(Action::Send).into_iter().collect()
                }
            };
            for action in actions {
                match action {
                    // As long as the client does not take this, nobody is asked for more (rule W9).
                    Action::Send(text) => send.send(text).await?,
                    Action::Init(payload) => self.decide(payload.unwrap_or_default()),
                    Action::Start { id, request } => {
                        let mut state = self.socket.state(self.ws);
                        state.insert(self.payload.clone());
                        let request = request.with_state(Arc::new(Mutex::new(state)));
                        self.operations.start(id, &self.socket.executor, request);
                    }
                    Action::Stop { id } => self.operations.stop(&id),
                    Action::Close(close) => {
                        // They end now, and not when a slow client has read the close.
                        drop(self);
                        return send.close(close.code, &close.reason).await;
                    }
                    other => tracing::error!("the protocol asked for {other:?}, which is unknown"),
                }
            }
        }
    }

    fn poll_event(&mut self, cx: &mut Context<'_>, receive: &mut Receive<'a>) -> Poll<Event> {
        if let Some(decision) = is_over(&mut self.decision, cx) {
            return Poll::Ready(Event::Decided(decision));
        }
        if is_over(&mut self.init_timer, cx).is_some() {
            return Poll::Ready(Event::InitTimeout);
        }
        if is_over(&mut self.keep_alive_timer, cx).is_some() {
            return Poll::Ready(Event::KeepAlive);
        }
        let operations = &mut self.operations;
        self.turns.poll(
            cx,
            |cx| receive.poll_event(cx).map(Event::Client),
            |cx| operations.poll_said(cx).map(|(id, said)| Event::Said(id, said)),
        )
    }

    fn said(&mut self, id: &str, said: Said) -> Vec<Action> {
        let message = match said {
            Said::Next(response) => self.protocol.next(id, &response),
            Said::Error(errors) => self.protocol.error(id, &errors),
            Said::Complete => self.protocol.complete(id),
            Said::Panicked => return self.protocol.refuse(Close::internal()),
        };
        message.map(Action::Send).into_iter().collect()
    }

    fn decide(&mut self, payload: Object) {
        self.init_timer = None;
        self.payload = InitPayload(Arc::new(payload));
        let (hook, ws, payload) = (self.socket.on_init.as_deref(), self.ws, self.payload.clone());
        self.decision = Some(async move { decide(hook, ws, &payload).await }.boxed());
    }

    fn next_keep_alive(&self) -> Option<BoxFuture<'static, ()>> {
        let between = self.socket.options.keep_alive;
        let is_due = !between.is_zero() && self.protocol.protocol() == Subprotocol::Legacy;
        is_due.then(|| self.ws.runtime().sleep(between))
    }
}

/// The outcome of what is waited for, once.
fn is_over<T>(waited_for: &mut Option<BoxFuture<'_, T>>, cx: &mut Context<'_>) -> Option<T> {
    match waited_for.as_mut()?.poll_unpin(cx) {
        Poll::Ready(outcome) => {
            *waited_for = None;
            Some(outcome)
        }
        Poll::Pending => None,
    }
}
