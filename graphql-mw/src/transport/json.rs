//! The members of JSON that clients send, with errors that name the member.

use crate::request::Request;
use crate::value::{Object, Value};
use serde_json::{Map, Value as Json};

/// Members of a JSON object.
pub(super) type Members = Map<String, Json>;

/// The request in the members of a JSON object; members that are null are as if they were not
/// there.
pub(super) fn request(mut members: Members) -> Result<Request, String> {
    let query = match members.remove("query") {
        Some(Json::String(query)) => query,
        None | Some(Json::Null) => {
            return Err("`query` is missing: it holds the document".into());
        }
        Some(other) => return Err(unexpected("query", "a string", &other)),
    };
    let operation_name = match members.remove("operationName") {
        None | Some(Json::Null) => None,
        Some(Json::String(name)) => Some(name),
        Some(other) => return Err(unexpected("operationName", "a string", &other)),
    };
    let mut object = |name: &str| match members.remove(name) {
        None | Some(Json::Null) => Ok(Object::new()),
        Some(Json::Object(members)) => Ok(to_object(members)),
        Some(other) => Err(unexpected(name, "an object", &other)),
    };
    let mut request = Request::new(query);
    (request.variables, request.extensions) = (object("variables")?, object("extensions")?);
    request.operation_name = operation_name;
    Ok(request)
}

/// An object of these members.
pub(super) fn to_object(members: Members) -> Object {
    members.into_iter().map(|(name, value)| (name, Value::from(value))).collect()
}

/// What is wrong with a member.
pub(super) fn unexpected(name: &str, expected: &str, found: &Json) -> String {
    format!("`{name}` must be {expected}, not {}", kind(found))
}

/// What kind of JSON it is, for messages.
pub(super) fn kind(json: &Json) -> &'static str {
    match json {
        Json::Null => "null",
        Json::Bool(_) => "a boolean",
        Json::Number(_) => "a number",
        Json::String(_) => "a string",
        Json::Array(_) => "a list",
        Json::Object(_) => "an object",
    }
}
