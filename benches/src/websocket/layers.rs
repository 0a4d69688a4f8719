//! engine-async's chain over a socket that hands out the same message and counts what it is sent.

use super::{BYTES, MANY};
use crate::{Run, touch_in, touch_out};
use engine_async::{
    Bytes, Chain, Incoming, Last, Message, Outbound, Outgoing, Receive, Result, Socket, Stack,
    Step, WebSocket, WsLayer, from_fn, hook_fns,
};
use std::future::poll_fn;
use std::hint::black_box;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll, Waker};

/// How a layer is written.
pub(super) trait Kind {
    /// The layer at this place, counted from the innermost.
    fn layer(place: usize) -> Arc<WsLayer>;
}

/// Hooks in both directions.
pub(super) struct Hooks;

/// A call that maps both directions.
pub(super) struct Wrapping;

/// Hooks, and at the innermost place hooks that wait for another poll.
pub(super) struct Suspending;

/// Hooks that allocate: the gate looks at it to see that it would notice.
pub(super) struct Allocating;

fn receive_touch(event: &Incoming) {
    if let Incoming::Message(message) = event {
        touch_in(message.len());
    }
}

fn send_touch(event: &Outgoing) {
    if let Outgoing::Message(message) = event {
        touch_out(message.len() as u16);
    }
}

impl Kind for Hooks {
    fn layer(_: usize) -> Arc<WsLayer> {
        hook_fns("touch", |on| {
            on.receive(|_, _, event| {
                receive_touch(event);
                Step::Pass
            })
            .send(|_, _, event| {
                send_touch(event);
                Step::Pass
            });
        })
    }
}

impl Kind for Wrapping {
    fn layer(_: usize) -> Arc<WsLayer> {
        from_fn("touch", |_, receive, send, next| {
            let receive = receive.each(|event| {
                receive_touch(event);
                Ok(())
            });
            let send = send.each(|event| {
                send_touch(event);
                Ok(())
            });
            Box::pin(next.run(receive, send))
        })
    }
}

impl Kind for Suspending {
    fn layer(place: usize) -> Arc<WsLayer> {
        if place > 0 {
            return Hooks::layer(place);
        }
        hook_fns("suspends", |on| {
            on.receive(|_, _, event| {
                receive_touch(event);
                Step::wait(async {
                    another_poll().await;
                    Ok(Step::Pass)
                })
            })
            .send(|_, _, event| {
                send_touch(event);
                Step::wait(async {
                    another_poll().await;
                    Ok(Step::Pass)
                })
            });
        })
    }
}

/// Is ready when it is polled again.
async fn another_poll() {
    let mut has_waited = false;
    poll_fn(|_| match std::mem::replace(&mut has_waited, true) {
        true => Poll::Ready(()),
        false => Poll::Pending,
    })
    .await;
}

impl Kind for Allocating {
    fn layer(_: usize) -> Arc<WsLayer> {
        hook_fns("allocates", |on| {
            on.receive(|_, _, event| {
                black_box(Box::new(event.name().len()));
                Step::Pass
            });
        })
    }
}

pub(super) fn stack<K: Kind>(layers: usize) -> Stack {
    let layers = (0..layers).rev().map(K::layer);
    let stack = layers.fold(Stack::builder(), |builder, layer| builder.layer(layer));
    stack.build().expect("nothing is declared")
}

/// What is counted, and how many messages there are to receive.
#[derive(Clone, Default)]
struct Counts(Arc<[AtomicUsize; 2]>);

impl Counts {
    fn allow(&self, messages: usize) {
        self.0[0].fetch_add(messages, Relaxed);
    }

    fn take(&self) -> bool {
        let allowed = self.0[0].load(Relaxed);
        self.0[0].store(allowed.saturating_sub(1), Relaxed);
        allowed > 0
    }

    fn add(&self) {
        self.0[1].store(self.0[1].load(Relaxed) + 1, Relaxed);
    }

    fn counted(&self) -> usize {
        self.0[1].load(Relaxed)
    }
}

/// The message that goes round. Cloning it copies nothing and counts nothing.
fn message() -> Message {
    Message::binary(Bytes::from_static(&[b'x'; BYTES]))
}

/// Hands out as many messages as it is allowed to, and counts what it is sent.
struct Counting {
    counts: Counts,
    is_connected: bool,
}

impl Socket for Counting {
    fn poll_receive(&mut self, _: &mut Context<'_>) -> Poll<Incoming> {
        if !std::mem::replace(&mut self.is_connected, true) {
            return Poll::Ready(Incoming::Connect);
        }
        match self.counts.take() {
            true => Poll::Ready(Incoming::Message(message())),
            false => Poll::Pending,
        }
    }

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn start_send(&mut self, event: Outgoing) -> Result<()> {
        if let Outgoing::Message(message) = black_box(event) {
            black_box(message);
            self.counts.add();
        }
        Ok(())
    }

    fn end(&mut self, _: Last) {}

    fn poll_flush(&mut self, _: &mut Context<'_>) -> Poll<Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// Polls one connection until this many messages have been counted.
fn run(chain: Chain, counts: Counts, messages: usize) -> Run {
    let socket = Counting { counts: counts.clone(), is_connected: false };
    let mut task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(async move {
        let ended = chain.run(WebSocket::get("/"), socket).await;
        panic!("the connection has ended: {ended:?}");
    });
    let mut target = 0;
    Box::new(move || {
        counts.allow(messages);
        target += messages;
        while counts.counted() < target {
            let _ = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
    })
}

/// The app receives what comes, and sends nothing but its accept.
fn receiving<K: Kind>(layers: usize, messages: usize) -> Run {
    let counts = Counts::default();
    let counter = counts.clone();
    let app = engine_async::app_fn(move |_, mut receive, mut send| {
        let counts = counter.clone();
        Box::pin(async move {
            send.accept().await?;
            while let Some(message) = receive.message().await? {
                black_box(message);
                counts.add();
            }
            Ok(())
        })
    });
    let chain = Chain::builder(&stack::<K>(layers)).app(app).build().expect("nothing is declared");
    run(chain, counts, messages)
}

pub(super) fn receive<K: Kind>(layers: usize) -> Run {
    receiving::<K>(layers, MANY)
}

pub(super) fn receive_one<K: Kind>(layers: usize) -> Run {
    receiving::<K>(layers, 1)
}

/// The app sends as many messages at a time, and receives nothing.
pub(super) fn send<K: Kind>(layers: usize) -> Run {
    let counts = Counts::default();
    let chain =
        Chain::builder(&stack::<K>(layers)).app(sender).build().expect("nothing is declared");
    run(chain, counts, MANY)
}

async fn sender(_: &WebSocket, _: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    send.accept().await?;
    loop {
        for _ in 0..MANY {
            send.send(message()).await?;
        }
        another_poll().await;
    }
}
