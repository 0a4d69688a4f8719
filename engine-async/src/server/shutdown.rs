//! Ending a server: gracefully at the first word, at once at the second.

use futures_channel::oneshot;
use futures_util::FutureExt;
use futures_util::future::{BoxFuture, Shared};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// Ends a server from outside. Cheap to clone.
#[derive(Clone)]
pub struct ShutdownHandle {
    ends: Arc<Mutex<Ends>>,
    told: Shared<oneshot::Receiver<()>>,
    stopped: Shared<oneshot::Receiver<()>>,
}

/// The words that are not said yet.
struct Ends {
    tell: Option<oneshot::Sender<()>>,
    stop: Option<oneshot::Sender<()>>,
}

impl ShutdownHandle {
    pub(super) fn new() -> Self {
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        ShutdownHandle {
            ends: Arc::new(Mutex::new(Ends { tell: Some(tell), stop: Some(stop) })),
            told: told.shared(),
            stopped: stopped.shared(),
        }
    }

    /// Begins a graceful shutdown: no new connection is taken, and each open one is told with 1001
    /// and may end within [`Limits::grace`](super::Limits::grace) (rule W10). Called again, it drops
    /// them at once.
    pub fn shutdown(&self) {
        let mut ends = self.ends.lock().unwrap_or_else(PoisonError::into_inner);
        let end = ends.tell.take().or_else(|| ends.stop.take());
        drop(ends);
        if let Some(end) = end {
            let _ = end.send(());
        }
    }

    /// Whether a shutdown has begun.
    pub fn is_shutting_down(&self) -> bool {
        self.ends.lock().unwrap_or_else(PoisonError::into_inner).tell.is_none()
    }

    /// Ready when a shutdown begins.
    pub(super) fn told(&self) -> BoxFuture<'static, ()> {
        Box::pin(self.told.clone().map(|_| ()))
    }

    /// Ready when whatever is left is to be given up.
    pub(super) fn stopped(&self) -> BoxFuture<'static, ()> {
        Box::pin(self.stopped.clone().map(|_| ()))
    }
}

impl fmt::Debug for ShutdownHandle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ShutdownHandle").field("has_begun", &self.is_shutting_down()).finish()
    }
}
