use super::house::run;
use contrib::websocket::{Excess, MessageSize, MessageSizeOptions, RateLimit, RateLimitOptions};
use engine_async::testing::{Script, Sent};
use engine_async::{CloseFrame, Last, WebSocket, hooks};

fn rate_limit(excess: Excess) -> RateLimit {
    let mut options = RateLimitOptions::default();
    options.messages_per_second = 1;
    options.message_burst = 2;
    options.excess = excess;
    RateLimit::new(options).unwrap()
}

fn texts(sent: &Sent) -> Vec<String> {
    let messages = sent.messages().into_iter();
    messages.map(|message| message.as_text().unwrap().to_owned()).collect()
}

#[test]
fn a_client_that_sends_too_much_is_closed_with_1008() {
    let script = Script::new().send("a").send("b").send("c").send("d").close(1000);
    let (ended, sent) = run([hooks(rate_limit(Excess::Close))], WebSocket::get("/"), script);
    assert_eq!(texts(&sent), ["nobody", "a", "b"]);
    let close = CloseFrame::with_reason(1008, "too many messages");
    assert_eq!(sent.last(), Some(Last::Close(close)));
    assert_eq!(ended.how, engine_async::Exit::Done);
}

#[test]
fn what_is_too_much_may_be_dropped_instead() {
    let script = Script::new().send("a").send("b").send("c").send("d").close(1000);
    let (ended, sent) = run([hooks(rate_limit(Excess::Drop))], WebSocket::get("/"), script);
    assert_eq!(texts(&sent), ["nobody", "a", "b"]);
    assert!(ended.error.is_none());
}

#[test]
fn bytes_count_as_well_as_messages() {
    let mut options = RateLimitOptions::default();
    options.byte_burst = 10;
    options.bytes_per_second = 1;
    options.excess = Excess::Drop;
    let script = Script::new().send("12345").send("123456").send("1234").close(1000);
    let layer = hooks(RateLimit::new(options).unwrap());
    let (_, sent) = run([layer], WebSocket::get("/"), script);
    assert_eq!(texts(&sent), ["nobody", "12345", "1234"]);
}

#[test]
fn each_connection_has_an_allowance_of_its_own() {
    let layer = hooks(rate_limit(Excess::Drop));
    for _ in 0..2 {
        let script = Script::new().send("a").send("b").close(1000);
        let (_, sent) = run([layer.clone()], WebSocket::get("/"), script);
        assert_eq!(texts(&sent), ["nobody", "a", "b"]);
    }
}

#[test]
fn a_message_that_is_too_large_closes_with_1009() {
    let mut options = MessageSizeOptions::default();
    options.max_bytes = 4;
    let layer = hooks(MessageSize::new(options).unwrap());
    let script = Script::new().send("1234").send(vec![0; 5]).send("1").close(1000);
    let (_, sent) = run([layer], WebSocket::get("/"), script);
    assert_eq!(texts(&sent), ["nobody", "1234"]);
    let close = CloseFrame::with_reason(1009, "a message has at most 4 bytes");
    assert_eq!(sent.last(), Some(Last::Close(close)));
}
