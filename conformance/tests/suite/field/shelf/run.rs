//! One operation of the shelf's engine.

use super::fault::Fault;
use conformance::Event;
use conformance::field::{
    Behaviour, Exit, Field, FieldError, Kind, Layer, Mode, Operation, Outcome, Path, Phase,
    Program, Resolver, Response, Selection, Step,
};
use serde_json::{Map, Value, json};
use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

type Got = Result<Value, String>;
type Data = Result<Value, Nulled>;

/// A null that no field may hold is on its way outward.
#[derive(Clone, Copy, PartialEq)]
struct Nulled;

/// What is there, or a future of it.
enum Maybe<T> {
    Ready(T),
    Later(Pin<Box<dyn Future<Output = T>>>),
}

impl<T: 'static> Maybe<T> {
    async fn awaited(self) -> T {
        match self {
            Maybe::Ready(value) => value,
            Maybe::Later(later) => later.await,
        }
    }

    fn later(future: impl Future<Output = T> + 'static) -> Self {
        Maybe::Later(Box::pin(future))
    }

    fn map<U: 'static>(self, change: impl FnOnce(T) -> U + 'static) -> Maybe<U> {
        match self {
            Maybe::Ready(value) => Maybe::Ready(change(value)),
            Maybe::Later(later) => Maybe::later(async move { change(later.await) }),
        }
    }
}

/// Awaits all of them side by side.
async fn side_by_side<T: Unpin + 'static>(all: Vec<Maybe<T>>) -> Vec<T> {
    let mut running: Vec<_> = all.into_iter().map(|one| (Box::pin(one.awaited()), None)).collect();
    poll_fn(move |context| {
        for (future, done) in running.iter_mut().filter(|(_, done)| done.is_none()) {
            if let Poll::Ready(value) = future.as_mut().poll(context) {
                *done = Some(value);
            }
        }
        match running.iter().all(|(_, done)| done.is_some()) {
            true => Poll::Ready(running.iter_mut().filter_map(|(_, done)| done.take()).collect()),
            false => Poll::Pending,
        }
    })
    .await
}

/// Polls once: nothing here waits for anything but what never comes.
fn run_until_stuck<T>(future: impl Future<Output = T>) -> Option<T> {
    let mut future = Box::pin(future);
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}

pub(super) struct Run {
    fault: Fault,
    program: Program,
    pub(super) layers: Vec<Layer>,
    pub(super) trace: RefCell<Vec<Event>>,
    pub(super) errors: RefCell<Vec<FieldError>>,
    pub(super) panicked: Cell<bool>,
    nulled_to_the_root: Cell<bool>,
    events: Cell<usize>,
    /// Fields whose layers have not seen the last of them.
    open: RefCell<Vec<Rc<At>>>,
}

pub(super) use Run as Unit;

/// One field on its way.
struct At {
    run: Rc<Run>,
    parent: &'static str,
    field: Field,
    path: Path,
    phase: Phase,
    root: Value,
    layers: Vec<Layer>,
    entered: RefCell<Vec<Layer>>,
    failed: Cell<bool>,
    /// Events that a fault holds back.
    late: RefCell<Vec<String>>,
}

fn type_of(parent: &str, field: &str) -> (&'static str, bool, bool) {
    match (parent, field) {
        (_, "__typename") => ("String", false, true),
        ("Query", "must" | "boomNonNull") | ("User", "badNonNull") => ("String", false, true),
        ("Query", "__schema") => ("__Schema", false, true),
        ("__Schema", _) => ("__Type", false, true),
        ("Query", "user") | ("User", "friend") | ("MakeUser", "user") => ("User", false, false),
        ("Query", "users") => ("User", true, false),
        ("User", "tags") => ("String", true, false),
        ("User", "age") => ("Int", false, true),
        ("MakeUser", "ok") => ("Boolean", false, false),
        ("Mutation", "makeUser") => ("MakeUser", false, false),
        ("Subscription", "ticks") => ("Tick", false, false),
        ("Mutation" | "Subscription", _) | ("Tick", "i") => ("Int", false, false),
        _ => ("String", false, false),
    }
}

fn is_object(name: &str) -> bool {
    !matches!(name, "String" | "Int" | "Boolean")
}

fn user(name: &str, age: i64, depth: i64) -> Value {
    json!({"name": name, "age": age, "depth": depth})
}

impl Run {
    pub(super) fn new(fault: Fault, program: &Program, layers: Vec<Layer>) -> Rc<Run> {
        Rc::new(Run {
            fault,
            program: program.clone(),
            layers,
            trace: RefCell::default(),
            errors: RefCell::default(),
            panicked: Cell::default(),
            nulled_to_the_root: Cell::default(),
            events: Cell::default(),
            open: RefCell::default(),
        })
    }

    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    pub(super) fn event(&self, text: impl Into<String>) {
        self.trace.borrow_mut().push(Event::new(text));
    }

    pub(super) fn error(&self, message: impl Into<String>, path: Option<Path>) {
        if !self.is(Fault::ErrorForgotten) {
            self.errors.borrow_mut().push(FieldError { message: message.into(), path });
        }
    }

    pub(super) fn query(self: Rc<Self>, selection: &Selection) -> Outcome {
        let parent = selection.operation.root();
        let fields = selection.fields.clone();
        let all = self.object(parent, &Value::Null, &Path::default(), &fields, false);
        let Some(data) = run_until_stuck(all.awaited()) else { return Outcome::Dropped };
        let data = data.unwrap_or_default();
        let data = if self.nulled_to_the_root.get() { Value::Null } else { data };
        Outcome::Answered(Response { data, errors: self.errors.take() })
    }

    pub(super) fn subscription(self: Rc<Self>, fields: &[Field]) -> Outcome {
        let field = &fields[0];
        let path = Path::default().to(Step::Key(field.key.clone()));
        let at = self.at("Subscription", field, (path, Phase::Source), Value::Null);
        let source = run_until_stuck(at.call(0, at.args()).awaited());
        let refused = match source {
            Some(Ok(source)) if source["stream"].is_number() => Ok(source),
            Some(Ok(_)) => Err(String::from("this is no stream")),
            Some(Err(message)) => Err(message),
            None => return Outcome::Dropped,
        };
        let events = match refused {
            Ok(source) => source["stream"].as_u64().unwrap_or_default() as usize,
            Err(message) => {
                at.leave();
                self.event("response");
                self.error(message, Some(at.path.clone()));
                let stream = self.is(Fault::RefusedSourceIsAnEmptyStream);
                let response = Response { data: Value::Null, errors: self.errors.take() };
                let responses = if stream { Vec::new() } else { vec![response] };
                return Outcome::Streamed { stream, responses, escaped: None, dropped: false };
            }
        };
        let mut responses: Vec<Response> = Vec::new();
        let mut ended = false;
        while responses.len() < events && self.program.drop_after != Some(responses.len()) {
            let k = responses.len();
            self.events.set(k);
            self.event(format!("source.event{k}@{}", field.key));
            let root = json!({"event": k});
            let all = self.object("Subscription", &root, &Path::default(), fields, false);
            let data = run_until_stuck(all.awaited());
            let data = data.map_or(Value::Null, Result::unwrap_or_default);
            let errors = self.errors.take();
            ended = !errors.is_empty() && self.is(Fault::EventErrorEndsTheStream);
            responses.push(Response { data, errors });
            self.event("response");
            if ended {
                break;
            }
        }
        let dropped = self.program.drop_after == Some(responses.len());
        let mut escaped = None;
        if !dropped && !ended {
            self.event(format!("source.end@{}", field.key));
            let fails = field.field == "streamBoom" && !self.is(Fault::StreamErrorIsSwallowed);
            escaped = fails.then(|| String::from("streamBoom"));
        }
        at.leave();
        Outcome::Streamed { stream: true, responses, escaped, dropped }
    }

    /// What has not come to its end is let go.
    pub(super) fn drop_what_is_open(&self) {
        let open = self.open.take();
        if !self.is(Fault::NoExitWhenDropped) {
            open.iter().for_each(|at| at.leave());
        }
    }

    fn object(
        self: &Rc<Self>,
        parent: &'static str,
        root: &Value,
        path: &Path,
        fields: &[Field],
        was_short: bool,
    ) -> Maybe<Data> {
        let serial = parent == "Mutation" && !self.is(Fault::MutationsSideBySide);
        let keys: Vec<String> = fields.iter().map(|field| field.key.clone()).collect();
        if serial && self.program.mode == Mode::Async {
            let (run, fields, path) = (Rc::clone(self), fields.to_vec(), path.clone());
            return Maybe::later(async move {
                let mut all = Vec::new();
                for field in &fields {
                    all.push(run.field(parent, &Value::Null, &path, field).awaited().await);
                    if matches!(all.last(), Some(Err(Nulled))) {
                        break;
                    }
                }
                gather(keys, all)
            });
        }
        let mut begun = Vec::new();
        for field in fields {
            if was_short && self.is(Fault::NoChildrenAfterShort) {
                begun.push(Maybe::Ready(Ok(Value::Null)));
                continue;
            }
            let done = self.field(parent, root, path, field);
            let stops = matches!(done, Maybe::Ready(Err(_)));
            begun.push(done);
            if stops && !self.is(Fault::SiblingsGoOnAfterANull) {
                break;
            }
        }
        match begun.iter().all(|done| matches!(done, Maybe::Ready(_))) {
            true => {
                let all = begun.into_iter().filter_map(|done| match done {
                    Maybe::Ready(data) => Some(data),
                    Maybe::Later(_) => None,
                });
                Maybe::Ready(gather(keys, all.collect()))
            }
            false => Maybe::later(async move { gather(keys, side_by_side(begun).await) }),
        }
    }

    fn at(
        self: &Rc<Self>,
        parent: &'static str,
        field: &Field,
        (path, phase): (Path, Phase),
        root: Value,
    ) -> Rc<At> {
        let operation = self.program.selection.as_ref().map(|selection| selection.operation);
        let operation = operation.unwrap_or(Operation::Query);
        let is_default = matches!((parent, field.field.as_str()), ("MakeUser", _) | (_, "plain"));
        let is_introspection = parent.starts_with("__") || field.field.starts_with("__");
        let subscribes = operation == Operation::Subscription;
        let is_source = phase == Phase::Source;
        let later_item = path.0.iter().any(|step| matches!(step, Step::Index(1..)));
        let bare = match self.fault {
            Fault::SkipsDefaultResolvers => is_default || is_introspection,
            Fault::SkipsIntrospection => is_introspection,
            Fault::OnlyRootFields => path.0.len() > 1,
            Fault::SkipsMutations => operation == Operation::Mutation,
            Fault::OnlyTheFirstItem => later_item,
            Fault::ChildrenOfEventsBare => subscribes && path.0.len() > 1,
            Fault::OnlyTheFirstEvent => subscribes && !is_source && self.events.get() > 0,
            Fault::NoRunAroundTheSource => is_source,
            _ => false,
        };
        let wraps = self.program.profile.wraps_sources() || self.is(Fault::RunAroundTheSource);
        let bare = bare || (is_source && !wraps);
        let around = |layer: &&Layer| match self.fault {
            Fault::ScopeIgnored => true,
            Fault::ScopedLayersNeverRun if layer.scope.is_some() => false,
            _ => layer.stands_around(operation, parent, &field.field),
        };
        let layers = self.layers.iter().filter(around).filter(|_| !bare).cloned().collect();
        let at = Rc::new(At {
            run: Rc::clone(self),
            parent,
            field: field.clone(),
            path,
            phase,
            root,
            layers,
            entered: RefCell::default(),
            failed: Cell::default(),
            late: RefCell::default(),
        });
        self.open.borrow_mut().push(Rc::clone(&at));
        at
    }

    fn field(
        self: &Rc<Self>,
        parent: &'static str,
        root: &Value,
        path: &Path,
        field: &Field,
    ) -> Maybe<Data> {
        let path = path.to(Step::Key(field.key.clone()));
        let at = self.at(parent, field, (path, Phase::Event), root.clone());
        match at.call(0, at.args()) {
            Maybe::Ready(got) => at.complete(got),
            Maybe::Later(later) => Maybe::later(async move {
                let got = later.await;
                at.complete(got).awaited().await
            }),
        }
    }
}

fn gather(keys: Vec<String>, all: Vec<Data>) -> Data {
    let data: Result<Vec<Value>, Nulled> = all.into_iter().collect();
    data.map(|values| Value::Object(keys.into_iter().zip(values).collect::<Map<_, _>>()))
}

impl At {
    fn event(&self, layer: &Layer, what: &str) {
        let told = self.phase == Phase::Source && !self.run.is(Fault::PhaseNotTold);
        let source = if told { "source." } else { "" };
        let text = format!("{}.{source}{what}@{}", layer.name, self.path);
        let outermost = self.layers.first().is_some_and(|first| first == layer);
        let holds_back = self.run.is(Fault::ChildrenBeforeTheLayersLeave);
        if holds_back && what == "exit" && outermost && !self.field.fields.is_empty() {
            self.late.borrow_mut().push(text);
        } else {
            self.run.event(text);
        }
    }

    fn enter(&self, layer: &Layer) {
        // Behind a retry it comes in again, and is in already.
        let like_it = |layers: &[Layer]| layers.iter().filter(|other| *other == layer).count();
        let is_in = like_it(&self.entered.borrow()) == like_it(&self.layers);
        if !is_in {
            self.entered.borrow_mut().push(layer.clone());
        }
        if self.run.is(Fault::ExitsTooEarly) {
            self.leave();
        }
    }

    fn leave(&self) {
        let mut layers = self.entered.take();
        match self.run.fault {
            Fault::NoExitAfterAnError if self.failed.get() => return,
            Fault::NoExitOfTheSource if self.phase == Phase::Source => return,
            Fault::ExitsWithoutEntry => layers.clone_from(&self.layers),
            Fault::ExitsTwice => {
                layers = layers.iter().flat_map(|layer| [layer.clone(), layer.clone()]).collect();
            }
            _ => {}
        }
        if !self.run.is(Fault::ExitsInListedOrder) {
            layers.reverse();
        }
        for layer in layers.iter().filter(|layer| layer.hooks.exit.is_some()) {
            let _: Option<Exit> = layer.hooks.exit;
            self.event(layer, "left");
        }
    }

    /// The argument, by its name, with the default.
    fn args(&self) -> Value {
        let default = match (self.parent, self.field.field.as_str()) {
            ("Query", "hello") => json!({"name": "world"}),
            ("Query", "users") | ("Subscription", "ticks" | "count" | "countBoom") => {
                json!({"n": 2})
            }
            _ => json!({}),
        };
        match self.field.args.is_empty() {
            true if self.run.is(Fault::DefaultsMissing) => json!({}),
            true => default,
            false => Value::Object(self.field.args.clone()),
        }
    }

    fn call(self: &Rc<Self>, depth: usize, args: Value) -> Maybe<Got> {
        let Some(layer) = self.layers.get(depth).cloned() else { return self.resolve(&args) };
        let Some(mut does) = layer.does(self.phase, self.parent, &self.field.field) else {
            self.enter(&layer);
            return self.call(depth + 1, args);
        };
        if does == Behaviour::Twice && self.run.is(Fault::RetryRunsOnce) {
            does = Behaviour::Pass;
        }
        let turn = Turn { at: Rc::clone(self), layer, does, depth };
        let hasty = self.run.is(Fault::AfterPartDoesNotWait);
        match turn.layer.kind {
            Kind::Either if hasty => turn.looks(args),
            Kind::Either => turn.waits(args),
            Kind::Async => Maybe::later(async move { turn.waits(args).awaited().await }),
            _ => turn.looks(args),
        }
    }

    fn resolve(self: &Rc<Self>, args: &Value) -> Maybe<Got> {
        let name = self.field.field.as_str();
        if self.phase == Phase::Source {
            self.run.event(format!("source.start@{}", self.path));
            return Maybe::Ready(match name {
                "startBoom" => Err(String::from("startBoom")),
                "streamBoom" => Ok(json!({"stream": 1})),
                _ => Ok(json!({"stream": args["n"].as_i64().unwrap_or_default()})),
            });
        }
        if let Some(value) = self.by_default() {
            return Maybe::Ready(Ok(value));
        }
        let word = self.run.program.resolvers.get(&format!("{}.{name}", self.parent)).copied();
        let awaits = self.run.program.mode == Mode::Async;
        let is_later = match word {
            Some(Resolver::Ready) => self.run.is(Fault::ReadyBecomesAFuture) && awaits,
            Some(Resolver::Later | Resolver::Never) => true,
            _ => awaits,
        };
        let (at, args) = (Rc::clone(self), args.clone());
        let value = move || {
            at.run.event(format!("resolver@{}", at.path));
            if at.run.is(Fault::ResolverRunsTwice) {
                at.run.event(format!("resolver@{}", at.path));
            }
            match word {
                Some(Resolver::Panic) => {
                    Err(at.panic(&format!("{}.{}", at.parent, at.field.field)))
                }
                _ => at.value(&args),
            }
        };
        match is_later {
            false => Maybe::Ready(value()),
            true => Maybe::later(async move {
                let got = value();
                if word == Some(Resolver::Never) {
                    std::future::pending::<()>().await;
                }
                got
            }),
        }
    }

    /// What is told of a panic.
    fn panic(&self, place: &str) -> String {
        self.run.panicked.set(true);
        match self.run.is(Fault::PanicTextTold) {
            true => format!("Panic: {place}"),
            false => String::from("internal error"),
        }
    }

    fn by_default(&self) -> Option<Value> {
        Some(match (self.parent, self.field.field.as_str()) {
            (parent, "__typename") => json!(parent),
            (_, "plain") => json!("plain"),
            (_, "__schema" | "queryType") => json!({"name": "Query"}),
            ("__Type", "name") => self.root["name"].clone(),
            ("MakeUser", name) => self.root[name].clone(),
            _ => return None,
        })
    }

    fn value(&self, args: &Value) -> Got {
        let root = &self.root;
        Ok(match self.field.field.as_str() {
            name @ ("boom" | "boomNonNull" | "bad" | "badNonNull" | "setBoom") => {
                return Err(String::from(name));
            }
            "countBoom" if root["event"] == 1 => return Err(String::from("countBoom")),
            "hello" => json!(format!("hello {}", args["name"].as_str().unwrap_or_default())),
            "a" => json!("A"),
            "b" => json!("B"),
            "c" => json!("C"),
            "must" => json!("must"),
            "user" => user("u", 7, 2),
            "users" => {
                let count = args["n"].as_i64().unwrap_or_default();
                (0..count).map(|at| user(&format!("u{at}"), 7, 2)).collect()
            }
            "setA" | "setB" => json!(10 * args["v"].as_i64().unwrap_or_default()),
            "makeUser" => {
                let name = args["name"].as_str().unwrap_or_default();
                json!({"ok": true, "user": user(name, 7, 2)})
            }
            "friend" => match root["depth"].as_i64().unwrap_or_default() {
                0 => Value::Null,
                depth => {
                    user(&format!("{}f", root["name"].as_str().unwrap_or_default()), 7, depth - 1)
                }
            },
            "tags" => json!(["t1", "t2"]),
            "ticks" => json!({"i": root["event"], "label": format!("t{}", root["event"])}),
            "count" | "countBoom" | "streamBoom" => root["event"].clone(),
            "nothing" => Value::Null,
            name => root[name].clone(),
        })
    }

    fn constant(&self, label: &str) -> Value {
        let (name, is_list, _) = type_of(self.parent, &self.field.field);
        let mut item = match name {
            "Int" => json!(99),
            "Boolean" => json!(false),
            "User" => user(label, 99, 0),
            "MakeUser" => json!({"ok": false, "user": null}),
            "Tick" => json!({"i": 99, "label": label}),
            _ => json!(label),
        };
        if let (Some(object), true) =
            (item.as_object_mut(), self.run.is(Fault::NoChildrenAfterShort))
        {
            object.insert(String::from("short"), json!(label.ends_with(".short")));
        }
        if is_list { json!([item]) } else { item }
    }

    fn complete(self: &Rc<Self>, got: Got) -> Maybe<Data> {
        self.failed.set(got.is_err());
        self.leave();
        let (name, is_list, non_null) = type_of(self.parent, &self.field.field);
        let run = Rc::clone(&self.run);
        let lost = move || {
            if non_null && run.is(Fault::NullGoesToTheRoot) {
                run.nulled_to_the_root.set(true);
            }
            match non_null && !run.is(Fault::NullStaysWhereItIs) {
                true => Err(Nulled),
                false => Ok(Value::Null),
            }
        };
        match got {
            Err(message) => {
                let path = match self.run.fault {
                    Fault::ErrorWithoutPath => None,
                    Fault::ErrorAtTheParent => {
                        let steps = &self.path.0[..self.path.0.len() - 1];
                        Some(Path(steps.to_vec()))
                    }
                    _ => Some(self.path.clone()),
                };
                self.run.error(message, path);
                Maybe::Ready(lost())
            }
            Ok(Value::Null) if non_null => {
                self.run.error("there is nothing", Some(self.path.clone()));
                Maybe::Ready(lost())
            }
            Ok(Value::Array(items)) if is_list => self.list(name, items),
            Ok(value) => {
                let done = self.item(name, value, &self.path);
                let at = Rc::clone(self);
                done.map(move |data| {
                    at.late.take().into_iter().for_each(|text| at.run.event(text));
                    data.or_else(|Nulled| lost())
                })
            }
        }
    }

    fn list(self: &Rc<Self>, name: &'static str, items: Vec<Value>) -> Maybe<Data> {
        let mut begun = Vec::new();
        let mut items: Vec<(usize, Value)> = items.into_iter().enumerate().collect();
        if self.run.is(Fault::ListBackwards) {
            items.reverse();
        }
        for (index, item) in items {
            if index > 0 && self.run.is(Fault::OncePerItem) {
                self.layers.iter().for_each(|layer| self.event(layer, "enter"));
            }
            let done = self.item(name, item, &self.path.to(Step::Index(index)));
            begun.push(done.map(Result::unwrap_or_default));
        }
        let at = Rc::clone(self);
        let collect = move |mut all: Vec<Value>| -> Data {
            at.late.take().into_iter().for_each(|text| at.run.event(text));
            if at.run.is(Fault::ListBackwards) {
                all.reverse();
            }
            Ok(Value::Array(all))
        };
        match begun.iter().all(|done| matches!(done, Maybe::Ready(_))) {
            true => {
                let all = begun.into_iter().filter_map(|done| match done {
                    Maybe::Ready(data) => Some(data),
                    Maybe::Later(_) => None,
                });
                Maybe::Ready(collect(all.collect()))
            }
            false => Maybe::later(async move { collect(side_by_side(begun).await) }),
        }
    }

    fn item(self: &Rc<Self>, name: &'static str, value: Value, path: &Path) -> Maybe<Data> {
        match value {
            Value::Null => Maybe::Ready(Ok(Value::Null)),
            value if is_object(name) => {
                let was_short = value["short"] == true;
                self.run.object(name, &value, path, &self.field.fields, was_short)
            }
            value => Maybe::Ready(Ok(value)),
        }
    }
}

/// One layer's turn.
struct Turn {
    at: Rc<At>,
    layer: Layer,
    does: Behaviour,
    depth: usize,
}

impl Turn {
    fn is(&self, fault: Fault) -> bool {
        self.at.run.is(fault)
    }

    fn next(&self, args: Value) -> Maybe<Got> {
        self.at.call(self.depth + 1, args)
    }

    /// A plain function: it sees what is ready, and passes on what is not.
    fn looks(self, args: Value) -> Maybe<Got> {
        let args = match self.before(args) {
            Ok(args) => args,
            Err(got) => return Maybe::Ready(got),
        };
        let mut got = self.next(args.clone());
        if self.does == Behaviour::Twice && !matches!(got, Maybe::Ready(Err(_))) {
            got = self.next(args);
        }
        match got {
            Maybe::Ready(got) => Maybe::Ready(self.after(got, true)),
            Maybe::Later(later) => {
                self.at.event(&self.layer, "exit");
                match self.does {
                    Behaviour::RaiseAfter | Behaviour::PanicAfter | Behaviour::Replace => {
                        Maybe::Ready(self.changed(Value::Null))
                    }
                    _ => Maybe::Later(later),
                }
            }
        }
    }

    /// The after-part runs when the value is there.
    fn waits(self, args: Value) -> Maybe<Got> {
        let args = match self.before(args) {
            Ok(args) => args,
            Err(got) => return Maybe::Ready(got),
        };
        match self.next(args.clone()) {
            Maybe::Ready(Ok(_)) if self.does == Behaviour::Twice => {
                self.next(args).map(move |got| self.after(got, true))
            }
            Maybe::Ready(got) => Maybe::Ready(self.after(got, true)),
            Maybe::Later(later) => Maybe::later(async move {
                let mut got = later.await;
                if self.does == Behaviour::Twice && got.is_ok() {
                    got = self.next(args).awaited().await;
                }
                self.after(got, false)
            }),
        }
    }

    fn before(&self, args: Value) -> Result<Value, Got> {
        let name = &self.layer.name;
        self.at.event(&self.layer, "enter");
        match self.does {
            Behaviour::Short | Behaviour::Null => {
                self.at.enter(&self.layer);
                if self.is(Fault::InwardAfterShort) {
                    let _ = self.next(args);
                }
                Err(Ok(match self.does {
                    Behaviour::Null => Value::Null,
                    _ => self.at.constant(&format!("{name}.short")),
                }))
            }
            Behaviour::Raise => Err(Err(format!("{name}.raise"))),
            Behaviour::Panic => Err(Err(self.at.panic(&format!("{name}.panic")))),
            Behaviour::Args if !self.is(Fault::ChangedArgsIgnored) => {
                self.at.enter(&self.layer);
                let mut args = args;
                for value in args.as_object_mut().into_iter().flat_map(|args| args.values_mut()) {
                    *value = match value.as_str() {
                        Some(text) => json!(format!("{text}+{name}")),
                        None => json!(value.as_i64().unwrap_or_default() + 1),
                    };
                }
                Ok(args)
            }
            _ => {
                self.at.enter(&self.layer);
                Ok(args)
            }
        }
    }

    fn after(&self, got: Got, was_ready: bool) -> Got {
        match got {
            Ok(value) => {
                self.at.event(&self.layer, "exit");
                match self.is(Fault::AwaitedValueNotChanged) && !was_ready {
                    true => Ok(value),
                    false => self.changed(value),
                }
            }
            Err(message) if self.is(Fault::OuterLayersSkippedOnError) => Err(message),
            Err(message) => match self.does {
                Behaviour::Catch if !self.is(Fault::CatchIgnored) => {
                    self.at.event(&self.layer, "caught");
                    Ok(self.at.constant(&format!("{}.catch", self.layer.name)))
                }
                _ => {
                    self.at.event(&self.layer, "error");
                    Err(message)
                }
            },
        }
    }

    fn changed(&self, value: Value) -> Got {
        let name = &self.layer.name;
        match (self.does, value) {
            (Behaviour::RaiseAfter, _) => Err(format!("{name}.raise_after")),
            (Behaviour::PanicAfter, _) => Err(self.at.panic(&format!("{name}.panic_after"))),
            (Behaviour::Replace, _) => Ok(self.at.constant(&format!("{name}.replace"))),
            (Behaviour::Modify, Value::String(text)) => Ok(json!(format!("{text}+{name}"))),
            (_, value) => Ok(value),
        }
    }
}
