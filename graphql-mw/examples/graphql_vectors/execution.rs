//! Execution cases: what a document is answered with.

use std::error::Error as StdError;
use std::future::poll_fn;
use std::sync::Arc;
use std::task::Poll;

use futures_executor::block_on;
use futures_util::stream::{self, StreamExt};
use graphql_mw::ast::OperationKind;
use graphql_mw::schema::TypeKind;
use graphql_mw::{
    Error, Executor, ExecutorBuilder, Field, Object, Request, Resolved, Result, Schema, Value,
};
use serde_json::{Map, Value as Json, json};

/// One answer for each case: `{"id", "result"}`, or `{"id", "results"}` for a stream.
pub(crate) fn answers(vectors: &Json) -> Result<Vec<Json>, Box<dyn StdError>> {
    let executor = executor(vectors)?;
    let cases = vectors["cases"].as_array().ok_or("`cases` is no list")?;
    Ok(cases.iter().map(|case| answer(&executor, case)).collect())
}

fn answer(executor: &Executor, case: &Json) -> Json {
    let id = &case["id"];
    let result = match executor.operation_kind(&request(case)) {
        Ok(OperationKind::Subscription) => match block_on(executor.subscribe(request(case))) {
            Ok(responses) => {
                let results: Vec<Json> = block_on(responses.map(|one| json!(one)).collect());
                return json!({"id": id, "results": results});
            }
            Err(response) => response,
        },
        Ok(_) => block_on(executor.execute(request(case))),
        Err(response) => response,
    };
    json!({"id": id, "result": result})
}

/// The request of a case.
pub(crate) fn request(case: &Json) -> Request {
    let mut request =
        Request::new(case["query"].as_str().unwrap_or_default()).with(Pushed::default());
    request.operation_name = case["operationName"].as_str().map(str::to_owned);
    if let Json::Object(variables) = &case["variables"] {
        let variables = variables.iter();
        request.variables =
            variables.map(|(name, value)| (name.clone(), Value::from(value.clone()))).collect();
    }
    request
}

/// The list that a request pushes to.
#[derive(Default)]
struct Pushed(Vec<Value>);

/// The schema with its resolvers, which are data.
pub(crate) fn executor(vectors: &Json) -> Result<Executor, Box<dyn StdError>> {
    let schema = Schema::parse(vectors["schema"].as_str().ok_or("`schema` is no string")?)?;
    let objects = vectors["objects"].as_object().ok_or("`objects` is no object")?;
    let resolvers = vectors["resolvers"].as_object().ok_or("`resolvers` is no object")?;
    let objects = Arc::new(objects.clone());

    let own = |of: &&graphql_mw::schema::Type| !of.is_introspection();
    let is_subscription = |id| schema.root(OperationKind::Subscription) == Some(id);
    let mut names = Vec::new();
    let mut abstracts = Vec::new();
    for of in schema.types().iter().filter(own) {
        match &of.kind {
            TypeKind::Object { fields, .. } => {
                names.extend(fields.ids().iter().map(|id| {
                    (format!("{}.{}", of.name, schema[*id].name), is_subscription(of.id))
                }))
            }
            kind if kind.is_abstract() => abstracts.push(of.name.to_string()),
            _ => {}
        }
    }

    let mut builder = Executor::builder(schema);
    for (name, is_subscription) in names {
        let form = resolvers.get(&name).cloned();
        builder = match form {
            Some(form) if is_subscription => source(builder, name, form, &objects),
            Some(form) => {
                let (form, objects) = (Arc::new(form), Arc::clone(&objects));
                builder.any_resolver(name, move |field| match form["async"].as_u64() {
                    None => Resolved::from(resolve(&form, &objects, &field)),
                    Some(ticks) => {
                        let (form, objects) = (Arc::clone(&form), Arc::clone(&objects));
                        Resolved::future(async move {
                            pass(ticks).await;
                            resolve(&form["then"], &objects, &field)
                        })
                    }
                })
            }
            None => {
                let objects = Arc::clone(&objects);
                builder.resolver(name, move |field| Ok(member(&objects, field)))
            }
        };
    }
    for name in abstracts {
        builder = builder.type_of(name, |value| {
            Some(value.downcast_ref::<Json>()?["__typename"].as_str()?.to_owned())
        });
    }
    Ok(builder.build()?)
}

fn source(
    builder: ExecutorBuilder,
    name: String,
    form: Json,
    objects: &Arc<Map<String, Json>>,
) -> ExecutorBuilder {
    let objects = Arc::clone(objects);
    builder.source(name, move |_| {
        if let Some(message) = form["error"].as_str() {
            return Err(Error::new(message.to_owned()));
        }
        let events = form["stream"].as_array().cloned().unwrap_or_default();
        let objects = Arc::clone(&objects);
        Ok(stream::iter(events).map(move |event| {
            let members = event.as_object().into_iter().flatten();
            Ok(Value::object(members.map(|(name, of)| (name.clone(), value(&objects, of)))))
        }))
    })
}

fn resolve(form: &Json, objects: &Map<String, Json>, field: &Field<'_>) -> Result<Value> {
    if let Some(message) = form["error"].as_str() {
        return Err(Error::new(message.to_owned()));
    }
    let argument = |member: &str| form[member].as_str().map(|name| field.arg(name).clone());
    if let Some(pushed) = argument("push") {
        let mut state = field.info.state();
        let list = state.get_or_insert_with(Pushed::default);
        list.0.push(pushed);
        return Ok(list.0.clone().into());
    }
    if form["read"] == true {
        let state = field.info.state();
        return Ok(state.get::<Pushed>().map_or(Vec::new(), |list| list.0.clone()).into());
    }
    if form["args"] == true {
        return Ok(sorted(field.args).to_string().into());
    }
    if let Some(value) = argument("arg") {
        return Ok(value);
    }
    if let Some(name) = argument("lookup") {
        let found = name.as_str().and_then(|name| objects.get(name));
        return Ok(found.map_or(Value::Null, |found| Value::any(found.clone())));
    }
    Ok(value(objects, &form["const"]))
}

/// The member of the parent that has the field's name.
fn member(objects: &Map<String, Json>, field: &Field<'_>) -> Value {
    let parent = field.root.downcast_ref::<Json>();
    parent.map_or(Value::Null, |parent| value(objects, &parent[field.info.field_name()]))
}

fn value(objects: &Map<String, Json>, of: &Json) -> Value {
    match of {
        Json::Object(members) => {
            if let Some(name) = members.get("$ref").and_then(Json::as_str) {
                Value::any(objects[name].clone())
            } else if let Some(message) = members.get("$error").and_then(Json::as_str) {
                Value::Error(Error::new(message.to_owned()))
            } else if let Some(ticks) = members.get("$async").and_then(Json::as_u64) {
                let then = value(objects, &of["value"]);
                Value::later(async move {
                    pass(ticks).await;
                    Ok(then)
                })
            } else {
                Value::any(of.clone())
            }
        }
        Json::Array(items) => Value::list(items.iter().map(|item| value(objects, item))),
        leaf => Value::from(leaf.clone()),
    }
}

/// Lets the other futures of the operation run so many times.
async fn pass(mut ticks: u64) {
    poll_fn(|cx| {
        if ticks == 0 {
            return Poll::Ready(());
        }
        ticks -= 1;
        cx.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

/// The arguments as JSON, members sorted by name at every level.
fn sorted(object: &Object) -> Json {
    let mut members: Vec<_> = object.iter().collect();
    members.sort_by_key(|(name, _)| name.to_string());
    let json = |value: &Value| match value {
        Value::Object(object) => sorted(object),
        Value::List(items) => items
            .iter()
            .map(|item| item.as_object().map_or_else(|| item.to_json(), sorted))
            .collect(),
        other => other.to_json(),
    };
    Json::Object(members.into_iter().map(|(name, of)| (name.to_string(), json(of))).collect())
}
