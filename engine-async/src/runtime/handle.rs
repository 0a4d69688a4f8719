//! The runtime as a layer sees it, whichever it is.

use super::Runtime;
use crate::error::{Error, Result};
use futures_channel::oneshot;
use futures_util::future::BoxFuture;
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

/// A runtime without its type: layers and apps that use it run on each.
#[derive(Clone)]
pub struct Handle(Arc<dyn DynRuntime>);

trait DynRuntime: Send + Sync {
    fn spawn(&self, task: BoxFuture<'static, ()>);
    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()>;
    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>);
}

impl<R: Runtime> DynRuntime for R {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        Runtime::spawn(self, task);
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        Runtime::sleep(self, time)
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        Runtime::spawn_blocking(self, work);
    }
}

impl Handle {
    /// A handle to this runtime.
    pub fn new(runtime: impl Runtime) -> Self {
        Handle(Arc::new(runtime))
    }

    /// No runtime: a thread for each thing to do. For tests of layers, and for connections that
    /// are run by hand.
    pub fn threads() -> Self {
        Handle(Arc::new(Threads))
    }

    /// Starts a task and lets it run by itself; a panic of it is logged.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        use futures_util::FutureExt;
        self.0.spawn(Box::pin(async move {
            if let Err(payload) = AssertUnwindSafe(task).catch_unwind().await {
                let error = Error::from_panic(payload);
                engine_core::panics::log(|| tracing::error!("a task panicked: {error}"));
            }
        }));
    }

    /// Is ready after this time, not before.
    pub fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.0.sleep(time)
    }

    /// Does work that may block, such as asking a database, off the executor.
    ///
    /// Cancel safety: when the future is dropped the work goes on, and its result is dropped.
    ///
    /// # Errors
    ///
    /// The work panicked, or the runtime is shutting down.
    pub async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let (done, result) = oneshot::channel();
        self.0.spawn_blocking(Box::new(move || {
            // Nobody may be waiting for it any more.
            let _ = done.send(catch_unwind(AssertUnwindSafe(work)));
        }));
        match result.await {
            Ok(Ok(value)) => Ok(value),
            Ok(Err(payload)) => Err(Error::from_panic(payload)),
            Err(_) => Err(Error::internal("the runtime is shutting down")),
        }
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Handle")
    }
}

/// A thread for each thing to do.
struct Threads;

impl DynRuntime for Threads {
    fn spawn(&self, task: BoxFuture<'static, ()>) {
        std::thread::spawn(move || futures_executor::block_on(task));
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        let (done, slept) = oneshot::channel::<()>();
        std::thread::spawn(move || {
            std::thread::sleep(time);
            drop(done);
        });
        Box::pin(async move {
            let _ = slept.await;
        })
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        std::thread::spawn(work);
    }
}
