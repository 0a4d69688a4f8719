//! Loads of one run that wait to go together.

use futures_util::future::BoxFuture;
use futures_util::stream::{FuturesUnordered, StreamExt};
use std::any::Any;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Wake, Waker};

/// How often fields that are ready at once are let run before the batches go all the same: a field
/// that wakes itself for ever must not hold them up.
const TURNS: usize = 32;

/// Loads of one run that wait to go together, by loader.
pub(crate) struct Batches {
    queues: Mutex<Vec<(usize, Arc<dyn Queue>)>>,
}

/// The keys that wait for one loader.
pub(crate) trait Queue: Any + Send + Sync {
    /// Takes the keys that wait and loads them; none where no key waits.
    fn flush(self: Arc<Self>) -> Option<BoxFuture<'static, ()>>;
}

impl Batches {
    pub(crate) const fn new() -> Self {
        Batches { queues: Mutex::new(Vec::new()) }
    }

    /// This run's queue of a loader, which is known by a number of its own.
    pub(crate) fn queue<Q: Queue>(&self, loader: usize, make: impl FnOnce() -> Q) -> Arc<Q> {
        let mut queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner);
        let found = queues.iter().find(|(number, _)| *number == loader);
        let found = found.and_then(|(_, queue)| {
            let queue: Arc<dyn Any + Send + Sync> = Arc::clone(queue) as _;
            queue.downcast::<Q>().ok()
        });
        found.unwrap_or_else(|| {
            let queue = Arc::new(make());
            queues.push((loader, Arc::clone(&queue) as Arc<dyn Queue>));
            queue
        })
    }

    fn is_empty(&self) -> bool {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).is_empty()
    }

    fn flush(&self) -> Vec<BoxFuture<'static, ()>> {
        let queues = self.queues.lock().unwrap_or_else(PoisonError::into_inner).clone();
        queues.into_iter().filter_map(|(_, queue)| queue.flush()).collect()
    }

    /// Runs the fields. Whenever none of them is ready, the batches go.
    pub(crate) async fn drive<T>(&self, fields: impl Future<Output = T>) -> T {
        let mut fields = pin!(fields);
        let mut running = None;
        poll_fn(|cx| match fields.as_mut().poll(cx) {
            Poll::Ready(done) => Poll::Ready(done),
            Poll::Pending if self.is_empty() => Poll::Pending,
            Poll::Pending => self.turn(cx, fields.as_mut(), running.get_or_insert_default()),
        })
        .await
    }

    fn turn<T>(
        &self,
        cx: &mut Context<'_>,
        mut fields: Pin<&mut impl Future<Output = T>>,
        running: &mut FuturesUnordered<BoxFuture<'static, ()>>,
    ) -> Poll<T> {
        let woken = Arc::new(Woken { outer: cx.waker().clone(), is_set: AtomicBool::new(false) });
        let waker = Waker::from(Arc::clone(&woken));
        let cx = &mut Context::from_waker(&waker);
        loop {
            for _ in 0..TURNS {
                woken.is_set.store(false, Ordering::Relaxed);
                if let Poll::Ready(done) = fields.as_mut().poll(cx) {
                    return Poll::Ready(done);
                }
                if !woken.is_set.load(Ordering::Relaxed) {
                    break;
                }
            }
            running.extend(self.flush());
            let mut has_loaded = false;
            while let Poll::Ready(Some(())) = running.poll_next_unpin(cx) {
                has_loaded = true;
            }
            if !has_loaded {
                return Poll::Pending;
            }
        }
    }
}

/// Passes a wake on, and remembers it.
struct Woken {
    outer: Waker,
    is_set: AtomicBool,
}

impl Wake for Woken {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.is_set.store(true, Ordering::Relaxed);
        self.outer.wake_by_ref();
    }
}
