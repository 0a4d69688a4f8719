//! The model's response.

use super::fault::Fault;

/// A response: what is compared of it, and the template that is still to be rendered.
#[derive(Clone, Debug)]
pub(super) struct Response {
    pub(super) status: u16,
    pub(super) body: String,
    /// The marks in the header `X-Trail`.
    pub(super) trail: Vec<String>,
    pub(super) template: Option<Template>,
}

/// A template that is rendered late.
#[derive(Clone, Debug)]
pub(super) struct Template {
    pub(super) name: String,
    /// The marks in its context.
    pub(super) marks: Vec<String>,
    /// What rendering it raises.
    pub(super) fails: Option<Fault>,
}

impl Response {
    pub(super) fn new(status: u16, body: impl Into<String>) -> Self {
        Response { status, body: body.into(), trail: Vec::new(), template: None }
    }

    pub(super) fn deferred(status: u16, name: &str, fails: Option<Fault>) -> Self {
        let template = Template { name: String::from(name), marks: Vec::new(), fails };
        Response { template: Some(template), ..Response::new(status, "") }
    }
}
