//! The threads: a few wait for events, and as many more as handlers block.
//!
//! Leader and followers: the thread that gets an event does all that follows from it, the handler
//! included, while others wait in its place. Waking a thread for each request would cost more
//! than most requests do, so it is done only when handlers turn out to block: the watch, which
//! also sweeps for deadlines, looks at the threads every millisecond while none is waiting. When
//! they get little done although none of them waits, they are given company, a quarter more at a
//! time; threads that wait for long beyond those that are needed lie down.

use super::shutdown::Control;
use engine_core::panics;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often the watch looks while no thread is waiting.
const TICK: Duration = Duration::from_millis(1);

/// A handler that has run for so many ticks blocks its thread, however much the others get done.
const LONG: u32 = 10;

/// Handlers ended per tick and thread of the base, from which on more threads would not help:
/// with so short handlers they would only take turns at the cores.
const QUICK: u64 = 8;

/// So many looks at threads that wait decide how many of them are too many.
const LOOKS: u32 = 16;

/// After so many ticks with a thread to spare the watch goes back to sleep.
const CALM: u32 = 20;

pub(super) struct Pool {
    /// The most threads there may be.
    limit: usize,
    /// The threads that wait while no handler blocks: a few per core. More of them only take
    /// turns at the cores; 32 waiting were a quarter slower than 4.
    base: usize,
    waiting: AtomicUsize,
    /// So many threads should lie down.
    surplus: AtomicUsize,
    watch_asleep: AtomicBool,
    control: Arc<Control>,
    stopped: AtomicBool,
    crew: Mutex<Crew>,
    call: Condvar,
}

#[derive(Default)]
struct Crew {
    stations: Vec<Seen>,
    /// Threads that lie down.
    resting: usize,
    /// So many of them have been called.
    called: usize,
    ended: usize,
    refused: bool,
    /// For so many ticks a thread has been waiting, or none has.
    calm: u32,
    pressed: u32,
    /// The fewest threads that were seen waiting in the last looks.
    looks: u32,
    least_waiting: usize,
}

impl Crew {
    /// How many threads have been waiting for long beyond the base.
    fn spare(&mut self, waiting: usize, base: usize) -> usize {
        self.least_waiting =
            if self.looks == 0 { waiting } else { self.least_waiting.min(waiting) };
        self.looks = (self.looks + 1) % LOOKS;
        if self.looks == 0 { self.least_waiting.saturating_sub(base) } else { 0 }
    }
}

/// A station as the watch saw it last.
struct Seen {
    station: Arc<Station>,
    activity: u64,
    ticks: u32,
}

/// Where one thread says what it does.
#[derive(Default)]
#[repr(align(64))]
pub(super) struct Station {
    /// Counts begins and ends of handlers: odd while one runs. Only its own thread writes it.
    activity: AtomicU64,
    task: Mutex<Option<(http::Method, http::Uri)>>,
}

impl Station {
    pub(super) fn begin(&self, method: &http::Method, uri: &http::Uri) {
        *lock(&self.task) = Some((method.clone(), uri.clone()));
        self.step();
    }

    pub(super) fn end(&self) {
        self.step();
        *lock(&self.task) = None;
    }

    fn step(&self) {
        self.activity.store(self.activity.load(Relaxed) + 1, Relaxed);
    }
}

impl Pool {
    pub(super) fn new(limit: usize, control: Arc<Control>) -> Self {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Pool {
            limit,
            base: (2 * cores).min(limit),
            waiting: AtomicUsize::new(0),
            surplus: AtomicUsize::new(0),
            watch_asleep: AtomicBool::new(false),
            control,
            stopped: AtomicBool::new(false),
            crew: Mutex::default(),
            call: Condvar::new(),
        }
    }

    /// Around waiting for an event.
    pub(super) fn wait<T>(&self, wait: impl FnOnce() -> T) -> T {
        self.waiting.fetch_add(1, Relaxed);
        let event = wait();
        if self.waiting.fetch_sub(1, SeqCst) == 1 && self.watch_asleep.load(SeqCst) {
            self.control.wake_watch();
        }
        event
    }

    /// Lies down if there are too many threads, until it is called.
    pub(super) fn rest_if_surplus(&self) {
        if self.surplus.load(Relaxed) == 0 {
            return;
        }
        let fewer = self.surplus.fetch_update(Relaxed, Relaxed, |surplus| surplus.checked_sub(1));
        if fewer.is_err() {
            return;
        }
        let mut crew = lock(&self.crew);
        crew.resting += 1;
        while crew.called == 0 && !self.stopped.load(Relaxed) {
            crew = self.call.wait(crew).unwrap_or_else(PoisonError::into_inner);
        }
        crew.called = crew.called.saturating_sub(1);
        crew.resting -= 1;
    }

    /// The watch sleeps until the next tick, or longer while a thread is waiting for events.
    pub(super) fn sleep(&self, longest: Duration) {
        let calm = lock(&self.crew).calm >= CALM;
        if calm {
            self.watch_asleep.store(true, SeqCst);
            if self.waiting.load(SeqCst) > 0 {
                std::thread::park_timeout(longest);
            }
            self.watch_asleep.store(false, SeqCst);
        }
        if !calm || self.waiting.load(Relaxed) == 0 {
            std::thread::park_timeout(TICK.min(longest));
        }
    }

    /// Sees which threads block and gives so many others to the wait.
    pub(super) fn tick(&self, spawn: impl Fn(Arc<Station>) -> std::io::Result<()>) {
        let mut crew = lock(&self.crew);
        let mut ended = 0;
        for seen in &mut crew.stations {
            let activity = seen.station.activity.load(Relaxed);
            let same = activity == seen.activity && activity % 2 == 1;
            seen.ticks = if same { seen.ticks.saturating_add(1) } else { 0 };
            ended += (activity / 2).saturating_sub(seen.activity / 2);
            seen.activity = activity;
        }
        let lying = crew.resting.saturating_sub(crew.called);
        let live = crew.stations.len().saturating_sub(lying + crew.ended);
        let waiting = self.waiting.load(Relaxed);
        let stuck = crew.stations.iter().filter(|seen| seen.ticks >= LONG).count();
        let floor = (self.base + stuck).min(self.limit);
        let calm = waiting > 0;
        crew.calm = if calm { crew.calm.saturating_add(1) } else { 0 };
        crew.pressed = if calm { 0 } else { crew.pressed.saturating_add(1) };
        self.surplus.store(crew.spare(waiting, self.base).min(live.saturating_sub(floor)), Relaxed);
        // The first look after a sleep says nothing of how much is done in a tick.
        let slow = crew.pressed >= 2 && ended < QUICK * self.base as u64;
        let more = if slow { (live / 4).max(1) } else { 0 };
        let target = (live + more).min(self.limit).max(floor);
        if target <= live {
            return;
        }
        let mut missing = target - live;
        let called = missing.min(lying);
        if called > 0 {
            crew.called += called;
            missing -= called;
            self.call.notify_all();
        }
        for _ in 0..missing {
            let station = Arc::new(Station::default());
            if let Err(error) = spawn(Arc::clone(&station)) {
                // Tried again at each tick, and said once.
                if !std::mem::replace(&mut crew.refused, true) {
                    panics::log(|| {
                        tracing::error!("the system refuses another thread: {error}");
                    });
                }
                return;
            }
            crew.refused = false;
            crew.stations.push(Seen { station, activity: 0, ticks: 0 });
        }
    }

    /// Ends the rest of all threads.
    pub(super) fn stop(&self) {
        let crew = lock(&self.crew);
        self.stopped.store(true, Relaxed);
        drop(crew);
        self.call.notify_all();
    }

    /// Says that a thread has ended.
    pub(super) fn ended(&self) {
        lock(&self.crew).ended += 1;
        self.control.wake_watch();
    }

    /// Whether all threads have ended.
    pub(super) fn is_empty(&self) -> bool {
        let crew = lock(&self.crew);
        crew.ended == crew.stations.len()
    }

    /// The handlers that run, by method and path.
    pub(super) fn tasks(&self) -> Vec<String> {
        let crew = lock(&self.crew);
        let tasks = crew.stations.iter().filter_map(|seen| {
            let task = lock(&seen.station.task);
            task.as_ref().map(|(method, uri)| format!("{method} {}", uri.path()))
        });
        tasks.collect()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn a_thread_that_has_ended_is_replaced() {
        let pool = Pool::new(2, Arc::default());
        let spawned = Cell::new(0);
        let tick = || {
            pool.tick(|_| {
                spawned.set(spawned.get() + 1);
                Ok(())
            });
            spawned.get()
        };
        assert_eq!(tick(), 2);
        assert_eq!(tick(), 2);
        pool.ended();
        assert_eq!(tick(), 3);
        assert_eq!(tick(), 3);
    }
}
