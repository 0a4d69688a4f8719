//! Messages there and back.

use crate::support::{Site, echo, limits};
use engine_async::runtime::Runtime;
use engine_async::server::Stopped;
use tungstenite::Message;
use tungstenite::protocol::CloseFrame;
use tungstenite::protocol::frame::coding::CloseCode;

crate::on_each! {
    messages_come_back_and_a_close_is_answered => messages;
    a_shutdown_tells_the_client_1001 => shutdown;
}

fn messages<R: Runtime>(runtime: R) {
    let mut site = Site::new(runtime, limits(), echo);
    let mut client = site.connect();
    for text in ["", "hello", &"x".repeat(100_000)] {
        client.send(Message::text(text)).unwrap();
        assert_eq!(client.read().unwrap(), Message::text(text));
    }
    client.send(Message::binary(vec![1, 2, 3])).unwrap();
    assert_eq!(client.read().unwrap(), Message::binary(vec![1, 2, 3]));
    let frame = CloseFrame { code: CloseCode::Normal, reason: "bye".into() };
    client.close(Some(frame.clone())).unwrap();
    assert_eq!(client.read().unwrap(), Message::Close(Some(frame)));
    assert!(matches!(client.read(), Err(tungstenite::Error::ConnectionClosed)));
    assert_eq!(site.stop(), Stopped::default());
}

fn shutdown<R: Runtime>(runtime: R) {
    let mut site = Site::new(runtime, limits(), echo);
    let mut client = site.connect();
    client.send(Message::text("hello")).unwrap();
    client.read().unwrap();
    site.shutdown.shutdown();
    let Message::Close(Some(frame)) = client.read().unwrap() else { panic!("no close") };
    assert_eq!(frame.code, CloseCode::Away);
    assert!(matches!(client.read(), Err(tungstenite::Error::ConnectionClosed)));
    assert_eq!(site.stop(), Stopped::default());
}
