//! Running a request by rules H: the onion of Django 1.10 and later.

use super::compiled::{Compiled, HookSegment, Segment};
use super::{Ended, Inner, Unit, center};
use crate::error::{Error, Result};
use crate::request::Request;
use crate::response::Response;
use std::fmt;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Runs a request through the whole chain.
pub(super) fn run(chain: &Inner, request: &mut Request, unit: &mut Unit) -> Response {
    inward(Rest { chain, segments: &chain.outer.segments, routed: false }, request, unit)
}

/// What lies further in.
#[derive(Clone, Copy)]
struct Rest<'a> {
    chain: &'a Inner,
    segments: &'a [Segment],
    /// Whether the route is known and `segments` are its own.
    routed: bool,
}

/// The rest of the stack, as a call-style layer sees it. Running it consumes it, so a request
/// cannot be passed on twice (rule S3).
pub struct Next<'a> {
    rest: Rest<'a>,
    place: usize,
    unit: &'a mut Unit,
}

impl Next<'_> {
    /// Passes the request on. What comes back is always a response: an error further in was
    /// answered at its own layer's boundary (rule H3); [`Response::cause`] still knows it.
    pub fn run(self, request: &mut Request) -> Response {
        self.unit.entered = self.place + 1;
        check_provided(self.rest.chain, self.unit, self.place, request);
        inward(self.rest, request, self.unit)
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("segments", &self.rest.segments.len()).finish_non_exhaustive()
    }
}

fn inward(rest: Rest<'_>, request: &mut Request, unit: &mut Unit) -> Response {
    match rest.segments.split_first() {
        Some((Segment::Hooks(segment), inner)) => {
            run_hooks(segment, Rest { segments: inner, ..rest }, request, unit)
        }
        Some((Segment::Around { place, layer }, inner)) => {
            let rest = Rest { segments: inner, ..rest };
            let next = Next { rest, place: *place, unit };
            let ran = catch_unwind(AssertUnwindSafe(|| layer.handle(request, next)));
            match ran.unwrap_or_else(|payload| Err(Error::from_panic(payload))) {
                Ok(response) => {
                    if unit.entered <= *place {
                        unit.entered = place + 1;
                        unit.ended = Ended::Answered(*place);
                    }
                    response
                }
                Err(error) => {
                    if unit.entered <= *place {
                        unit.entered = *place;
                        unit.ended = Ended::Failed(*place);
                    }
                    rest.chain.pages.convert(request, error)
                }
            }
        }
        None if rest.routed => center::run(rest.chain, request, unit),
        None => match center::route(rest.chain, request, unit) {
            Ok(None) => match own_segments(rest.chain, unit) {
                [] => center::run(rest.chain, request, unit),
                segments => inward(Rest { segments, routed: true, ..rest }, request, unit),
            },
            Ok(Some(response)) => response,
            Err(error) => rest.chain.pages.convert(request, error),
        },
    }
}

/// The segments of the route's own stack.
fn own_segments<'c>(chain: &'c Inner, unit: &Unit) -> &'c [Segment] {
    let merged = unit.route.and_then(|route| chain.routes[route].merged.as_ref());
    merged.map_or(&[], |merged| merged.segments_from(chain.outer.len()))
}

/// How far a run of hook-style layers has come; it survives a panic of any of them.
struct Progress {
    phase: Phase,
    /// Inward, how many request hooks have not passed yet, the one that runs now included;
    /// outward, how many response hooks stand further out than it. Both are what is left of the
    /// list, so that one number counts the loop and says where a panic was.
    at: usize,
    response: Option<Response>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Inward,
    Inside,
    Outward,
}

/// Runs neighbouring hook-style layers as one loop, with the response in one place and one guard
/// against panics, which goes on where a panic has stopped it.
fn run_hooks(
    segment: &HookSegment,
    rest: Rest<'_>,
    request: &mut Request,
    unit: &mut Unit,
) -> Response {
    let mut progress = Progress { phase: Phase::Inward, at: 0, response: None };
    loop {
        let stepped = catch_unwind(AssertUnwindSafe(|| {
            if progress.phase == Phase::Inward {
                go_in(segment, rest, &mut progress, request, unit)?;
            }
            go_out(segment, &mut progress, request)
        }));
        let error = match stepped {
            Ok(Ok(())) => {
                // `go_out` ends well only once there is a response.
                return progress.response.unwrap_or_else(|| Response::new(http::StatusCode::OK));
            }
            Ok(Err(error)) => error,
            Err(payload) => Error::from_panic(payload),
        };
        match progress.phase {
            Phase::Inward => {
                let place = segment.request[segment.request.len() - progress.at].place;
                unit.entered = place;
                unit.ended = Ended::Failed(place);
                progress.leave_from(segment, place);
            }
            // Nothing inside lets a panic out, except a fault of the chain's own; it is answered
            // like any other.
            Phase::Inside => progress.leave_from(segment, segment.end),
            // The layer at `at` failed on the way out; `go_out` continues with the next outer one.
            Phase::Outward => {}
        }
        progress.response = Some(rest.chain.pages.convert(request, error));
    }
}

impl Progress {
    /// Turns outward: the response hooks of all layers listed before `place` will run.
    fn leave_from(&mut self, segment: &HookSegment, place: usize) {
        self.phase = Phase::Outward;
        self.at = segment.response.partition_point(|hook| hook.place < place);
    }
}

fn go_in(
    segment: &HookSegment,
    rest: Rest<'_>,
    progress: &mut Progress,
    request: &mut Request,
    unit: &mut Unit,
) -> Result<()> {
    let mut left = &segment.request[..];
    while let Some((placed, behind)) = left.split_first() {
        progress.at = left.len();
        left = behind;
        match (placed.hook)(request) {
            Ok(ControlFlow::Continue(())) => {
                if cfg!(debug_assertions) {
                    check_provided(rest.chain, unit, placed.place, request);
                }
            }
            Err(error) => return Err(error),
            Ok(ControlFlow::Break(response)) => {
                unit.entered = placed.place + 1;
                unit.ended = Ended::Answered(placed.place);
                progress.response = Some(response);
                progress.leave_from(segment, placed.place + 1);
                return Ok(());
            }
        }
    }
    unit.entered = segment.end;
    progress.phase = Phase::Inside;
    progress.response = Some(inward(rest, request, unit));
    progress.phase = Phase::Outward;
    progress.at = segment.response.len();
    Ok(())
}

fn go_out(segment: &HookSegment, progress: &mut Progress, request: &mut Request) -> Result<()> {
    let Some(response) = &mut progress.response else {
        return Ok(());
    };
    let mut left = &segment.response[..progress.at];
    while let Some((placed, before)) = left.split_last() {
        progress.at = before.len();
        left = before;
        (placed.hook)(request, response)?;
    }
    Ok(())
}

/// In debug builds, checks that a layer has really put what it says it provides into the state.
///
/// # Panics
///
/// When it has not: the declaration is wrong, and whoever relies on it would fail with a message
/// about the wrong layer. The panic is answered as that layer's 500.
pub(super) fn check_provided(chain: &Inner, unit: &Unit, place: usize, request: &Request) {
    if !cfg!(debug_assertions) {
        return;
    }
    let compiled: &Compiled = chain.compiled(unit.route);
    for (id, name) in compiled.provides.get(place).into_iter().flatten() {
        let layer = &compiled.names[place];
        assert!(
            request.state().contains(*id),
            "`{layer}` declares that it provides `{name}` and has passed the request on without \
             it: insert it, answer the request, or drop the declaration",
        );
    }
}
