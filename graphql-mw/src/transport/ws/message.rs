//! Messages of both protocols: what clients send is read, what they are sent is written.

use crate::request::Request;
use crate::response::ResponseError;
use crate::transport::json::{self, Members};
use crate::value::Object;
use serde::Serialize;
use serde_json::Value as Json;

/// A message as both protocols have it: an object with a `type`.
pub(super) struct Message {
    pub(super) kind: String,
    id: Option<Json>,
    payload: Option<Json>,
}

impl Message {
    /// Reads a message.
    pub(super) fn read(text: &str) -> Result<Message, String> {
        let mut members: Members = match serde_json::from_str(text) {
            Ok(Json::Object(members)) => members,
            Ok(other) => {
                return Err(format!("a message must be an object, not {}", json::kind(&other)));
            }
            Err(error) => return Err(format!("the message is no JSON: {error}")),
        };
        let kind = match members.remove("type") {
            Some(Json::String(kind)) => kind,
            Some(other) => return Err(json::unexpected("type", "a string", &other)),
            None => return Err("the message has no `type`".into()),
        };
        Ok(Message { kind, id: members.remove("id"), payload: members.remove("payload") })
    }

    /// The id, which must be there.
    pub(super) fn id(&mut self) -> Result<String, String> {
        match self.id.take() {
            Some(Json::String(id)) if !id.is_empty() => Ok(id),
            Some(Json::String(_)) => Err(format!("`id` of `{}` is empty", self.kind)),
            Some(other) => Err(json::unexpected("id", "a string", &other)),
            None => Err(format!("`{}` has no `id`", self.kind)),
        }
    }

    /// The payload, an object where it is there.
    pub(super) fn object(&mut self) -> Result<Option<Object>, String> {
        match self.payload.take() {
            None | Some(Json::Null) => Ok(None),
            Some(Json::Object(members)) => Ok(Some(json::to_object(members))),
            Some(other) => Err(json::unexpected("payload", "an object", &other)),
        }
    }

    /// The payload as a request.
    pub(super) fn request(&mut self) -> Result<Request, String> {
        match self.payload.take() {
            Some(Json::Object(members)) => json::request(members),
            Some(other) => Err(json::unexpected("payload", "an object", &other)),
            None => Err(format!("`{}` has no `payload`", self.kind)),
        }
    }
}

#[derive(Serialize)]
struct Outgoing<'a, P> {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a str>,
    #[serde(rename = "type")]
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    payload: Option<P>,
}

/// A message to a client.
pub(super) fn write<P: Serialize>(id: Option<&str>, kind: &str, payload: Option<P>) -> String {
    serde_json::to_string(&Outgoing { id, kind, payload }).unwrap_or_else(|error| {
        // Keys are strings and numbers finite, so there is nothing that JSON cannot say.
        unreachable!("a message cannot be written as JSON: {error}")
    })
}

/// A message to a client, without a payload.
pub(super) fn bare(id: Option<&str>, kind: &str) -> String {
    write(id, kind, None::<()>)
}

/// An error as the older protocol has it, which has one; the others stand beside it, where its
/// client looks for them.
#[derive(Serialize)]
pub(super) struct LegacyError<'a> {
    #[serde(flatten)]
    first: Option<&'a ResponseError>,
    errors: &'a [ResponseError],
}

impl<'a> LegacyError<'a> {
    pub(super) fn new(errors: &'a [ResponseError]) -> Self {
        LegacyError { first: errors.first(), errors }
    }
}
