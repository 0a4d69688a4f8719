//! The ranges of a server's limits: how a value is read and checked, and how a range is said. For
//! servers, through [`ranges!`](crate::ranges).

use serde::Deserializer;
use serde::de::{self, Unexpected, Visitor};
use std::fmt;
use std::io;
use std::time::Duration;

/// A whole number, both ends included.
#[derive(Clone, Copy, Debug)]
pub struct Whole {
    /// The smallest that is taken.
    pub least: u64,
    /// The largest that is taken.
    pub most: u64,
}

/// A duration, both ends included; the longer end in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Seconds {
    /// The shortest that is taken.
    pub least: Duration,
    /// The longest that is taken, in seconds.
    pub most: u64,
}

/// The longest time that can be set, in seconds.
pub const YEAR: u64 = 365 * 24 * 60 * 60;

/// A time-out of nothing would end what has not begun.
pub const TIMEOUT: Seconds = Seconds { least: Duration::from_millis(1), most: YEAR };

/// Gives every field of a struct of limits its range, for both ways to set it: makes a module
/// `read` with a function for each field's `deserialize_with`, and a method `check`.
#[macro_export]
macro_rules! ranges {
    ($limits:ident { $($field:ident: $type:ty, $range:expr;)* }) => {
        /// Reads a limit out of a table: one that is out of its range is refused there.
        mod read {
            use super::*;
            $(pub(super) fn $field<'de, D: serde::Deserializer<'de>>(
                from: D,
            ) -> Result<$type, D::Error> {
                $crate::range::Limit::read(from, $range)
            })*
        }

        impl $limits {
            /// Refuses limits made in code that a table could not set.
            pub(super) fn check(&self) -> std::io::Result<()> {
                $($crate::range::Limit::check(self.$field, stringify!($field), $range)?;)*
                Ok(())
            }
        }
    };
}

/// The type of a limit.
pub trait Limit: Sized {
    /// What its ranges look like.
    type Range;

    /// Reads one out of a table of settings.
    ///
    /// # Errors
    ///
    /// It is of another type, or out of its range.
    fn read<'de, D: Deserializer<'de>>(from: D, range: Self::Range) -> Result<Self, D::Error>;

    /// Checks one that was set in code.
    ///
    /// # Errors
    ///
    /// It is out of its range; the message has its name.
    fn check(self, name: &str, range: Self::Range) -> io::Result<()>;
}

impl Limit for u64 {
    type Range = Whole;

    fn read<'de, D: Deserializer<'de>>(from: D, range: Whole) -> Result<Self, D::Error> {
        from.deserialize_u64(range)
    }

    fn check(self, name: &str, range: Whole) -> io::Result<()> {
        within((range.least..=range.most).contains(&self), name, &self, &range)
    }
}

impl Limit for usize {
    type Range = Whole;

    fn read<'de, D: Deserializer<'de>>(from: D, range: Whole) -> Result<Self, D::Error> {
        from.deserialize_u64(range)?.try_into().map_err(de::Error::custom)
    }

    fn check(self, name: &str, range: Whole) -> io::Result<()> {
        (self as u64).check(name, range)
    }
}

impl Limit for Duration {
    type Range = Seconds;

    fn read<'de, D: Deserializer<'de>>(from: D, range: Seconds) -> Result<Self, D::Error> {
        from.deserialize_f64(range)
    }

    fn check(self, name: &str, range: Seconds) -> io::Result<()> {
        within(range.contains(self), name, &self.as_secs_f64(), &range)
    }
}

fn within(
    is_within: bool,
    name: &str,
    value: &dyn fmt::Display,
    range: &dyn fmt::Display,
) -> io::Result<()> {
    if is_within {
        return Ok(());
    }
    let said = format!("the server cannot run with `{name}` at {value}: it must be {range}");
    Err(io::Error::new(io::ErrorKind::InvalidInput, said))
}

impl Seconds {
    fn contains(self, duration: Duration) -> bool {
        (self.least..=Duration::from_secs(self.most)).contains(&duration)
    }
}

impl fmt::Display for Whole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a whole number from {} to {}", Grouped(self.least), Grouped(self.most))
    }
}

impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let least = self.least.as_secs_f64();
        write!(f, "a number of seconds from {least} to {}", Grouped(self.most))
    }
}

/// A number with its thousands set apart.
struct Grouped(u64);

impl fmt::Display for Grouped {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0 < 1000 {
            return write!(f, "{}", self.0);
        }
        write!(f, "{},{:03}", Grouped(self.0 / 1000), self.0 % 1000)
    }
}

impl Visitor<'_> for Whole {
    type Value = u64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<u64, E> {
        if (self.least..=self.most).contains(&value) {
            return Ok(value);
        }
        Err(E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<u64, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
        }
    }
}

impl Visitor<'_> for Seconds {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }

    fn visit_f64<E: de::Error>(self, value: f64) -> Result<Duration, E> {
        let duration = Duration::try_from_secs_f64(value).ok();
        duration
            .filter(|duration| self.contains(*duration))
            .ok_or_else(|| E::invalid_value(Unexpected::Float(value), &self))
    }

    fn visit_u64<E: de::Error>(self, value: u64) -> Result<Duration, E> {
        let duration = Duration::from_secs(value);
        if self.contains(duration) {
            return Ok(duration);
        }
        Err(E::invalid_value(Unexpected::Unsigned(value), &self))
    }

    fn visit_i64<E: de::Error>(self, value: i64) -> Result<Duration, E> {
        match u64::try_from(value) {
            Ok(value) => self.visit_u64(value),
            Err(_) => Err(E::invalid_value(Unexpected::Signed(value), &self)),
        }
    }
}
