//! Waiting for something beside the messages, without asking for it at each of them.

use futures_util::future::BoxFuture;
use futures_util::task::{ArcWake, AtomicWaker, waker};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

/// Futures that are polled only when one of them has asked for it: a connection's clock and its
/// server's shutdown. A connection is polled for every message, and these are almost never ready.
pub(super) struct Bell {
    rung: Arc<Rung>,
}

struct Rung {
    has_rung: AtomicBool,
    task: AtomicWaker,
}

impl ArcWake for Rung {
    fn wake_by_ref(this: &Arc<Self>) {
        this.has_rung.store(true, Ordering::Release);
        this.task.wake();
    }
}

impl Bell {
    /// A bell that has rung, so that its futures are polled once.
    pub(super) fn new() -> Self {
        Bell { rung: Arc::new(Rung { has_rung: AtomicBool::new(true), task: AtomicWaker::new() }) }
    }

    /// Has the futures polled at the next occasion: one of them is new.
    pub(super) fn ring(&self) {
        self.rung.has_rung.store(true, Ordering::Release);
        self.rung.task.wake();
    }

    /// Whether they are to be polled now. Wakes the task when they are to be polled later.
    pub(super) fn has_rung(&self, cx: &mut Context<'_>) -> bool {
        self.rung.task.register(cx.waker());
        self.rung.has_rung.swap(false, Ordering::AcqRel)
    }

    /// Polls one of them.
    pub(super) fn poll(&self, future: &mut BoxFuture<'static, ()>) -> Poll<()> {
        let waker = waker(Arc::clone(&self.rung));
        future.as_mut().poll(&mut Context::from_waker(&waker))
    }
}
