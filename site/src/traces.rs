//! The last requests, with what each layer did.

use engine_sync::{Request, Response, Trace};
use serde::Serialize;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

/// So many requests are remembered.
const KEPT: usize = 20;

/// The last requests, the newest first. Cheap to clone.
#[derive(Clone, Default)]
pub(crate) struct Traces(Arc<Mutex<VecDeque<Line>>>);

/// One request as the page shows it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Line {
    method: String,
    path: String,
    status: u16,
    ended_by: String,
    events: Vec<Event>,
}

#[derive(Clone, Debug, Serialize)]
struct Event {
    text: String,
    outcome: &'static str,
    microseconds: u128,
}

impl Traces {
    /// Remembers a request, and tells the client in a header which layers did what.
    pub(crate) fn note(&self, request: &Request, trace: &Trace, response: &mut Response) {
        if let Ok(value) = trace.to_string().parse() {
            response.headers_mut().insert("x-trace", value);
        }
        let ended_by = trace.ended_by().map_or_else(|| "view".into(), |event| event.to_string());
        let events = trace.events().iter().map(|event| Event {
            text: event.to_string(),
            outcome: match event.outcome {
                engine_sync::Outcome::Passed => "passed",
                engine_sync::Outcome::Answered => "answered",
                _ => "failed",
            },
            microseconds: event.elapsed.as_micros(),
        });
        let line = Line {
            method: request.method().to_string(),
            path: request.path().to_owned(),
            status: response.status().as_u16(),
            ended_by,
            events: events.collect(),
        };
        let mut lines = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        lines.truncate(KEPT - 1);
        lines.push_front(line);
    }

    /// What is remembered.
    pub(crate) fn lines(&self) -> Vec<Line> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
    }
}
