//! The inbound half of a connection, as one layer or the app sees it.

use crate::error::{Error, Result};
use crate::event::{Incoming, Message};
use futures_util::Stream;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What the client sends: connect, messages, disconnect.
///
/// It is a [`Stream`], so a layer changes what it passes on with the adapters of `futures`:
///
/// ```
/// use engine_async::{Incoming, Message, Receive};
/// use futures_util::TryStreamExt;
///
/// fn shouting(receive: Receive<'_>) -> Receive<'_> {
///     Receive::new(receive.map_ok(|event| match event {
///         Incoming::Message(Message::Text(text)) => {
///             Incoming::Message(Message::text(text.to_uppercase()))
///         }
///         other => other,
///     }))
/// }
/// ```
///
/// Cancel safety: a future of [`event`](Self::event) or [`message`](Self::message) that is dropped
/// has lost nothing.
pub struct Receive<'a> {
    stream: Pin<Box<dyn Stream<Item = Result<Incoming>> + Send + 'a>>,
    is_over: bool,
}

impl<'a> Receive<'a> {
    /// The events of a stream, usually one made of another `Receive`. A stream that is at its end
    /// without a [`Incoming::Disconnect`] is an error to whoever goes on receiving.
    pub fn new(stream: impl Stream<Item = Result<Incoming>> + Send + 'a) -> Self {
        Receive { stream: Box::pin(stream), is_over: false }
    }

    /// The same events, each changed in place on its way in. An error is what whoever receives gets in
    /// the place of the event. Costs less than a stream's own adapters, and cannot drop an event;
    /// for that see [`Receive::new`].
    ///
    /// ```
    /// use engine_async::{Error, Incoming, Receive};
    ///
    /// fn small(receive: Receive<'_>) -> Receive<'_> {
    ///     receive.each(|event| match event {
    ///         Incoming::Message(message) if message.len() > 100 => Err(Error::close(1009, "too big")),
    ///         _ => Ok(()),
    ///     })
    /// }
    /// ```
    pub fn each(self, change: impl FnMut(&mut Incoming) -> Result<()> + Send + Unpin + 'a) -> Self {
        Receive::new(Each { source: self, change })
    }

    /// Waits for the next event.
    ///
    /// # Errors
    ///
    /// What a layer further out makes of it; and receiving after the disconnect (rule W8).
    pub fn event(&mut self) -> impl Future<Output = Result<Incoming>> + Send {
        poll_fn(|cx| self.poll_event(cx))
    }

    /// Waits for the next message; `None` once the connection has ended, however often it is
    /// asked. Passes over the connect.
    ///
    /// # Errors
    ///
    /// What a layer further out makes of it.
    pub fn message(&mut self) -> impl Future<Output = Result<Option<Message>>> + Send {
        poll_fn(|cx| {
            if self.is_over {
                return Poll::Ready(Ok(None));
            }
            loop {
                match ready!(self.poll_event(cx))? {
                    Incoming::Connect => {}
                    Incoming::Message(message) => return Poll::Ready(Ok(Some(message))),
                    Incoming::Disconnect(_) => return Poll::Ready(Ok(None)),
                }
            }
        })
    }

    /// The next event, for hand-written streams.
    pub fn poll_event(&mut self, cx: &mut Context<'_>) -> Poll<Result<Incoming>> {
        Poll::Ready(match ready!(self.stream.as_mut().poll_next(cx)) {
            Some(Ok(event)) => {
                self.is_over |= matches!(event, Incoming::Disconnect(_));
                Ok(event)
            }
            Some(Err(error)) => Err(error),
            None => Err(Error::rule("W8", "received after the stream of events was at its end")),
        })
    }
}

impl Stream for Receive<'_> {
    type Item = Result<Incoming>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Incoming>>> {
        self.get_mut().stream.as_mut().poll_next(cx)
    }
}

/// A stream whose events are changed in place.
struct Each<'a, F> {
    source: Receive<'a>,
    change: F,
}

impl<F: FnMut(&mut Incoming) -> Result<()> + Unpin> Stream for Each<'_, F> {
    type Item = Result<Incoming>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Incoming>>> {
        let this = self.get_mut();
        // The event stays where it is: moving it twice would be half of what this costs.
        let mut item = ready!(Pin::new(&mut this.source).poll_next(cx));
        if let Some(Ok(event)) = &mut item
            && let Err(error) = (this.change)(event)
        {
            item = Some(Err(error));
        }
        Poll::Ready(item)
    }
}

impl fmt::Debug for Receive<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Receive")
    }
}
