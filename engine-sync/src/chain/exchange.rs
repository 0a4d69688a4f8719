//! One request and its response, until the layers have left.

use super::compiled::Exiting;
use super::{Chain, Unit};
use crate::body::Body;
use crate::request::Request;
use crate::response::Response;
use engine_core::Exit;
use engine_core::panics;
use std::fmt;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Where a unit turned round: at the endpoint, or at a layer that answered or failed (rule S12).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Ended {
    /// At the centre: the view, or the lack of one.
    #[default]
    Endpoint,
    /// The layer at this place (from zero, the outermost) answered without passing the unit on.
    Answered(usize),
    /// The layer at this place failed on the way in.
    Failed(usize),
}

/// A request that has run through a chain, and its response. Every entered layer's exit runs
/// exactly once, in reverse order of entry, when this is finished or dropped (rule S9).
pub struct Exchange {
    chain: Chain,
    request: Request,
    response: Response,
    unit: Unit,
    exits_due: bool,
}

impl Exchange {
    pub(super) fn new(chain: Chain, request: Request, response: Response, unit: Unit) -> Self {
        Exchange { chain, request, response, unit, exits_due: true }
    }

    /// The request as the layers left it.
    pub fn request(&self) -> &Request {
        &self.request
    }

    /// Changes the request: a server reads what is left of its body.
    pub fn request_mut(&mut self) -> &mut Request {
        &mut self.request
    }

    /// The response.
    pub fn response(&self) -> &Response {
        &self.response
    }

    /// Changes the response: a server takes its body out to send it.
    pub fn response_mut(&mut self) -> &mut Response {
        &mut self.response
    }

    /// Where the unit turned round.
    pub fn ended(&self) -> Ended {
        self.unit.ended
    }

    /// The name of the layer that answered or failed, if it was a layer.
    pub fn ended_by(&self) -> Option<&str> {
        let (Ended::Answered(place) | Ended::Failed(place)) = self.unit.ended else {
            return None;
        };
        let compiled = self.chain.inner.compiled(self.unit.route);
        compiled.names.get(place).map(String::as_str)
    }

    /// The pattern of the route, once one was found.
    pub fn route(&self) -> Option<&str> {
        let route = self.unit.route?;
        Some(self.chain.inner.routes[route].matched.pattern.as_str())
    }

    /// Runs the exits: the response has been handed over, or given up, and how.
    pub fn finish(mut self, how: Exit) {
        self.run_exits(how);
    }

    /// The response alone. Its exits run when the body is at its end or dropped; at once for a
    /// body that is all there.
    pub fn into_response(mut self) -> Response {
        let empty = Response::new(http::StatusCode::OK);
        let mut response = std::mem::replace(&mut self.response, empty);
        if response.body().is_stream() {
            let length = response.body().len();
            let reader = Guarded { body: response.body_mut().take(), exchange: Some(self) };
            *response.body_mut() = match length {
                Some(length) => Body::sized_stream(reader, length),
                None => Body::stream(reader),
            };
        } else {
            self.run_exits(Exit::Done);
        }
        response
    }

    fn run_exits(&mut self, how: Exit) {
        if !std::mem::take(&mut self.exits_due) {
            return;
        }
        let compiled = self.chain.inner.compiled(self.unit.route);
        for exit in compiled.exits.iter().filter(|exit| exit.place < self.unit.entered) {
            // Each exit has a guard of its own: this may be running while another panic unwinds,
            // and the layers further out are owed theirs.
            let ran = catch_unwind(AssertUnwindSafe(|| match &exit.hook {
                Exiting::Hook(hook) => hook(&self.request, how),
                Exiting::Around(layer) => layer.exit(&self.request, how),
            }));
            if let Err(payload) = ran {
                let error = crate::Error::from_panic(payload);
                let layer = &compiled.names[exit.place];
                panics::log(|| tracing::error!(layer, "the exit of a layer panicked: {error}"));
            }
        }
    }
}

impl Drop for Exchange {
    fn drop(&mut self) {
        self.run_exits(Exit::Dropped);
    }
}

impl fmt::Debug for Exchange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exchange")
            .field("request", &self.request)
            .field("response", &self.response)
            .field("ended", &self.unit.ended)
            .finish_non_exhaustive()
    }
}

/// A streamed body that finishes its exchange at its end.
struct Guarded {
    body: Body,
    exchange: Option<Exchange>,
}

impl Read for Guarded {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(out);
        let how = match &read {
            Ok(0) if !out.is_empty() => Exit::Done,
            Err(error) if error.kind() != io::ErrorKind::Interrupted => Exit::Failed,
            _ => return read,
        };
        if let Some(exchange) = self.exchange.take() {
            exchange.finish(how);
        }
        read
    }
}
