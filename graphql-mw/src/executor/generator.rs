//! A stream written as one future that hands its items out.

use futures_util::future::BoxFuture;
use futures_util::stream::Stream;
use std::future::poll_fn;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

/// A stream written as one future that hands its items out, so that what the items borrow can live
/// in the future as long as the stream does.
pub(super) struct Generator<T> {
    body: Option<BoxFuture<'static, ()>>,
    slot: Slot<T>,
}

/// Where the body puts an item.
pub(super) struct Slot<T>(Arc<Mutex<Option<T>>>);

impl<T> Clone for Slot<T> {
    fn clone(&self) -> Self {
        Slot(Arc::clone(&self.0))
    }
}

impl<T> Slot<T> {
    fn take(&self) -> Option<T> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Hands an item out; done when the next one is asked for.
    pub(super) async fn hand_out(&self, item: T) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(item);
        let mut is_out = false;
        // Whoever reads the stream polls again for the next item; nothing else has to wake it.
        poll_fn(|_| match std::mem::replace(&mut is_out, true) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        })
        .await;
    }
}

impl<T: Send + 'static> Generator<T> {
    pub(super) fn new<F>(body: impl FnOnce(Slot<T>) -> F) -> Self
    where
        F: Future<Output = ()> + Send + 'static,
    {
        let slot = Slot(Arc::new(Mutex::new(None)));
        Generator { body: Some(Box::pin(body(slot.clone()))), slot }
    }
}

impl<T> Stream for Generator<T> {
    type Item = T;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<T>> {
        let this = &mut *self;
        let Some(body) = &mut this.body else { return Poll::Ready(None) };
        let polled = body.as_mut().poll(cx);
        if polled.is_ready() {
            // What the body holds goes now, and not with the stream.
            this.body = None;
        }
        match (this.slot.take(), polled) {
            (Some(item), _) => Poll::Ready(Some(item)),
            (None, Poll::Ready(())) => Poll::Ready(None),
            (None, Poll::Pending) => Poll::Pending,
        }
    }
}
