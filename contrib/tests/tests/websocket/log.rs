use super::house::run;
use contrib::websocket::{Excess, Logging, RateLimit, RateLimitOptions, Timing, TimingOptions};
use engine_async::testing::Script;
use engine_async::{WebSocket, around, hooks};
use std::io::{self, Write};
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// What is logged meanwhile.
fn logged(work: impl FnOnce()) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(move || writer.clone())
        .with_max_level(tracing_subscriber::filter::LevelFilter::DEBUG)
        .with_ansi(false)
        .finish();
    tracing::subscriber::with_default(subscriber, work);
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[track_caller]
fn contains(log: &str, parts: &[&str]) {
    for part in parts {
        assert!(log.contains(part), "no {part:?} in:\n{log}");
    }
}

#[test]
fn a_connection_is_logged_when_it_begins_and_when_it_is_over() {
    let mut options = RateLimitOptions::default();
    options.message_burst = 1;
    options.excess = Excess::Drop;
    let layers = [hooks(Logging), hooks(RateLimit::new(options).unwrap())];
    let peer = Some("192.0.2.7:4000".parse().unwrap());
    let ws = WebSocket::get("/chat?token=hidden").with_peer(peer);
    let script = Script::new().send("secret").send("dropped").close(1000);
    let log = logged(|| drop(run(layers, ws, script)));
    contains(&log, &["INFO", "connect path=\"/chat\" peer=192.0.2.7:4000"]);
    contains(&log, &["disconnect", "how=disconnected", "took="]);
    contains(&log, &["received=2 received_bytes=13 sent=2 sent_bytes=12"]);
    assert!(!log.contains("secret") && !log.contains("hidden"), "{log}");
}

#[test]
fn messages_are_timed_and_slow_ones_are_logged_by_themselves() {
    let mut options = TimingOptions::default();
    options.slow_ms = 0;
    let script = || Script::new().send("a").send("b").close(1000);
    let layer = around(Timing::new(options));
    let log = logged(|| drop(run([layer], WebSocket::get("/chat"), script())));
    assert_eq!(log.matches("WARN").count(), 2, "{log}");
    contains(&log, &["slow message path=\"/chat\" took=", "messages=2 mean=", "slowest="]);

    let layer = around(Timing::new(TimingOptions::default()));
    let log = logged(|| drop(run([layer], WebSocket::get("/chat"), script())));
    assert!(!log.contains("WARN"), "{log}");
    contains(&log, &["messages=2"]);
}
