//! The websocket half: an echo behind four layers that let everything pass, two of each kind.

use engine_async::runtime::Runtime;
use engine_async::server::Limits;
pub(crate) use engine_async::server::Server;
use engine_async::{
    Around, Chain, Error, Hooks, Incoming, Layer, Next, On, Outbound, Outgoing, Receive, Result,
    Stack, Step, WebSocket, around, hooks,
};
use engine_sync::Request;
use engine_sync::http;
use futures_util::{SinkExt, TryStreamExt};
use std::borrow::Cow;

/// The largest message that is sent back.
const MESSAGE_BYTES: usize = 64 << 20;

/// The server of the echo.
pub(crate) fn server<R: Runtime>(
    runtime: R,
    connections: usize,
) -> std::result::Result<Server<R>, Box<dyn std::error::Error>> {
    let stack = Stack::builder()
        .layer(hooks(Hooked("first")))
        .layer(around(Wrapping("second")))
        .layer(hooks(Hooked("third")))
        .layer(around(Wrapping("fourth")))
        .build()?;
    let chain = Chain::builder(&stack).app(echo).build()?;
    let limits = Limits {
        message_bytes: MESSAGE_BYTES,
        frame_bytes: MESSAGE_BYTES,
        fragments: 1 << 32,
        connections,
        ..Limits::default()
    };
    Ok(Server::builder(runtime, &chain).limits(limits).build()?)
}

/// The connection that this request asks for.
pub(crate) fn of(request: &Request) -> WebSocket {
    let mut asked = http::Request::new(());
    *asked.method_mut() = request.method().clone();
    *asked.uri_mut() = request.uri().clone();
    *asked.version_mut() = request.version();
    *asked.headers_mut() = request.headers().clone();
    WebSocket::new(asked).with_peer(request.peer())
}

async fn echo(_: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    send.accept().await?;
    while let Some(message) = receive.message().await? {
        send.send(message).await?;
    }
    Ok(())
}

/// A hook-style layer that takes part in everything and changes nothing.
struct Hooked(&'static str);

impl Layer for Hooked {
    fn name(&self) -> Cow<'_, str> {
        self.0.into()
    }
}

impl Hooks for Hooked {
    fn install(&self, on: &mut On<Self>) {
        on.enter(|_, _| Step::Pass).receive(Self::receive).send(Self::send).exit(|_, _, _| ());
    }
}

impl Hooked {
    fn receive<'a>(&'a self, _: &'a WebSocket, _: &'a mut Incoming) -> Step<'a> {
        Step::Pass
    }

    fn send<'a>(&'a self, _: &'a WebSocket, _: &'a mut Outgoing) -> Step<'a> {
        Step::Pass
    }
}

/// A call-style layer that wraps both directions and changes nothing.
struct Wrapping(&'static str);

impl Layer for Wrapping {
    fn name(&self) -> Cow<'_, str> {
        self.0.into()
    }
}

impl Around for Wrapping {
    async fn call<'a>(
        &'a self,
        _: &'a WebSocket,
        receive: Receive<'a>,
        send: Outbound<'a>,
        next: Next<'a>,
    ) -> Result<()> {
        let receive = Receive::new(receive.map_ok(|event| event));
        let send = Outbound::new(send.with(async |event| Ok::<_, Error>(event)));
        next.run(receive, send).await
    }
}
