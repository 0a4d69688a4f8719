//! A server in this process, and clients that block.

use engine_async::runtime::Runtime;
use engine_async::server::{Limits, Server, ServerBuilder, ShutdownHandle, Stopped};
use engine_async::{Chain, Outbound, Receive, Result, Stack, WebSocket};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::thread::JoinHandle;
use std::time::Duration;
use tungstenite::stream::MaybeTlsStream;

pub(crate) type Client = tungstenite::WebSocket<MaybeTlsStream<TcpStream>>;

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

/// A server that runs in a thread of its own and is ended when this is dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) shutdown: ShutdownHandle,
    thread: Option<JoinHandle<Stopped>>,
}

impl Running {
    pub(crate) fn start<R: Runtime>(server: &Server<R>) -> Running {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let shutdown = server.shutdown_handle();
        let server = server.clone();
        let serve = move || server.block_on(server.serve(listener)).unwrap();
        Running { address, shutdown, thread: Some(std::thread::spawn(serve)) }
    }

    pub(crate) fn connect(&self) -> Client {
        let (mut client, _) = tungstenite::connect(format!("ws://{}/", self.address)).unwrap();
        if let MaybeTlsStream::Plain(stream) = client.get_mut() {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        }
        client
    }

    /// Ends the server gracefully, and waits for it.
    pub(crate) fn stop(mut self) -> Stopped {
        self.shutdown.shutdown();
        self.thread.take().unwrap().join().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shutdown.shutdown();
        self.shutdown.shutdown();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
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

pub(crate) fn echo_chain(stack: &Stack) -> Chain {
    Chain::builder(stack).app(echo).build().unwrap()
}

pub(crate) fn server<R: Runtime>(runtime: R, chain: &Chain) -> ServerBuilder<R> {
    let grace = Duration::from_secs(5);
    Server::builder(runtime, chain).limits(Limits { grace, ..Limits::default() })
}
