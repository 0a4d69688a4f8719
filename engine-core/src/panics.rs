//! A caught panic is logged once, and logging takes nothing down (rule S10).
//!
//! For engines and whoever runs units of their own; who writes a layer needs at most
//! [`quiet_panics`].

use std::any::Any;
use std::cell::{Cell, RefCell};
use std::panic::{self, AssertUnwindSafe, catch_unwind};
use std::sync::Once;

thread_local! {
    static IN_UNIT: Cell<bool> = const { Cell::new(false) };
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Keeps Rust's own report of a panic, with its backtrace, from being written for panics of layers
/// and views that the server catches: the chain announces each of them, with the place it came
/// from. Without this, one faulty view floods the standard error of a busy server.
///
/// It changes the panic hook of the whole process, so it is the program's to call, once, at its
/// start. Panics elsewhere are reported as before.
pub fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let report = panic::take_hook();
        panic::set_hook(Box::new(move |info| {
            if IN_UNIT.try_with(Cell::get).unwrap_or(false) {
                PLACE.set(info.location().map(ToString::to_string));
            } else {
                report(info);
            }
        }));
    });
}

/// Runs something that must not take its caller along; `None` when it has panicked.
pub fn contained<T>(run: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(run)).map_err(discard).ok()
}

/// Writes a log line. A subscriber may panic, as the one that prints does once nobody reads the
/// standard error any more; a line that is lost is no reason to lose a thread, too.
pub fn log(write: impl FnOnce()) {
    let _ = contained(write);
}

/// Drops the payload of a panic, whose own destructor may panic in turn.
pub fn discard(payload: Box<dyn Any + Send>) {
    if let Err(another) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        // Whoever panics while a panic is dropped does so for ever.
        std::mem::forget(another);
    }
}

/// The message of a caught panic, with the place it came from where that is known.
pub fn message(payload: Box<dyn Any + Send>) -> String {
    let message = match payload.downcast::<String>() {
        Ok(text) => *text,
        Err(payload) => match payload.downcast::<&'static str>() {
            Ok(text) => String::from(*text),
            Err(payload) => {
                discard(payload);
                String::from("a panic without a message")
            }
        },
    };
    match PLACE.take() {
        Some(place) => format!("{message} ({place})"),
        None => message,
    }
}

/// While code of a user runs on this thread that has a guard around it. Not for code that runs
/// inside another unit's.
#[derive(Debug)]
pub struct InUnit(());

impl InUnit {
    /// From here until the value is dropped.
    pub fn enter() -> Self {
        IN_UNIT.set(true);
        InUnit(())
    }
}

impl Drop for InUnit {
    fn drop(&mut self) {
        IN_UNIT.set(false);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_gets_out_of_a_log_line_not_even_by_dropping_its_panic() {
        struct Bomb;
        impl Drop for Bomb {
            fn drop(&mut self) {
                panic::panic_any(Bomb);
            }
        }
        log(|| panic::panic_any(Bomb));
        assert_eq!(contained(|| panic::panic_any(Bomb)), None::<()>);
        assert_eq!(contained(|| 1), Some(1));
    }

    #[test]
    fn a_quiet_panic_is_announced_with_its_place() {
        quiet_panics();
        let unit = InUnit::enter();
        let payload = panic::catch_unwind(|| panic!("boom")).unwrap_err();
        drop(unit);
        let message = message(payload);
        assert!(message.starts_with("boom (engine-core/src/panics.rs:"), "{message}");
    }
}
