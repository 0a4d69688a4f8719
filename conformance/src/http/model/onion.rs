//! Rules H: each layer is wrapped around the rest, with a boundary of its own.

use super::centre;
use super::fault::Fault;
use super::response::Response;
use super::unit::Unit;
use crate::http::program::{Behaviour, Hook, Layer};

/// Runs the whole stack. `None` is what a hook may return in Python, and nobody stopped it.
pub(super) fn run<'p>(unit: &mut Unit<'p>, layers: &[&'p Layer]) -> Option<Response> {
    inward(unit, layers, layers)
}

/// What lies further in, seen from outside: a response, never an error (rule H3).
fn inward<'p>(unit: &mut Unit<'p>, rest: &[&'p Layer], all: &[&'p Layer]) -> Option<Response> {
    let ran = match rest.split_first() {
        None => centre::run(unit, all).map(Some),
        Some((layer, rest)) => match layer.does(Hook::Call) {
            Some(does) => call_style(unit, layer, does, rest, all),
            None => hook_style(unit, layer, rest, all),
        },
    };
    ran.unwrap_or_else(|fault| {
        unit.way_out = unit.boundary;
        Some(unit.convert(unit.boundary, &fault))
    })
}

fn hook_style<'p>(
    unit: &mut Unit<'p>,
    layer: &'p Layer,
    rest: &[&'p Layer],
    all: &[&'p Layer],
) -> Result<Option<Response>, Fault> {
    let mut answered = None;
    if let Some(does) = layer.does(Hook::ProcessRequest) {
        let at = unit.hook("H1", layer, Hook::ProcessRequest);
        match does {
            Behaviour::Modify => unit.request_marks.push(layer.name.clone()),
            Behaviour::Respond => answered = Some(Response::new(201, at)),
            other => Fault::of(other, at).map_or(Ok(()), Err)?,
        }
    }
    unit.entered.push(layer);
    let response = match answered {
        Some(response) => {
            unit.way_out = "H2";
            Some(response)
        }
        None => inward(unit, rest, all),
    };
    let Some(does) = layer.does(Hook::ProcessResponse) else { return Ok(response) };
    let at = unit.hook(unit.way_out, layer, Hook::ProcessResponse);
    unit.boundary = "H4";
    act_on(response, does, layer, at)
}

fn call_style<'p>(
    unit: &mut Unit<'p>,
    layer: &'p Layer,
    does: Behaviour,
    rest: &[&'p Layer],
    all: &[&'p Layer],
) -> Result<Option<Response>, Fault> {
    let before = format!("{}.before", layer.name);
    unit.event("H1", before.clone());
    match does {
        Behaviour::Short => {
            unit.entered.push(layer);
            unit.way_out = "H2";
            return Ok(Some(Response::new(201, before)));
        }
        Behaviour::RaiseBefore | Behaviour::PanicBefore => {
            return Fault::of(does, before).map_or(Ok(None), Err);
        }
        Behaviour::ModifyRequest => unit.request_marks.push(layer.name.clone()),
        _ => {}
    }
    unit.entered.push(layer);
    let response = inward(unit, rest, all);
    let after = format!("{}.after", layer.name);
    unit.event(unit.way_out, after.clone());
    unit.boundary = "H4";
    act_on(response, does, layer, after)
}

/// What a layer makes of the response on its way out.
fn act_on(
    response: Option<Response>,
    does: Behaviour,
    layer: &Layer,
    at: String,
) -> Result<Option<Response>, Fault> {
    match does {
        Behaviour::Modify | Behaviour::ModifyResponse => {
            let mut response = response.ok_or_else(Fault::attribute_error)?;
            response.trail.push(layer.name.clone());
            Ok(Some(response))
        }
        Behaviour::Replace => Ok(Some(Response::new(202, at))),
        Behaviour::None => Ok(None),
        other => Fault::of(other, at).map_or(Ok(response), Err),
    }
}
