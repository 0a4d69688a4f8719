//! One connection: what has happened on it, and what is to be done.

use super::close::Close;
use super::message::{self, LegacyError, Message};
use super::subprotocol::Subprotocol;
use crate::request::Request;
use crate::response::{Response, ResponseError};
use crate::value::Object;
use std::collections::HashSet;
use std::sync::Arc;

/// What is allowed on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Operations at once; one more is answered with an error. Default: 200.
    pub operations: usize,
    /// Whether a client of `graphql-ws` is sent `ka` behind the acknowledgement. It expects more of
    /// them from then on: see [`Connection::keep_alive`]. Default: yes.
    pub keep_alive: bool,
}

impl Default for Options {
    fn default() -> Self {
        Options { operations: 200, keep_alive: true }
    }
}

impl Options {
    /// The same with this many operations at once.
    pub fn with_operations(mut self, operations: usize) -> Self {
        self.operations = operations;
        self
    }

    /// The same with or without `ka`.
    pub fn with_keep_alive(mut self, keep_alive: bool) -> Self {
        self.keep_alive = keep_alive;
        self
    }
}

/// What is to be done.
#[derive(Debug)]
#[non_exhaustive]
pub enum Action {
    /// Send this to the client.
    Send(String),
    /// Decide about the client by the payload of its `connection_init`, then tell the connection:
    /// [`Connection::accept`], [`Connection::refuse`].
    Init(Option<Object>),
    /// Run this operation. One that runs under this id is to be dropped.
    Start {
        /// The client's name for it.
        id: Arc<str>,
        /// What it is.
        request: Request,
    },
    /// Drop the operation: the client wants no more of it.
    Stop {
        /// The client's name for it.
        id: Arc<str>,
    },
    /// Close the connection. Nothing else is to be done after this.
    Close(Close),
}

/// Actions are equal as what is seen of them is; requests, by their texts.
impl PartialEq for Action {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Action::Send(a), Action::Send(b)) => a == b,
            (Action::Init(a), Action::Init(b)) => a == b,
            (Action::Start { id, request }, Action::Start { id: other, request: b }) => {
                id == other && request.query == b.query
            }
            (Action::Stop { id }, Action::Stop { id: other }) => id == other,
            (Action::Close(a), Action::Close(b)) => a == b,
            _ => false,
        }
    }
}

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// `connection_init` has not come.
    Opened,
    /// It is being decided about.
    Deciding,
    /// It was acknowledged.
    Acknowledged,
    /// It is closed, and what comes is ignored.
    Closed,
}

/// The server's half of one connection.
///
/// Once it has said [`Action::Close`] it has nothing more to say.
#[derive(Debug)]
pub struct Connection {
    pub(super) protocol: Subprotocol,
    options: Options,
    pub(super) stage: Stage,
    pub(super) running: HashSet<Arc<str>>,
    /// Operations of a client of the older protocol, which does not wait for the acknowledgement.
    waiting: Vec<(Arc<str>, Request)>,
}

impl Connection {
    /// A connection that was accepted with this subprotocol.
    pub fn new(protocol: Subprotocol, options: Options) -> Self {
        let (stage, running, waiting) = (Stage::Opened, HashSet::new(), Vec::new());
        Connection { protocol, options, stage, running, waiting }
    }

    /// The protocol that it speaks.
    pub fn protocol(&self) -> Subprotocol {
        self.protocol
    }

    /// How many operations run or wait to.
    pub fn operations(&self) -> usize {
        self.running.len()
    }

    /// A text message of the client.
    pub fn receive(&mut self, text: &str) -> Vec<Action> {
        if self.stage == Stage::Closed {
            return Vec::new();
        }
        match (self.protocol, Message::read(text)) {
            (Subprotocol::Transport, Ok(message)) => self.receive_transport(message),
            (Subprotocol::Transport, Err(reason)) => self.close(Close::BAD_MESSAGE, reason),
            (Subprotocol::Legacy, Ok(message)) => self.receive_legacy(message),
            (Subprotocol::Legacy, Err(reason)) => vec![connection_error(&reason)],
        }
    }

    /// A binary message of the client, which neither protocol has.
    pub fn receive_binary(&mut self) -> Vec<Action> {
        match self.stage {
            Stage::Closed => Vec::new(),
            _ => self.close(Close::BAD_MESSAGE, "Messages are text, not binary"),
        }
    }

    /// The time for `connection_init` is over.
    pub fn init_timeout(&mut self) -> Vec<Action> {
        match self.stage {
            Stage::Opened => self.close(Close::INIT_TIMEOUT, "Connection initialisation timeout"),
            _ => Vec::new(),
        }
    }

    /// The client may go on; the payload goes into the acknowledgement.
    pub fn accept(&mut self, payload: Option<&Object>) -> Vec<Action> {
        if self.stage != Stage::Deciding {
            return Vec::new();
        }
        self.stage = Stage::Acknowledged;
        let mut actions = vec![Action::Send(message::write(None, "connection_ack", payload))];
        if self.protocol == Subprotocol::Legacy && self.options.keep_alive {
            actions.push(Action::Send(message::bare(None, "ka")));
        }
        let waiting = std::mem::take(&mut self.waiting);
        actions.extend(waiting.into_iter().map(|(id, request)| Action::Start { id, request }));
        actions
    }

    /// The client may not go on. The reason is told it.
    pub fn refuse(&mut self, close: Close) -> Vec<Action> {
        if self.stage == Stage::Closed {
            return Vec::new();
        }
        let error = connection_error(&close.reason);
        let mut actions = self.close(close.code, close.reason);
        if self.protocol == Subprotocol::Legacy {
            actions.insert(0, error);
        }
        actions
    }

    /// What keeps an idle connection alive: `ka` on the older protocol, some seconds apart, once it
    /// is acknowledged. On the newer one the client pings, and the pings of websockets do it.
    pub fn keep_alive(&self) -> Option<String> {
        let is_due = self.protocol == Subprotocol::Legacy
            && self.options.keep_alive
            && self.stage == Stage::Acknowledged;
        is_due.then(|| message::bare(None, "ka"))
    }

    /// An operation has this to say. None where the client wants no more of it.
    pub fn next(&self, id: &str, response: &Response) -> Option<String> {
        let kind = match self.protocol {
            Subprotocol::Transport => "next",
            Subprotocol::Legacy => "data",
        };
        self.running.contains(id).then(|| message::write(Some(id), kind, Some(response)))
    }

    /// An operation has said all. None where the client wants no more of it.
    pub fn complete(&mut self, id: &str) -> Option<String> {
        self.running.remove(id).then(|| message::bare(Some(id), "complete"))
    }

    /// An operation was not executed, or its source has failed; it has said all. None where the
    /// client wants no more of it.
    pub fn error(&mut self, id: &str, errors: &[ResponseError]) -> Option<String> {
        self.running.remove(id).then(|| self.error_message(id, errors))
    }

    pub(super) fn error_message(&self, id: &str, errors: &[ResponseError]) -> String {
        match self.protocol {
            Subprotocol::Transport => message::write(Some(id), "error", Some(errors)),
            Subprotocol::Legacy => {
                message::write(Some(id), "error", Some(LegacyError::new(errors)))
            }
        }
    }

    pub(super) fn close(
        &mut self,
        code: u16,
        reason: impl Into<std::borrow::Cow<'static, str>>,
    ) -> Vec<Action> {
        self.stage = Stage::Closed;
        self.running.clear();
        self.waiting.clear();
        vec![Action::Close(Close::new(code, reason))]
    }

    /// `connection_init`, in both protocols.
    pub(super) fn init(&mut self, payload: Option<Object>) -> Vec<Action> {
        if self.stage != Stage::Opened {
            return self.close(Close::TOO_MANY_INITS, "Too many initialisation requests");
        }
        self.stage = Stage::Deciding;
        vec![Action::Init(payload)]
    }

    /// A new operation, whose id is free.
    pub(super) fn start(&mut self, id: String, request: Request) -> Vec<Action> {
        if self.running.len() >= self.options.operations {
            let message = format!(
                "{} operations run on this connection, and no more are allowed: complete one first",
                self.running.len()
            );
            let errors = [ResponseError::new(message)];
            return vec![Action::Send(self.error_message(&id, &errors))];
        }
        let id: Arc<str> = id.into();
        self.running.insert(Arc::clone(&id));
        if self.stage == Stage::Acknowledged {
            return vec![Action::Start { id, request }];
        }
        self.waiting.push((id, request));
        Vec::new()
    }

    /// The client ends an operation. None where there is none of this id.
    pub(super) fn stop(&mut self, id: &str) -> Option<Arc<str>> {
        self.waiting.retain(|(waiting, _)| **waiting != *id);
        self.running.take(id)
    }
}

/// An error that concerns the connection, in the older protocol.
pub(super) fn connection_error(reason: &str) -> Action {
    let error = ResponseError::new(reason);
    Action::Send(message::write(None, "connection_error", Some(error)))
}
