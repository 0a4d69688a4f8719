//! How long to wait for a client that is slow to send or to take.

use std::time::Duration;

/// The patience with one direction of one exchange. Two rules end it: nothing at all moved for
/// `timeout`, or the average over the time spent waiting has sunk below the minimum rate.
///
/// Only time spent waiting counts, so that a handler that takes its time between two reads does
/// not make its client look slow.
#[derive(Debug)]
pub(super) struct Pace {
    timeout: Duration,
    minimum_rate: u64,
    /// The time waited so far.
    waited: Duration,
    /// The bytes that were moved, counted by the connection, when this exchange began.
    from: u64,
    /// The same count when anything was last seen to move.
    seen: u64,
    /// The time waited since.
    still: Duration,
}

impl Pace {
    pub(super) fn new(timeout: Duration, minimum_rate: u64, moved: u64) -> Self {
        let (waited, still) = (Duration::ZERO, Duration::ZERO);
        Pace { timeout, minimum_rate, waited, from: moved, seen: moved, still }
    }

    /// How much longer to wait, given the count of bytes moved by now; `None` when it is enough.
    pub(super) fn patience(&mut self, moved: u64) -> Option<Duration> {
        if moved != self.seen {
            self.seen = moved;
            self.still = Duration::ZERO;
        }
        let mut left = self.timeout.saturating_sub(self.still);
        if self.minimum_rate > 0 {
            let earned = (moved - self.from) as f64 / self.minimum_rate as f64;
            let earned = Duration::try_from_secs_f64(earned).unwrap_or(Duration::MAX);
            left = left.min(self.timeout.saturating_add(earned).saturating_sub(self.waited));
        }
        (!left.is_zero()).then_some(left)
    }

    /// Adds time that was spent waiting.
    pub(super) fn waited(&mut self, time: Duration) {
        self.waited += time;
        self.still += time;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn patience_ends_when_nothing_moves() {
        let mut pace = Pace::new(2 * SECOND, 0, 100);
        pace.waited(SECOND);
        assert_eq!(pace.patience(100), Some(SECOND));
        pace.waited(SECOND);
        assert_eq!(pace.patience(101), Some(2 * SECOND));
        pace.waited(2 * SECOND);
        assert_eq!(pace.patience(101), None);
    }

    #[test]
    fn a_byte_now_and_then_does_not_renew_it_for_ever() {
        let mut pace = Pace::new(2 * SECOND, 10, 0);
        for moved in 1..=3 {
            assert!(pace.patience(moved).is_some());
            pace.waited(Duration::from_millis(700));
        }
        assert_eq!(pace.patience(4), Some(Duration::from_millis(300)));
        pace.waited(Duration::from_millis(400));
        assert_eq!(pace.patience(5), None);
        assert_eq!(pace.patience(500), Some(2 * SECOND));
    }
}
