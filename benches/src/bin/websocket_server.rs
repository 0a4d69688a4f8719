//! Echo servers over real sockets: ours on each runtime behind four layers, and those we compare with,
//! which have none. All read 4 KiB at a time, which suits small messages best.
//!
//!     websocket_server NAME ADDRESS

use engine_async::runtime::{AsyncStd, Runtime, Smol, Tokio};
use engine_async::server::{Limits, Server};
use engine_async::{Chain, Incoming, Outgoing, Stack, Step, hook_fns};
use futures_util::{SinkExt, StreamExt};
use std::net::TcpListener;

const READ_BUFFER: usize = 4 << 10;

fn main() {
    let name = std::env::args().nth(1).unwrap_or_default();
    let address = std::env::args().nth(2).unwrap_or_else(|| String::from("127.0.0.1:0"));
    let listener = TcpListener::bind(address).expect("the address is free");
    println!("listening on http://{}", listener.local_addr().expect("it is bound"));
    match name.as_str() {
        "plywood-tokio" => plywood(Tokio::new(), listener),
        "plywood-smol" => plywood(Smol, listener),
        "plywood-async-std" => plywood(AsyncStd, listener),
        "tokio-tungstenite" => on_tokio(listener, tungstenite),
        "axum" => on_tokio(listener, axum),
        "fastwebsockets" => on_tokio(listener, fastwebsockets),
        other => panic!("there is no server `{other}`"),
    }
}

fn on_tokio<F: Future<Output = ()>>(
    listener: TcpListener,
    serve: impl FnOnce(tokio::net::TcpListener) -> F,
) {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    runtime.expect("the system gives an event queue and threads").block_on(async {
        listener.set_nonblocking(true).expect("a socket can be asked not to block");
        serve(tokio::net::TcpListener::from_std(listener).expect("it is a socket")).await;
    });
}

fn plywood<R: Runtime>(runtime: R, listener: TcpListener) {
    let layer = |_| {
        hook_fns("touch", |on| {
            on.receive(|_, _, event| {
                if let Incoming::Message(message) = event {
                    benches::touch_in(message.len());
                }
                Step::Pass
            })
            .send(|_, _, event| {
                if let Outgoing::Message(message) = event {
                    benches::touch_out(message.len() as u16);
                }
                Step::Pass
            });
        })
    };
    let stack = (0..4).map(layer).fold(Stack::builder(), |builder, layer| builder.layer(layer));
    let app = engine_async::app_fn(|_, mut receive, mut send| {
        Box::pin(async move {
            send.accept().await?;
            while let Some(message) = receive.message().await? {
                send.send(message).await?;
            }
            Ok(())
        })
    });
    let stack = stack.build().expect("nothing is declared");
    let chain = Chain::builder(&stack).app(app).build().expect("nothing is required");
    let limits = Limits { connections: 20_000, ..Limits::default() };
    assert_eq!(limits.read_buffer_bytes, READ_BUFFER);
    let server = Server::builder(runtime, &chain).limits(limits).build();
    let server = server.expect("the limits are in their ranges");
    server.block_on(server.serve(listener)).expect("the runtime takes the listener");
}

async fn tungstenite(listener: tokio::net::TcpListener) {
    use tokio_tungstenite::accept_async_with_config;
    let config = tungstenite::protocol::WebSocketConfig::default().read_buffer_size(READ_BUFFER);
    while let Ok((socket, _)) = listener.accept().await {
        tokio::spawn(async move {
            let _ = socket.set_nodelay(true);
            let Ok(mut ws) = accept_async_with_config(socket, Some(config)).await else {
                return;
            };
            while let Some(Ok(message)) = ws.next().await {
                if ws.send(message).await.is_err() {
                    return;
                }
            }
        });
    }
}

async fn axum(listener: tokio::net::TcpListener) {
    use ::axum::extract::ws::WebSocketUpgrade;
    use ::axum::routing::any;
    use ::axum::serve::ListenerExt;
    let upgrade = async |upgrade: WebSocketUpgrade| {
        upgrade.read_buffer_size(READ_BUFFER).on_upgrade(async |mut ws| {
            while let Some(Ok(message)) = ws.recv().await {
                if ws.send(message).await.is_err() {
                    return;
                }
            }
        })
    };
    let listener = listener.tap_io(|socket| {
        let _ = socket.set_nodelay(true);
    });
    let router = ::axum::Router::new().route("/", any(upgrade));
    ::axum::serve(listener, router).await.expect("axum serves until it is killed");
}

async fn fastwebsockets(listener: tokio::net::TcpListener) {
    use ::fastwebsockets::{FragmentCollector, OpCode, upgrade};
    use hyper::service::service_fn;
    use hyper_util::rt::TokioIo;
    while let Ok((socket, _)) = listener.accept().await {
        let _ = socket.set_nodelay(true);
        let service = service_fn(async |mut request| {
            let (response, upgraded) = upgrade::upgrade(&mut request)?;
            tokio::spawn(async move {
                let Ok(ws) = upgraded.await else { return };
                let mut ws = FragmentCollector::new(ws);
                while let Ok(frame) = ws.read_frame().await {
                    if frame.opcode == OpCode::Close || ws.write_frame(frame).await.is_err() {
                        return;
                    }
                }
            });
            Ok::<_, ::fastwebsockets::WebSocketError>(response)
        });
        let connection = hyper::server::conn::http1::Builder::new()
            .serve_connection(TokioIo::new(socket), service)
            .with_upgrades();
        tokio::spawn(connection);
    }
}
