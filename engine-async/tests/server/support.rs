//! A server in this process, its clients, and an account of what its layers saw.

pub(crate) use crate::counted::Counted;
pub(crate) use crate::raw::Raw;
use engine_async::runtime::Runtime;
use engine_async::server::{Limits, Server, ServerBuilder, ShutdownHandle, Stopped};
use engine_async::{App, Chain, Exit, Outbound, Receive, Result, Stack, WebSocket};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;
use tungstenite::stream::MaybeTlsStream;

pub(crate) type Client = tungstenite::WebSocket<MaybeTlsStream<TcpStream>>;

/// Longer than anything here takes, on a slow machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// A test for each runtime: `on_each!(name => test)` calls `test(runtime)`.
#[macro_export]
macro_rules! on_each {
    ($($name:ident => $test:expr;)*) => {
        mod tokio {
            use super::*;
            $(#[test] fn $name() { $test(engine_async::runtime::Tokio::new()) })*
        }
        mod smol {
            use super::*;
            $(#[test] fn $name() { $test(engine_async::runtime::Smol) })*
        }
        mod async_std {
            use super::*;
            $(#[test] fn $name() { $test(engine_async::runtime::AsyncStd) })*
        }
    };
}

/// A server of an app behind four counted layers, in a thread of its own. When it is dropped it
/// must come to its end, and the account of the layers must be even.
pub(crate) struct Site {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: ShutdownHandle,
    pub(crate) layers: Counted,
    connections: Box<dyn Fn() -> usize>,
    ended: mpsc::Receiver<Exit>,
    thread: Option<JoinHandle<Stopped>>,
}

impl Site {
    pub(crate) fn new<R: Runtime>(runtime: R, limits: Limits, app: impl App) -> Site {
        Site::with(runtime, limits, &Stack::empty(), app, |builder| builder)
    }

    /// With these layers further in, and a server set up by hand.
    pub(crate) fn with<R: Runtime>(
        runtime: R,
        limits: Limits,
        inner: &Stack,
        app: impl App,
        set_up: impl FnOnce(ServerBuilder<R>) -> ServerBuilder<R>,
    ) -> Site {
        let (layers, stack) = Counted::stack();
        let stack = stack.append(inner).build().unwrap();
        let chain = Chain::builder(&stack).app(app).build().unwrap();
        let (hear, ended) = mpsc::channel();
        let builder = Server::builder(runtime, &chain).limits(limits);
        let builder = builder.on_end(move |ended| hear.send(ended.how).unwrap_or_default());
        let server = set_up(builder).build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = server.shutdown_handle();
        let serving = server.clone();
        let serve = move || serving.block_on(serving.serve(listener)).unwrap();
        let thread = Some(std::thread::spawn(serve));
        let connections = Box::new(move || server.connections());
        Site { address, shutdown, layers, connections, ended, thread }
    }

    pub(crate) fn connect(&self) -> Client {
        let (mut client, _) = tungstenite::connect(format!("ws://{}/", self.address)).unwrap();
        if let MaybeTlsStream::Plain(stream) = client.get_mut() {
            stream.set_read_timeout(Some(LONG)).unwrap();
            stream.set_write_timeout(Some(LONG)).unwrap();
        }
        client
    }

    /// A client without a library, connected to the socket and no more.
    pub(crate) fn raw(&self) -> Raw {
        Raw::new(self.address)
    }

    /// A client without a library, after the handshake.
    pub(crate) fn opened(&self) -> Raw {
        let mut raw = self.raw();
        raw.write(&Raw::handshake(self.address, ""));
        assert_eq!(raw.answer().status, 101);
        raw
    }

    /// How the connection that is over next has ended.
    pub(crate) fn ended(&self) -> Exit {
        self.ended.recv_timeout(LONG).unwrap()
    }

    /// Ends the server gracefully, and waits for it.
    pub(crate) fn stop(&mut self) -> Stopped {
        self.shutdown.shutdown();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.shutdown.shutdown();
        self.shutdown.shutdown();
        let thread = self.thread.take();
        let stopped = thread.map_or(Stopped::default(), |thread| thread.join().unwrap());
        if !std::thread::panicking() {
            assert_eq!(stopped, Stopped::default());
            assert_eq!((self.connections)(), 0);
            self.layers.check();
        }
    }
}

pub(crate) async fn echo(
    _: &WebSocket,
    mut receive: Receive<'_>,
    mut send: Outbound<'_>,
) -> Result<()> {
    send.accept().await?;
    while let Some(message) = receive.message().await? {
        send.send(message).await?;
    }
    Ok(())
}

/// Accepts, and is busy with something else for ever.
pub(crate) async fn busy(_: &WebSocket, _: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    send.accept().await?;
    std::future::pending().await
}

pub(crate) fn limits() -> Limits {
    Limits { grace: Duration::from_secs(5), ..Limits::default() }
}

pub(crate) fn millis(millis: u64) -> Duration {
    Duration::from_millis(millis)
}
