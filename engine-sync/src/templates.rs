//! Templates by minijinja, for [`TemplateResponse`].

use crate::error::{Error, Result};
use crate::response::Response;
use crate::template::{Context, Render, TemplateResponse};
use bytes::Bytes;
use minijinja::Environment;
use std::borrow::Cow;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A set of templates, cheap to clone. Templates whose name ends in `.html` escape what they show.
#[derive(Clone)]
pub struct Templates {
    environment: Arc<Environment<'static>>,
}

impl Templates {
    /// Templates given by name and source, for programs that carry them inside.
    ///
    /// # Errors
    ///
    /// A template has a syntax error; the message says where.
    pub fn from_sources<'s>(sources: impl IntoIterator<Item = (&'s str, &'s str)>) -> Result<Self> {
        let mut environment = Environment::new();
        for (name, source) in sources {
            environment.add_template_owned(name.to_owned(), source.to_owned())?;
        }
        Ok(Templates::from_environment(environment))
    }

    /// Every file of a folder and the folders in it, named by its path from there.
    ///
    /// # Errors
    ///
    /// A file cannot be read, or has a syntax error; the message says which and where.
    pub fn from_folder(folder: impl AsRef<Path>) -> Result<Self> {
        let mut environment = Environment::new();
        add_folder(&mut environment, folder.as_ref(), "")?;
        Ok(Templates::from_environment(environment))
    }

    /// Templates of an environment with filters and globals of its own.
    pub fn from_environment(environment: Environment<'static>) -> Self {
        Templates { environment: Arc::new(environment) }
    }

    /// A deferred response (status 200, HTML) that is rendered after every
    /// `process_template_response` (rule H7).
    pub fn response(&self, name: impl Into<Cow<'static, str>>, context: Context) -> Response {
        let renderer: Arc<dyn Render> = Arc::new(self.clone());
        Response::template(TemplateResponse::new(renderer, name, context))
    }
}

impl Templates {
    /// A response that is rendered here and now, for error pages and for layers that answer.
    ///
    /// # Errors
    ///
    /// The template is missing or does not render.
    pub fn render_now(&self, name: &str, context: &Context) -> Result<Response> {
        Ok(Response::html(self.render(name, context)?))
    }
}

fn add_folder(environment: &mut Environment<'static>, folder: &Path, prefix: &str) -> Result<()> {
    let unreadable = |path: &Path, error: std::io::Error| {
        Error::internal(format!("the template {} cannot be read: {error}", path.display()))
    };
    for entry in std::fs::read_dir(folder).map_err(|error| unreadable(folder, error))? {
        let path = entry.map_err(|error| unreadable(folder, error))?.path();
        let Some(file) = path.file_name().and_then(|name| name.to_str()) else {
            continue;
        };
        let name = format!("{prefix}{file}");
        if path.is_dir() {
            add_folder(environment, &path, &format!("{name}/"))?;
        } else {
            let source =
                std::fs::read_to_string(&path).map_err(|error| unreadable(&path, error))?;
            environment.add_template_owned(name, source)?;
        }
    }
    Ok(())
}

impl Render for Templates {
    fn render(&self, template: &str, context: &Context) -> Result<Bytes> {
        let template = self.environment.get_template(template).map_err(render_error)?;
        Ok(template.render(minijinja::value::Serde(context)).map_err(render_error)?.into())
    }
}

/// minijinja's own message names the template and the line; its causes say the rest.
fn render_error(error: minijinja::Error) -> Error {
    Error::from(error)
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.environment.templates().map(|(name, _)| name)).finish()
    }
}
