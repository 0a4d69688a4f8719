//! Rules L: one list for each phase, and a response phase for everybody.

use super::centre;
use super::fault::Fault;
use super::response::Response;
use super::unit::Unit;
use crate::http::program::{Behaviour, Hook, Layer};

/// Runs the whole stack.
pub(super) fn run<'p>(unit: &mut Unit<'p>, layers: &[&'p Layer]) -> Response {
    let response = make_response(unit, layers).unwrap_or_else(|fault| {
        unit.way_out = "L1";
        unit.convert("L2", &fault)
    });
    process_response(unit, layers, response)
        .unwrap_or_else(|fault| unit.convert_to_500("L3", &fault))
}

fn make_response<'p>(unit: &mut Unit<'p>, layers: &[&'p Layer]) -> Result<Response, Fault> {
    for layer in layers {
        if let Some(does) = layer.does(Hook::ProcessRequest) {
            let at = unit.hook("H1", layer, Hook::ProcessRequest);
            match does {
                Behaviour::Modify => unit.request_marks.push(layer.name.clone()),
                Behaviour::Respond => {
                    unit.entered.push(layer);
                    unit.way_out = "L1";
                    return Ok(Response::new(201, at));
                }
                other => Fault::of(other, at).map_or(Ok(()), Err)?,
            }
        }
        unit.entered.push(layer);
    }
    centre::run(unit, layers)
}

/// Every layer's `process_response`, whoever was entered; a failure ends it (rules L1, L3).
fn process_response(
    unit: &mut Unit<'_>,
    layers: &[&Layer],
    mut response: Response,
) -> Result<Response, Fault> {
    for layer in layers.iter().rev() {
        let Some(does) = layer.does(Hook::ProcessResponse) else { continue };
        let at = unit.hook(unit.way_out, layer, Hook::ProcessResponse);
        match does {
            Behaviour::Modify => response.trail.push(layer.name.clone()),
            Behaviour::Replace => response = Response::new(202, at),
            Behaviour::None => return Err(Fault::value_error()),
            other => Fault::of(other, at).map_or(Ok(()), Err)?,
        }
    }
    Ok(response)
}
