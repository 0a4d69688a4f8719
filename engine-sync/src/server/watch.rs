//! The thread in `Server::run`: it keeps the pool at its size, sweeps for deadlines, and ends the
//! server when told to.

use super::connection::Connection;
use super::shared::{Shared, lock};
use super::shutdown::{Phase, Stopped};
use engine_core::panics;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

/// How long threads are given to notice that the server has stopped.
const LAST_CALL: Duration = Duration::from_millis(500);

impl Shared {
    /// Serves until the server is told to end and has ended.
    pub(super) fn watch(self: &Arc<Self>) -> Stopped {
        let interval = self.limits.sweep_interval();
        let mut next_sweep = Instant::now() + interval;
        let mut grace_over = None;
        while !self.is_stopped() {
            self.pool.tick(|station| self.spawn(station));
            let now = Instant::now();
            if now >= next_sweep {
                self.sweep(now);
                next_sweep = now + interval;
            }
            if self.is_draining() {
                let grace_over = *grace_over.get_or_insert_with(|| {
                    // Dropping the last handle of the listener closes it.
                    *lock(&self.listener) = None;
                    now + self.limits.grace
                });
                self.places.take_if(Connection::is_idle).for_each(drop);
                if self.places.open() == 0 || now >= grace_over {
                    break;
                }
                self.pool.sleep(interval.min(Duration::from_millis(5)));
            } else {
                self.pool.sleep(interval);
            }
        }
        self.stop()
    }

    fn sweep(self: &Arc<Self>, now: Instant) {
        for mut connection in self.places.expired(self.millis(now)) {
            let swept = panics::contained(|| {
                let step = connection.expire();
                self.drive(None, connection, step);
            });
            if swept.is_none() {
                panics::log(|| {
                    tracing::error!("a fault in the server: a connection was lost to a panic");
                });
            }
        }
        self.resume_accepting();
    }

    /// Gives up whatever is left.
    fn stop(&self) -> Stopped {
        self.control.advance(Phase::Stopped);
        *lock(&self.listener) = None;
        let _ = rustix::io::write(&self.stop, &1_u64.to_ne_bytes());
        self.pool.stop();
        lock(&self.queue).clear();
        self.places.cut_all();
        self.places.take_if(|_| true).for_each(drop);
        let last_call = Instant::now() + LAST_CALL;
        while !self.pool.is_empty() && Instant::now() < last_call {
            thread::park_timeout(Duration::from_millis(5));
        }
        let abandoned = self.pool.tasks();
        for task in &abandoned {
            panics::log(|| {
                tracing::warn!("{task} was still running when the grace time was over");
            });
        }
        Stopped { abandoned }
    }
}
