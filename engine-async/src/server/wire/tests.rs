//! Who is woken, and how often is written, over a socket in memory.

use super::*;
use crate::event::Accept;
use futures_util::task::{ArcWake, waker};
use http::Response;
use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::Waker;

/// A socket, and what the client makes of it.
#[derive(Clone, Default)]
struct Pipe(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    sent: VecDeque<u8>,
    written: Vec<u8>,
    writes: usize,
    /// How much more may be written.
    room: usize,
    reader: Option<Waker>,
    writer: Option<Waker>,
}

impl Pipe {
    /// The client sends a frame with this first byte.
    fn send(&self, first: u8, payload: &[u8]) {
        let mut inner = self.0.lock().unwrap();
        inner.sent.extend([first, 0x80 | payload.len() as u8, 0, 0, 0, 0]);
        inner.sent.extend(payload);
        inner.reader.take().into_iter().for_each(Waker::wake);
    }

    /// The client reads.
    fn make_room(&self, room: usize) {
        let mut inner = self.0.lock().unwrap();
        inner.room = room;
        inner.writer.take().into_iter().for_each(Waker::wake);
    }

    /// How often was written since this was last asked, and how much.
    fn writes(&self) -> (usize, usize) {
        let mut inner = self.0.lock().unwrap();
        (std::mem::take(&mut inner.writes), std::mem::take(&mut inner.written).len())
    }
}

impl AsyncRead for Pipe {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        out: &mut [u8],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.0.lock().unwrap();
        if inner.sent.is_empty() {
            inner.reader = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let read = out.len().min(inner.sent.len());
        out.iter_mut().zip(inner.sent.drain(..read)).for_each(|(to, from)| *to = from);
        Poll::Ready(Ok(read))
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let mut inner = self.0.lock().unwrap();
        if inner.room == 0 {
            inner.writer = Some(cx.waker().clone());
            return Poll::Pending;
        }
        let written = bytes.len().min(inner.room);
        inner.room -= written;
        inner.writes += 1;
        inner.written.extend(&bytes[..written]);
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_close(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

/// A task, or a part of one with a waker of its own.
#[derive(Default)]
struct Part(AtomicUsize);

impl ArcWake for Part {
    fn wake_by_ref(part: &Arc<Self>) {
        part.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl Part {
    /// How often it was woken since this was last asked.
    fn woken(&self) -> usize {
        self.0.swap(0, Ordering::SeqCst)
    }
}

const ROOM: usize = 1 << 30;

/// A connection that is accepted, and whose answer is written.
fn open(limits: Limits, task: &Waker) -> (Pipe, Wire<Pipe>) {
    let pipe = Pipe::default();
    pipe.make_room(ROOM);
    let (stream, leftover) = (pipe.clone(), Vec::new());
    let mut answer = Response::new(());
    *answer.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let asking = Asking::Direct { stream, leftover, answer };
    let shutdown = ShutdownHandle::new();
    let mut wire = Wire::new(asking, Arc::new(limits), Handle::threads(), &shutdown);
    // Whoever holds the last handle would end the server by dropping it.
    std::mem::forget(shutdown);
    let mut cx = Context::from_waker(task);
    assert_eq!(wire.poll_receive(&mut cx), Poll::Ready(Incoming::Connect));
    wire.start_send(Outgoing::Accept(Accept::new())).unwrap();
    assert_eq!(wire.poll_beside(&mut cx), Poll::Pending);
    assert_eq!(pipe.writes().0, 1);
    (pipe, wire)
}

fn part() -> (Arc<Part>, Waker) {
    let part = Arc::new(Part::default());
    (Arc::clone(&part), waker(part))
}

fn message(bytes: usize) -> Outgoing {
    Outgoing::Message(Message::binary(vec![7; bytes]))
}

#[test]
fn a_connection_on_which_nothing_happens_wakes_nobody() {
    let (task, task_waker) = part();
    let (_pipe, mut wire) = open(Limits::default(), &task_waker);
    let mut cx = Context::from_waker(&task_waker);
    task.woken();
    for _ in 0..3 {
        assert!(wire.poll_receive(&mut cx).is_pending());
        assert!(wire.poll_beside(&mut cx).is_pending());
        assert_eq!(task.woken(), 0);
    }
}

#[test]
fn many_messages_cost_one_write() {
    let (_, task) = part();
    let (pipe, mut wire) = open(Limits::default(), &task);
    let mut cx = Context::from_waker(&task);
    for _ in 0..60 {
        pipe.send(0x82, &[7; 100]);
    }
    for _ in 0..60 {
        let Poll::Ready(Incoming::Message(same)) = wire.poll_receive(&mut cx) else { panic!() };
        assert!(wire.poll_ready(&mut cx).is_ready());
        wire.start_send(Outgoing::Message(same)).unwrap();
    }
    assert!(wire.poll_receive(&mut cx).is_pending());
    assert_eq!(pipe.writes(), (0, 0));
    assert!(wire.poll_beside(&mut cx).is_pending());
    assert_eq!(pipe.writes(), (1, 60 * 102));
}

#[test]
fn a_part_that_waits_for_room_is_woken_whoever_writes() {
    let (task, task_waker) = part();
    let (pipe, mut wire) = open(Limits::default(), &task_waker);
    let mut cx = Context::from_waker(&task_waker);
    let (sender, sender_waker) = part();
    let mut sender_cx = Context::from_waker(&sender_waker);
    pipe.make_room(0);
    wire.start_send(message(100_000)).unwrap();
    assert!(wire.poll_ready(&mut sender_cx).is_pending());
    // The connection's own attempt is the last one that the socket remembers.
    assert!(wire.poll_beside(&mut cx).is_pending());
    for room in [10_000, 40_000] {
        sender.woken();
        task.woken();
        pipe.make_room(room);
        assert!(task.woken() > 0);
        assert!(wire.poll_beside(&mut cx).is_pending());
        assert_eq!(sender.woken(), 0, "there is no room yet");
    }
    pipe.make_room(ROOM);
    assert!(wire.poll_beside(&mut cx).is_pending());
    assert_eq!(sender.woken(), 1);
    assert!(wire.poll_ready(&mut sender_cx).is_ready());
}

#[test]
fn a_part_that_waits_for_room_is_woken_by_the_end() {
    let (_, task) = part();
    let (pipe, mut wire) = open(Limits::default(), &task);
    let mut cx = Context::from_waker(&task);
    let (sender, sender_waker) = part();
    let mut sender_cx = Context::from_waker(&sender_waker);
    pipe.make_room(0);
    wire.start_send(message(100_000)).unwrap();
    assert!(wire.poll_ready(&mut sender_cx).is_pending());
    assert!(wire.poll_beside(&mut cx).is_pending());
    sender.woken();
    // Another part of the app receives the end.
    pipe.send(0x88, b"");
    let (_, receiver) = part();
    let event = wire.poll_receive(&mut Context::from_waker(&receiver));
    assert!(matches!(event, Poll::Ready(Incoming::Disconnect(_))));
    assert_eq!(sender.woken(), 1);
    let Poll::Ready(Err(error)) = wire.poll_ready(&mut sender_cx) else { panic!("no error") };
    assert!(error.is_disconnected());
}

#[test]
fn a_part_that_waits_for_an_event_is_woken_when_the_connection_reads_it() {
    let (task, task_waker) = part();
    let (pipe, mut wire) = open(Limits::default(), &task_waker);
    let mut cx = Context::from_waker(&task_waker);
    let (receiver, receiver_waker) = part();
    let mut receiver_cx = Context::from_waker(&receiver_waker);
    assert!(wire.poll_receive(&mut receiver_cx).is_pending());
    assert!(wire.poll_beside(&mut cx).is_pending());
    // Something else wakes the task, and the connection looks for itself.
    assert!(wire.poll_beside(&mut cx).is_pending());
    task.woken();
    receiver.woken();
    pipe.send(0x81, b"hello");
    assert!(task.woken() > 0);
    assert!(wire.poll_beside(&mut cx).is_pending());
    assert_eq!(receiver.woken(), 1);
    let event = wire.poll_receive(&mut receiver_cx);
    assert_eq!(event, Poll::Ready(Incoming::Message("hello".into())));
}

#[test]
fn a_part_that_is_gone_takes_no_wakeup_along() {
    let (task, task_waker) = part();
    let (pipe, mut wire) = open(Limits::default(), &task_waker);
    let mut cx = Context::from_waker(&task_waker);
    let (receiver, receiver_waker) = part();
    assert!(wire.poll_receive(&mut Context::from_waker(&receiver_waker)).is_pending());
    drop((receiver, receiver_waker));
    assert!(wire.poll_beside(&mut cx).is_pending());
    task.woken();
    pipe.send(0x89, b"are you there?");
    assert!(task.woken() > 0);
    pipe.writes();
    assert!(wire.poll_beside(&mut cx).is_pending());
    assert_eq!(pipe.writes(), (1, 16));
}

#[test]
fn answers_to_pings_that_nobody_reads_do_not_pile_up() {
    let (task, task_waker) = part();
    let limits = Limits { send_queue_bytes: 1000, ..Limits::default() };
    let (pipe, mut wire) = open(limits, &task_waker);
    let mut cx = Context::from_waker(&task_waker);
    pipe.make_room(0);
    for _ in 0..1000 {
        pipe.send(0x89, &[7; 100]);
    }
    pipe.send(0x81, b"hello");
    for _ in 0..1000 {
        assert!(wire.poll_receive(&mut cx).is_pending());
        assert!(wire.poll_beside(&mut cx).is_pending());
    }
    pipe.make_room(ROOM);
    assert!(wire.poll_beside(&mut cx).is_pending());
    let (_, bytes) = pipe.writes();
    assert!(bytes < 1300, "{bytes} bytes were queued");
    // What the client sends is read again, in order.
    let event = loop {
        if let Poll::Ready(event) = wire.poll_receive(&mut cx) {
            break event;
        }
        assert!(task.woken() > 0);
        assert!(wire.poll_beside(&mut cx).is_pending());
    };
    assert_eq!(event, Incoming::Message("hello".into()));
}

#[test]
fn what_is_read_while_the_app_is_busy_has_a_bound_in_bytes() {
    let (_, task) = part();
    let limits = Limits { message_bytes: 250, ..Limits::default() };
    let (pipe, mut wire) = open(limits, &task);
    let mut cx = Context::from_waker(&task);
    for _ in 0..10 {
        pipe.send(0x82, &[7; 100]);
    }
    assert!(wire.poll_beside(&mut cx).is_pending());
    assert!(wire.ahead.is_full(&wire.limits));
    let mut received = 0;
    while let Poll::Ready(Incoming::Message(message)) = wire.poll_receive(&mut cx) {
        received += message.len();
    }
    assert_eq!(received, 1000);
}

#[test]
fn room_that_was_promised_is_there() {
    let (_, task) = part();
    let (pipe, mut wire) = open(Limits::default(), &task);
    let mut cx = Context::from_waker(&task);
    pipe.make_room(0);
    wire.start_send(message(60_000)).unwrap();
    assert!(wire.poll_ready(&mut cx).is_ready());
    // Something the connection sends by itself fills the queue.
    wire.close(CloseFrame::new(1001));
    assert!(wire.poll_ready(&mut cx).is_ready());
}
