//! What somebody may still ask for.

use std::time::Instant;

/// A token bucket: it fills with time, up to its size.
#[derive(Debug)]
pub(super) struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    pub(super) fn full(size: u32, now: Instant) -> Self {
        Bucket { tokens: size.into(), filled: now }
    }

    /// Takes so many tokens out; where there are not as many it takes none, and says in how many
    /// seconds there will be.
    pub(super) fn take(
        &mut self,
        tokens: u32,
        per_second: u32,
        size: u32,
        now: Instant,
    ) -> Result<(), f64> {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * f64::from(per_second)).min(size.into());
        self.filled = self.filled.max(now);
        let missing = f64::from(tokens) - self.tokens;
        if missing > 0.0 {
            return Err(missing / f64::from(per_second));
        }
        self.tokens -= f64::from(tokens);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[test]
    fn a_bucket_is_emptied_by_what_is_taken_and_fills_with_time() {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut bucket = Bucket::full(3, start);
        let mut take = |tokens, millis| bucket.take(tokens, 2, 3, at(millis));
        assert_eq!([take(2, 0), take(1, 0), take(1, 0)], [Ok(()), Ok(()), Err(0.5)]);
        assert!(take(1, 499).is_err());
        assert_eq!(take(1, 500), Ok(()));
        // Silence for an hour is worth one burst, and a clock that goes back gives nothing.
        assert_eq!(take(3, 3_600_000), Ok(()));
        assert_eq!(take(1, 0), Err(0.5));
        assert_eq!(take(1, 3_600_000), Err(0.5));
    }
}
