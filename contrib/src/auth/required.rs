//! Routes for users only, and the way to the login page and back.

use super::user::User;
use crate::site::Site;
use crate::urls::{self, is_safe_url};
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Response, Result, ViewMatch};
use std::ops::ControlFlow;

/// Marks a route that [`LoginRequired`] lets pass, such as the login page itself (Django's
/// `login_not_required`).
#[derive(Clone, Copy, Debug)]
pub struct LoginExempt;

/// Sends whoever is not logged in to the login page. List it in the stack of a route, or in the
/// chain's stack with the routes that anybody may see [marked](LoginExempt). Without a
/// [`User`] from a layer further out every request is answered with a 500 that says so.
#[derive(Clone, Debug)]
pub struct LoginRequired {
    login_url: String,
}

impl LoginRequired {
    /// The layer with the address of the login page, such as `/login/`.
    pub fn new(login_url: impl Into<String>) -> Self {
        LoginRequired { login_url: login_url.into() }
    }

    fn check(&self, request: &mut Request, view: &mut ViewMatch) -> Result<Flow> {
        if view.mark::<LoginExempt>().is_some() || request.require::<User>()?.is_authenticated()? {
            return Ok(ControlFlow::Continue(()));
        }
        Ok(ControlFlow::Break(redirect_to_login(request, &self.login_url)))
    }
}

impl Layer for LoginRequired {
    fn declare(&self, order: &mut Order) {
        order.requires::<User>();
    }
}

impl Hooks for LoginRequired {
    fn install(&self, on: &mut On<Self>) {
        on.process_view(Self::check);
    }
}

/// 302 to the login page, with the address of this request in its parameter `next`. A login page
/// on another host gets the whole address, one of this site the path.
pub fn redirect_to_login(request: &Request, login_url: &str) -> Response {
    let here = Site::of(request);
    let target = urls::split(login_url);
    let is_here = target.as_ref().is_none_or(|target| {
        let own = |site: &Site| {
            (target.scheme.is_empty() || target.scheme == site.scheme())
                && (target.netloc.is_empty() || target.netloc == site.host())
        };
        target.netloc.is_empty() || here.as_ref().is_some_and(own)
    });
    let path = request.full_path();
    let next = match &here {
        Some(site) if !is_here => format!("{}://{}{path}", site.scheme(), site.host()),
        _ => path.to_owned(),
    };
    // A slash may stand in a query as it is, and the address stays readable with it.
    let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
    let next = next.replace("%2F", "/");
    let (login_url, fragment) = login_url.split_once('#').unwrap_or((login_url, ""));
    let sign = if login_url.contains('?') { '&' } else { '?' };
    let hash = if fragment.is_empty() { "" } else { "#" };
    Response::redirect(&format!("{login_url}{sign}next={next}{hash}{fragment}"))
}

/// Where to go after the login: the parameter `next` of the form or else of the query, if it is an
/// address of this site, and `otherwise` if not. Redirecting to it unchecked would let anybody
/// make links to this site that end on another one.
///
/// # Errors
///
/// The form cannot be read.
pub fn safe_next(request: &mut Request, otherwise: &str) -> Result<String> {
    let sent = request.form()?.get("next").map(str::to_owned);
    let sent = sent.or_else(|| request.query("next"));
    let site = Site::of(request);
    let hosts: Vec<&str> = site.iter().map(Site::host).collect();
    let https = site.as_ref().is_some_and(Site::is_secure);
    Ok(sent.filter(|url| is_safe_url(url, &hosts, https)).unwrap_or_else(|| otherwise.to_owned()))
}
