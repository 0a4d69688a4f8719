//! engine-async as the conformance kit sees it: real layers that do what a program's words say and
//! write down when they are called.

use crate::script::{Ends, Script, Scripted};
use conformance::websocket::{
    App, Behaviour, End, Hook, Kind, Layer, Listed, Message, Outcome, PROFILE, Program,
    WebSocket as Lifecycle,
};
use conformance::{Answer, Capability, Engine, Event, Hello, Question, Trace, Trouble};
use engine_async::http::StatusCode;
use engine_async::runtime::Runtime;
use engine_async::{
    Accept, Around, Chain, Error, Exit, HookFns, Incoming, Next, On, Outbound, Outgoing, Receive,
    Refusal, Result, Stack, Step, WebSocket, WsLayer, app_fn, around, hook_fns,
};
use engine_core::{Built, FactoryError, Problem, Registry, Settings, SettingsOrBuild};
use futures_util::stream::{self, TryStreamExt};
use futures_util::{FutureExt, SinkExt, StreamExt};
use std::borrow::Cow;
use std::collections::HashSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::Poll;

/// The engine under test, on a runtime.
#[derive(Clone, Debug)]
pub(crate) struct EngineAsync<R> {
    pub(crate) runtime: R,
    pub(crate) name: &'static str,
}

impl<R: Runtime> Engine<Lifecycle> for EngineAsync<R> {
    fn hello(&self) -> Hello {
        Hello {
            engine: format!("engine-async on {}", self.name),
            version: String::from(env!("CARGO_PKG_VERSION")),
            lifecycles: vec![String::from(<Lifecycle as conformance::Lifecycle>::NAME)],
            profiles: vec![String::from(PROFILE)],
            capabilities: vec![
                Capability::Panics,
                Capability::ExitHooks,
                Capability::NestedStacks,
                Capability::InitOrder,
                Capability::ManyAtOnce,
                Capability::Drops,
                Capability::TimeOuts,
                Capability::Shutdowns,
            ],
        }
    }

    fn run(&self, question: &Question<Lifecycle>) -> std::result::Result<Answer<Outcome>, Trouble> {
        let program = &question.program;
        Ok(match build(program)? {
            Ok((chain, init)) => {
                let answer = self.runtime.block_on(connection(&chain, program));
                Answer { init: Some(init), ..answer }
            }
            Err(answer) => answer,
        })
    }

    fn run_at_once(
        &self,
        question: &Question<Lifecycle>,
        units: usize,
    ) -> std::result::Result<Vec<Answer<Outcome>>, Trouble> {
        let program = question.program.clone();
        let chain = match build(&program)? {
            Ok((chain, _)) => chain,
            Err(answer) => return Ok(vec![answer; units]),
        };
        let (send, mut answers) = futures_channel::mpsc::unbounded();
        self.runtime.block_on(async {
            for _ in 0..units {
                let (chain, program, send) = (chain.clone(), program.clone(), send.clone());
                self.runtime.spawn(async move {
                    // The receiver is there until every unit has answered.
                    let _ = send.unbounded_send(connection(&chain, &program).await);
                });
            }
            drop(send);
            let mut all = Vec::new();
            while let Some(answer) = answers.next().await {
                all.push(answer);
            }
            match all.len() == units {
                true => Ok(all),
                false => Err(Trouble(String::from("a panic left the chain"))),
            }
        })
    }
}

/// What is written down of one connection.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Trace>>);

impl Log {
    fn of(ws: &WebSocket) -> Log {
        ws.state_of().unwrap_or_default()
    }

    pub(crate) fn event(&self, text: impl Into<String>) {
        self.lock().push(Event::new(text));
    }

    pub(crate) fn trace(&self) -> Trace {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Trace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The names that marked the connection.
#[derive(Clone, Default)]
struct Marks(Vec<String>);

/// The layers, by address, that have had their first message.
#[derive(Default)]
struct PastFirst(HashSet<usize>);

/// Runs one connection to its end, or until its script drops it.
async fn connection(chain: &Chain, program: &Program) -> Answer<Outcome> {
    let log = Log::default();
    let (socket, script) = Scripted::new(&program.script, log.clone(), false);
    let mut running =
        Box::pin(chain.run(websocket(program.app, &log).with(script.clone()), socket));
    let ended = AssertUnwindSafe(std::future::poll_fn(|cx| match running.as_mut().poll(cx) {
        Poll::Ready(ended) => Poll::Ready(Some(ended)),
        Poll::Pending if script.is_to_be_dropped() => Poll::Ready(None),
        Poll::Pending => Poll::Pending,
    }));
    // Nothing panics but what layers and app do, and that is caught inside; else it shows here.
    let ended = ended.catch_unwind().await;
    drop(running);
    let (end, escaped, logged) = match ended {
        Ok(Some(ended)) if script.is_given_up() => (End::Dropped, None, logged(ended.error)),
        Ok(Some(ended)) => (End::Returned, None, logged(ended.error)),
        Ok(None) => (End::Dropped, None, Vec::new()),
        Err(_) => (End::Escaped, Some(String::from("a panic left the chain")), Vec::new()),
    };
    let Ends { sent, unread } = script.ends();
    let outcome = Outcome { end, escaped, sent, unread, tasks_left: 0, logged };
    Answer { trace: log.trace(), outcome, init: None }
}

/// A connection whose client offers what the app accepts with.
pub(crate) fn websocket(app: App, log: &Log) -> WebSocket {
    let mut request = engine_async::http::Request::new(());
    if let Some(Ok(offer)) = app.subprotocol().map(str::parse) {
        request.headers_mut().insert("sec-websocket-protocol", offer);
    }
    WebSocket::new(request).with(log.clone())
}

fn logged(error: Option<Error>) -> Vec<String> {
    let said = |error: Error| match error.broken_rule() {
        Some(rule) => String::from(rule),
        None if error.is_panic() => format!("Panic: {error}"),
        None => error.to_string(),
    };
    error.map(said).into_iter().collect()
}

type Init = Arc<Mutex<Vec<String>>>;

fn lock(init: &Init) -> MutexGuard<'_, Vec<String>> {
    init.lock().unwrap_or_else(PoisonError::into_inner)
}

type BuiltOrAnswer = std::result::Result<(Chain, Vec<String>), Answer<Outcome>>;

/// The chain and the order in which its layers were built; or how building them ended.
pub(crate) fn build(program: &Program) -> std::result::Result<BuiltOrAnswer, Trouble> {
    let trouble = |error: &dyn std::fmt::Display| Trouble(error.to_string());
    let init = Init::default();
    let stack = match stack(&program.layers, &init) {
        Ok(stack) => stack,
        Err(SettingsOrBuild::Build(error)) => match &error.problems()[0] {
            Problem::Factory { listed, .. } => {
                // The error names the layer (rule S8), as it is listed: with its place behind it.
                let layer = listed.name.split('#').next().unwrap_or_default();
                let outcome = Outcome {
                    end: End::Escaped,
                    escaped: Some(format!("Boom: {layer}.init")),
                    sent: Vec::new(),
                    unread: program.script.len(),
                    tasks_left: 0,
                    logged: Vec::new(),
                };
                return Ok(Err(Answer { trace: Trace::new(), outcome, init: None }));
            }
            other => return Err(trouble(other)),
        },
        Err(error) => return Err(trouble(&error)),
    };
    let which = program.app;
    let app = app_fn(move |ws, receive, send| Box::pin(run_app(which, ws, receive, send)));
    let chain = Chain::builder(&stack).app(app).build().map_err(|error| trouble(&error))?;
    let init = std::mem::take(&mut *lock(&init));
    Ok(Ok((chain, init)))
}

/// Builds what is listed, in that order: neighbouring layers by one registry, stacks inside on
/// their own.
fn stack(listed: &[Listed], init: &Init) -> std::result::Result<Stack, SettingsOrBuild> {
    let mut builder = Stack::builder();
    let is_layer = |item: &Listed| matches!(item, Listed::Layer(_));
    for items in listed.chunk_by(|one, other| is_layer(one) && is_layer(other)) {
        builder = match items {
            [Listed::Stack { stack: inner }] => builder.stack("inner", &stack(inner, init)?),
            layers => builder.append(&by_registry(layers, init)?),
        };
    }
    Ok(builder.build()?)
}

fn by_registry(layers: &[Listed], init: &Init) -> std::result::Result<Stack, SettingsOrBuild> {
    let mut registry: Registry<WsLayer> = Registry::new();
    let mut names = Vec::new();
    for (place, item) in layers.iter().enumerate() {
        let Listed::Layer(layer) = item.clone() else { continue };
        // Two layers may share a name; what is registered may not.
        let listed = format!("{}#{place}", layer.name);
        names.push(listed.clone());
        let init = Arc::clone(init);
        registry.register(listed, move |_| {
            lock(&init).push(layer.name.clone());
            match layer.does(Hook::Init) {
                None => Ok(Built::Layer(of_words(&layer))),
                Some(Behaviour::NotUsed) => Ok(Built::NotUsed(String::from("as the case says"))),
                Some(_) => Err(FactoryError::new("as the case says")),
            }
        });
    }
    registry.stack(&Settings::parse(format!("middleware = {names:?}"))?, "middleware")
}

/// A real layer that does what the words say.
fn of_words(layer: &Layer) -> Arc<WsLayer> {
    if let Some(does) = layer.does(Hook::Call) {
        return around(Call { layer: layer.clone(), does });
    }
    hook_fns(layer.name.clone(), |on| {
        for (hook, does) in &layer.hooks {
            install(on, *hook, *does, layer.name.clone());
        }
    })
}

fn install(on: &mut On<HookFns>, hook: Hook, does: Behaviour, name: String) {
    match hook {
        Hook::Enter => on.enter(move |_, ws| {
            let at = format!("{name}.enter");
            Log::of(ws).event(at.clone());
            match does {
                Behaviour::Wait => Step::wait(async {
                    wait().await;
                    Ok(Step::Pass)
                }),
                Behaviour::Close => {
                    Log::of(ws).event(format!("{name}.closing"));
                    Step::close(4401, "")
                }
                Behaviour::Refuse => Step::refuse(StatusCode::UNAUTHORIZED),
                _ => Step::ready(|| {
                    if does == Behaviour::Modify {
                        mark(ws, &name);
                    }
                    fails(does, &at).map(|()| Step::Pass)
                }),
            }
        }),
        Hook::Receive => on.receive(move |layer, ws, event| {
            let at = Receiving { name: &name, layer: std::ptr::from_ref(layer) as usize };
            match does {
                Behaviour::Wait => {
                    Log::of(ws).event(format!("{name}.receive:{}", event.name()));
                    Step::wait(async {
                        wait().await;
                        Ok(Step::Pass)
                    })
                }
                _ => Step::ready(|| {
                    Ok(if received(does, at, ws, event)? { Step::Pass } else { Step::Drop })
                }),
            }
        }),
        Hook::Send => on.send(move |_, ws, event| match does {
            Behaviour::Wait => {
                Log::of(ws).event(format!("{name}.send:{}", event.name()));
                Step::wait(async {
                    wait().await;
                    Ok(Step::Pass)
                })
            }
            _ => Step::ready(|| {
                Ok(if sent(does, &name, ws, event)? { Step::Pass } else { Step::Drop })
            }),
        }),
        Hook::Left => on.exit(move |_, ws, _| left(does, &name, ws)),
        Hook::Call | Hook::Init => on,
    };
}

/// A layer that is one call around the rest.
struct Call {
    layer: Layer,
    does: Behaviour,
}

impl engine_async::Layer for Call {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.layer.name)
    }
}

impl Around for Call {
    async fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        mut send: Outbound<'a>,
        next: Next<'a>,
    ) -> Result<()> {
        let (name, log) = (&self.layer.name, Log::of(ws));
        log.event(format!("{name}.enter"));
        fails(self.does, &format!("{name}.call"))?;
        match self.does {
            Behaviour::Silent => return Ok(()),
            Behaviour::Refuse => {
                ws.refuse(StatusCode::UNAUTHORIZED);
                return Ok(());
            }
            Behaviour::Close => {
                log.event(format!("{name}.closing"));
                return send.close(4401, "").await;
            }
            Behaviour::Modify => mark(ws, name),
            Behaviour::Wait => wait().await,
            _ => {}
        }
        let receive = match self.layer.does(Hook::Receive) {
            Some(does) => wrapped_receive(does, name, ws, receive),
            None => receive,
        };
        let send = match self.layer.does(Hook::Send) {
            Some(does) => wrapped_send(does, name, ws, send),
            None => send,
        };
        let result = next.run(receive, send).await;
        match &result {
            Ok(()) => log.event(format!("{name}.exit")),
            Err(_) if self.does == Behaviour::Catch => {
                log.event(format!("{name}.caught"));
                return Ok(());
            }
            Err(_) => log.event(format!("{name}.error")),
        }
        result?;
        match self.does {
            Behaviour::Wait => wait().await,
            Behaviour::RaiseAfter => fails(Behaviour::Raise, &format!("{name}.after"))?,
            Behaviour::PanicAfter => fails(Behaviour::Panic, &format!("{name}.after"))?,
            _ => {}
        }
        Ok(())
    }

    fn exit(&self, ws: &WebSocket, _: Exit) {
        if let Some(does) = self.layer.does(Hook::Left) {
            left(does, &self.layer.name, ws);
        }
    }
}

fn wrapped_receive<'a>(
    does: Behaviour,
    name: &'a str,
    ws: &'a WebSocket,
    receive: Receive<'a>,
) -> Receive<'a> {
    let layer = name.as_ptr() as usize;
    let events = receive.try_filter_map(move |mut event| async move {
        let at = Receiving { name, layer };
        let passes = received(does, at, ws, &mut event)?;
        if does == Behaviour::Wait {
            wait().await;
        }
        Ok(passes.then_some(event))
    });
    Receive::new(events)
}

fn wrapped_send<'a>(
    does: Behaviour,
    name: &'a str,
    ws: &'a WebSocket,
    send: Outbound<'a>,
) -> Outbound<'a> {
    Outbound::new(send.with_flat_map(move |mut event: Outgoing| {
        let copies = async move {
            let passes = sent(does, name, ws, &mut event)?;
            if does == Behaviour::Wait {
                wait().await;
            }
            let is_message = matches!(event, Outgoing::Message(_));
            let copies = match does {
                Behaviour::Twice if is_message => 2,
                _ => usize::from(passes),
            };
            Ok::<_, Error>(stream::iter(vec![event; copies].into_iter().map(Ok)))
        };
        Box::pin(stream::once(copies).try_flatten())
    }))
}

/// Which layer receives.
#[derive(Clone, Copy)]
struct Receiving<'a> {
    name: &'a str,
    layer: usize,
}

/// What a layer does with an event that comes in; false where it is dropped.
fn received(
    does: Behaviour,
    at: Receiving<'_>,
    ws: &WebSocket,
    event: &mut Incoming,
) -> Result<bool> {
    let name = at.name;
    Log::of(ws).event(format!("{name}.receive:{}", event.name()));
    let Incoming::Message(message) = event else {
        return Ok(!(does == Behaviour::DropConnect && *event == Incoming::Connect));
    };
    match does {
        Behaviour::Drop | Behaviour::Disconnect => {
            let is_first = ws.state().get_or_insert_with(PastFirst::default).0.insert(at.layer);
            if is_first && does == Behaviour::Disconnect {
                *event = Incoming::Disconnect(engine_async::CloseFrame::new(1005));
                return Ok(true);
            }
            return Ok(!is_first);
        }
        Behaviour::Replace => change(message, |text| text + "+" + name)?,
        _ => fails(does, &format!("{name}.receive"))?,
    }
    Ok(true)
}

/// What a layer does with an event that goes out; false where it is dropped.
fn sent(does: Behaviour, name: &str, ws: &WebSocket, event: &mut Outgoing) -> Result<bool> {
    Log::of(ws).event(format!("{name}.send:{}", event.name()));
    let Outgoing::Message(message) = event else {
        return Ok(!(does == Behaviour::DropAccept && event.name() == "accept"));
    };
    match does {
        Behaviour::Drop => return Ok(false),
        Behaviour::Replace => change(message, |text| text + ">" + name)?,
        _ => fails(does, &format!("{name}.send"))?,
    }
    Ok(true)
}

/// Changes the text of a message that has one.
fn change(message: &mut engine_async::Message, with: impl FnOnce(String) -> String) -> Result<()> {
    let mut said: Message = serde_json::from_slice(message.as_bytes())?;
    said.v = said.v.map(with);
    *message = serde_json::to_string(&said)?.into();
    Ok(())
}

fn left(does: Behaviour, name: &str, ws: &WebSocket) {
    Log::of(ws).event(format!("{name}.left"));
    if does == Behaviour::Panic {
        panic(&format!("{name}.left"));
    }
}

fn mark(ws: &WebSocket, name: &str) {
    ws.state().get_or_insert_with(Marks::default).0.push(String::from(name));
}

/// Suspends, more than once.
async fn wait() {
    for _ in 0..2 {
        let mut has_waited = false;
        std::future::poll_fn(|cx| {
            if std::mem::replace(&mut has_waited, true) {
                return Poll::Ready(());
            }
            cx.waker().wake_by_ref();
            Poll::Pending
        })
        .await;
    }
}

/// The error that the word asks for, if it asks for one.
fn fails(does: Behaviour, at: &str) -> Result<()> {
    match does {
        Behaviour::Raise => Err(Error::internal(format!("Boom: {at}"))),
        Behaviour::Panic => panic(at),
        _ => Ok(()),
    }
}

/// A panic without the message on standard error that thousands of planned ones would leave.
fn panic(at: &str) -> ! {
    std::panic::resume_unwind(Box::new(String::from(at)))
}

async fn run_app(app: App, ws: &WebSocket, receive: Receive<'_>, send: Outbound<'_>) -> Result<()> {
    let own_hook = |hook: &str| {
        if app.has_hooks() {
            Log::of(ws).event(format!("app.{hook}"));
        }
    };
    let talked = talk(app, ws, receive, send, &own_hook).await;
    own_hook(if talked.is_ok() { "on_close" } else { "on_error" });
    talked
}

async fn talk(
    app: App,
    ws: &WebSocket,
    mut receive: Receive<'_>,
    mut send: Outbound<'_>,
    own_hook: &(dyn Fn(&str) + Sync),
) -> Result<()> {
    let accept =
        || Outgoing::Accept(app.subprotocol().map_or_else(Accept::new, Accept::subprotocol));
    let (mut lingers, mut hangs) = (false, false);
    loop {
        let message = match receive.event().await? {
            Incoming::Connect => {
                send.event(accept()).await?;
                own_hook("on_open");
                continue;
            }
            Incoming::Disconnect(_) if hangs => {
                ws.require::<Script>()?.app_hangs();
                std::future::pending().await
            }
            Incoming::Disconnect(_) if lingers => return receive.event().await.map(|_| ()),
            Incoming::Disconnect(_) => return Ok(()),
            Incoming::Message(message) => message,
        };
        let said: Message = serde_json::from_slice(message.as_bytes())?;
        if !matches!(said.kind, Kind::Unknown | Kind::Reply) {
            Log::of(ws).event(format!("app.message:{}", said.kind.name()));
        }
        match said.kind {
            Kind::Echo => {
                let mut text = said.v.unwrap_or_default();
                let marks = ws.state_of::<Marks>().unwrap_or_default().0;
                if !marks.is_empty() {
                    text = format!("{text}#{}", marks.join(","));
                }
                send.send(serde_json::to_string(&Message::echo(text))?).await?;
            }
            Kind::Boom => fails(Behaviour::Raise, "app")?,
            Kind::Panic => fails(Behaviour::Panic, "app")?,
            Kind::Close | Kind::Drain | Kind::Late => {
                send.close(4000, "").await?;
                if said.kind == Kind::Late {
                    send.send(serde_json::to_string(&Message::echo("late"))?).await?;
                }
            }
            Kind::Accept => send.event(accept()).await?,
            Kind::Linger => lingers = true,
            Kind::Hang => hangs = true,
            Kind::Unknown | Kind::Reply | Kind::Return => {}
        }
        if matches!(said.kind, Kind::Close | Kind::Late | Kind::Return) {
            return Ok(());
        }
    }
}

/// A refusal as the trace has it.
pub(crate) fn refused(refusal: &Refusal) -> String {
    format!("engine.refuse:{}", refusal.status.as_u16())
}
