//! How long messages take, for the log.

use engine_async::{
    Around, Exit, Incoming, Layer, Next, Order, Outbound, Receive, Result, WebSocket,
};
use futures_util::stream;
use serde::Deserialize;
use std::task::Poll;
use std::time::{Duration, Instant};

/// Options of [`Timing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TimingOptions {
    /// Milliseconds from which a message is logged as slow, at the level `warn`. Default: 1,000.
    pub slow_ms: u64,
}

impl Default for TimingOptions {
    fn default() -> Self {
        TimingOptions { slow_ms: 1_000 }
    }
}

/// Measures how long each message takes: from handing it inward until the next one is asked for.
/// Slow ones are logged by themselves, and each connection at its end, at the level `debug`, with
/// how many there were, their mean and the slowest.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    options: TimingOptions,
}

/// The times of one connection.
#[derive(Clone, Copy, Debug)]
struct Times {
    began: Instant,
    /// When the message that is being handled was handed inward.
    handed: Option<Instant>,
    messages: u32,
    total: Duration,
    slowest: Duration,
}

impl Timing {
    /// The layer with these options.
    pub fn new(options: TimingOptions) -> Self {
        Timing { options }
    }

    /// The message before, if there was one, is done with.
    fn done(&self, ws: &WebSocket) {
        let mut state = ws.state();
        let Some(times) = state.get_mut::<Times>() else { return };
        let Some(handed) = times.handed.take() else { return };
        let took = handed.elapsed();
        times.messages = times.messages.saturating_add(1);
        times.total += took;
        times.slowest = times.slowest.max(took);
        if took >= Duration::from_millis(self.options.slow_ms) {
            tracing::warn!(path = ws.path(), ?took, "slow message");
        }
    }

    fn handed(ws: &WebSocket) {
        if let Some(times) = ws.state().get_mut::<Times>() {
            times.handed = Some(Instant::now());
        }
    }
}

impl Layer for Timing {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl Around for Timing {
    async fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        mut receive: Receive<'a>,
        send: Outbound<'a>,
        next: Next<'a>,
    ) -> Result<()> {
        let (messages, total, slowest) = (0, Duration::ZERO, Duration::ZERO);
        ws.insert(Times { began: Instant::now(), handed: None, messages, total, slowest });
        let timed = stream::poll_fn(move |cx| {
            self.done(ws);
            let event = receive.poll_event(cx);
            if matches!(event, Poll::Ready(Ok(Incoming::Message(_)))) {
                Timing::handed(ws);
            }
            event.map(Some)
        });
        next.run(Receive::new(timed), send).await
    }

    fn exit(&self, ws: &WebSocket, how: Exit) {
        self.done(ws);
        let Some(times) = ws.state().remove::<Times>() else { return };
        let Times { messages, total, slowest, .. } = times;
        let mean = total.checked_div(messages).unwrap_or_default();
        let took = times.began.elapsed();
        tracing::debug!(path = ws.path(), ?took, messages, ?mean, ?slowest, %how, "connection");
    }
}
