//! Panics in each place where a layer's or an app's code runs.

use crate::support::{Site, echo, limits};
use engine_async::runtime::Runtime;
use engine_async::{
    Exit, Incoming, Outbound, Receive, Result, Stack, Step, WebSocket, WsLayer, hook_fns,
};
use std::sync::Arc;

crate::on_each! {
    a_panic_in_receive_closes_with_1011_and_disturbs_nobody => in_receive;
    a_panic_in_send_closes_with_1011 => in_send;
    a_panic_on_entering_refuses_with_500 => in_enter;
    a_panic_of_the_app_closes_with_1011 => in_app;
    a_panic_in_an_exit_takes_no_other_exit_along => in_exit;
}

/// A server whose second layer from the inside is this one.
fn site<R: Runtime>(runtime: R, layer: Arc<WsLayer>) -> Site {
    let pass = hook_fns("pass", |on| {
        on.receive(|_, _, _| Step::Pass).send(|_, _, _| Step::Pass);
    });
    let inner = Stack::builder().layer(layer).layer(pass).build().unwrap();
    Site::with(runtime, limits(), &inner, echo, |builder| builder)
}

fn in_receive<R: Runtime>(runtime: R) {
    let site = site(
        runtime,
        hook_fns("panics", |on| {
            on.receive(|_, _, event| match event {
                Incoming::Message(message) if message.as_text() == Some("panic") => {
                    panic!("in receive")
                }
                _ => Step::Pass,
            });
        }),
    );
    let (mut one, mut other) = (site.opened(), site.opened());
    one.send(0x81, b"panic");
    assert_eq!(one.close_code(), Some(1011));
    one.send(0x88, &1011_u16.to_be_bytes());
    one.sees_the_end();
    assert_eq!(site.ended(), Exit::Failed);
    other.send(0x81, b"hello");
    assert_eq!(other.next(), Some((0x81, b"hello".to_vec())));
}

fn in_send<R: Runtime>(runtime: R) {
    let site = site(
        runtime,
        hook_fns("panics", |on| {
            on.send(|_, _, event| match event.name() {
                "send" => Step::wait(async { panic!("in send, later") }),
                _ => Step::Pass,
            });
        }),
    );
    let mut client = site.opened();
    client.send(0x81, b"hello");
    assert_eq!(client.close_code(), Some(1011));
    client.leave();
    assert_eq!(site.ended(), Exit::Failed);
}

fn in_enter<R: Runtime>(runtime: R) {
    let site = site(
        runtime,
        hook_fns("panics", |on| {
            on.enter(|_, _| panic!("on entering"));
        }),
    );
    let mut client = site.raw();
    client.write(&crate::raw::Raw::handshake(site.address, ""));
    assert_eq!(client.answer().status, 500);
    drop(client);
    assert_eq!(site.ended(), Exit::Failed);
}

async fn panics(_: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    send.accept().await?;
    receive.message().await?;
    panic!("in the app")
}

fn in_app<R: Runtime>(runtime: R) {
    let site = Site::new(runtime, limits(), panics);
    let mut client = site.opened();
    client.send(0x81, b"hello");
    assert_eq!(client.close_code(), Some(1011));
    client.leave();
    assert_eq!(site.ended(), Exit::Failed);
}

fn in_exit<R: Runtime>(runtime: R) {
    // The four counted layers stand further out, and are counted when the site is dropped.
    let site = site(
        runtime,
        hook_fns("panics", |on| {
            on.exit(|_, _, _| panic!("in exit"));
        }),
    );
    site.opened().leave();
    assert_eq!(site.ended(), Exit::Disconnected);
    assert_eq!(site.layers.left(), [Exit::Disconnected]);
}
