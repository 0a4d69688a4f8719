//! A client in memory of the websocket app: it waits for answers, or leaves them lying.

use engine_async::http::Request;
use engine_async::runtime::{Handle, Runtime, Smol};
use engine_async::{
    App, Chain, CloseFrame, Incoming, Last, Message, Outgoing, Result, Socket, Stack, WebSocket,
};
use futures_channel::{mpsc, oneshot};
use futures_executor::block_on;
use futures_util::StreamExt;
use futures_util::future::{Either, select};
use std::task::{Context, Poll};
use std::time::Duration;

/// Far longer than anything here takes; a test that would hang fails instead.
const PATIENCE: Duration = Duration::from_secs(30);

pub(super) struct Client {
    to_server: mpsc::UnboundedSender<Incoming>,
    from_server: mpsc::Receiver<Outgoing>,
    over: oneshot::Receiver<()>,
}

/// The server's end.
struct Pipe {
    from_client: mpsc::UnboundedReceiver<Incoming>,
    to_client: mpsc::Sender<Outgoing>,
}

impl Client {
    /// Connects with this subprotocol, through these layers. The server may be ahead of what is
    /// read by this many messages.
    pub(super) fn connect_through(
        stack: &Stack,
        app: impl App,
        subprotocol: &str,
        ahead: usize,
    ) -> Client {
        let chain = Chain::builder(stack).app(app).build().unwrap();
        let (to_server, from_client) = mpsc::unbounded();
        let (to_client, from_server) = mpsc::channel(ahead);
        let (is_over, over) = oneshot::channel();
        let request = Request::get("/graphql").header("sec-websocket-protocol", subprotocol);
        let ws = WebSocket::new(request.body(()).unwrap()).with_runtime(Handle::new(Smol));
        std::thread::spawn(move || {
            block_on(chain.run(ws, Pipe { from_client, to_client }));
            drop(chain);
            let _ = is_over.send(());
        });
        let client = Client { to_server, from_server, over };
        client.say(Incoming::Connect);
        client
    }

    /// Connects with this subprotocol.
    pub(super) fn connect(app: impl App, subprotocol: &str) -> Client {
        Client::connect_through(&Stack::empty(), app, subprotocol, 1000)
    }

    /// Connects with `graphql-transport-ws`, and is acknowledged.
    pub(super) fn greeted(app: impl App) -> Client {
        let mut client = Client::connect(app, "graphql-transport-ws");
        client.send(r#"{"type":"connection_init"}"#);
        assert_eq!(client.next(), r#"{"type":"connection_ack"}"#);
        client
    }

    pub(super) fn send(&self, text: &str) {
        self.say(Incoming::Message(text.into()));
    }

    pub(super) fn send_binary(&self) {
        self.say(Incoming::Message(Message::binary(vec![1, 2])));
    }

    /// As on a socket, what comes after the server has gone is lost.
    fn say(&self, event: Incoming) {
        let _ = self.to_server.unbounded_send(event);
    }

    pub(super) fn subscribe(&self, id: &str, query: &str) {
        self.send(&format!(
            r#"{{"id":"{id}","type":"subscribe","payload":{{"query":"{query}"}}}}"#
        ));
    }

    pub(super) fn complete(&self, id: &str) {
        self.send(&format!(r#"{{"id":"{id}","type":"complete"}}"#));
    }

    /// The next event but the accept; none where the server has gone.
    fn event(&mut self) -> Option<Outgoing> {
        loop {
            match wait(self.from_server.next()) {
                Some(Outgoing::Accept(_)) => {}
                other => return other,
            }
        }
    }

    /// The next message.
    #[track_caller]
    pub(super) fn next(&mut self) -> String {
        match self.event() {
            Some(Outgoing::Message(Message::Text(text))) => text.to_string(),
            other => panic!("a text message should come: {other:?}"),
        }
    }

    /// The subprotocol that was chosen.
    pub(super) fn subprotocol(&mut self) -> Option<String> {
        match wait(self.from_server.next()) {
            Some(Outgoing::Accept(accept)) => accept.subprotocol,
            other => panic!("it should be accepted first: {other:?}"),
        }
    }

    /// Waits for the close: its code and reason.
    #[track_caller]
    pub(super) fn closed(&mut self) -> (u16, String) {
        match self.event() {
            Some(Outgoing::Close(frame)) => (frame.code, frame.reason.to_string()),
            other => panic!("it should be closed: {other:?}"),
        }
    }

    /// The close, if it is what comes next; a message that comes before it is passed over.
    pub(super) fn try_closed(&mut self) -> Option<(u16, String)> {
        match self.event() {
            Some(Outgoing::Message(_)) => None,
            Some(Outgoing::Close(frame)) => Some((frame.code, frame.reason.to_string())),
            other => panic!("it should be closed: {other:?}"),
        }
    }

    /// Goes without a word, and waits until nothing of the connection is left.
    pub(super) fn vanish(self) {
        self.say(Incoming::Disconnect(CloseFrame::new(CloseFrame::ABNORMAL)));
        wait(self.over).unwrap();
    }
}

fn wait<T>(future: impl Future<Output = T>) -> T {
    block_on(async {
        match select(std::pin::pin!(future), Smol.sleep(PATIENCE)).await {
            Either::Left((done, _)) => done,
            Either::Right(_) => panic!("nothing has come for {PATIENCE:?}"),
        }
    })
}

impl Socket for Pipe {
    fn poll_receive(&mut self, cx: &mut Context<'_>) -> Poll<Incoming> {
        let lost = || Incoming::Disconnect(CloseFrame::new(CloseFrame::ABNORMAL));
        self.from_client.poll_next_unpin(cx).map(|event| event.unwrap_or_else(lost))
    }

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<()>> {
        self.to_client.poll_ready(cx).map_err(|_| engine_async::Error::disconnected())
    }

    fn start_send(&mut self, event: Outgoing) -> Result<()> {
        self.to_client.start_send(event).map_err(|_| engine_async::Error::disconnected())
    }

    fn end(&mut self, last: Last) {
        if let Last::Close(frame) = last {
            let _ = self.to_client.try_send(Outgoing::Close(frame));
        }
    }

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}
