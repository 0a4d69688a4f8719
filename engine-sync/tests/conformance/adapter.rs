//! engine-sync as the conformance kit sees it: real layers that do what a program's words say and
//! write down when they are called.

use conformance::http::{Behaviour, Hook, Http, Layer, Listed, Outcome, Program, View};
use conformance::{Answer, Capability, Engine, Event, Hello, Lifecycle, Question, Trace, Trouble};
use engine_core::{Built, FactoryError, Problem, Registry, Settings, SettingsOrBuild};
use engine_sync::http::{HeaderValue, StatusCode};
use engine_sync::{
    Around, Chain, Context, Error, Exit, Flow, HookFns, HttpLayer, Next, On, Params, Profile,
    Render, Request, Response, Result, Stack, TemplateResponse, around, hook_fns,
};
use serde_json::Value;
use std::borrow::Cow;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

/// The engine under test.
#[derive(Debug)]
pub(crate) struct EngineSync;

impl Engine<Http> for EngineSync {
    fn hello(&self) -> Hello {
        Hello {
            engine: String::from("engine-sync"),
            version: String::from(env!("CARGO_PKG_VERSION")),
            lifecycles: vec![String::from(Http::NAME)],
            profiles: Profile::ALL.map(|profile| String::from(profile.name())).to_vec(),
            capabilities: vec![
                Capability::NoneAsError,
                Capability::Panics,
                Capability::ExitHooks,
                Capability::NestedStacks,
                Capability::InitOrder,
                Capability::ManyAtOnce,
            ],
        }
    }

    fn run(&self, question: &Question<Http>) -> Result<Answer<Outcome>, Trouble> {
        match build(&question.program)? {
            Ok((chain, init)) => Ok(Answer { init: Some(init), ..run(&chain) }),
            Err(outcome) => Ok(Answer { trace: Trace::new(), outcome, init: None }),
        }
    }

    fn run_at_once(
        &self,
        question: &Question<Http>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        let chain = match build(&question.program)? {
            Ok((chain, _)) => chain,
            Err(outcome) => {
                let answer = Answer { trace: Trace::new(), outcome, init: None };
                return Ok(vec![answer; units]);
            }
        };
        let start = std::sync::Barrier::new(units);
        let at_once = || {
            start.wait();
            run(&chain)
        };
        std::thread::scope(|scope| {
            let threads: Vec<_> = (0..units).map(|_| scope.spawn(at_once)).collect();
            let lost = |_| Trouble(String::from("a panic left the chain"));
            threads.into_iter().map(|thread| thread.join().map_err(lost)).collect()
        })
    }
}

/// What is written down of one unit.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Written>>);

#[derive(Default)]
struct Written {
    trace: Trace,
    announced: Vec<String>,
}

impl Log {
    fn of(request: &Request) -> Log {
        request.state().get::<Log>().cloned().unwrap_or_default()
    }

    fn event(&self, text: impl Into<String>) {
        self.with(|written| written.trace.push(Event::new(text)));
    }

    fn with<T>(&self, act: impl FnOnce(&mut Written) -> T) -> T {
        act(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The names that marked the request.
#[derive(Default)]
struct Marks(Vec<String>);

/// Runs one request through a chain.
fn run(chain: &Chain) -> Answer<Outcome> {
    let log = Log::default();
    let mut request = Request::get("/");
    request.state_mut().insert(log.clone());
    let exchange = chain.run(request);
    let response = exchange.response();
    let (status, x_trail) = (response.status().as_u16(), response.header("x-trail"));
    let (body, x_trail) = (response.body().as_bytes(), x_trail.map(String::from));
    let body = String::from_utf8_lossy(body.unwrap_or(b"(a stream)")).into_owned();
    exchange.finish(Exit::Done);
    let written = log.with(std::mem::take);
    let outcome = Outcome::Answered { status, body, x_trail, errors: written.announced };
    Answer { trace: written.trace, outcome, init: None }
}

/// The chain and the order in which its layers were built; or how building them ended.
fn build(program: &Program) -> Result<Result<(Chain, Vec<String>), Outcome>, Trouble> {
    let trouble = |error: &dyn std::fmt::Display| Trouble(error.to_string());
    let init = Arc::default();
    let stack = match stack(&program.layers, &init) {
        Ok(stack) => stack,
        Err(SettingsOrBuild::Build(error)) => match &error.problems()[0] {
            Problem::Factory { listed, .. } => {
                // The error names the layer (rule S8), as it is listed: with its place behind it.
                let layer = listed.name.split('#').next().unwrap_or_default();
                let escaped = format!("Boom: {layer}.init");
                return Ok(Err(Outcome::Escaped { escaped, errors: Vec::new() }));
            }
            other => return Err(trouble(other)),
        },
        Err(error) => return Err(trouble(&error)),
    };
    let profile = program.profile.name().parse().map_err(|error| trouble(&error))?;
    let view = program.view;
    let mut chain = Chain::builder(&stack)
        .profile(profile)
        .view(move |request, params| run_view(view, request, params))
        .announce(|request, error| {
            let kind = if error.is_panic() { "Panic: " } else { "" };
            Log::of(request).with(|written| written.announced.push(format!("{kind}{error}")));
        });
    for status in [400, 403, 404, 500].map(StatusCode::from_u16).into_iter().flatten() {
        chain = chain.error_page(status, move |request, _| {
            let page = format!("handler{}", status.as_u16());
            Log::of(request).event(page.clone());
            Response::text(page).with_status(status)
        });
    }
    let chain = chain.build().map_err(|error| trouble(&error))?;
    let init = std::mem::take(&mut *lock(&init));
    Ok(Ok((chain, init)))
}

type Init = Arc<Mutex<Vec<String>>>;

fn lock(init: &Init) -> std::sync::MutexGuard<'_, Vec<String>> {
    init.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Builds what is listed, in that order: neighbouring layers by one registry, stacks inside on
/// their own.
fn stack(listed: &[Listed], init: &Init) -> Result<Stack, SettingsOrBuild> {
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

fn by_registry(layers: &[Listed], init: &Init) -> Result<Stack, SettingsOrBuild> {
    let mut registry: Registry<HttpLayer> = Registry::new();
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
fn of_words(layer: &Layer) -> Arc<HttpLayer> {
    if let Some(does) = layer.does(Hook::Call) {
        return around(Call { name: layer.name.clone(), does, exit: layer.does(Hook::Exit) });
    }
    hook_fns(layer.name.clone(), |on| {
        for (hook, does) in &layer.hooks {
            install(on, *hook, *does, layer.name.clone());
        }
    })
}

fn install(on: &mut On<HookFns>, hook: Hook, does: Behaviour, name: String) {
    let at = format!("{name}.{hook}");
    match hook {
        Hook::ProcessRequest => on.process_request(move |_, request| {
            Log::of(request).event(at.clone());
            if does == Behaviour::Modify {
                request.state_mut().get_or_insert_with(Marks::default).0.push(name.clone());
            }
            inward(does, &at)
        }),
        Hook::ProcessView => on.process_view(move |_, request, view| {
            Log::of(request).event(at.clone());
            if does == Behaviour::Modify {
                let tags = view.params().get("tags").map(|tags| format!("{tags},{name}"));
                view.params_mut().set("tags", tags.unwrap_or_else(|| name.clone()));
            }
            inward(does, &at)
        }),
        Hook::ProcessTemplateResponse => {
            on.process_template_response(move |_, request, response| {
                let log = Log::of(request);
                log.event(at.clone());
                match (does, response.template_mut()) {
                    (Behaviour::Modify, Some(template)) => {
                        let marks = template
                            .context_mut()
                            .entry(String::from("ctx"))
                            .or_insert_with(|| Value::Array(Vec::new()));
                        marks
                            .as_array_mut()
                            .into_iter()
                            .for_each(|marks| marks.push(name.as_str().into()));
                    }
                    (Behaviour::Replace, _) => {
                        *response = template(log, &name, None).with_status(StatusCode::ACCEPTED);
                    }
                    _ => {}
                }
                fails(does, &at)
            })
        }
        Hook::ProcessException => on.process_exception(move |_, request, _| {
            Log::of(request).event(at.clone());
            fails(does, &at)?;
            Ok((does == Behaviour::Respond).then(|| answer(&at)))
        }),
        Hook::ProcessResponse => on.process_response(move |_, request, response| {
            Log::of(request).event(at.clone());
            outward(does, &name, &at, response)
        }),
        Hook::Exit => on.exit(move |_, request, _| exit(does, &name, request)),
        Hook::Call | Hook::Init => on,
    };
}

/// A layer that is one call around the rest.
struct Call {
    name: String,
    does: Behaviour,
    exit: Option<Behaviour>,
}

impl engine_sync::Layer for Call {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.name)
    }
}

impl Around for Call {
    fn handle(&self, request: &mut Request, next: Next<'_>) -> Result<Response> {
        let (before, after) = (format!("{}.before", self.name), format!("{}.after", self.name));
        Log::of(request).event(before.clone());
        match self.does {
            Behaviour::Short => return Ok(answer(&before)),
            Behaviour::RaiseBefore => fails(Behaviour::Raise, &before)?,
            Behaviour::PanicBefore => fails(Behaviour::Panic, &before)?,
            Behaviour::ModifyRequest => {
                request.state_mut().get_or_insert_with(Marks::default).0.push(self.name.clone());
            }
            _ => {}
        }
        let mut response = next.run(request);
        Log::of(request).event(after.clone());
        let does = match self.does {
            Behaviour::RaiseAfter => Behaviour::Raise,
            Behaviour::PanicAfter => Behaviour::Panic,
            Behaviour::ModifyResponse => Behaviour::Modify,
            other => other,
        };
        outward(does, &self.name, &after, &mut response)?;
        Ok(response)
    }

    fn exit(&self, request: &Request, _how: Exit) {
        if let Some(does) = self.exit {
            exit(does, &self.name, request);
        }
    }
}

fn answer(at: &str) -> Response {
    Response::text(String::from(at)).with_status(StatusCode::CREATED)
}

fn inward(does: Behaviour, at: &str) -> Result<Flow> {
    fails(does, at)?;
    Ok(match does {
        Behaviour::Respond => ControlFlow::Break(answer(at)),
        _ => ControlFlow::Continue(()),
    })
}

fn outward(does: Behaviour, name: &str, at: &str, response: &mut Response) -> Result<()> {
    match does {
        Behaviour::Modify => {
            let trail = response.header("x-trail").map(|trail| format!("{trail},{name}"));
            let trail = HeaderValue::try_from(trail.unwrap_or_else(|| String::from(name)))?;
            response.headers_mut().insert("x-trail", trail);
        }
        Behaviour::Replace => {
            *response = Response::text(String::from(at)).with_status(StatusCode::ACCEPTED);
        }
        _ => {}
    }
    fails(does, at)
}

fn exit(does: Behaviour, name: &str, request: &Request) {
    Log::of(request).event(format!("{name}.exit"));
    if does == Behaviour::Panic {
        panic(&format!("{name}.exit"));
    }
}

/// The error that the word asks for, if it asks for one. Where None is due, Django raises a
/// `ValueError` at this very place, in the hooks that are given it here (`none-as-error`).
fn fails(does: Behaviour, at: &str) -> Result<()> {
    Err(match does {
        Behaviour::Raise => Error::internal(format!("Boom: {at}")),
        Behaviour::Raise404 => Error::not_found("Http404"),
        Behaviour::Raise403 => Error::forbidden("PermissionDenied"),
        Behaviour::Raise400 => Error::bad_request("SuspiciousOperation"),
        Behaviour::None => Error::internal("ValueError"),
        Behaviour::Panic => panic(at),
        _ => return Ok(()),
    })
}

/// A panic without the message on standard error that thousands of planned ones would leave.
fn panic(at: &str) -> ! {
    std::panic::resume_unwind(Box::new(String::from(at)))
}

fn run_view(view: View, request: &mut Request, params: &Params) -> Result<Response> {
    let log = Log::of(request);
    log.event("view");
    let fails_when_rendered = match view {
        View::Return => return Ok(Response::text(body(request, params))),
        View::Raise => return fails(Behaviour::Raise, "view").map(|()| answer("view")),
        View::Raise404 => return fails(Behaviour::Raise404, "view").map(|()| answer("view")),
        View::Raise403 => return fails(Behaviour::Raise403, "view").map(|()| answer("view")),
        View::Raise400 => return fails(Behaviour::Raise400, "view").map(|()| answer("view")),
        View::Panic => panic("view"),
        View::None => return Err(Error::internal("a view in Rust cannot return None")),
        View::Template => None,
        View::TemplateRaise => Some(Behaviour::Raise),
        View::TemplatePanic => Some(Behaviour::Panic),
    };
    Ok(template(log, "view", fails_when_rendered))
}

fn body(request: &Request, params: &Params) -> String {
    let mut body = String::from("view");
    if let Some(Marks(names)) = request.state().get::<Marks>() {
        body += &format!("|req={}", names.join(","));
    }
    if let Some(tags) = params.get("tags") {
        body += &format!("|kw={tags}");
    }
    body
}

/// A deferred response that writes down when it is rendered.
fn template(log: Log, name: &str, fails: Option<Behaviour>) -> Response {
    let renderer = Arc::new(Renderer { log, fails });
    Response::template(TemplateResponse::new(renderer, String::from(name), Context::new()))
}

struct Renderer {
    log: Log,
    fails: Option<Behaviour>,
}

impl Render for Renderer {
    fn render(&self, template: &str, context: &Context) -> Result<bytes::Bytes> {
        let at = format!("render:{template}");
        self.log.event(at.clone());
        self.fails.map_or(Ok(()), |does| fails(does, &at))?;
        let marks = context.get("ctx").and_then(|marks| marks.as_array());
        let names: Vec<&str> =
            marks.into_iter().flatten().filter_map(|name| name.as_str()).collect();
        let marks =
            if names.is_empty() { String::new() } else { format!("|ctx={}", names.join(",")) };
        Ok(format!("template:{template}{marks}").into())
    }
}
