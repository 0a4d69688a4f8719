//! Neighbouring hook-style layers as one stream and one sink, made once for a connection.

use super::compiled::Placed;
use crate::error::{Error, Result};
use crate::event::{Incoming, Outgoing};
use crate::hooks::{ReceiveHook, SendHook};
use crate::outbound::{Outbound, Outward};
use crate::receive::Receive;
use crate::step::Step;
use crate::websocket::WebSocket;
use futures_util::Stream;
use pin_project_lite::pin_project;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// What the innermost of these layers receives.
pub(super) fn receive<'a>(
    hooks: &'a [Placed<dyn ReceiveHook>],
    ws: &'a WebSocket,
    source: Receive<'a>,
) -> Receive<'a> {
    if hooks.is_empty() {
        return source;
    }
    let decide = move |event| received(hooks, ws, event);
    Receive::new(Inbound { source, decide, deciding: None })
}

/// The event as the hooks leave it, or none where one of them drops it.
async fn received(
    hooks: &[Placed<dyn ReceiveHook>],
    ws: &WebSocket,
    mut event: Incoming,
) -> Result<Option<Incoming>> {
    for placed in hooks {
        let mut step = placed.hook.call(ws, &mut event);
        loop {
            match step {
                Step::Pass => break,
                Step::Drop => return Ok(None),
                Step::Wait(decide) => step = decide.await,
                other => return Err(error_of(other)),
            }
        }
    }
    Ok(Some(event))
}

/// What the innermost of these layers sends into.
pub(super) fn outbound<'a>(
    hooks: &'a [Placed<dyn SendHook>],
    ws: &'a WebSocket,
    target: Outbound<'a>,
) -> Outbound<'a> {
    if hooks.is_empty() {
        return target;
    }
    let decide = move |event| sent(hooks, ws, event);
    Outbound::of(Fused { target, decide, deciding: None, decided: None })
}

/// See [`received`].
async fn sent(
    hooks: &[Placed<dyn SendHook>],
    ws: &WebSocket,
    mut event: Outgoing,
) -> Result<Option<Outgoing>> {
    for placed in hooks.iter().rev() {
        let mut step = placed.hook.call(ws, &mut event);
        loop {
            match step {
                Step::Pass => break,
                Step::Drop => return Ok(None),
                Step::Wait(decide) => step = decide.await,
                other => return Err(error_of(other)),
            }
        }
    }
    Ok(Some(event))
}

/// The error that whoever receives or sends is given for a step that ends the connection.
fn error_of(step: Step<'_>) -> Error {
    match step {
        Step::Fail(error) => error,
        Step::Close(frame) => frame.into(),
        Step::Refuse(refusal) => (*refusal).into(),
        Step::Pass | Step::Drop | Step::Wait(_) => Error::internal("not an end"),
    }
}

pin_project! {
    /// A stream whose event goes through hooks, one at a time. The future of an event lives here and
    /// not in whoever receives it, so a receiver that is dropped loses nothing.
    struct Inbound<'a, F, D> {
        source: Receive<'a>,
        decide: F,
        #[pin]
        deciding: Option<D>,
    }
}

impl<F, D> Stream for Inbound<'_, F, D>
where
    F: Fn(Incoming) -> D,
    D: Future<Output = Result<Option<Incoming>>>,
{
    type Item = Result<Incoming>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Incoming>>> {
        let mut this = self.project();
        loop {
            if this.deciding.is_none() {
                let event = ready!(this.source.poll_event(cx))?;
                this.deciding.set(Some((this.decide)(event)));
            }
            let Some(deciding) = this.deciding.as_mut().as_pin_mut() else {
                return Poll::Pending;
            };
            let decided = ready!(deciding.poll(cx));
            this.deciding.set(None);
            if let Some(event) = decided.transpose() {
                return Poll::Ready(Some(event));
            }
        }
    }
}

pin_project! {
    /// A sink whose event goes through hooks first, one at a time. The future of an event lives
    /// here and not in whoever sends it, so a sender that is dropped loses nothing.
    struct Fused<'a, F, D> {
        target: Outbound<'a>,
        decide: F,
        #[pin]
        deciding: Option<D>,
        // Through the hooks, and on its way further out.
        decided: Option<Outgoing>,
    }
}

impl<F, D> Fused<'_, F, D>
where
    F: Fn(Outgoing) -> D,
    D: Future<Output = Result<Option<Outgoing>>>,
{
    /// Ready when no event is under way.
    fn poll_sending(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let mut this = self.project();
        if let Some(deciding) = this.deciding.as_mut().as_pin_mut() {
            let decided = ready!(deciding.poll(cx));
            this.deciding.set(None);
            *this.decided = decided?;
        }
        if this.decided.is_none() {
            return Poll::Ready(Ok(()));
        }
        let sent = ready!(this.target.poll_event(cx, this.decided));
        // What has failed is not tried again.
        *this.decided = None;
        Poll::Ready(sent)
    }
}

impl<F, D> Outward for Fused<'_, F, D>
where
    F: Fn(Outgoing) -> D + Send,
    D: Future<Output = Result<Option<Outgoing>>> + Send,
{
    fn poll_send(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        event: &mut Option<Outgoing>,
    ) -> Poll<Result<()>> {
        ready!(self.as_mut().poll_sending(cx))?;
        let mut this = self.as_mut().project();
        match event.take() {
            Some(event) => {
                this.deciding.set(Some((this.decide)(event)));
                self.poll_sending(cx)
            }
            None => this.target.poll_event(cx, &mut None),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.as_mut().poll_sending(cx))?;
        self.project().target.poll_flush(cx)
    }
}
