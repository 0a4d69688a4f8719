//! Clients that are gone, or as good as gone.

use crate::support::{LONG, Site, busy, echo, limits, millis};
use engine_async::runtime::Runtime;
use engine_async::server::Limits;
use engine_async::{
    Exit, Incoming, Message, Outbound, Outgoing, Receive, Result, Stack, Step, WebSocket, app_fn,
    hook_fns,
};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use tungstenite::protocol::CloseFrame;

crate::on_each! {
    a_client_that_leaves_without_a_close_is_noticed => leaves;
    a_client_that_breaks_off_is_noticed => breaks_off;
    a_client_that_is_gone_is_noticed_while_the_app_is_busy => gone_while_busy;
    a_close_is_answered_while_the_app_is_busy => closes_while_busy;
    a_client_that_sends_half_a_frame_and_waits_is_given_up => half_a_frame;
    a_client_that_never_reads_slows_its_sender_and_is_given_up => never_reads;
    a_client_that_only_pings_and_never_reads_costs_no_memory_and_is_given_up => only_pings;
    a_sender_that_waits_is_told_when_the_client_leaves => waits_to_send;
    a_layer_that_waits_in_send_is_dropped_when_the_client_has_gone => waits_in_a_layer;
    what_was_read_before_the_end_is_received_before_the_end => reads_to_the_end;
}

fn leaves<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), echo);
    site.opened().leave();
    assert_eq!(site.ended(), Exit::Disconnected);
    // In the middle of a frame.
    let mut client = site.opened();
    client.write(&[0x81, 0x85, 0, 0]);
    client.leave();
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn breaks_off<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), echo);
    site.opened().break_off();
    assert_eq!(site.ended(), Exit::Disconnected);
    let mut client = site.opened();
    client.send(0x81, b"hello");
    client.break_off();
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn gone_while_busy<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, Limits { grace: millis(20), ..limits() }, busy);
    site.opened().leave();
    assert_eq!(site.ended(), Exit::Disconnected);
    site.opened().break_off();
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn closes_while_busy<R: Runtime>(runtime: R) {
    // An app that ignores the end is dropped, but not before its grace time is over.
    let site = Site::new(runtime, Limits { grace: millis(300), ..limits() }, busy);
    let mut client = site.connect();
    client.close(Some(CloseFrame { code: 4321.into(), reason: "bye".into() })).unwrap();
    let tungstenite::Message::Close(Some(frame)) = client.read().unwrap() else { panic!() };
    assert_eq!(u16::from(frame.code), 4321);
    assert_eq!(site.layers.left(), []);
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn half_a_frame<R: Runtime>(runtime: R) {
    let limits = Limits { ping_interval: millis(40), pong_timeout: millis(40), ..limits() };
    let site = Site::new(runtime, limits, echo);
    let mut client = site.opened();
    client.write(&[0x82, 0xfe, 0x10, 0x00, 0, 0, 0, 0, 1, 2, 3]);
    assert_eq!(site.ended(), Exit::TimedOut);
}

/// Sends until it cannot, and counts the bytes.
fn sender(sent: &Arc<AtomicUsize>) -> impl engine_async::App + use<> {
    let sent = Arc::clone(sent);
    app_fn(move |_, _, mut send| {
        let sent = Arc::clone(&sent);
        Box::pin(async move {
            send.accept().await?;
            let message = Message::binary(vec![7; 10_000]);
            loop {
                send.send(message.clone()).await?;
                sent.fetch_add(message.len(), Ordering::SeqCst);
            }
        })
    })
}

/// What the system keeps for a connection over loopback, and more.
const BUFFERS: usize = 32 << 20;

fn never_reads<R: Runtime>(runtime: R) {
    let sent = Arc::new(AtomicUsize::new(0));
    let limits = Limits { write_timeout: millis(300), ..limits() };
    let site = Site::new(runtime, limits, sender(&sent));
    let client = site.opened();
    assert_eq!(site.ended(), Exit::TimedOut);
    let sent = sent.load(Ordering::SeqCst);
    assert!((64 << 10..BUFFERS).contains(&sent), "{sent} bytes were sent to nobody");
    drop(client);
}

fn only_pings<R: Runtime>(runtime: R) {
    use std::io::Write;
    let limits = Limits { write_timeout: millis(500), ..limits() };
    let site = Site::new(runtime, limits, echo);
    let mut client = site.opened();
    let pings = crate::raw::Raw::frame(0x89, &[0; 125]).repeat(500);
    let mut written = 0;
    while let Ok(more) = client.stream.write(&pings) {
        written += more;
        assert!(written < 2 * BUFFERS, "the server goes on reading pings that it cannot answer");
    }
    assert_eq!(site.ended(), Exit::TimedOut);
}

fn waits_to_send<R: Runtime>(runtime: R) {
    let sent = Arc::new(AtomicUsize::new(0));
    let site = Site::new(runtime, limits(), sender(&sent));
    let mut client = site.opened();
    // It has begun to send, and goes on until it must wait.
    client.next().unwrap();
    client.send(0x88, &1000_u16.to_be_bytes());
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn waits_in_a_layer<R: Runtime>(runtime: R) {
    let (waits, waiting) = mpsc::channel();
    let inner = Stack::builder().layer(hook_fns("waits", move |on| {
        on.send(move |_, _, event| match event {
            Outgoing::Message(_) => {
                let waits = waits.clone();
                Step::wait(async move {
                    waits.send(()).unwrap();
                    std::future::pending().await
                })
            }
            _ => Step::Pass,
        });
    }));
    let limits = Limits { grace: millis(20), ..limits() };
    let inner = inner.build().unwrap();
    let site = Site::with(runtime, limits, &inner, echo, |builder| builder);
    let mut client = site.opened();
    client.send(0x81, b"hello");
    waiting.recv_timeout(LONG).unwrap();
    client.leave();
    assert_eq!(site.ended(), Exit::Disconnected);
}

async fn slow_reader(
    ws: &WebSocket,
    mut receive: Receive<'_>,
    mut send: Outbound<'_>,
) -> Result<()> {
    receive.event().await?;
    send.accept().await?;
    let all = ws.require::<mpsc::SyncSender<Vec<String>>>()?;
    // By the time this has slept everything is there, the end included; if not it comes later.
    ws.runtime().sleep(millis(100)).await;
    let mut seen = Vec::new();
    while seen.last().is_none_or(|last: &String| !last.starts_with("end")) {
        seen.push(match receive.event().await? {
            Incoming::Connect => unreachable!(),
            Incoming::Message(message) => message.as_text().unwrap_or_default().to_owned(),
            Incoming::Disconnect(frame) => format!("end {}", frame.code),
        });
    }
    all.send(seen)?;
    Ok(())
}

fn reads_to_the_end<R: Runtime>(runtime: R) {
    let (all, seen) = mpsc::sync_channel::<Vec<String>>(1);
    let inner = Stack::builder().layer(hook_fns("provides", move |on| {
        let all = all.clone();
        on.enter(move |_, ws| {
            ws.insert(all.clone());
            Step::Pass
        });
    }));
    let inner = inner.build().unwrap();
    let limits = Limits { receive_queue: 3, ..limits() };
    let site = Site::with(runtime, limits, &inner, slow_reader, |builder| builder);
    let mut client = site.opened();
    for text in ["a", "b", "c", "d", "e"] {
        client.send(0x81, text.as_bytes());
    }
    client.send(0x88, &4000_u16.to_be_bytes());
    let seen = seen.recv_timeout(LONG).unwrap();
    assert_eq!(seen, ["a", "b", "c", "d", "e", "end 4000"]);
    assert_eq!(client.close_code(), Some(4000));
    client.sees_the_end();
    assert_eq!(site.ended(), Exit::Disconnected);
}
