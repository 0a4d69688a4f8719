//! A bounded pool of threads for blocking work.

use engine_core::panics;
use std::collections::VecDeque;
use std::fmt;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

/// How much a [`Pool`] takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct PoolLimits {
    /// Threads, started as they are needed. Default: 64.
    pub threads: usize,
    /// Units that wait for a thread; one more is answered 503. Default: 1,024.
    pub queue: usize,
}

impl Default for PoolLimits {
    fn default() -> Self {
        PoolLimits { threads: 64, queue: 1_024 }
    }
}

impl PoolLimits {
    /// Changes the number of threads; at least one.
    pub fn with_threads(mut self, threads: usize) -> Self {
        self.threads = threads.max(1);
        self
    }

    /// Changes how many units may wait.
    pub fn with_queue(mut self, queue: usize) -> Self {
        self.queue = queue;
        self
    }
}

/// A bounded pool of threads, cheap to clone. Its threads end when the last clone is dropped and
/// the queue is empty.
#[derive(Clone)]
pub struct Pool {
    handle: Arc<Handle>,
}

type Job = Box<dyn FnOnce() + Send>;

struct Handle {
    shared: Arc<Shared>,
}

struct Shared {
    limits: PoolLimits,
    state: Mutex<PoolState>,
    work: Condvar,
}

#[derive(Default)]
struct PoolState {
    queue: VecDeque<Job>,
    threads: usize,
    idle: usize,
    closed: bool,
}

/// The queue is full, or no thread can be started; here is the work back.
pub(crate) struct Full(pub(crate) Job);

impl Pool {
    /// A pool without threads yet.
    pub fn new(limits: PoolLimits) -> Self {
        let shared = Arc::new(Shared {
            limits,
            state: Mutex::new(PoolState::default()),
            work: Condvar::new(),
        });
        Pool { handle: Arc::new(Handle { shared }) }
    }

    /// Queues work, or refuses it when the queue is full.
    pub(crate) fn submit(&self, job: impl FnOnce() + Send + 'static) -> Result<(), Full> {
        let job: Job = Box::new(job);
        let shared = &self.handle.shared;
        let mut state = shared.lock();
        let starts = state.queue.len() >= state.idle && state.threads < shared.limits.threads;
        let room = state.idle + shared.limits.queue + usize::from(starts);
        if state.queue.len() >= room {
            return Err(Full(job));
        }
        if starts {
            let for_thread = Arc::clone(shared);
            let started =
                thread::Builder::new().name("chain".into()).spawn(move || work(&for_thread));
            match started {
                Ok(_) => state.threads += 1,
                // The others will come to it, if there are any.
                Err(_) if state.threads > 0 => {}
                Err(_) => return Err(Full(job)),
            }
        }
        state.queue.push_back(job);
        drop(state);
        shared.work.notify_one();
        Ok(())
    }
}

impl Shared {
    /// The state is a queue and three numbers, right after each step; a panic cannot leave it
    /// half changed.
    fn lock(&self) -> MutexGuard<'_, PoolState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn work(shared: &Shared) {
    let mut state = shared.lock();
    loop {
        if let Some(job) = state.queue.pop_front() {
            drop(state);
            if panics::contained(job).is_none() {
                panics::log(|| tracing::error!("a unit of work panicked outside its chain"));
            }
            state = shared.lock();
        } else if state.closed {
            state.threads -= 1;
            return;
        } else {
            state.idle += 1;
            state = shared.work.wait(state).unwrap_or_else(PoisonError::into_inner);
            state.idle -= 1;
        }
    }
}

impl Drop for Handle {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.work.notify_all();
    }
}

impl Default for Pool {
    fn default() -> Self {
        Pool::new(PoolLimits::default())
    }
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool").field("limits", &self.handle.shared.limits).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc;

    #[test]
    fn work_beyond_the_queue_is_refused_and_what_was_taken_is_done() {
        let pool = Pool::new(PoolLimits::default().with_threads(1).with_queue(1));
        let (release, wait) = mpsc::channel::<()>();
        let (done, finished) = mpsc::channel();
        let (started, has_started) = mpsc::channel();
        let first_done = done.clone();
        pool.submit(move || {
            started.send(()).unwrap();
            wait.recv().unwrap();
            first_done.send(1).unwrap();
        })
        .ok()
        .unwrap();
        has_started.recv().unwrap();
        pool.submit(move || done.send(2).unwrap()).ok().unwrap();
        assert!(pool.submit(|| ()).is_err());
        release.send(()).unwrap();
        drop(pool);
        assert_eq!(finished.iter().collect::<Vec<_>>(), [1, 2]);
    }

    #[test]
    fn a_panic_takes_no_thread_away() {
        let pool = Pool::new(PoolLimits::default().with_threads(1));
        let (done, finished) = mpsc::channel();
        pool.submit(|| panic!("on purpose")).ok().unwrap();
        pool.submit(move || done.send(()).unwrap()).ok().unwrap();
        finished.recv().unwrap();
    }
}
