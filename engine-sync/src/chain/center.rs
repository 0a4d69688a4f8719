//! The centre of the chain: routing, `process_view`, the view, `process_exception`, and
//! rendering, for all layers of the stack (rules H5 to H8).

use super::{Inner, Unit};
use crate::error::{Error, Result};
use crate::profile::Profile;
use crate::request::Request;
use crate::response::Response;
use crate::router::{Found, ViewMatch};
use http::header::{self, HeaderValue};
use http::{Method, StatusCode};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

/// Runs code of a user, so that a panic in it is an error like any other (rule S10).
pub(super) fn guarded<T>(run: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(run)).unwrap_or_else(|payload| Err(Error::from_panic(payload)))
}

/// Finds the route. A response is the answer to a method that the path does not take.
pub(super) fn route(chain: &Inner, request: &Request, unit: &mut Unit) -> Result<Option<Response>> {
    let Some(urls) = &chain.urls else {
        return Ok(None);
    };
    match urls.0.find(request.method(), request.path())? {
        Found::Route(route, params) => {
            unit.route = Some(route);
            unit.params = params;
            Ok(None)
        }
        Found::WrongMethod(allowed) => Ok(Some(wrong_method(request.method(), &allowed))),
        Found::Nothing => Err(Error::not_found(format!("no route leads to {:?}", request.path()))),
    }
}

/// 405 with the methods that are answered; 200 where the client asks just for them.
fn wrong_method(method: &Method, allowed: &[Method]) -> Response {
    let mut response = if *method == Method::OPTIONS {
        Response::new(StatusCode::OK)
    } else {
        crate::error_pages::plain_page(StatusCode::METHOD_NOT_ALLOWED)
    };
    let mut names: Vec<&str> = allowed.iter().map(Method::as_str).collect();
    names.push("OPTIONS");
    if let Ok(value) = HeaderValue::try_from(names.join(", ")) {
        response.headers_mut().insert(header::ALLOW, value);
    }
    response
}

/// From `process_view` to the rendered response; an error is answered here, at the innermost
/// boundary.
pub(super) fn run(chain: &Inner, request: &mut Request, unit: &mut Unit) -> Response {
    answer(chain, request, unit)
        .and_then(|response| render(chain, request, unit, response, true))
        .unwrap_or_else(|error| chain.pages.convert(request, error))
}

/// `process_view` and the view, and `process_exception` where the view fails.
pub(super) fn answer(chain: &Inner, request: &mut Request, unit: &mut Unit) -> Result<Response> {
    let compiled = chain.compiled(unit.route);
    let matched = match unit.route {
        Some(route) => &chain.routes[route].matched,
        None => match &chain.single {
            Some(single) => single,
            None => return Err(Error::internal("the chain has neither routes nor a view")),
        },
    };
    if !compiled.view.is_empty() {
        let params = std::mem::take(&mut unit.params);
        let mut view = ViewMatch { route: Arc::clone(matched), params };
        for placed in &compiled.view {
            match guarded(|| (placed.hook)(request, &mut view)) {
                Ok(ControlFlow::Continue(())) => {}
                Ok(ControlFlow::Break(response)) => {
                    unit.ended = super::Ended::Answered(placed.place);
                    return Ok(response);
                }
                Err(error) => {
                    unit.ended = super::Ended::Failed(placed.place);
                    return Err(error);
                }
            }
        }
        unit.params = view.params;
    }
    guarded(|| (matched.view)(request, &unit.params))
        .or_else(|error| ask_exception_hooks(chain, request, unit, error))
}

/// Asks the layers about an error of the view or of rendering (rule H6).
#[cold]
fn ask_exception_hooks(
    chain: &Inner,
    request: &mut Request,
    unit: &Unit,
    error: Error,
) -> Result<Response> {
    for placed in &chain.compiled(unit.route).exception {
        if let Some(response) = guarded(|| (placed.hook)(request, &error))? {
            return Ok(response);
        }
    }
    Err(error)
}

/// The template step, for a deferred response only (rule H7).
pub(super) fn render(
    chain: &Inner,
    request: &mut Request,
    unit: &Unit,
    mut response: Response,
    ask_about_errors: bool,
) -> Result<Response> {
    if !response.is_deferred() {
        return Ok(response);
    }
    for placed in &chain.compiled(unit.route).template {
        guarded(|| (placed.hook)(request, &mut response))?;
    }
    let rendered = guarded(|| match response.take_template() {
        Some(template) => template.render(),
        None => Err(Error::internal(
            "a process_template_response hook put a response in place that cannot be rendered: \
             change the template response, or replace it in process_response",
        )),
    });
    match rendered {
        Ok(bytes) => {
            response.set_body(bytes);
            Ok(response)
        }
        Err(error) if ask_about_errors => ask_exception_hooks(chain, request, unit, error),
        Err(error) => Err(error),
    }
}

/// Whether this profile asks `process_exception` about errors of rendering (rule L4).
pub(super) fn asks_about_rendering(profile: Profile) -> bool {
    profile != Profile::Django18
}
