//! Neighbouring hook-style layers as one stream and one sink, made once for a connection.

use super::compiled::Placed;
use crate::error::{Error, Result};
use crate::event::{Incoming, Outgoing};
use crate::hooks::{ReceiveHook, SendHook};
use crate::outbound::{Outbound, Outward};
use crate::receive::Receive;
use crate::step::Step;
use crate::websocket::WebSocket;
use futures_util::stream;
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
    Receive::new(stream::unfold(source, move |mut source| async move {
        let result = received(hooks, ws, &mut source).await;
        Some((result, source))
    }))
}

async fn received(
    hooks: &[Placed<dyn ReceiveHook>],
    ws: &WebSocket,
    source: &mut Receive<'_>,
) -> Result<Incoming> {
    'event: loop {
        let mut event = source.event().await?;
        for placed in hooks {
            let mut step = placed.hook.call(ws, &mut event);
            loop {
                match step {
                    Step::Pass => break,
                    Step::Drop => continue 'event,
                    Step::Wait(decide) => step = decide.await,
                    other => return Err(error_of(other)),
                }
            }
        }
        return Ok(event);
    }
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
    let start = move |mut target: Outbound<'a>, event| async move {
        let result = sent(hooks, ws, &mut target, event).await;
        (target, result)
    };
    Outbound::of(Fused { start, target: Some(target), sending: None })
}

async fn sent(
    hooks: &[Placed<dyn SendHook>],
    ws: &WebSocket,
    target: &mut Outbound<'_>,
    mut event: Outgoing,
) -> Result<()> {
    for placed in hooks.iter().rev() {
        let mut step = placed.hook.call(ws, &mut event);
        loop {
            match step {
                Step::Pass => break,
                Step::Drop => return Ok(()),
                Step::Wait(decide) => step = decide.await,
                other => return Err(error_of(other)),
            }
        }
    }
    target.event(event).await
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
    /// A sink whose event goes through hooks first, one at a time. The future of an event lives
    /// here and not in whoever sends it, so a sender that is dropped loses nothing.
    struct Fused<'a, F, S> {
        start: F,
        target: Option<Outbound<'a>>,
        #[pin]
        sending: Option<S>,
    }
}

impl<'a, F, S> Fused<'a, F, S>
where
    F: Fn(Outbound<'a>, Outgoing) -> S,
    S: Future<Output = (Outbound<'a>, Result<()>)>,
{
    /// Ready when no event is under way.
    fn poll_sending(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        let mut this = self.project();
        let Some(sending) = this.sending.as_mut().as_pin_mut() else {
            return Poll::Ready(Ok(()));
        };
        let (target, result) = ready!(sending.poll(cx));
        this.sending.set(None);
        *this.target = Some(target);
        Poll::Ready(result)
    }
}

impl<'a, F, S> Outward for Fused<'a, F, S>
where
    F: Fn(Outbound<'a>, Outgoing) -> S + Send,
    S: Future<Output = (Outbound<'a>, Result<()>)> + Send,
{
    fn poll_send(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        event: &mut Option<Outgoing>,
    ) -> Poll<Result<()>> {
        ready!(self.as_mut().poll_sending(cx))?;
        let mut this = self.as_mut().project();
        match (event.take(), this.target.take()) {
            (Some(event), Some(target)) => {
                this.sending.set(Some((this.start)(target, event)));
                self.poll_sending(cx)
            }
            (None, Some(target)) => {
                let target = this.target.insert(target);
                target.poll_event(cx, &mut None)
            }
            (_, None) => Poll::Ready(Err(Error::internal("a panic has taken the sender along"))),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.as_mut().poll_sending(cx))?;
        match self.project().target {
            Some(target) => target.poll_flush(cx),
            None => Poll::Ready(Err(Error::internal("a panic has taken the sender along"))),
        }
    }
}
