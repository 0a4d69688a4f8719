//! The protocol libraries by themselves: read a message, send it back.

use super::pipe::{Client, Pace, answer};
use crate::Run;
use async_tungstenite::WebSocketStream;
use futures_executor::block_on;
use futures_util::StreamExt;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};
use tungstenite::protocol::{Role, WebSocketConfig};
use tungstenite::{Error, WebSocket};

fn config(read_buffer: usize) -> Option<WebSocketConfig> {
    Some(WebSocketConfig::default().read_buffer_size(read_buffer))
}

/// tungstenite, which flushes each message.
pub(super) fn sync(read_buffer: usize, pace: Pace) -> Run {
    let client = Client::default();
    let mut ws = WebSocket::from_raw_socket(client.pipe(false), Role::Server, config(read_buffer));
    Box::new(move || {
        client.allow(pace.messages());
        loop {
            match ws.read() {
                Ok(message) => ws.send(message).expect("a pipe takes everything"),
                Err(Error::Io(_)) => break,
                Err(error) => panic!("{error}"),
            }
        }
        assert_eq!(client.take_answered(), answer(pace));
    })
}

/// async-tungstenite, which is flushed for each message, as in its examples.
pub(super) fn asynchronous(pace: Pace) -> Run {
    let client = Client::default();
    let mut ws =
        block_on(WebSocketStream::from_raw_socket(client.pipe(false), Role::Server, config(4096)));
    let mut task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
        while let Some(message) = ws.next().await {
            ws.send(message.expect("a message")).await.expect("a pipe takes everything");
        }
    });
    Box::new(move || {
        client.allow(pace.messages());
        let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        assert!(matches!(polled, Poll::Pending));
        assert_eq!(client.take_answered(), answer(pace));
    })
}
