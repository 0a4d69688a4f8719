//! Values completed against their types: the specification's CompleteValue.

use super::compiled::Kind;
use super::leaf;
use super::node::{At, Held, Node, Step};
use super::plan::{Planned, Selected};
use super::resolve::resolve;
use super::run::Run;
use crate::data::{Data, DataObject};
use crate::error::{Error, Result};
use crate::resolved::Resolved;
use crate::response::ResponseError;
use crate::schema::{TypeId, TypeRef};
use crate::value::Value;
use futures_util::future::{BoxFuture, join_all};
use std::sync::Arc;

/// A position of the response: its data, or the error that the nearest nullable parent reports and
/// answers with null (rule F4).
pub(super) type Position = Result<Data, Box<ResponseError>>;

/// A position that is there, or that is awaited.
pub(super) enum Completed<'a> {
    Ready(Position),
    Later(BoxFuture<'a, Position>),
}

impl Completed<'_> {
    pub(super) async fn wait(self) -> Position {
        match self {
            Completed::Ready(position) => position,
            Completed::Later(position) => position.await,
        }
    }
}

/// A field of an object: resolved, then completed.
pub(super) fn field<'a>(planned: &'a Planned<'a>, parent: &'a Node<'a>) -> Completed<'a> {
    let at = At { parent, step: Step::Field(planned) };
    let type_ref = &planned.def.type_ref;
    let place = Place { planned, at, non_null: type_ref.is_non_null() };
    let args = match &planned.args {
        Ok(args) => args,
        Err(bad) => {
            let mut error = place.error(bad.error.clone());
            error.locations = vec![bad.location];
            return Completed::Ready(place.report(error));
        }
    };
    match resolve(planned, parent, args) {
        Resolved::Ready(result) => place.resolved(type_ref, result),
        Resolved::Future(future) => Completed::Later(Box::pin(async move {
            let result = future.await;
            place.resolved(type_ref, result).wait().await
        })),
    }
}

/// All fields of an object, in order; those that are awaited side by side.
fn fields<'a>(place: Place<'a>, selected: &'a Selected<'a>, node: &'a Node<'a>) -> Completed<'a> {
    let mut values = Vec::with_capacity(selected.fields.len());
    let mut awaited = Vec::new();
    let mut failure = None;
    for planned in &selected.fields {
        match field(planned, node) {
            Completed::Ready(Ok(data)) => values.push(data),
            Completed::Ready(Err(error)) => {
                failure = Some(error);
                break;
            }
            Completed::Later(position) => {
                awaited.push((values.len(), position));
                values.push(Data::Null);
            }
        }
    }
    let finish = move |values: Result<Vec<Data>, Box<ResponseError>>| match values {
        Ok(values) => Ok(Data::Object(DataObject::new(Arc::clone(&selected.keys), values))),
        Err(error) => place.report(*error),
    };
    gather(values, awaited, failure, finish)
}

/// Waits for what is awaited, and puts everything together. Futures that have been started go on
/// even where there is a failure already (rule F4).
fn gather<'a>(
    mut values: Vec<Data>,
    awaited: Vec<(usize, BoxFuture<'a, Position>)>,
    failure: Option<Box<ResponseError>>,
    finish: impl FnOnce(Result<Vec<Data>, Box<ResponseError>>) -> Position + Send + 'a,
) -> Completed<'a> {
    if awaited.is_empty() {
        return Completed::Ready(finish(failure.map_or(Ok(values), Err)));
    }
    Completed::Later(Box::pin(async move {
        let (places, futures): (Vec<_>, Vec<_>) = awaited.into_iter().unzip();
        let mut failure = failure;
        for (place, position) in places.into_iter().zip(join_all(futures).await) {
            match position {
                Ok(data) => values[place] = data,
                Err(error) => failure = failure.or(Some(error)),
            }
        }
        finish(failure.map_or(Ok(values), Err))
    }))
}

/// The root fields of an operation, side by side.
pub(super) async fn side_by_side<'a>(selected: &'a Selected<'a>, node: &'a Node<'a>) -> Data {
    // The root itself is nullable: what gets here is null.
    let Some(first) = selected.fields.first() else {
        return Data::Object(DataObject::new(Arc::clone(&selected.keys), Vec::new()));
    };
    let at = At { parent: node, step: Step::Field(first) };
    let place = Place { planned: first, at, non_null: false };
    fields(place, selected, node).wait().await.unwrap_or_default()
}

/// The root fields of a mutation, one after another (rule F11).
pub(super) async fn one_after_another<'a>(selected: &'a Selected<'a>, node: &'a Node<'a>) -> Data {
    let mut values = Vec::with_capacity(selected.fields.len());
    for planned in &selected.fields {
        match field(planned, node).wait().await {
            Ok(data) => values.push(data),
            Err(error) => {
                node.run.report(*error);
                return Data::Null;
            }
        }
    }
    Data::Object(DataObject::new(Arc::clone(&selected.keys), values))
}

/// A position of the response that is being completed.
#[derive(Clone, Copy)]
struct Place<'a> {
    planned: &'a Planned<'a>,
    at: At<'a>,
    non_null: bool,
}

impl<'a> Place<'a> {
    fn run(self) -> &'a Run<'a> {
        self.at.parent.run
    }

    fn resolved(self, type_ref: &'a TypeRef, result: Result<Value>) -> Completed<'a> {
        match result {
            Ok(value) => self.complete(type_ref, Held::Owned(value)),
            Err(error) => Completed::Ready(self.fail(error)),
        }
    }

    fn complete(self, type_ref: &'a TypeRef, value: Held<'a>) -> Completed<'a> {
        match value.as_ref() {
            Value::Null if self.non_null => return Completed::Ready(self.fail_null()),
            Value::Null => return Completed::Ready(Ok(Data::Null)),
            Value::Error(error) => return Completed::Ready(self.fail(error.clone())),
            Value::Later(later) => {
                let future = later.clone().into_future();
                return Completed::Later(Box::pin(async move {
                    let result = Resolved::from(future).await;
                    self.resolved(type_ref, result).wait().await
                }));
            }
            _ => {}
        }
        match type_ref.nullable() {
            TypeRef::List(item) => self.list(item, value),
            TypeRef::Named(id) => match &self.run().op.schema.kinds[id.index()] {
                Kind::Object => self.object(*id, value),
                Kind::Abstract(_) => match self.runtime_type(*id, value.as_ref()) {
                    Ok(object) => self.object(object, value),
                    Err(error) => Completed::Ready(self.fail(error)),
                },
                _ => Completed::Ready(self.leaf(*id, value.into_value())),
            },
            TypeRef::NonNull(_) => unreachable!("what is inside a non-null type is nullable"),
        }
    }

    fn leaf(self, id: TypeId, value: Value) -> Position {
        match leaf::serialize(self.run().op.schema, id, value) {
            // A custom scalar may have made null of it.
            Ok(Data::Null) if self.non_null => self.fail_null(),
            Ok(data) => Ok(data),
            Err(error) => self.fail(error),
        }
    }

    fn object(self, object: TypeId, value: Held<'a>) -> Completed<'a> {
        let selected = self.planned.below(self.run().op, object);
        let node = self.run().nodes.alloc(Node::new(value, self.at));
        fields(self, selected, node)
    }

    fn list(self, item: &'a TypeRef, value: Held<'a>) -> Completed<'a> {
        if !matches!(value.as_ref(), Value::List(_)) {
            return Completed::Ready(self.fail(Error::new(format!(
                "expected a list for `{}.{}`, found {}",
                self.planned.parent.name,
                self.planned.def.name,
                value.as_ref().kind(),
            ))));
        }
        let node: &'a Node<'a> = self.run().nodes.alloc(Node::new(value, self.at));
        let Value::List(items) = node.value() else {
            unreachable!("the value was found to be a list");
        };
        let mut values = Vec::with_capacity(items.len());
        let mut awaited = Vec::new();
        let mut failure = None;
        for (index, value) in items.iter().enumerate() {
            let at = At { parent: node, step: Step::Item(index) };
            let place = Place { at, non_null: item.is_non_null(), ..self };
            match place.complete(item, Held::Kept(value)) {
                Completed::Ready(Ok(data)) => values.push(data),
                Completed::Ready(Err(error)) => {
                    failure = Some(error);
                    break;
                }
                Completed::Later(position) => {
                    awaited.push((values.len(), position));
                    values.push(Data::Null);
                }
            }
        }
        gather(values, awaited, failure, move |values| match values {
            Ok(values) => Ok(Data::List(values)),
            Err(error) => self.report(*error),
        })
    }

    /// The object type of a value of an interface or a union.
    fn runtime_type(self, id: TypeId, value: &Value) -> Result<TypeId> {
        let schema = self.run().op.schema;
        let name = &schema.types[id].name;
        let Kind::Abstract(of) = &schema.kinds[id.index()] else {
            unreachable!("the type was found to be abstract");
        };
        let rust_type = || match value {
            Value::Any(value) => schema.rust_types.get(&(**value).type_id()).copied(),
            _ => None,
        };
        let told = match of {
            Some(of) => Error::contain(|| Ok(of(value)))?,
            None => None,
        };
        let object = match told {
            Some(object) => Some(object),
            None => match rust_type() {
                Some(object) if self.planned.is_possible(object) => return Ok(object),
                Some(object) => Some(schema.types[object].name.to_string()),
                None => value.get("__typename").and_then(Value::as_str).map(str::to_owned),
            },
        };
        let Some(object) = object else {
            return Err(Error::new(format!(
                "it is not known of which type this `{name}` is: give its value a member \
                 `__typename`, or say it with `.type_of(\"{name}\", ..)` or `.rust_type`"
            )));
        };
        let found = schema.types.type_named(&object).map(|found| found.id);
        match found.filter(|id| self.planned.is_possible(*id)) {
            Some(id) => Ok(id),
            None => {
                let possible = self.planned.possible().map(|id| &*schema.types[id].name);
                let advice = engine_core::nearest(&object, possible);
                let advice = advice.map_or_else(String::new, |near| format!(": is it `{near}`?"));
                Err(Error::new(format!("`{object}` is no possible type of `{name}`{advice}")))
            }
        }
    }

    fn fail(self, error: Error) -> Position {
        self.report(self.error(error))
    }

    #[cold]
    fn fail_null(self) -> Position {
        self.fail(Error::new(format!(
            "`{}.{}` is not nullable, and its value is null",
            self.planned.parent.name, self.planned.def.name
        )))
    }

    /// Null for a nullable position, with the error reported; else the nearest nullable parent does
    /// so.
    fn report(self, error: ResponseError) -> Position {
        if self.non_null {
            return Err(Box::new(error));
        }
        self.run().report(error);
        Ok(Data::Null)
    }

    #[cold]
    fn error(self, error: Error) -> ResponseError {
        ResponseError {
            locations: self.planned.locations().collect(),
            path: Some(self.at.path()),
            ..ResponseError::from(error)
        }
    }
}
