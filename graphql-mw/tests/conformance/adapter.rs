//! graphql-mw as the conformance kit sees it.

use crate::layers::of_words;
use crate::schema::{executor, root};
use conformance::field::{
    FieldError, Fields, Init, Listed, Mode, Outcome, Path, Profile, Program, Response, Step,
};
use conformance::{Answer, Capability, Engine, Event, Hello, Lifecycle, Question, Trace, Trouble};
use engine_core::{Built, FactoryError, Problem, Registry, Settings, SettingsOrBuild};
use futures_util::StreamExt;
use futures_util::task::{ArcWake, waker};
use graphql_mw::{
    Executor, FieldLayer, Info, PathSegment, Profile as Own, Request, Response as OwnResponse,
    Stack,
};
use std::pin::pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

/// The engine under test.
#[derive(Debug)]
pub(crate) struct GraphqlMw;

impl Engine<Fields> for GraphqlMw {
    fn hello(&self) -> Hello {
        Hello {
            engine: String::from("graphql-mw"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            lifecycles: vec![String::from(Fields::NAME)],
            profiles: Profile::ALL.map(|profile| String::from(profile.name())).to_vec(),
            capabilities: vec![
                Capability::Panics,
                Capability::ExitHooks,
                Capability::NestedStacks,
                Capability::InitOrder,
                Capability::ManyAtOnce,
                Capability::Drops,
                Capability::ScopedLayers,
            ],
        }
    }

    fn run(&self, question: &Question<Fields>) -> Result<Answer<Outcome>, Trouble> {
        let program = &question.program;
        Ok(match build(program)? {
            Ok((executor, init)) => Answer { init: Some(init), ..run(&executor, program) },
            Err(answer) => answer,
        })
    }

    fn run_at_once(
        &self,
        question: &Question<Fields>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        let program = &question.program;
        let executor = match build(program)? {
            Ok((executor, _)) => executor,
            Err(answer) => return Ok(vec![answer; units]),
        };
        let start = std::sync::Barrier::new(units);
        let at_once = || {
            start.wait();
            run(&executor, program)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..units).map(|_| scope.spawn(at_once)).collect();
            let lost = |_| Trouble(String::from("a panic left the executor"));
            threads.into_iter().map(|thread| thread.join().map_err(lost)).collect()
        })
    }
}

/// What is written down of one operation.
#[derive(Clone, Default)]
pub(crate) struct Log(Arc<Mutex<Trace>>);

impl Log {
    pub(crate) fn of(info: &Info<'_>) -> Log {
        info.state_of().unwrap_or_default()
    }

    pub(crate) fn event(&self, text: impl Into<String>) {
        self.lock().push(Event::new(text));
    }

    fn lock(&self) -> MutexGuard<'_, Trace> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A panic without the message on standard error that thousands of planned ones would leave.
pub(crate) fn panic(text: &str) -> ! {
    std::panic::resume_unwind(Box::new(String::from(text)))
}

/// Runs one operation to its end, or as far as it goes.
fn run(executor: &Executor, program: &Program) -> Answer<Outcome> {
    let log = Log::default();
    let request = Request::new(program.document.clone()).root(root()).with(log.clone());
    let outcome = match program.mode {
        Mode::Sync | Mode::HttpPost => Outcome::Answered(read(&executor.execute_blocking(request))),
        Mode::Async => match as_far_as_it_goes(executor.execute(request)) {
            Some(response) => Outcome::Answered(read(&response)),
            None => Outcome::Dropped,
        },
        Mode::Subscribe => as_far_as_it_goes(subscribe(executor, request, program, &log))
            .unwrap_or(Outcome::Dropped),
    };
    let trace = log.lock().clone();
    Answer { trace, outcome, init: None }
}

async fn subscribe(executor: &Executor, request: Request, program: &Program, log: &Log) -> Outcome {
    let mut stream = match executor.subscribe(request).await {
        Ok(stream) => stream,
        Err(response) => {
            log.event("response");
            let responses = vec![read(&response)];
            return Outcome::Streamed { stream: false, responses, escaped: None, dropped: false };
        }
    };
    let mut responses = Vec::new();
    loop {
        if program.drop_after == Some(responses.len()) {
            drop(stream);
            return Outcome::Streamed { stream: true, responses, escaped: None, dropped: true };
        }
        let escaped = match stream.next().await {
            None => None,
            Some(response) if response.is_request_error() => {
                let message = response.errors.first().map(|error| error.message.clone());
                Some(format!("Boom: {}", message.unwrap_or_default()))
            }
            Some(response) => {
                responses.push(read(&response));
                log.event("response");
                continue;
            }
        };
        return Outcome::Streamed { stream: true, responses, escaped, dropped: false };
    }
}

/// Polls a future until it is over or nothing can go on, and then drops it.
fn as_far_as_it_goes<T>(future: impl Future<Output = T>) -> Option<T> {
    struct Woken(AtomicBool);
    impl ArcWake for Woken {
        fn wake_by_ref(this: &Arc<Self>) {
            this.0.store(true, Ordering::SeqCst);
        }
    }
    let woken = Arc::new(Woken(AtomicBool::new(true)));
    let mut future = pin!(future);
    let waker = waker(Arc::clone(&woken));
    while woken.0.swap(false, Ordering::SeqCst) {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return Some(value);
        }
    }
    None
}

/// A response in the kit's words.
fn read(response: &OwnResponse) -> Response {
    let data = response.data.as_ref().map(|data| serde_json::to_value(data).unwrap_or_default());
    let step = |segment: &PathSegment| match segment {
        PathSegment::Key(key) => Step::Key(key.to_string()),
        PathSegment::Index(index) => Step::Index(*index),
    };
    let path = |path: &graphql_mw::Path| Path(path.segments().iter().map(step).collect());
    let error = |error: &graphql_mw::ResponseError| FieldError {
        message: error.message.clone(),
        path: error.path.as_ref().map(path),
    };
    let errors = response.errors.iter().map(error).collect();
    Response { data: data.unwrap_or_default(), errors }
}

type BuildOrder = Arc<Mutex<Vec<String>>>;

fn lock(init: &BuildOrder) -> MutexGuard<'_, Vec<String>> {
    init.lock().unwrap_or_else(PoisonError::into_inner)
}

type BuiltOrAnswer = Result<(Executor, Vec<String>), Answer<Outcome>>;

/// The executor and the order in which its layers were built; or how building them ended.
fn build(program: &Program) -> Result<BuiltOrAnswer, Trouble> {
    let trouble = |error: &dyn std::fmt::Display| Trouble(error.to_string());
    let init = BuildOrder::default();
    let stack = match stack(&program.layers, &init) {
        Ok(stack) => stack,
        Err(SettingsOrBuild::Build(error)) => match &error.problems()[0] {
            Problem::Factory { listed, .. } => {
                // The error names the layer (rule S8), as it is listed: with its place behind it.
                let layer = listed.name.split('#').next().unwrap_or_default();
                let outcome = Outcome::Escaped(format!("Boom: {layer}.init"));
                return Ok(Err(Answer { trace: Trace::new(), outcome, init: None }));
            }
            other => return Err(trouble(other)),
        },
        Err(error) => return Err(trouble(&error)),
    };
    let profile = match program.profile {
        Profile::Graphql => Own::Contract,
        Profile::Graphene => Own::Graphene,
        Profile::GraphqlCore33 => Own::GraphqlCore33,
    };
    let builder = executor(program).map_err(|error| trouble(&error))?;
    let executor = builder.stack(&stack).profile(profile).build();
    let init = std::mem::take(&mut *lock(&init));
    Ok(Ok((executor.map_err(|error| trouble(&error))?, init)))
}

/// Builds what is listed, in that order: neighbouring layers by one registry, stacks inside on
/// their own.
fn stack(listed: &[Listed], init: &BuildOrder) -> Result<Stack, SettingsOrBuild> {
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

fn by_registry(layers: &[Listed], init: &BuildOrder) -> Result<Stack, SettingsOrBuild> {
    let mut registry: Registry<FieldLayer> = Registry::new();
    let mut names = Vec::new();
    for (place, item) in layers.iter().enumerate() {
        let Listed::Layer(layer) = item.clone() else { continue };
        // Two layers may share a name; what is registered may not.
        let listed = format!("{}#{place}", layer.name);
        names.push(listed.clone());
        let init = Arc::clone(init);
        registry.register(listed, move |_| {
            lock(&init).push(layer.name.clone());
            match layer.hooks.init {
                None => Ok(Built::Layer(of_words(&layer))),
                Some(Init::NotUsed) => Ok(Built::NotUsed(String::from("as the case says"))),
                Some(Init::Raise) => Err(FactoryError::new("as the case says")),
            }
        });
    }
    registry.stack(&Settings::parse(format!("middleware = {names:?}"))?, "middleware")
}
