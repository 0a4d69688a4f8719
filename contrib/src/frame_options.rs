//! Who may show a page inside a frame (Django's `XFrameOptionsMiddleware`).

use engine_sync::http::header::{self, HeaderValue};
use engine_sync::{Flow, Hooks, Layer, On, Order, Request, Response, Result, ViewMatch};
use serde::Deserialize;
use std::ops::ControlFlow;

/// Who may show a page inside a frame: of a whole site as an option of [`FrameOptions`], or of one
/// route as its mark.
///
/// ```
/// use contrib::frame_options::Frames;
/// use engine_sync::{Response, Route};
///
/// let widget = Route::get("/widget/", |_, _| Ok(Response::html("<p>hi")))
///     .mark(Frames::Exempt);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frames {
    /// Nobody. The default.
    #[default]
    #[serde(alias = "DENY")]
    Deny,
    /// Pages of the same site.
    #[serde(alias = "SAMEORIGIN")]
    SameOrigin,
    /// Anybody: no header is sent. For marks of routes; a whole site leaves the layer out.
    #[serde(skip)]
    Exempt,
}

/// Options of [`FrameOptions`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct FrameOptionsOptions {
    /// Who may show the pages: `deny` or `same-origin`. Default: `deny` (`X_FRAME_OPTIONS`).
    pub frames: Frames,
}

/// Sets `X-Frame-Options`, so that another site cannot lay this one under its own buttons
/// (clickjacking). A response that has the header already is left alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct FrameOptions {
    frames: Frames,
}

impl FrameOptions {
    /// The layer with these options.
    pub fn new(options: FrameOptionsOptions) -> Self {
        FrameOptions { frames: options.frames }
    }

    fn note_mark(&self, request: &mut Request, view: &mut ViewMatch) -> Result<Flow> {
        if let Some(frames) = view.mark::<Frames>() {
            request.state_mut().insert(*frames);
        }
        Ok(ControlFlow::Continue(()))
    }

    fn set(&self, request: &mut Request, response: &mut Response) -> Result<()> {
        if response.headers().contains_key(header::X_FRAME_OPTIONS) {
            return Ok(());
        }
        // An error page is not what the route was marked for.
        let mark = match response.cause() {
            None => request.state().get::<Frames>().copied(),
            Some(_) => None,
        };
        let value = match mark.unwrap_or(self.frames) {
            Frames::Deny => HeaderValue::from_static("DENY"),
            Frames::SameOrigin => HeaderValue::from_static("SAMEORIGIN"),
            Frames::Exempt => return Ok(()),
        };
        response.headers_mut().insert(header::X_FRAME_OPTIONS, value);
        Ok(())
    }
}

impl Layer for FrameOptions {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl Hooks for FrameOptions {
    fn install(&self, on: &mut On<Self>) {
        on.process_view(Self::note_mark).process_response(Self::set);
    }
}
