//! Responses that are rendered late, so that layers can still change what they show (rule H7).

use crate::error::Result;
use bytes::Bytes;
use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// The values a template shows, by name.
pub type Context = BTreeMap<String, serde_json::Value>;

/// Renders a template by name.
pub trait Render: Send + Sync {
    /// Renders `template` with the values of `context`.
    ///
    /// # Errors
    ///
    /// The template is missing or does not render; `process_exception` is asked (rule H6).
    fn render(&self, template: &str, context: &Context) -> Result<Bytes>;
}

/// A response that has a template and a context and is rendered once, after every
/// `process_template_response` has run (rule H7).
pub struct TemplateResponse {
    renderer: Arc<dyn Render>,
    name: Cow<'static, str>,
    context: Context,
}

impl TemplateResponse {
    /// A deferred response; [`Templates::response`](crate::Templates::response) is the short way.
    pub fn new(
        renderer: Arc<dyn Render>,
        name: impl Into<Cow<'static, str>>,
        context: Context,
    ) -> Self {
        TemplateResponse { renderer, name: name.into(), context }
    }

    /// The template's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Chooses another template.
    pub fn set_name(&mut self, name: impl Into<Cow<'static, str>>) {
        self.name = name.into();
    }

    /// The values the template will show.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Changes the values the template will show.
    pub fn context_mut(&mut self) -> &mut Context {
        &mut self.context
    }

    /// Renders the template, once.
    pub(crate) fn render(self) -> Result<Bytes> {
        self.renderer.render(&self.name, &self.context)
    }
}

impl fmt::Debug for TemplateResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TemplateResponse")
            .field("name", &self.name)
            .field("context", &self.context)
            .finish_non_exhaustive()
    }
}
