//! The websockets: the second stack of the settings around the echo, the chat and GraphQL.

mod chat;
mod echo;
mod room;

use crate::graphql;
use crate::settings::SiteSettings;
use anyhow::{Result, anyhow};
use contrib::Stores;
use contrib::auth::User;
use contrib::graphql::Socket;
use contrib::websocket::{self, Upgrade};
use engine_async::runtime::Smol;
use engine_async::server::Server;
use engine_async::{App, Chain, Error, Outbound, Receive, Registry, Stack, WebSocket};
use engine_sync::Route;
use room::Room;

/// Where the echo is.
const ECHO: &str = "/socket/echo/";

/// Where the chat is.
const CHAT: &str = "/socket/chat/";

/// The server of the websockets. It is on smol: sockets are handed over by the threads of the HTTP
/// server, and smol can be told so from any thread and has nothing to be set up.
pub(crate) type Sockets = Server<Smol>;

/// Builds the server from the section `[websocket]`. Without one the stack is empty.
///
/// # Errors
///
/// What is wrong in the settings, with its place and its cure.
pub(crate) fn open(settings: &SiteSettings, stores: &Stores, graphql: Socket) -> Result<Sockets> {
    let stack = match &settings.websocket {
        None => Stack::empty(),
        Some(section) => {
            let mut registry = Registry::new();
            websocket::registry(&mut registry, stores);
            registry
                .stack(section, "middleware")
                .map_err(|error| anyhow!("{}: {error}", settings.path.display()))?
        }
    };
    let chain = Chain::builder(&stack).app(Endpoint { room: Room::default(), graphql }).build()?;
    let server = Server::builder(Smol, &chain).limits(settings.websocket_limits.clone());
    Ok(server.build()?)
}

/// The routes that hand connections over, with the user whom the HTTP stack knows.
pub(crate) fn routes(sockets: &Sockets) -> [Route; 2] {
    let upgrade = Upgrade::to(sockets).carrying::<User>();
    [(ECHO, "echo-socket"), (CHAT, "chat-socket")].map(|(path, name)| {
        let upgrade = upgrade.clone();
        Route::get(path, move |request, _| Ok(upgrade.respond(request))).named(name)
    })
}

/// Everything that is served inside the stack.
struct Endpoint {
    room: Room,
    graphql: Socket,
}

impl App for Endpoint {
    async fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
    ) -> engine_async::Result<()> {
        match ws.path() {
            ECHO => echo::echo(receive, send).await,
            CHAT => chat::chat(&self.room, ws, receive, send).await,
            graphql::PATH => self.graphql.call(ws, receive, send).await,
            _ => Err(Error::not_found("there is no websocket at this address")),
        }
    }
}
