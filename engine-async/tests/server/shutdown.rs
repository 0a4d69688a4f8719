//! Ending a server with connections open (rule W10).

use crate::raw::Raw;
use crate::support::{LONG, Site, busy, echo, limits, millis};
use engine_async::runtime::Runtime;
use engine_async::server::{Limits, Stopped};
use engine_async::{Exit, app_fn};
use std::sync::mpsc;

crate::on_each! {
    clients_are_told_1001_and_the_app_may_say_goodbye_to_others => told;
    an_app_that_does_not_end_is_dropped_after_its_grace_time => grace;
    a_second_word_drops_what_is_left_at_once => at_once;
    a_second_word_drops_a_client_that_does_not_close => at_once_while_closing;
    a_client_that_is_not_accepted_yet_is_told_to_come_back => not_accepted;
    nobody_is_accepted_after_the_end => closed;
}

fn told<R: Runtime>(runtime: R) {
    let mut site = Site::new(runtime, limits(), echo);
    let mut clients: Vec<Raw> = (0..10).map(|_| site.opened()).collect();
    site.shutdown.shutdown();
    for client in &mut clients {
        assert_eq!(client.close_code(), Some(1001));
        client.send(0x88, &1001_u16.to_be_bytes());
        client.sees_the_end();
    }
    assert_eq!(site.stop(), Stopped::default());
    assert_eq!(site.layers.left(), [Exit::Shutdown; 10]);
}

fn grace<R: Runtime>(runtime: R) {
    let mut site = Site::new(runtime, Limits { grace: millis(50), ..limits() }, busy);
    let mut client = site.opened();
    site.shutdown.shutdown();
    assert_eq!(client.close_code(), Some(1001));
    client.send(0x88, &1001_u16.to_be_bytes());
    client.sees_the_end();
    assert_eq!(site.stop(), Stopped::default());
    assert_eq!(site.layers.left(), [Exit::Shutdown]);
}

fn at_once<R: Runtime>(runtime: R) {
    let limits = Limits { grace: LONG, close_timeout: LONG, ..limits() };
    let mut site = Site::new(runtime, limits, busy);
    let mut client = site.opened();
    site.shutdown.shutdown();
    assert_eq!(client.close_code(), Some(1001));
    let begun = std::time::Instant::now();
    assert_eq!(site.stop(), Stopped::default());
    assert!(begun.elapsed() < LONG / 2);
    assert_eq!(site.layers.left(), [Exit::Shutdown]);
}

fn at_once_while_closing<R: Runtime>(runtime: R) {
    let limits = Limits { grace: LONG, close_timeout: LONG, ..limits() };
    let mut site = Site::new(runtime, limits, echo);
    let mut client = site.opened();
    site.shutdown.shutdown();
    assert_eq!(client.close_code(), Some(1001));
    // The app has returned, and it is the client's close that is waited for.
    let begun = std::time::Instant::now();
    assert_eq!(site.stop(), Stopped::default());
    assert!(begun.elapsed() < LONG / 2);
    assert_eq!(site.layers.left(), [Exit::Shutdown]);
}

fn not_accepted<R: Runtime>(runtime: R) {
    let (reached, app) = mpsc::channel();
    let waits = app_fn(move |_, mut receive, _| {
        let reached = reached.clone();
        Box::pin(async move {
            receive.event().await?;
            reached.send(())?;
            receive.event().await?;
            Ok(())
        })
    });
    let site = Site::new(runtime, limits(), waits);
    let mut client = site.raw();
    client.write(&Raw::handshake(site.address, ""));
    app.recv_timeout(LONG).unwrap();
    site.shutdown.shutdown();
    assert_eq!(client.answer().status, 503);
    drop(client);
    assert_eq!(site.ended(), Exit::Shutdown);
}

fn closed<R: Runtime>(runtime: R) {
    let mut site = Site::new(runtime, limits(), echo);
    site.opened().leave();
    site.ended();
    assert_eq!(site.stop(), Stopped::default());
    assert!(std::net::TcpStream::connect(site.address).is_err());
}
