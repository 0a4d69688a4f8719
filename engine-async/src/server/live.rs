//! Counting the connections that are open, and waiting for the last one.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Poll, Waker};

/// The connections that are open.
#[derive(Clone, Default)]
pub(super) struct Live {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    count: AtomicUsize,
    waiting: Mutex<Vec<Waker>>,
}

/// One open connection; dropped when it is over.
pub(super) struct Place(Live);

/// How a server ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Stopped {
    /// Connections that were still there when the grace time was over: something in them blocks
    /// the thread they are on.
    pub abandoned: usize,
}

impl Live {
    pub(super) fn count(&self) -> usize {
        self.inner.count.load(Ordering::SeqCst)
    }

    /// A place, if there are fewer than `most`.
    pub(super) fn enter(&self, most: usize) -> Option<Place> {
        let more = |count: usize| (count < most).then_some(count + 1);
        let entered = self.inner.count.fetch_update(Ordering::SeqCst, Ordering::SeqCst, more);
        entered.is_ok().then(|| Place(self.clone()))
    }

    /// Ready when there is none.
    pub(super) async fn none(&self) {
        std::future::poll_fn(|cx| {
            let mut waiting = self.inner.waiting.lock().unwrap_or_else(PoisonError::into_inner);
            if self.count() == 0 {
                return Poll::Ready(());
            }
            waiting.push(cx.waker().clone());
            Poll::Pending
        })
        .await;
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let inner = &self.0.inner;
        if inner.count.fetch_sub(1, Ordering::SeqCst) == 1 {
            let waiting =
                std::mem::take(&mut *inner.waiting.lock().unwrap_or_else(PoisonError::into_inner));
            waiting.into_iter().for_each(Waker::wake);
        }
    }
}
