//! GraphQL at one address: by HTTP, by websocket, and as a page to try it on.
//!
//! The view is exempt from the check of the CSRF token, which GraphQL's clients do not know. It does
//! not need it: what is sent in the name of a visitor by a page of another site is either a GET, by
//! which nothing is changed, or a form, whose content type is refused with 415; and before
//! `application/json` is sent a browser asks this site for leave, which it does not give. A
//! websocket from another origin is refused at its handshake.

mod graphiql;
mod notes;
mod resolvers;
mod shout;

use crate::settings::SiteSettings;
use crate::websocket::Sockets;
use anyhow::{Result, anyhow};
use contrib::auth::User;
use contrib::csrf::CsrfExempt;
use contrib::graphql::{Socket, View};
use contrib::websocket::Upgrade;
use engine_core::Built;
use engine_sync::Route;
use engine_sync::http::{Method, header};
use graphql_mw::{Executor, Info, Registry, Schema, Stack, field};
use notes::Notes;
use shout::Shout;

/// Where it is.
pub(crate) const PATH: &str = "/graphql";

/// The schema with its resolvers and its layers.
pub(crate) struct Graphql {
    executor: Executor,
    pub(crate) stack: Stack,
}

impl Graphql {
    /// Builds the stack from the section `[graphql]`. Without one it is empty.
    ///
    /// # Errors
    ///
    /// What is wrong in the settings, with its place and its cure.
    pub(crate) fn open(settings: &SiteSettings) -> Result<Self> {
        let at = |error: &dyn std::fmt::Display| anyhow!("{}: {error}", settings.path.display());
        let stack = match &settings.graphql {
            None => Stack::empty(),
            Some(section) => registry().stack(section, "middleware").map_err(|error| at(&error))?,
        };
        let schema = Schema::parse(include_str!("schema.graphql"))?;
        let builder = Executor::builder(schema).stack(&stack);
        let executor = resolvers::attach(builder, &Notes::default());
        let executor = executor.build().map_err(|error| at(&error))?;
        Ok(Graphql { executor, stack })
    }

    /// The app of the websockets.
    pub(crate) fn socket(&self) -> Socket {
        Socket::new(&self.executor).carrying::<User>()
    }

    /// The routes: GraphQL, and the files of the page.
    pub(crate) fn routes(&self, sockets: &Sockets) -> [Route; 2] {
        let view = View::new(&self.executor);
        let upgrade = Upgrade::to(sockets).carrying::<User>();
        let route = Route::new(PATH, move |request, _| {
            // Clients that could speak HTTP/2 offer that in the same header.
            let offered = request.header(header::UPGRADE).unwrap_or_default();
            if offered.to_ascii_lowercase().contains("websocket") {
                return Ok(upgrade.respond(request));
            }
            if graphiql::is_asked_for(request) {
                return Ok(graphiql::page());
            }
            view.respond(request)
        });
        let route = route.methods([Method::GET, Method::POST]).mark(CsrfExempt).named("graphql");
        [route, graphiql::files()]
    }
}

/// The layers of contrib, and one of the site's own.
fn registry() -> Registry {
    let mut registry = Registry::new();
    contrib::fields::registry(&mut registry);
    registry.register("shout", |options| Ok(Built::Layer(field(Shout::new(options.read()?)))));
    registry
}

/// The name of who asks, for fields. A stack without authentication is somebody's experiment; its
/// visitors are nobody in particular.
fn who(info: &Info<'_>) -> graphql_mw::Result<Option<String>> {
    let Some(user) = info.state_of::<User>() else { return Ok(None) };
    // What the stores say is for the log; `mask-errors` keeps it from the client.
    user.name().map_err(|error| graphql_mw::Error::new(error.to_string()))
}
