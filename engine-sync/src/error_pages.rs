//! Error pages: how an error becomes a response (rule H10).

use crate::error::Error;
use crate::request::Request;
use crate::response::Response;
use engine_core::panics;
use http::StatusCode;
use std::fmt;
use std::sync::Arc;

type Page = Arc<dyn Fn(&Request, &Error) -> Response + Send + Sync>;
type Announce = Arc<dyn Fn(&Request, &Error) + Send + Sync>;

/// The error pages of a chain, and who hears of errors that become a 500.
#[derive(Clone)]
pub(crate) struct ErrorPages {
    pages: Vec<(StatusCode, Page)>,
    announce: Announce,
}

impl Default for ErrorPages {
    fn default() -> Self {
        ErrorPages { pages: Vec::new(), announce: Arc::new(log) }
    }
}

impl ErrorPages {
    pub(crate) fn set(
        &mut self,
        status: StatusCode,
        page: impl Fn(&Request, &Error) -> Response + Send + Sync + 'static,
    ) {
        self.pages.retain(|(other, _)| *other != status);
        self.pages.push((status, Arc::new(page)));
    }

    pub(crate) fn set_announce(
        &mut self,
        announce: impl Fn(&Request, &Error) + Send + Sync + 'static,
    ) {
        self.announce = Arc::new(announce);
    }

    /// Turns an error into the response of its status, and announces it when that is a 5xx.
    #[cold]
    pub(crate) fn convert(&self, request: &Request, error: Error) -> Response {
        let status = error.status();
        if status.is_server_error() {
            let announced = panics::contained(|| (self.announce)(request, &error));
            if announced.is_none() {
                panics::log(|| tracing::error!("announcing an error panicked"));
            }
        }
        let page = self.pages.iter().find(|(of, _)| *of == status).map(|(_, page)| page);
        let made = page.map(|page| panics::contained(|| page(request, &error)));
        let mut response = match made {
            Some(Some(response)) => response,
            Some(None) => {
                panics::log(|| {
                    tracing::error!(%status, "the error page panicked; a plain one takes its place");
                });
                plain_page(StatusCode::INTERNAL_SERVER_ERROR)
            }
            None => plain_page(status),
        };
        response.set_cause(error);
        response
    }
}

/// Says what happened on the log, once: the request, and the error with its causes.
fn log(request: &Request, error: &Error) {
    let mut causes = String::new();
    let mut source = error.source().and_then(|source| source.source());
    while let Some(cause) = source {
        causes.push_str(": ");
        causes.push_str(&cause.to_string());
        source = cause.source();
    }
    let kind = if error.is_panic() { "panic" } else { "error" };
    tracing::error!(
        method = %request.method(), path = request.path(), status = error.status().as_u16(),
        "{kind}: {error}{causes}",
    );
}

/// The page that is shown where the user has given none. It says nothing of the error itself.
pub(crate) fn plain_page(status: StatusCode) -> Response {
    let reason = status.canonical_reason().unwrap_or("Error");
    let advice = match status.as_u16() {
        400 => "The request could not be understood.",
        403 => "You may not see this.",
        404 => "The requested resource was not found on this server.",
        405 => "This resource does not answer that method.",
        408 => "The request took too long to arrive.",
        413 => "The request is larger than this server takes.",
        503 => "The server is busy; try again in a moment.",
        _ if status.is_server_error() => "Something went wrong on our side.",
        _ => "The request could not be answered.",
    };
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head><title>{reason}</title></head>\n\
         <body><h1>{reason}</h1><p>{advice}</p></body>\n</html>\n"
    );
    Response::html(html).with_status(status)
}

impl fmt::Debug for ErrorPages {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.pages.iter().map(|(status, _)| status)).finish()
    }
}
