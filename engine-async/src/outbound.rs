//! The outbound half of a connection, as one layer or the app sees it.

use crate::error::{Error, Result};
use crate::event::{Accept, CloseFrame, Message, Outgoing};
use futures_util::Sink;
use std::fmt;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What is sent to the client: accept, messages, close.
///
/// An event has been sent when every layer further out has let it pass and the socket has queued
/// it; what the connection has queued is written when it next waits for something, so many messages
/// cost one write. A client that reads slowly makes the sender wait (rule W9).
///
/// It is a [`Sink`] that is flushed when its events are queued, so a layer changes what goes out with the adapters of `futures`:
///
/// ```
/// use engine_async::{Error, Message, Outbound, Outgoing};
/// use futures_util::SinkExt;
///
/// fn signed(send: Outbound<'_>) -> Outbound<'_> {
///     Outbound::new(send.with(async |event| {
///         Ok::<_, Error>(match event {
///             Outgoing::Message(Message::Text(text)) => {
///                 Outgoing::Message(Message::text(format!("{text} -- plywood")))
///             }
///             other => other,
///         })
///     }))
/// }
/// ```
///
/// Cancel safety: a future of [`send`](Self::send) that is dropped may have sent the event or may
/// not; nothing else is lost, and the next one can be sent.
pub struct Outbound<'a> {
    sink: Pin<Box<dyn Outward + 'a>>,
}

/// The outbound half inside the engine: one call takes an event through all layers further out.
pub(crate) trait Outward: Send {
    /// Ready when the event has been queued at the socket, or an earlier one has failed. Takes the
    /// event out when it starts with it.
    fn poll_send(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        event: &mut Option<Outgoing>,
    ) -> Poll<Result<()>>;

    /// Ready when everything sent has been queued at the socket, which is not to say written.
    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>>;
}

impl<'a> Outbound<'a> {
    /// Sends into a sink, usually one made of another `Outbound`.
    pub fn new(sink: impl Sink<Outgoing, Error = Error> + Send + 'a) -> Self {
        Outbound::of(OfSink { sink, is_ready: false, is_in: false })
    }

    /// Sends into this one, each event changed in place on its way out. An error is what whoever sends
    /// gets, and the event goes no further. Costs less than a sink's own adapters, and cannot drop
    /// an event or make two of it; for that see [`Outbound::new`].
    ///
    /// ```
    /// use engine_async::{Message, Outbound, Outgoing};
    ///
    /// fn polite(send: Outbound<'_>) -> Outbound<'_> {
    ///     send.each(|event| {
    ///         if let Outgoing::Message(Message::Text(text)) = event {
    ///             *text = format!("{text}, please").into();
    ///         }
    ///         Ok(())
    ///     })
    /// }
    /// ```
    pub fn each(self, change: impl FnMut(&mut Outgoing) -> Result<()> + Send + Unpin + 'a) -> Self {
        Outbound::of(Each { target: self, change, changed: None })
    }

    pub(crate) fn of(outward: impl Outward + 'a) -> Self {
        Outbound { sink: Box::pin(outward) }
    }

    /// Sends an event.
    ///
    /// # Errors
    ///
    /// What a layer further out makes of it; a message before the accept, or a second accept (rule
    /// W8); anything after the connection has ended (rule W7).
    pub fn event(&mut self, event: Outgoing) -> impl Future<Output = Result<()>> + Send {
        let mut event = Some(event);
        poll_fn(move |cx| self.poll_event(cx, &mut event))
    }

    /// Sends a message.
    ///
    /// # Errors
    ///
    /// As [`event`](Self::event).
    pub fn send(&mut self, message: impl Into<Message>) -> impl Future<Output = Result<()>> + Send {
        self.event(Outgoing::Message(message.into()))
    }

    /// Accepts the connection, without a subprotocol.
    ///
    /// # Errors
    ///
    /// As [`event`](Self::event).
    pub async fn accept(&mut self) -> Result<()> {
        self.event(Outgoing::Accept(Accept::new())).await
    }

    /// Ends the connection with this code and reason.
    ///
    /// # Errors
    ///
    /// As [`event`](Self::event).
    pub async fn close(&mut self, code: u16, reason: &str) -> Result<()> {
        self.event(Outgoing::Close(CloseFrame::with_reason(code, reason))).await
    }

    pub(crate) fn poll_flush(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.sink.as_mut().poll_flush(cx)
    }

    /// Sends an event, for hand-written sinks: takes the event out when it starts with it, and is
    /// ready when it has been sent. Called with `None` it finishes what was begun.
    pub fn poll_event(
        &mut self,
        cx: &mut Context<'_>,
        event: &mut Option<Outgoing>,
    ) -> Poll<Result<()>> {
        self.sink.as_mut().poll_send(cx, event)
    }
}

impl Sink<Outgoing> for Outbound<'_> {
    type Error = Error;

    fn poll_ready(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.get_mut().poll_event(cx, &mut None)
    }

    fn start_send(self: Pin<&mut Self>, event: Outgoing) -> Result<()> {
        let mut event = Some(event);
        // What cannot be sent yet waits inside, where `poll_ready` finds it.
        let mut cx = Context::from_waker(std::task::Waker::noop());
        match self.get_mut().poll_event(&mut cx, &mut event) {
            Poll::Ready(result) => result,
            Poll::Pending if event.is_none() => Ok(()),
            Poll::Pending => Err(Error::internal("sent into a sink that was not ready")),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Outbound::poll_flush(self.get_mut(), cx)
    }

    fn poll_close(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        Outbound::poll_flush(self.get_mut(), cx)
    }
}

impl fmt::Debug for Outbound<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Outbound")
    }
}

/// A sink whose events are changed in place.
struct Each<'a, F> {
    target: Outbound<'a>,
    change: F,
    /// Changed, and on its way further out.
    changed: Option<Outgoing>,
}

impl<F> Each<'_, F> {
    /// Ready when no event is under way.
    fn poll_sending(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        if self.changed.is_none() {
            return Poll::Ready(Ok(()));
        }
        let sent = ready!(self.target.poll_event(cx, &mut self.changed));
        // What has failed is not tried again.
        self.changed = None;
        Poll::Ready(sent)
    }
}

impl<F: FnMut(&mut Outgoing) -> Result<()> + Send + Unpin> Outward for Each<'_, F> {
    fn poll_send(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        event: &mut Option<Outgoing>,
    ) -> Poll<Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_sending(cx))?;
        let Some(mut event) = event.take() else {
            return this.target.poll_event(cx, &mut None);
        };
        (this.change)(&mut event)?;
        this.changed = Some(event);
        this.poll_sending(cx)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.get_mut();
        ready!(this.poll_sending(cx))?;
        this.target.poll_flush(cx)
    }
}

pin_project_lite::pin_project! {
    /// A sink of the user's. Flushing it is what takes an event all the way through it.
    struct OfSink<S> {
        #[pin]
        sink: S,
        // Whether it has said that it is ready since it was last given an event, and whether it has
        // one that it was not flushed for. Else each of many layers would ask all further out.
        is_ready: bool,
        is_in: bool,
    }
}

impl<S: Sink<Outgoing, Error = Error>> OfSink<S> {
    /// Ready when no event is under way in the sink.
    fn poll_through(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let this = self.project();
        if !*this.is_in {
            return Poll::Ready(Ok(()));
        }
        let through = ready!(this.sink.poll_flush(cx));
        *this.is_in = false;
        Poll::Ready(through)
    }
}

impl<S: Sink<Outgoing, Error = Error> + Send> Outward for OfSink<S> {
    fn poll_send(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        event: &mut Option<Outgoing>,
    ) -> Poll<Result<()>> {
        ready!(self.as_mut().poll_through(cx))?;
        let mut this = self.as_mut().project();
        if !*this.is_ready {
            ready!(this.sink.as_mut().poll_ready(cx))?;
            *this.is_ready = true;
        }
        let Some(event) = event.take() else {
            return Poll::Ready(Ok(()));
        };
        (*this.is_ready, *this.is_in) = (false, true);
        this.sink.as_mut().start_send(event)?;
        self.poll_through(cx)
    }

    fn poll_flush(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.poll_through(cx)
    }
}
