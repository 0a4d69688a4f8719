//! engine-async's server over a socket in memory.

use super::layers::{Hooks, stack};
use super::pipe::{Client, Pace, Pipe, answer};
use crate::Run;
use engine_async::runtime::Runtime;
use engine_async::server::Server;
use engine_async::{Chain, Outbound, Receive, Result, WebSocket};
use futures_util::future::BoxFuture;
use std::io;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll, Waker};

/// A runtime with one client, whose tasks wait for someone to run them and whose clock stands.
#[derive(Clone)]
struct ByHand {
    pipe: Arc<Mutex<Option<Pipe>>>,
    tasks: Arc<Mutex<Vec<BoxFuture<'static, ()>>>>,
}

impl Runtime for ByHand {
    type Listener = ();
    type Stream = Pipe;

    fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).push(Box::pin(task));
    }

    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(std::future::pending())
    }

    fn spawn_blocking(&self, work: Box<dyn FnOnce() + Send>) {
        work();
    }

    fn listener(&self, _: TcpListener) -> io::Result<()> {
        Ok(())
    }

    async fn accept(&self, (): &()) -> io::Result<(Pipe, SocketAddr)> {
        let pipe = self.pipe.lock().unwrap_or_else(PoisonError::into_inner).take();
        match pipe {
            Some(pipe) => Ok((pipe, SocketAddr::from((Ipv4Addr::LOCALHOST, 1)))),
            None => std::future::pending().await,
        }
    }

    fn stream(&self, _: TcpStream) -> io::Result<Pipe> {
        Err(io::ErrorKind::Unsupported.into())
    }

    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        futures_executor::block_on(future)
    }
}

/// The app that every server here has.
pub(super) async fn app(
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

pub(super) fn echo(layers: usize, pace: Pace) -> Run {
    let client = Client::default();
    let runtime =
        ByHand { pipe: Arc::new(Mutex::new(Some(client.pipe(true)))), tasks: Arc::default() };
    let tasks = Arc::clone(&runtime.tasks);
    let chain =
        Chain::builder(&stack::<Hooks>(layers)).app(app).build().expect("nothing is declared");
    let server = Server::builder(runtime, &chain).build().expect("the limits are the defaults");
    let listener = TcpListener::bind("127.0.0.1:0").expect("there is a free port");
    let mut serving = Box::pin(async move { server.serve(listener).await });
    let mut cx = Context::from_waker(Waker::noop());
    assert!(serving.as_mut().poll(&mut cx).is_pending());
    let mut task = tasks
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .pop()
        .expect("the one client has connected");
    assert!(task.as_mut().poll(&mut cx).is_pending());
    assert_ne!(client.take_answered(), 0, "the handshake is answered");
    Box::new(move || {
        let _keep = &serving;
        client.allow(pace.messages());
        let mut answered = 0;
        // A connection lets others run now and then.
        while answered < answer(pace) {
            let polled = task.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            assert!(matches!(polled, Poll::Pending));
            answered += client.take_answered();
        }
        assert_eq!(answered, answer(pace));
    })
}
