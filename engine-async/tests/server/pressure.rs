//! Back-pressure both ways, and apps whose parts wait by themselves.

use crate::raw::Raw;
use crate::support::{LONG, Site, echo, limits};
use engine_async::runtime::Runtime;
use engine_async::server::Limits;
use engine_async::{Exit, Message, Outbound, Receive, Result, WebSocket, app_fn};
use futures_util::future::BoxFuture;
use futures_util::stream::FuturesUnordered;
use futures_util::{SinkExt, StreamExt};
use std::io::{ErrorKind, Write};
use std::sync::mpsc;
use std::time::Duration;

crate::on_each! {
    a_client_that_sends_and_does_not_read_is_made_to_wait => sends_only;
    an_app_that_does_not_receive_makes_its_client_wait => receives_nothing;
    parts_of_an_app_that_wait_by_themselves_miss_nothing => parts;
    a_part_that_waits_to_send_is_told_of_the_end => part_is_told;
    a_client_as_fast_as_the_server_does_not_keep_the_server_from_its_shutdown => fast;
    a_message_of_many_mebibytes_comes_back => large;
}

/// More than the system keeps for a connection over loopback.
const BUFFERS: usize = 32 << 20;

/// Writes until the other side takes no more. What it takes is limited by the buffers in between,
/// whatever the time it is given.
fn fill(client: &mut Raw, frame: &[u8]) {
    client.stream.set_write_timeout(Some(Duration::from_millis(300))).unwrap();
    let mut written = 0;
    loop {
        match client.stream.write(&frame[written % frame.len()..]) {
            Ok(more) => written += more,
            Err(error) if error.kind() == ErrorKind::WouldBlock => break,
            Err(error) => panic!("{error}"),
        }
        assert!(written < 2 * BUFFERS, "the server takes all it is given");
    }
    // The frame is sent to its end while the other direction is read.
    let (mut writer, rest) = (client.stream.try_clone().unwrap(), frame.to_vec());
    std::thread::spawn(move || {
        writer.set_write_timeout(Some(LONG)).unwrap();
        let _ = writer.write_all(&rest[written % rest.len()..]);
        let _ = writer.write_all(&Raw::frame(0x81, b"last"));
    });
}

fn read_to_the_last(client: &mut Raw, payload: &[u8]) {
    let mut count = 0;
    loop {
        match client.next().unwrap() {
            (0x82, same) => assert!(same == payload),
            (0x81, last) => break assert_eq!(last, b"last"),
            other => panic!("{other:?}"),
        }
        count += 1;
    }
    assert!(count > 10, "only {count} messages");
}

fn sends_only<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), echo);
    let mut client = site.opened();
    let payload = vec![7; 10_000];
    fill(&mut client, &Raw::frame(0x82, &payload));
    read_to_the_last(&mut client, &payload);
}

fn receives_nothing<R: Runtime>(runtime: R) {
    let (go, gone) = futures_channel::oneshot::channel::<()>();
    let gone = futures_util::FutureExt::shared(gone);
    let waits = app_fn(move |ws, receive, mut send| {
        let gone = gone.clone();
        Box::pin(async move {
            send.accept().await?;
            let _ = gone.await;
            echo_on(ws, receive, send).await
        })
    });
    let site = Site::new(runtime, limits(), waits);
    let mut client = site.opened();
    let payload = vec![7; 10_000];
    fill(&mut client, &Raw::frame(0x82, &payload));
    go.send(()).unwrap();
    read_to_the_last(&mut client, &payload);
}

async fn echo_on(_: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    while let Some(message) = receive.message().await? {
        send.send(message).await?;
    }
    Ok(())
}

/// Receives in one part and sends in another, each with a waker of its own.
async fn in_parts(_: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    send.accept().await?;
    let (mut there, mut here) = futures_channel::mpsc::channel::<Message>(4);
    let mut parts = FuturesUnordered::<BoxFuture<'_, Result<()>>>::new();
    parts.push(Box::pin(async move {
        while let Some(message) = receive.message().await? {
            there.send(message).await?;
        }
        Ok(())
    }));
    parts.push(Box::pin(async move {
        while let Some(message) = here.next().await {
            send.send(message).await?;
        }
        Ok(())
    }));
    while let Some(result) = parts.next().await {
        result?;
    }
    Ok(())
}

fn parts<R: Runtime>(runtime: R) {
    let limits = Limits { receive_queue: 1, send_queue_bytes: 100, ..limits() };
    let site = Site::new(runtime, limits, in_parts);
    let mut client = site.opened();
    for text in ["one", "two", "three"] {
        client.send(0x81, text.as_bytes());
        assert_eq!(client.next(), Some((0x81, text.as_bytes().to_vec())));
    }
    let payload = vec![7; 10_000];
    fill(&mut client, &Raw::frame(0x82, &payload));
    read_to_the_last(&mut client, &payload);
    client.send(0x88, &1000_u16.to_be_bytes());
    assert_eq!(client.close_code(), Some(1000));
    assert_eq!(site.ended(), Exit::Disconnected);
}

fn part_is_told<R: Runtime>(runtime: R) {
    // One part waits for room that never comes; the other sees the end, and returns. Nothing but
    // the end can wake the first.
    let (full, is_full) = mpsc::channel();
    let app = app_fn(move |_, mut receive, mut send| {
        let full = full.clone();
        Box::pin(async move {
            send.accept().await?;
            let mut parts = FuturesUnordered::<BoxFuture<'_, Result<()>>>::new();
            parts.push(Box::pin(async move {
                while receive.message().await?.is_some() {}
                Ok(())
            }));
            parts.push(Box::pin(async move {
                let message = Message::binary(vec![7; 100_000]);
                for count in 0.. {
                    let sent = send.send(message.clone()).await;
                    if sent.is_err() {
                        let _ = full.send(count);
                        break;
                    }
                }
                Ok(())
            }));
            while let Some(result) = parts.next().await {
                result?;
            }
            Ok(())
        })
    });
    let limits = Limits { grace: LONG, write_timeout: LONG, ..limits() };
    let limits = Limits { close_timeout: Duration::from_millis(50), ..limits };
    let site = Site::new(runtime, limits, app);
    let mut client = site.opened();
    // The close stands behind nothing, though the other direction is full.
    client.next().unwrap();
    client.send(0x88, &1000_u16.to_be_bytes());
    let begun = std::time::Instant::now();
    assert!(is_full.recv_timeout(LONG / 2).unwrap() > 0);
    assert_eq!(site.ended(), Exit::Disconnected);
    assert!(begun.elapsed() < LONG / 2);
}

fn fast<R: Runtime>(runtime: R) {
    let sends = app_fn(move |_, _, mut send| {
        Box::pin(async move {
            send.accept().await?;
            loop {
                send.send("x").await?;
            }
        })
    });
    let close_timeout = Duration::from_millis(200);
    let site = Site::new(runtime, Limits { close_timeout, ..limits() }, sends);
    let mut stream = site.opened().stream;
    let reads = std::thread::spawn(move || std::io::copy(&mut stream, &mut std::io::sink()));
    site.shutdown.shutdown();
    assert_eq!(site.ended(), Exit::Shutdown);
    reads.join().unwrap().unwrap();
}

fn large<R: Runtime>(runtime: R) {
    let most = 8 << 20;
    let limits = Limits { message_bytes: most, frame_bytes: most, ..limits() };
    let site = Site::new(runtime, limits, echo);
    let mut client = site.connect();
    let message = tungstenite::Message::binary(vec![7; most]);
    client.send(message.clone()).unwrap();
    assert!(client.read().unwrap() == message);
}
