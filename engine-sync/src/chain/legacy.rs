//! Running a request by rules L: Django's `MIDDLEWARE_CLASSES`, with hook-style layers only.

use super::center::{self, guarded};
use super::compiled::{Compiled, HookSegment, Segment};
use super::{Ended, Inner, Unit};
use crate::error::Result;
use crate::request::Request;
use crate::response::Response;
use http::StatusCode;
use std::ops::ControlFlow;

/// Runs a request: all that leads to a response, then every `process_response` (rules L1, L2).
pub(super) fn run(chain: &Inner, request: &mut Request, unit: &mut Unit) -> Response {
    let mut response = match make_response(chain, request, unit) {
        Ok(response) => response,
        Err(error) => chain.pages.convert(request, error),
    };
    for segment in chain.compiled(unit.route).segments.iter().rev().filter_map(hooks_of) {
        for placed in segment.response.iter().rev() {
            if let Err(error) = guarded(|| (placed.hook)(request, &mut response)) {
                // The response phase ends here: a bare 500 whatever the error's type, and the
                // layers further out do not run (rule L3).
                let error = error.with_status(StatusCode::INTERNAL_SERVER_ERROR);
                return chain.pages.convert(request, error);
            }
        }
    }
    response
}

fn make_response(chain: &Inner, request: &mut Request, unit: &mut Unit) -> Result<Response> {
    let outer = &chain.outer;
    let mut response = process_requests(chain, &outer.segments, request, unit)?;
    if response.is_none() {
        unit.entered = outer.len();
        response = center::route(chain, request, unit)?;
        if response.is_none() {
            let merged: &Compiled = chain.compiled(unit.route);
            let own = merged.segments_from(outer.len());
            response = process_requests(chain, own, request, unit)?;
            if response.is_none() {
                unit.entered = merged.len();
            }
        }
    }
    let response = match response {
        Some(response) => response,
        None => center::answer(chain, request, unit)?,
    };
    let ask = center::asks_about_rendering(chain.profile);
    center::render(chain, request, unit, response, ask)
}

fn process_requests(
    chain: &Inner,
    segments: &[Segment],
    request: &mut Request,
    unit: &mut Unit,
) -> Result<Option<Response>> {
    for placed in segments.iter().filter_map(hooks_of).flat_map(|segment| &segment.request) {
        let flow = guarded(|| {
            let flow = (placed.hook)(request)?;
            if flow.is_continue() {
                super::onion::check_provided(chain, unit, placed.place, request);
            }
            Ok(flow)
        });
        match flow {
            Ok(ControlFlow::Continue(())) => {}
            Ok(ControlFlow::Break(response)) => {
                unit.entered = placed.place + 1;
                unit.ended = Ended::Answered(placed.place);
                return Ok(Some(response));
            }
            Err(error) => {
                unit.entered = placed.place;
                unit.ended = Ended::Failed(placed.place);
                return Err(error);
            }
        }
    }
    Ok(None)
}

/// The chain's builder refuses call-style layers in these profiles.
fn hooks_of(segment: &Segment) -> Option<&HookSegment> {
    match segment {
        Segment::Hooks(segment) => Some(segment),
        Segment::Around { .. } => None,
    }
}
