//! The chain, rule by rule, over a connection in memory.

use engine_async::testing::Script;
use engine_async::{
    Chain, CloseFrame, Ended, Error, Exit, Incoming, Last, Layer, Message, Outbound, Outgoing,
    Receive, Result, Stack, Step, Turned, WebSocket, WsLayer, app_fn, from_fn, hook_fns,
};
use futures_executor::block_on;
use futures_util::{SinkExt, TryStreamExt};
use std::sync::{Arc, Mutex};

type Log = Arc<Mutex<Vec<String>>>;

fn note(log: &Log, text: impl Into<String>) {
    log.lock().unwrap().push(text.into());
}

fn read(log: &Log) -> String {
    log.lock().unwrap().join(" ")
}

async fn echo(_: &WebSocket, mut receive: Receive<'_>, mut send: Outbound<'_>) -> Result<()> {
    send.accept().await?;
    while let Some(message) = receive.message().await? {
        match message.as_text() {
            Some("boom") => return Err(Error::internal("boom")),
            Some("panic") => panic!("the app panics"),
            Some("bye") => return Ok(()),
            Some("close") => send.close(4000, "closed by the app").await?,
            _ => send.send(message).await?,
        }
    }
    Ok(())
}

/// A hook-style layer that notes everything.
fn hooked(name: &'static str, log: &Log) -> Arc<WsLayer> {
    let log = log.clone();
    hook_fns(name, move |on| {
        let (enter, receive, send, exit) = (log.clone(), log.clone(), log.clone(), log.clone());
        on.enter(move |_, _| {
            note(&enter, format!("{name}.enter"));
            Step::Pass
        });
        on.receive(move |_, _, event| {
            note(&receive, format!("{name}.receive:{}", event.name()));
            Step::Pass
        });
        on.send(move |_, _, event| {
            note(&send, format!("{name}.send:{}", event.name()));
            Step::Pass
        });
        on.exit(move |_, _, how| note(&exit, format!("{name}.exit:{how}")));
    })
}

/// A call-style layer that notes everything.
fn wrapping(name: &'static str, log: &Log) -> Arc<WsLayer> {
    struct Wrapping(&'static str, Log);
    impl Layer for Wrapping {}
    impl engine_async::Around for Wrapping {
        async fn call<'a>(
            &'a self,
            _: &'a WebSocket,
            receive: Receive<'a>,
            send: Outbound<'a>,
            next: engine_async::Next<'a>,
        ) -> Result<()> {
            note(&self.1, format!("{}.enter", self.0));
            let receive = receive.inspect_ok(|event| {
                note(&self.1, format!("{}.receive:{}", self.0, event.name()));
            });
            let send = send.with(async |event: Outgoing| {
                note(&self.1, format!("{}.send:{}", self.0, event.name()));
                Ok::<_, Error>(event)
            });
            let result = next.run(Receive::new(receive), Outbound::new(send)).await;
            let how = if result.is_ok() { "after" } else { "error" };
            note(&self.1, format!("{}.{how}", self.0));
            result
        }
        fn exit(&self, _: &WebSocket, how: Exit) {
            note(&self.1, format!("{}.exit:{how}", self.0));
        }
    }
    engine_async::around(Wrapping(name, log.clone()))
}

fn run(layers: Vec<Arc<WsLayer>>, script: Script) -> Ended {
    let stack = layers.into_iter().fold(Stack::builder(), |stack, layer| stack.layer(layer));
    let chain = Chain::builder(&stack.build().unwrap()).app(echo).build().unwrap();
    block_on(chain.run(WebSocket::get("/"), script))
}

#[test]
fn events_pass_both_kinds_of_layers_in_order_and_back() {
    let log = Log::default();
    let layers = vec![hooked("A", &log), wrapping("B", &log), hooked("C", &log), hooked("D", &log)];
    let script = Script::new().send("x").close(1000);
    let sent = script.sent();
    let ended = run(layers, script);
    assert_eq!(
        read(&log),
        "A.enter B.enter C.enter D.enter D.send:accept C.send:accept B.send:accept A.send:accept \
         A.receive:connect B.receive:connect C.receive:connect D.receive:connect \
         A.receive:receive B.receive:receive C.receive:receive D.receive:receive \
         D.send:send C.send:send B.send:send A.send:send \
         A.receive:disconnect B.receive:disconnect C.receive:disconnect D.receive:disconnect \
         B.after D.exit:disconnected C.exit:disconnected B.exit:disconnected A.exit:disconnected"
    );
    assert_eq!(ended.turned, Turned::Endpoint);
    assert_eq!(sent.messages(), [Message::text("x")]);
}

#[test]
fn a_layer_that_refuses_is_entered_and_nobody_further_in_is() {
    let log = Log::default();
    let refuse = hook_fns("no", |on| {
        on.enter(|_, _| Step::refuse(http::StatusCode::UNAUTHORIZED));
    });
    let script = Script::new().send("x");
    let sent = script.sent();
    let ended = run(vec![hooked("A", &log), refuse, hooked("B", &log)], script);
    assert_eq!(read(&log), "A.enter A.exit:done");
    assert_eq!(ended.turned, Turned::Answered(1));
    assert_eq!(ended.by.as_deref(), Some("no"));
    assert_eq!(sent.last(), Some(Last::Refuse(http::StatusCode::UNAUTHORIZED.into())));
}

#[test]
fn a_call_that_returns_without_calling_inward_is_refused_with_403() {
    let log = Log::default();
    let silent = from_fn("silent", |_, _, _, _| Box::pin(async { Ok(()) }));
    let script = Script::new();
    let sent = script.sent();
    let ended = run(vec![wrapping("A", &log), silent, wrapping("B", &log)], script);
    assert_eq!(read(&log), "A.enter A.after A.exit:done");
    assert_eq!(ended.turned, Turned::Answered(1));
    assert_eq!(sent.last(), Some(Last::Refuse(http::StatusCode::FORBIDDEN.into())));
}

#[test]
fn an_error_of_the_app_unwinds_outward_and_ends_with_1011() {
    let log = Log::default();
    let script = Script::new().send("boom");
    let sent = script.sent();
    let ended = run(vec![wrapping("A", &log), wrapping("B", &log)], script);
    assert!(read(&log).ends_with("B.error A.error B.exit:failed A.exit:failed"), "{}", read(&log));
    assert_eq!(ended.error.unwrap().message(), "boom");
    assert_eq!(sent.last(), Some(Last::Close(CloseFrame::new(1011))));
}

#[test]
fn a_panic_is_an_error_to_the_layers_outside() {
    let log = Log::default();
    let ended = run(vec![wrapping("A", &log)], Script::new().send("panic"));
    assert!(read(&log).ends_with("A.error A.exit:failed"), "{}", read(&log));
    assert!(ended.error.unwrap().is_panic());
}

#[test]
fn an_app_that_returns_ends_the_connection_with_1000() {
    let script = Script::new().send("bye");
    let sent = script.sent();
    let ended = run(vec![], script);
    assert_eq!(ended.how, Exit::Done);
    assert_eq!(sent.last(), Some(Last::Close(CloseFrame::new(1000))));
}

#[test]
fn after_a_close_nothing_more_is_received_and_there_is_no_second_frame() {
    let script = Script::new().send("close").send("x");
    let sent = script.sent();
    let ended = run(vec![], script);
    assert!(ended.error.is_none());
    let close = CloseFrame::with_reason(4000, "closed by the app");
    assert_eq!(sent.events()[1..], [Outgoing::Close(close)]);
}

#[test]
fn events_out_of_order_are_errors_that_name_the_rule() {
    let chain = Chain::builder(&Stack::empty()).app(app_fn(|_, mut receive, mut send| {
        Box::pin(async move {
            let rule = |result: Result<()>| result.unwrap_err().broken_rule();
            assert_eq!(rule(send.send("early").await), Some("W8"));
            send.accept().await?;
            assert_eq!(rule(send.accept().await), Some("W8"));
            assert_eq!(receive.event().await?, Incoming::Connect);
            let last = receive.event().await?;
            assert_eq!(last, Incoming::Disconnect(CloseFrame::new(1006)));
            assert_eq!(receive.event().await.unwrap_err().broken_rule(), Some("W8"));
            assert_eq!(receive.message().await?, None);
            assert_eq!(rule(send.send("late").await), Some("W7"));
            Ok(())
        })
    }));
    let chain = chain.build().unwrap();
    let ended = block_on(chain.run(WebSocket::get("/"), Script::new()));
    assert!(ended.error.is_none(), "{:?}", ended.error);
}

#[test]
fn a_hook_that_waits_keeps_the_order_and_may_drop_or_change_events() {
    let wait = hook_fns("wait", |on| {
        on.receive(|_, _, event| {
            Step::wait(async move {
                yield_once().await;
                Ok(match event {
                    Incoming::Message(message) if message.as_text() == Some("no") => Step::Drop,
                    _ => Step::Pass,
                })
            })
        });
        on.send(|_, _, event| {
            Step::wait(async move {
                yield_once().await;
                if let Outgoing::Message(Message::Text(text)) = event {
                    *text = format!("{text}!").into();
                }
                Ok(Step::Pass)
            })
        });
    });
    let script = Script::new().send("a").send("no").send("b").close(1000);
    let sent = script.sent();
    run(vec![wait], script);
    assert_eq!(sent.messages(), [Message::text("a!"), Message::text("b!")]);
}

#[test]
fn a_layer_that_changes_each_event_in_place_keeps_the_order_behind_one_that_waits() {
    let wait = hook_fns("wait", |on| {
        on.send(|_, _, _| {
            Step::wait(async {
                yield_once().await;
                Ok(Step::Pass)
            })
        });
    });
    let each = from_fn("each", |_, receive, send, next| {
        let receive = receive.each(|event| match event {
            Incoming::Message(message) if message.as_text() == Some("boom") => {
                Err(Error::close(4001, "no"))
            }
            Incoming::Message(message) => {
                *message = format!("{}?", message.as_text().unwrap_or_default()).into();
                Ok(())
            }
            _ => Ok(()),
        });
        let send = send.each(|event| {
            if let Outgoing::Message(message) = event {
                *message = format!("{}!", message.as_text().unwrap_or_default()).into();
            }
            Ok(())
        });
        Box::pin(next.run(receive, send))
    });
    let script = Script::new().send("a").send("b").send("boom");
    let sent = script.sent();
    run(vec![wait, each], script);
    assert_eq!(sent.messages(), [Message::text("a?!"), Message::text("b?!")]);
    assert_eq!(sent.last(), Some(Last::Close(CloseFrame::with_reason(4001, "no"))));
}

#[test]
fn a_dropped_connection_exits_every_entered_layer_in_reverse() {
    let log = Log::default();
    let stuck = from_fn("stuck", |_, _, _, _| Box::pin(std::future::pending()));
    let stack = Stack::builder()
        .layer(hooked("A", &log))
        .layer(wrapping("B", &log))
        .layer(stuck)
        .layer(hooked("C", &log))
        .build()
        .unwrap();
    let chain = Chain::builder(&stack).app(echo).build().unwrap();
    let mut running = Box::pin(chain.run(WebSocket::get("/"), Script::new()));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(running.as_mut().poll(&mut cx).is_pending());
    drop(running);
    assert_eq!(read(&log), "A.enter B.enter B.exit:dropped A.exit:dropped");
}

#[test]
fn a_subprotocol_that_was_not_offered_is_an_error_where_it_is_accepted() {
    let chain = Chain::builder(&Stack::empty()).app(app_fn(|_, _, mut send| {
        Box::pin(async move {
            send.event(Outgoing::Accept(engine_async::Accept::subprotocol("chat"))).await
        })
    }));
    let chain = chain.build().unwrap();
    let ended = block_on(chain.run(WebSocket::get("/"), Script::new()));
    assert!(ended.error.unwrap().message().contains("`chat`"));
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|cx| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
