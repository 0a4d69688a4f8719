//! A site with users, and a connection in memory to it.

use contrib::auth::{self, Accounts, Authentication, Passwords, SqliteUsers, User};
use contrib::sessions::{MemorySessions, SessionKey, SessionOptions, Sessions};
use contrib::signing::SecretKey;
use contrib::websocket;
use contrib::{Database, Stores};
use engine_async::testing::{Script, Sent};
use engine_async::{Chain, Ended, Outbound, Receive, Result, Stack, WebSocket, WsLayer};
use engine_sync::http::Request;
use engine_sync::{Response, hooks};
use futures_executor::block_on;
use std::sync::{Arc, Mutex};

/// Users, sessions and a secret. Alice and Bob have accounts.
pub(crate) struct House {
    pub(crate) stores: Stores,
    pub(crate) sessions: Arc<MemorySessions>,
    pub(crate) accounts: Accounts,
}

impl House {
    pub(crate) fn new() -> Self {
        let users = SqliteUsers::new(&Database::in_memory().unwrap()).unwrap();
        let accounts = Accounts::new(Arc::new(users), Passwords::with_costs(8, 1, 4, 100).unwrap());
        accounts.create_user("alice", "correct horse").unwrap();
        accounts.create_user("bob", "correct horse").unwrap();
        let sessions = Arc::new(MemorySessions::new());
        let stores = Stores {
            sessions: sessions.clone(),
            users: Arc::clone(accounts.users()),
            secret: SecretKey::random(),
        };
        House { stores, sessions, accounts }
    }

    /// Somebody who has not logged in, as the HTTP stack knows them.
    pub(crate) fn nobody(&self) -> User {
        self.visit(|_| Ok(())).1
    }

    /// Logs somebody in over HTTP: the key of the session, and the user that the HTTP stack knows.
    pub(crate) fn log_in(&self, name: &str) -> (SessionKey, User) {
        let account = self.stores.users.by_name(name).unwrap().unwrap();
        let (response, user) = self.visit(move |request| auth::login(request, &account));
        let cookie = response.header("set-cookie").unwrap();
        let key = cookie.split(['=', ';']).nth(1).unwrap();
        (SessionKey::from_client(key).unwrap(), user)
    }

    /// A request over HTTP: its response, and the user that the HTTP stack knows.
    fn visit(
        &self,
        view: impl Fn(&mut engine_sync::Request) -> engine_sync::Result<()> + Send + Sync + 'static,
    ) -> (Response, User) {
        let Stores { sessions, users, secret } = self.stores.clone();
        let stack = engine_sync::Stack::builder()
            .layer(hooks(Sessions::new(sessions, SessionOptions::default()).unwrap()))
            .layer(hooks(Authentication::new(users, &secret)))
            .build()
            .unwrap();
        let known = Arc::new(Mutex::new(None));
        let tell = Arc::clone(&known);
        let view = move |request: &mut engine_sync::Request, _: &engine_sync::Params| {
            view(request)?;
            *tell.lock().unwrap() = Some(request.require::<User>()?.clone());
            Ok(Response::text(""))
        };
        let chain = engine_sync::Chain::builder(&stack).view(view).build().unwrap();
        let response = chain.respond(engine_sync::Request::get("/"));
        let user = known.lock().unwrap().take().unwrap();
        (response, user)
    }
}

/// A connection whose handshake carries this session's key.
pub(crate) fn with_cookie(key: &SessionKey) -> WebSocket {
    let cookie = format!("other=1; sessionid={}", key.as_str());
    WebSocket::new(Request::get("/").header("cookie", cookie).body(()).unwrap())
}

/// Accepts, says who is connected, and then everything that it is told.
pub(crate) async fn greet_and_echo(
    ws: &WebSocket,
    mut receive: Receive<'_>,
    mut send: Outbound<'_>,
) -> Result<()> {
    let account = match ws.state_of::<User>() {
        Some(_) => websocket::account(ws)?,
        None => None,
    };
    send.accept().await?;
    send.send(account.map_or("nobody".into(), |account| account.username)).await?;
    while let Some(message) = receive.message().await? {
        send.send(message).await?;
    }
    Ok(())
}

/// Runs a connection through these layers: how it ended, and what the client was sent.
pub(crate) fn run<const N: usize>(
    layers: [Arc<WsLayer>; N],
    ws: WebSocket,
    script: Script,
) -> (Ended, Sent) {
    let stack = layers.into_iter().fold(Stack::builder(), |stack, layer| stack.layer(layer));
    let chain = Chain::builder(&stack.build().unwrap()).app(greet_and_echo).build().unwrap();
    let sent = script.sent();
    let ended = block_on(chain.run(ws, script));
    (ended, sent)
}
