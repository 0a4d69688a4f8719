//! How long a request takes, for the browser's developer tools and for the log.

use engine_sync::http::HeaderName;
use engine_sync::{Exit, Flow, Hooks, Layer, On, Order, Request, Response, Result};
use serde::Deserialize;
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

/// Options of [`Timing`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct TimingOptions {
    /// Whether the response tells the time in a `Server-Timing` header, which anybody can read.
    /// Default: yes.
    pub header: bool,
    /// Milliseconds from which a request is logged as slow, at the level `warn`; the others are
    /// logged at the level `debug`. Default: 1,000.
    pub slow_ms: u64,
}

impl Default for TimingOptions {
    fn default() -> Self {
        TimingOptions { header: true, slow_ms: 1_000 }
    }
}

/// When the request reached the [`Timing`] layer.
#[derive(Clone, Copy, Debug)]
pub struct Started(
    /// The moment.
    pub Instant,
);

/// Measures from its own way in to its own way out, so list it outermost to measure everything.
#[derive(Clone, Copy, Debug, Default)]
pub struct Timing {
    options: TimingOptions,
}

impl Timing {
    /// The layer with these options.
    pub fn new(options: TimingOptions) -> Self {
        Timing { options }
    }

    fn start(&self, request: &mut Request) -> Result<Flow> {
        request.state_mut().insert(Started(Instant::now()));
        Ok(ControlFlow::Continue(()))
    }

    fn tell(&self, request: &mut Request, response: &mut Response) -> Result<()> {
        const SERVER_TIMING: HeaderName = HeaderName::from_static("server-timing");
        if let Some(Started(start)) = request.state().get() {
            let millis = start.elapsed().as_secs_f64() * 1_000.0;
            // Added, not set: a service further in may have told times of its own.
            let value = format!("total;dur={millis:.3}").parse()?;
            response.headers_mut().append(SERVER_TIMING, value);
        }
        Ok(())
    }

    /// The log waits for the exit, when a streamed body is through, too.
    fn log(&self, request: &Request, how: Exit) {
        let Some(Started(start)) = request.state().get() else {
            return;
        };
        let took = start.elapsed();
        let (method, path) = (request.method(), request.path());
        if took >= Duration::from_millis(self.options.slow_ms) {
            tracing::warn!(%method, path, ?took, %how, "slow request");
        } else {
            tracing::debug!(%method, path, ?took, %how, "request");
        }
    }
}

impl Layer for Timing {
    fn declare(&self, order: &mut Order) {
        order.provides::<Started>().single();
    }
}

impl Hooks for Timing {
    fn install(&self, on: &mut On<Self>) {
        on.process_request(Self::start).exit(Self::log);
        if self.options.header {
            on.process_response(Self::tell);
        }
    }
}
