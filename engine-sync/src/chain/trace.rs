//! Watching a unit go through its layers (rule S12).
//!
//! A chain that traces wraps its hooks once, when it is built; one that does not pays nothing.

use crate::around::Around;
use crate::chain::Next;
use crate::error::{Error, Result};
use crate::hooks::HookTable;
use crate::params::Params;
use crate::request::Request;
use crate::response::Response;
use crate::router::View;
use engine_core::{Exit, Layer};
use std::borrow::Cow;
use std::fmt;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// What the layers did for one request, in the order in which they began to.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    events: Vec<TraceEvent>,
}

/// One hook, call or view that ran.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct TraceEvent {
    /// The layer as it is listed; empty for the view.
    pub layer: Arc<str>,
    /// The hook's name, `handle` for a call-style layer, `view` for the view.
    pub hook: &'static str,
    /// What became of it.
    pub outcome: Outcome,
    /// How long it took; for `handle` with all that is inside it.
    pub elapsed: Duration,
}

/// What became of a hook, a call or the view.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Outcome {
    /// It let the unit pass.
    Passed,
    /// It answered.
    Answered,
    /// It failed with an error of this status.
    Failed(u16),
    /// It panicked, or is still running.
    Unfinished,
}

impl Trace {
    /// The events, in the order in which they began.
    pub fn events(&self) -> &[TraceEvent] {
        &self.events
    }

    /// The layer and hook that answered or failed on the way in, or in place of the view; `None`
    /// where the view did.
    pub fn ended_by(&self) -> Option<&TraceEvent> {
        let inward = ["process_request", "process_view"];
        self.events
            .iter()
            .find(|event| inward.contains(&event.hook) && event.outcome != Outcome::Passed)
    }
}

impl fmt::Display for Trace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, event) in self.events.iter().enumerate() {
            let comma = if at == 0 { "" } else { ", " };
            write!(f, "{comma}{event}")?;
        }
        Ok(())
    }
}

impl fmt::Display for TraceEvent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &*self.layer {
            "" => f.write_str(self.hook)?,
            layer => write!(f, "{layer}.{}", self.hook)?,
        }
        match self.outcome {
            Outcome::Passed => Ok(()),
            Outcome::Answered => f.write_str("=answered"),
            Outcome::Failed(status) => write!(f, "=failed:{status}"),
            Outcome::Unfinished => f.write_str("=panicked"),
        }
    }
}

/// Who hears of a trace when the response has passed every layer.
pub(crate) type OnTrace = Arc<dyn Fn(&Request, &Trace, &mut Response) + Send + Sync>;

/// Notes an event around a call. The event is there before the call, so that one which panics is
/// there too.
fn note<T>(
    request: &mut Request,
    layer: &Arc<str>,
    hook: &'static str,
    run: impl FnOnce(&mut Request) -> Result<T>,
    outcome: impl FnOnce(&T) -> Outcome,
) -> Result<T> {
    let trace = request.state_mut().get_or_insert_with(Trace::default);
    let at = trace.events.len();
    let (layer, unfinished) = (Arc::clone(layer), Outcome::Unfinished);
    trace.events.push(TraceEvent { layer, hook, outcome: unfinished, elapsed: Duration::ZERO });
    let start = Instant::now();
    let result = run(request);
    let elapsed = start.elapsed();
    // A layer may have cleared the state; then there is nothing to write to.
    if let Some(event) = request.state_mut().get_mut::<Trace>().and_then(|t| t.events.get_mut(at)) {
        event.elapsed = elapsed;
        event.outcome = match &result {
            Ok(value) => outcome(value),
            Err(error) => Outcome::Failed(error.status().as_u16()),
        };
    }
    result
}

fn flow_outcome(flow: &ControlFlow<Response>) -> Outcome {
    if flow.is_break() { Outcome::Answered } else { Outcome::Passed }
}

/// The same hooks, each noting that it ran.
pub(crate) fn traced_hooks(table: HookTable, name: &str) -> HookTable {
    let name: Arc<str> = name.into();
    let passed = |(): &()| Outcome::Passed;
    let of = || Arc::clone(&name);
    HookTable {
        process_request: table.process_request.map(|hook| -> crate::hooks::RequestHook {
            let name = of();
            Box::new(move |request| {
                note(request, &name, "process_request", |r| hook(r), flow_outcome)
            })
        }),
        process_view: table.process_view.map(|hook| -> crate::hooks::ViewHook {
            let name = of();
            Box::new(move |request, view| {
                note(request, &name, "process_view", |r| hook(r, view), flow_outcome)
            })
        }),
        process_template_response: table.process_template_response.map(
            |hook| -> crate::hooks::TemplateHook {
                let name = of();
                Box::new(move |request, response| {
                    let run = |r: &mut Request| hook(r, response);
                    note(request, &name, "process_template_response", run, passed)
                })
            },
        ),
        process_exception: table.process_exception.map(|hook| -> crate::hooks::ExceptionHook {
            let name = of();
            Box::new(move |request, error: &Error| {
                note(
                    request,
                    &name,
                    "process_exception",
                    |r| hook(r, error),
                    |answer| {
                        if answer.is_some() { Outcome::Answered } else { Outcome::Passed }
                    },
                )
            })
        }),
        process_response: table.process_response.map(|hook| -> crate::hooks::ResponseHook {
            let name = of();
            Box::new(move |request, response| {
                note(request, &name, "process_response", |r| hook(r, response), passed)
            })
        }),
        exit: table.exit,
    }
}

/// The same call-style layer, noting that it ran.
pub(crate) struct TracedAround {
    layer: Arc<dyn Around>,
    name: Arc<str>,
}

impl TracedAround {
    pub(crate) fn new(layer: Arc<dyn Around>, name: &str) -> Self {
        TracedAround { layer, name: name.into() }
    }
}

impl Layer for TracedAround {
    fn name(&self) -> Cow<'_, str> {
        self.layer.name()
    }
}

impl Around for TracedAround {
    fn handle(&self, request: &mut Request, next: Next<'_>) -> Result<Response> {
        let run = |request: &mut Request| self.layer.handle(request, next);
        note(request, &self.name, "handle", run, |_| Outcome::Passed)
    }

    fn exit(&self, request: &Request, how: Exit) {
        self.layer.exit(request, how);
    }
}

/// The same view, noting that it ran.
pub(crate) fn traced_view(view: View) -> View {
    let name: Arc<str> = "".into();
    Arc::new(move |request: &mut Request, params: &Params| {
        note(request, &name, "view", |r| view(r, params), |_| Outcome::Answered)
    })
}
