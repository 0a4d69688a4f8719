//! Values, errors and requests of async-graphql as this crate's, and back.

use super::{Info, Request, Result, ServerError, Value, state, theirs};
use crate::error::Error;
use crate::response::ResponseError;
use std::fmt::{self, Write};
use std::sync::Arc;
use theirs::extensions::{ExtensionContext, ResolveInfo};
use theirs::{ErrorExtensionValues, PathSegment, Pos, QueryPathSegment, ServerResult};

/// The request as this crate knows it.
pub(super) fn request(ctx: &ExtensionContext<'_>, request: &theirs::Request) -> Request {
    let mut ours = Request::new(&*request.query);
    ours.operation_name = request.operation_name.clone();
    let variables = request.variables.iter();
    ours.variables = variables.map(|(name, value)| (name.to_string(), deep(value))).collect();
    match state(ctx, request) {
        Some(state) => ours.with_state(state),
        None => ours,
    }
}

/// The whole of a value that a client has given.
fn deep(value: &theirs::Value) -> Value {
    match value {
        theirs::Value::List(items) => Value::list(items.iter().map(deep)),
        theirs::Value::Object(members) => {
            Value::object(members.iter().map(|(name, value)| (name.to_string(), deep(value))))
        }
        other => shallow(other.clone()),
    }
}

/// A scalar as it is; anything else as one value that nobody has looked into yet.
fn shallow(value: theirs::Value) -> Value {
    match value {
        theirs::Value::Null => Value::Null,
        theirs::Value::Boolean(value) => Value::Bool(value),
        theirs::Value::String(text) => Value::from(text),
        theirs::Value::Enum(name) => Value::from(name.to_string()),
        theirs::Value::Number(number) => match (number.as_i64(), number.as_f64()) {
            (Some(value), _) => Value::Int(value),
            (None, Some(value)) if number.is_f64() => Value::Float(value),
            _ => Value::any(theirs::Value::Number(number)),
        },
        other => Value::any(other),
    }
}

/// What async-graphql's resolver answered.
pub(super) fn from_theirs(result: ServerResult<Option<theirs::Value>>) -> Result<Value> {
    match result {
        Ok(value) => Ok(shallow(value.unwrap_or_default())),
        Err(error) => Err(Error::from(Theirs(error))),
    }
}

/// What the layers have made of it.
pub(super) fn to_theirs(value: Value) -> Result<theirs::Value> {
    Ok(match value {
        Value::Null => theirs::Value::Null,
        Value::Bool(value) => value.into(),
        Value::Int(value) => value.into(),
        Value::Float(value) => value.into(),
        Value::String(text) => theirs::Value::String(text.to_string()),
        Value::List(items) => {
            let items = items.iter().cloned().map(to_theirs);
            theirs::Value::List(items.collect::<Result<_>>()?)
        }
        Value::Object(members) => {
            let members = members.iter();
            let members = members
                .map(|(name, value)| Ok((theirs::Name::new(&**name), to_theirs(value.clone())?)));
            theirs::Value::Object(members.collect::<Result<_>>()?)
        }
        Value::Error(error) => return Err(error),
        Value::Any(value) => match value.downcast::<theirs::Value>() {
            Ok(value) => Arc::unwrap_or_clone(value),
            Err(_) => return Err(Error::new("a layer gave a Rust value: give a GraphQL value")),
        },
        other => return Err(Error::new(format!("a layer gave {}: give a value", other.kind()))),
    })
}

/// An error of async-graphql, on its way through the layers.
#[derive(Debug)]
struct Theirs(ServerError);

impl fmt::Display for Theirs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.message)
    }
}

impl std::error::Error for Theirs {}

/// The error that async-graphql gave, where no layer has made another of it.
pub(super) fn same_error(error: &Error) -> Option<ServerError> {
    let Theirs(same) = error.downcast_ref()?;
    let mut same = same.clone();
    if !error.extensions().is_empty() {
        extend(&mut same, error.extensions());
    }
    Some(same)
}

fn extend(error: &mut ServerError, extensions: &crate::Object) {
    let values = error.extensions.get_or_insert_with(ErrorExtensionValues::default);
    for (name, value) in extensions.iter() {
        values.set(&**name, to_theirs(value.clone()).unwrap_or_default());
    }
}

/// Why this crate refuses a document.
pub(super) fn refusal(error: ResponseError) -> ServerError {
    let mut refusal = ServerError::new(error.message, None);
    let locations = error.locations.iter();
    refusal.locations =
        locations.map(|at| Pos { line: at.line as usize, column: at.column as usize }).collect();
    extend(&mut refusal, &error.extensions);
    refusal
}

/// Where a field's error belongs.
pub(super) struct Place {
    locations: Vec<Pos>,
    path: Vec<PathSegment>,
}

impl Place {
    pub(super) fn of(theirs: &ResolveInfo<'_>, info: &Info<'_>) -> Self {
        let locations = info.locations().into_iter();
        let locations =
            locations.map(|at| Pos { line: at.line as usize, column: at.column as usize });
        let nodes = std::iter::once(theirs.path_node).chain(theirs.path_node.parents());
        let mut path: Vec<_> = nodes
            .map(|node| match node.segment {
                QueryPathSegment::Index(index) => PathSegment::Index(index),
                QueryPathSegment::Name(name) => PathSegment::Field(name.into()),
            })
            .collect();
        path.reverse();
        Place { locations: locations.collect(), path }
    }

    pub(super) fn error(self, error: &Error) -> ServerError {
        let mut told = ServerError::new(error.message(), None);
        (told.locations, told.path) = (self.locations, self.path);
        if !error.extensions().is_empty() {
            extend(&mut told, error.extensions());
        }
        told
    }
}

/// A place of the response as one text.
pub(super) fn dotted(path: &[QueryPathSegment<'_>]) -> String {
    let mut text = String::new();
    for segment in path {
        // Writing to a string does not fail.
        let _ = match segment {
            QueryPathSegment::Index(index) => write!(text, ".{index}"),
            QueryPathSegment::Name(name) => write!(text, ".{name}"),
        };
    }
    text
}
