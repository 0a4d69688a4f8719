//! A connection in memory, for tests of layers and apps.

use crate::error::Result;
use crate::event::{CloseFrame, Incoming, Message, Outgoing};
use crate::socket::{Last, Socket};
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// A client that sends what it was told to, and notes what it is sent.
///
/// ```
/// use engine_async::testing::Script;
/// use engine_async::{Chain, Outgoing, Stack, WebSocket, app_fn};
///
/// let chain = Chain::builder(&Stack::empty()).app(app_fn(|_, mut receive, mut send| {
///     Box::pin(async move {
///         send.accept().await?;
///         while let Some(message) = receive.message().await? {
///             send.send(message).await?;
///         }
///         Ok(())
///     })
/// }));
/// let chain = chain.build()?;
/// let script = Script::new().send("hello").close(1000);
/// let sent = script.sent();
/// let ended = futures_executor::block_on(chain.run(WebSocket::get("/"), script));
/// assert!(ended.error.is_none());
/// assert_eq!(sent.messages(), ["hello".into()]);
/// # Ok::<(), engine_async::BuildError>(())
/// ```
#[derive(Debug)]
pub struct Script {
    incoming: VecDeque<Incoming>,
    sent: Sent,
}

/// What a [`Script`] was sent, in order.
#[derive(Clone, Default)]
pub struct Sent {
    events: Arc<Mutex<Vec<Outgoing>>>,
    last: Arc<Mutex<Option<Last>>>,
}

impl Default for Script {
    fn default() -> Self {
        Script::new()
    }
}

impl Script {
    /// A client that connects. It loses the connection when it has sent all it was told to.
    pub fn new() -> Self {
        Script { incoming: VecDeque::from([Incoming::Connect]), sent: Sent::default() }
    }

    /// Sends a message next.
    pub fn send(mut self, message: impl Into<Message>) -> Self {
        self.incoming.push_back(Incoming::Message(message.into()));
        self
    }

    /// Closes the connection next, with this code.
    pub fn close(mut self, code: u16) -> Self {
        self.incoming.push_back(Incoming::Disconnect(CloseFrame::new(code)));
        self
    }

    /// What it is sent by layers and app, to be looked at when the connection is over.
    pub fn sent(&self) -> Sent {
        self.sent.clone()
    }
}

impl Sent {
    /// All events.
    pub fn events(&self) -> Vec<Outgoing> {
        self.events.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How the engine has ended the connection, where layers and app had left it open.
    pub fn last(&self) -> Option<Last> {
        self.last.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The messages alone.
    pub fn messages(&self) -> Vec<Message> {
        let message = |event| match event {
            Outgoing::Message(message) => Some(message),
            _ => None,
        };
        self.events().into_iter().filter_map(message).collect()
    }
}

impl fmt::Debug for Sent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.events().fmt(f)
    }
}

impl Socket for Script {
    fn poll_receive(&mut self, _: &mut Context<'_>) -> Poll<Incoming> {
        let lost = || Incoming::Disconnect(CloseFrame::new(CloseFrame::ABNORMAL));
        Poll::Ready(self.incoming.pop_front().unwrap_or_else(lost))
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(&mut self, event: Outgoing) -> Result<()> {
        self.sent.events.lock().unwrap_or_else(PoisonError::into_inner).push(event);
        Ok(())
    }

    fn end(&mut self, last: Last) {
        *self.sent.last.lock().unwrap_or_else(PoisonError::into_inner) = Some(last);
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}
