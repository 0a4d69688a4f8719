//! GraphiQL, a page to try GraphQL on, served from files of our own (`scripts/graphiql`).

use bytes::Bytes;
use engine_sync::http::{HeaderValue, Method, header};
use engine_sync::{Error, Request, Response, Result, Route};
use flate2::read::GzDecoder;
use std::io::Read;

/// What the page may do: run our files, and speak to this site. Styles may stand in the page, since
/// its dialogs put one there; scripts may not.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' \
                      'unsafe-inline'; img-src data:; font-src data:; connect-src 'self'; \
                      base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const JS: &str = "text/javascript; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";

/// A published file, compressed. Its name has its version, so browsers may keep it for ever.
struct Published {
    name: &'static str,
    content_type: &'static str,
    gzip: &'static [u8],
}

macro_rules! published {
    ($($content_type:ident $name:literal,)*) => {
        [$(Published {
            name: $name,
            content_type: $content_type,
            gzip: include_bytes!(concat!("../../graphiql/", $name, ".gz")),
        }),*]
    };
}

const PUBLISHED: [Published; 4] = published![
    JS "react-18.3.1.min.js",
    JS "react-dom-18.3.1.min.js",
    JS "graphiql-3.8.3.min.js",
    CSS "graphiql-3.8.3.min.css",
];

/// Whether a request comes from somebody who wants to look, and not from a client: it names HTML,
/// and has no query.
pub(super) fn is_asked_for(request: &Request) -> bool {
    let accept = request.header(header::ACCEPT).unwrap_or_default();
    request.method() != Method::POST
        && accept.to_ascii_lowercase().contains("text/html")
        && request.query("query").is_none()
}

/// The page.
pub(super) fn page() -> Response {
    let mut response = Response::html(include_str!("../../graphiql/page.html"))
        .with_header(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY))
        .with_header(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response.vary(&["Accept"]);
    response
}

/// The route of its files.
pub(super) fn files() -> Route {
    Route::get("/graphiql/{file}", |request, params| {
        file(request, params.get("file").unwrap_or_default())
    })
}

fn file(request: &Request, name: &str) -> Result<Response> {
    let (response, cache) = match name {
        "page.js" => (Response::with_type(JS, include_str!("../../graphiql/page.js")), "no-cache"),
        "page.css" => {
            (Response::with_type(CSS, include_str!("../../graphiql/page.css")), "no-cache")
        }
        _ => (published(request, name)?, "public, max-age=31536000, immutable"),
    };
    Ok(response
        .with_header(header::CACHE_CONTROL, HeaderValue::from_static(cache))
        .with_header(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")))
}

fn published(request: &Request, name: &str) -> Result<Response> {
    let file = PUBLISHED.iter().find(|file| file.name == name);
    let file = file.ok_or_else(|| Error::not_found("GraphiQL has no such file"))?;
    let mut response = if takes_gzip(request) {
        let gzip = HeaderValue::from_static("gzip");
        let body = Bytes::from_static(file.gzip);
        Response::with_type(file.content_type, body).with_header(header::CONTENT_ENCODING, gzip)
    } else {
        let mut plain = Vec::new();
        GzDecoder::new(file.gzip).read_to_end(&mut plain)?;
        Response::with_type(file.content_type, plain)
    };
    response.vary(&["Accept-Encoding"]);
    Ok(response)
}

fn takes_gzip(request: &Request) -> bool {
    let codings = request.header(header::ACCEPT_ENCODING).unwrap_or_default();
    codings.split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused = weight.trim().strip_prefix("q=").is_some_and(|q| q.parse() == Ok(0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}
