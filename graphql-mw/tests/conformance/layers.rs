//! Real layers that do what a program's words say and write down when they are called.

use crate::adapter::{Log, panic};
use crate::schema::{Tick, User};
use conformance::field::{Behaviour, Exit, Kind, Layer, Operation, Phase};
use graphql_mw::ast::OperationKind;
use graphql_mw::{
    self as mw, Error, Field, FieldLayer, FieldMiddleware, Info, Next, On, Resolved, Result, Retry,
    Scope, Value, field,
};
use std::borrow::Cow;
use std::sync::Arc;

/// A layer as it is listed.
pub(crate) fn of_words(layer: &Layer) -> Arc<FieldLayer> {
    field(Words(layer.clone()))
}

struct Words(Layer);

impl mw::Layer for Words {
    fn name(&self) -> Cow<'_, str> {
        Cow::Borrowed(&self.0.name)
    }
}

impl FieldMiddleware for Words {
    fn install(&self, on: &mut On<Self>) {
        if self.0.scope.is_some() {
            let layer = self.0.clone();
            on.scope(Scope::everywhere().when(move |target| {
                let operation = operation(target.operation);
                layer.stands_around(operation, target.type_name, target.field_name)
            }));
        }
        if let Some(does) = self.0.hooks.exit {
            on.exit(move |words, info, _| {
                words.event(info, "left");
                if does == Exit::Panic {
                    panic(&format!("Panic: {}.left", words.0.name));
                }
            });
        }
    }

    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        if self.0.hooks.resolve.is_none() {
            return next.resolve(field);
        }
        let turn = Turn { words: self, info: field.info, does: self.does(&field.info) };
        match self.0.kind {
            Kind::Async => Resolved::future(turn.awaits(field, next)),
            Kind::Either => turn.waits_where_it_must(field, next),
            _ => turn.looks_at_what_comes(field, next),
        }
    }
}

fn operation(kind: OperationKind) -> Operation {
    match kind {
        OperationKind::Query => Operation::Query,
        OperationKind::Mutation => Operation::Mutation,
        OperationKind::Subscription => Operation::Subscription,
    }
}

impl Words {
    fn does(&self, info: &Info<'_>) -> Behaviour {
        let phase = match info.phase() {
            mw::Phase::Source => Phase::Source,
            mw::Phase::Resolve => Phase::Event,
        };
        let does = self.0.does(phase, info.parent_type(), info.field_name());
        does.unwrap_or(Behaviour::Pass)
    }

    fn event(&self, info: &Info<'_>, what: &str) {
        let source = if info.phase() == mw::Phase::Source { "source." } else { "" };
        let name = &self.0.name;
        Log::of(info).event(format!("{name}.{source}{what}@{}", info.path()));
    }
}

/// One layer's turn at one field.
#[derive(Clone, Copy)]
struct Turn<'a> {
    words: &'a Words,
    info: Info<'a>,
    does: Behaviour,
}

impl<'a> Turn<'a> {
    fn looks_at_what_comes(self, mut field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        if let Some(ended) = self.before(&mut field) {
            return Resolved::Ready(ended);
        }
        let mut resolved = match self.does {
            Behaviour::Twice => {
                let retry = next.retryable();
                match retry.resolve(field) {
                    Resolved::Ready(Err(error)) => Resolved::Ready(Err(error)),
                    _ => retry.resolve(field),
                }
            }
            _ => next.resolve(field),
        };
        if let Resolved::Ready(result) = resolved {
            return Resolved::Ready(self.after(result));
        }
        self.words.event(&self.info, "exit");
        match self.does {
            Behaviour::RaiseAfter | Behaviour::PanicAfter => {
                resolved = Resolved::Ready(Err(self.fault()));
            }
            Behaviour::Replace => resolved = Resolved::Ready(Ok(self.constant("replace"))),
            _ => {}
        }
        resolved
    }

    fn waits_where_it_must(self, mut field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        if let Some(ended) = self.before(&mut field) {
            return Resolved::Ready(ended);
        }
        if self.does != Behaviour::Twice {
            return next.resolve(field).then(move |result| self.after(result));
        }
        let retry = next.retryable();
        match retry.resolve(field) {
            Resolved::Ready(Err(error)) => Resolved::Ready(self.after(Err(error))),
            Resolved::Ready(Ok(_)) => retry.resolve(field).then(move |result| self.after(result)),
            Resolved::Future(first) => Resolved::future(async move {
                let result = match first.await {
                    Err(error) => Err(error),
                    Ok(_) => retry.resolve(field).await,
                };
                self.after(result)
            }),
        }
    }

    async fn awaits(self, mut field: Field<'a>, next: Next<'a>) -> Result<Value> {
        if let Some(ended) = self.before(&mut field) {
            return ended;
        }
        let result = match self.does {
            Behaviour::Twice => self.twice(next.retryable(), field).await,
            _ => next.resolve(field).await,
        };
        self.after(result)
    }

    async fn twice(self, retry: Retry<'a>, field: Field<'a>) -> Result<Value> {
        retry.resolve(field).await?;
        retry.resolve(field).await
    }

    /// The way in; what it gives has ended the field at this layer.
    fn before(self, field: &mut Field<'a>) -> Option<Result<Value>> {
        self.words.event(&self.info, "enter");
        match self.does {
            Behaviour::Short => return Some(Ok(self.constant("short"))),
            Behaviour::Null => return Some(Ok(Value::Null)),
            Behaviour::Raise | Behaviour::Panic => return Some(Err(self.fault())),
            Behaviour::Args => {
                if let Some(name) = field.args.get("name").and_then(Value::as_str) {
                    let name = format!("{name}+{}", self.words.0.name);
                    field.set_arg("name", name);
                }
                for name in ["n", "v"] {
                    if let Some(number) = field.args.get(name).and_then(Value::as_i64) {
                        field.set_arg(name, number + 1);
                    }
                }
            }
            _ => {}
        }
        None
    }

    /// The way out, with the value there.
    fn after(self, result: Result<Value>) -> Result<Value> {
        let value = match result {
            Ok(value) => value,
            Err(_) if self.does == Behaviour::Catch => {
                self.words.event(&self.info, "caught");
                return Ok(self.constant("catch"));
            }
            Err(error) => {
                self.words.event(&self.info, "error");
                return Err(error);
            }
        };
        self.words.event(&self.info, "exit");
        match (self.does, value.as_str()) {
            (Behaviour::RaiseAfter | Behaviour::PanicAfter, _) => Err(self.fault()),
            (Behaviour::Replace, _) => Ok(self.constant("replace")),
            (Behaviour::Modify, Some(text)) => {
                Ok(Value::from(format!("{text}+{}", self.words.0.name)))
            }
            _ => Ok(value),
        }
    }

    /// What this layer fails with.
    fn fault(self) -> Error {
        let name = &self.words.0.name;
        match self.does {
            Behaviour::Raise => Error::new(format!("{name}.raise")),
            Behaviour::RaiseAfter => Error::new(format!("{name}.raise_after")),
            Behaviour::Panic => panic(&format!("Panic: {name}.panic")),
            _ => panic(&format!("Panic: {name}.panic_after")),
        }
    }

    /// What stands in the place of the field's own value, of its type.
    fn constant(self, how: &str) -> Value {
        let label = format!("{}.{how}", self.words.0.name);
        let item = match self.info.named_type() {
            "Int" => Value::from(99),
            "Boolean" => Value::from(false),
            "User" => Value::any(User { name: label, age: 99, depth: 0 }),
            "MakeUser" => Value::object([("ok", Value::from(false)), ("user", Value::Null)]),
            "Tick" => Value::any(Tick { i: 99, label }),
            _ => Value::from(label),
        };
        if self.info.is_list() { Value::list([item]) } else { item }
    }
}
