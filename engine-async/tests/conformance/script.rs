//! A socket that follows a program's script, and writes down what reaches it.

use crate::adapter::{Log, refused};
use conformance::websocket::{Frame, Item, Message};
use engine_async::{CloseFrame, Error, Exit, Incoming, Last, Outgoing, Result, Socket, Utf8Bytes};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, ready};

/// The socket.
pub(crate) struct Scripted {
    script: Script,
    /// Whether it has nothing to say when it is first asked, each time.
    hesitates: bool,
    has_hesitated: bool,
}

/// The same, for whoever runs the connection.
#[derive(Clone)]
pub(crate) struct Script(Arc<Mutex<Inner>>);

struct Inner {
    items: Vec<Item>,
    read: usize,
    log: Log,
    sent: Vec<Frame>,
    is_accepted: bool,
    is_to_be_dropped: bool,
    ended_by: Option<Exit>,
    is_given_up: bool,
    app_hangs: bool,
}

/// What came of a script.
pub(crate) struct Ends {
    pub(crate) sent: Vec<Frame>,
    pub(crate) unread: usize,
}

impl Scripted {
    /// A client that follows these items. One that hesitates lets the connection wait before each
    /// event, in both directions.
    pub(crate) fn new(items: &[Item], log: Log, hesitates: bool) -> (Scripted, Script) {
        let script = Script(Arc::new(Mutex::new(Inner {
            items: items.to_vec(),
            read: 0,
            log,
            sent: Vec::new(),
            is_accepted: false,
            is_to_be_dropped: false,
            ended_by: None,
            is_given_up: false,
            app_hangs: false,
        })));
        (Scripted { script: script.clone(), hesitates, has_hesitated: false }, script)
    }
}

impl Scripted {
    /// Pending every other time, where it hesitates.
    fn hesitate(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        self.has_hesitated = self.hesitates && !self.has_hesitated;
        if self.has_hesitated {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }
}

impl Script {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether whoever runs the connection drops it now.
    pub(crate) fn is_to_be_dropped(&self) -> bool {
        self.lock().is_to_be_dropped
    }

    /// Whether the grace time of a shutdown was over before the app.
    pub(crate) fn is_given_up(&self) -> bool {
        self.lock().is_given_up
    }

    /// The app will never return: its grace time is as good as over.
    pub(crate) fn app_hangs(&self) {
        self.lock().app_hangs = true;
    }

    pub(crate) fn ends(&self) -> Ends {
        let mut inner = self.lock();
        let sent = std::mem::take(&mut inner.sent);
        Ends { sent, unread: inner.items.len() - inner.read }
    }
}

impl Inner {
    fn tell_of_shutdown(&mut self) {
        self.ended_by = Some(Exit::Shutdown);
        if self.is_accepted {
            self.log.event("engine.close:1001");
        }
    }
}

impl Socket for Scripted {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        ready!(self.hesitate(cx));
        let mut inner = self.script.lock();
        let item = inner.items.get(inner.read).cloned();
        let item = item.unwrap_or(Item::Disconnect { code: CloseFrame::NO_CODE });
        let gone = |code| Poll::Ready(Incoming::Disconnect(CloseFrame::new(code)));
        inner.read = inner.items.len().min(inner.read + 1);
        match item {
            Item::Connect => Poll::Ready(Incoming::Connect),
            Item::Receive { data } => {
                let text = serde_json::to_string(&data).unwrap_or_default();
                Poll::Ready(Incoming::Message(engine_async::Message::Text(Utf8Bytes::from(text))))
            }
            Item::Disconnect { code } => gone(code),
            Item::TimeOut => {
                inner.ended_by = Some(Exit::TimedOut);
                gone(CloseFrame::ABNORMAL)
            }
            Item::Shutdown => {
                inner.tell_of_shutdown();
                gone(CloseFrame::AWAY)
            }
            Item::Drop => {
                inner.is_to_be_dropped = true;
                Poll::Pending
            }
        }
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.hesitate(cx).map(Ok)
    }

    fn start_send(&mut self, event: Outgoing) -> Result<()> {
        let frame = match event {
            Outgoing::Accept(accept) => Frame::Accept { subprotocol: accept.subprotocol },
            Outgoing::Message(message) => {
                let data: Message = serde_json::from_slice(message.as_bytes())?;
                Frame::Send { data }
            }
            Outgoing::Close(frame) => Frame::Close { code: frame.code },
        };
        let mut inner = self.script.lock();
        if inner.ended_by.is_some() {
            return Err(Error::disconnected());
        }
        inner.is_accepted |= matches!(frame, Frame::Accept { .. });
        inner.log.event(format!("server.{}", frame.kind()));
        inner.sent.push(frame);
        Ok(())
    }

    fn end(&mut self, last: Last) {
        let log = self.script.lock().log.clone();
        log.event(match last {
            Last::Refuse(refusal) => refused(&refusal),
            Last::Close(frame) => format!("engine.close:{}", frame.code),
        });
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_beside(&mut self, _: &mut Context<'_>) -> Poll<Exit> {
        let mut inner = self.script.lock();
        if !inner.app_hangs {
            return Poll::Pending;
        }
        inner.is_given_up = true;
        Poll::Ready(inner.ended_by.unwrap_or(Exit::Disconnected))
    }

    fn poll_close(&mut self, _: &mut Context<'_>) -> Poll<()> {
        let inner = self.script.lock();
        if inner.ended_by == Some(Exit::Shutdown) && !inner.is_accepted {
            inner.log.event("engine.refuse:503");
        }
        Poll::Ready(())
    }

    fn ended_by(&self) -> Option<Exit> {
        self.script.lock().ended_by
    }
}
