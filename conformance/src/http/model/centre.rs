//! The centre: `process_view`, the view, `process_exception`, the template step (rules H5 to H8).

use super::fault::Fault;
use super::response::Response;
use super::unit::Unit;
use crate::http::program::{Behaviour, Hook, Layer, Profile, View};

/// From `process_view` to the rendered response.
pub(super) fn run(unit: &mut Unit<'_>, layers: &[&Layer]) -> Result<Response, Fault> {
    unit.way_out = "H4";
    let response = match process_view(unit, layers)? {
        Some(response) => {
            unit.way_out = "H8";
            response
        }
        None => view(unit, layers)?,
    };
    template_step(unit, layers, response)
}

fn process_view(unit: &mut Unit<'_>, layers: &[&Layer]) -> Result<Option<Response>, Fault> {
    for layer in layers {
        let Some(does) = layer.does(Hook::ProcessView) else { continue };
        let at = unit.hook("H5", layer, Hook::ProcessView);
        match does {
            Behaviour::Modify => unit.argument_marks.push(layer.name.clone()),
            Behaviour::Respond => return Ok(Some(Response::new(201, at))),
            other => Fault::of(other, at).map_or(Ok(()), Err)?,
        }
    }
    Ok(None)
}

fn view(unit: &mut Unit<'_>, layers: &[&Layer]) -> Result<Response, Fault> {
    unit.event("H5", "view");
    let fails = |behaviour| Fault::of(behaviour, String::from("view"));
    let render_fails = |behaviour| Fault::of(behaviour, String::from("render:view"));
    let fault = match unit.view {
        View::Return => return Ok(Response::new(200, view_body(unit))),
        View::Template => return Ok(Response::deferred(200, "view", None)),
        View::TemplateRaise => {
            return Ok(Response::deferred(200, "view", render_fails(Behaviour::Raise)));
        }
        View::TemplatePanic => {
            return Ok(Response::deferred(200, "view", render_fails(Behaviour::Panic)));
        }
        // The check for None stands behind the view, where `process_exception` is not asked.
        View::None => return Err(Fault::value_error()),
        View::Raise => fails(Behaviour::Raise),
        View::Raise404 => fails(Behaviour::Raise404),
        View::Raise403 => fails(Behaviour::Raise403),
        View::Raise400 => fails(Behaviour::Raise400),
        View::Panic => fails(Behaviour::Panic),
    };
    ask_about(unit, layers, fault.unwrap_or_else(Fault::value_error), "H6")
}

fn view_body(unit: &Unit<'_>) -> String {
    let mut body = String::from("view");
    if !unit.request_marks.is_empty() {
        body += &format!("|req={}", unit.request_marks.join(","));
    }
    if !unit.argument_marks.is_empty() {
        body += &format!("|kw={}", unit.argument_marks.join(","));
    }
    body
}

/// Asks `process_exception` in reverse order; the first response wins (rule H6).
fn ask_about(
    unit: &mut Unit<'_>,
    layers: &[&Layer],
    fault: Fault,
    why: &'static str,
) -> Result<Response, Fault> {
    for layer in layers.iter().rev() {
        let Some(does) = layer.does(Hook::ProcessException) else { continue };
        let at = unit.hook(why, layer, Hook::ProcessException);
        match does {
            Behaviour::Respond => {
                unit.way_out = "H8";
                return Ok(Response::new(201, at));
            }
            other => Fault::of(other, at).map_or(Ok(()), Err)?,
        }
    }
    Err(fault)
}

fn template_step(
    unit: &mut Unit<'_>,
    layers: &[&Layer],
    mut response: Response,
) -> Result<Response, Fault> {
    if response.template.is_none() {
        return Ok(response);
    }
    for layer in layers.iter().rev() {
        let Some(does) = layer.does(Hook::ProcessTemplateResponse) else { continue };
        let at = unit.hook("H7", layer, Hook::ProcessTemplateResponse);
        match does {
            Behaviour::Modify => {
                if let Some(template) = &mut response.template {
                    template.marks.push(layer.name.clone());
                }
            }
            Behaviour::Replace => response = Response::deferred(202, &layer.name, None),
            Behaviour::None => return Err(Fault::value_error()),
            other => Fault::of(other, at).map_or(Ok(()), Err)?,
        }
    }
    let Some(template) = response.template.take() else { return Ok(response) };
    unit.event("H7", format!("render:{}", template.name));
    if let Some(fault) = template.fails {
        return match unit.profile {
            Profile::Django18 => Err(fault),
            Profile::Django111Legacy => ask_about(unit, layers, fault, "L4"),
            Profile::Django5 => ask_about(unit, layers, fault, "H6"),
        };
    }
    response.body = format!("template:{}", template.name);
    if !template.marks.is_empty() {
        response.body += &format!("|ctx={}", template.marks.join(","));
    }
    Ok(response)
}
