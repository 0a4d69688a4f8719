//! From what a client asks by HTTP to a request, and back.

use super::accept::MediaType;
use super::answer::Answer;
use crate::ast::OperationKind;
use crate::executor::Executor;
use crate::request::Request;
use crate::response::Response;
use crate::transport::json::{self, Members};
use mime::Mime;
use serde_json::Value as Json;

/// What is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Options {
    /// Bytes of a body; beyond it 413. Default: 1 MiB.
    pub body_bytes: usize,
}

impl Default for Options {
    fn default() -> Self {
        Options { body_bytes: 1 << 20 }
    }
}

impl Options {
    /// The same with bodies of up to this many bytes.
    pub fn with_body_bytes(mut self, bytes: usize) -> Self {
        self.body_bytes = bytes;
        self
    }
}

/// What a client has sent.
#[derive(Clone, Copy, Debug, Default)]
#[allow(clippy::exhaustive_structs)]
pub struct Asked<'a> {
    /// The method, in capitals. `HEAD` is taken as `GET`; leave the body of the answer out then.
    pub method: &'a str,
    /// The `Content-Type` header.
    pub content_type: Option<&'a str>,
    /// The `Accept` header; join several with a comma.
    pub accept: Option<&'a str>,
    /// What stands behind the question mark of the target, percent-encoded.
    pub query: Option<&'a str>,
    /// The body.
    pub body: &'a [u8],
}

impl<'a> Asked<'a> {
    /// A request by this method, and nothing else.
    pub fn new(method: &'a str) -> Self {
        Asked { method, ..Asked::default() }
    }
}

/// A request that was understood, and how its answer is to be written.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Call {
    /// The request; give it the state of the HTTP side before it is executed.
    pub request: Request,
    /// The media type of the answer.
    pub media: MediaType,
    is_get: bool,
}

const GET_OR_POST: &str = "GET, POST";

impl Call {
    /// Reads what a client has sent.
    ///
    /// # Errors
    ///
    /// The answer to a request that is none; see the table of [the module](super).
    pub fn read(asked: &Asked<'_>, options: &Options) -> Result<Call, Answer> {
        let Some(media) = MediaType::accepted(asked.accept) else {
            let message = "answers are `application/graphql-response+json` or `application/json`: \
                           accept one of them";
            return Err(Answer::refusal(406, MediaType::Json, message));
        };
        let refuse = |status, message: String| Answer::refusal(status, media, message);
        let (request, is_get) = match asked.method {
            "GET" | "HEAD" => (from_query(asked.query.unwrap_or("")), true),
            "POST" => {
                check_content_type(asked.content_type).map_err(|message| refuse(415, message))?;
                if asked.body.len() > options.body_bytes {
                    return Err(Call::too_large(asked, options));
                }
                (from_body(asked.body), false)
            }
            other => {
                let message = format!("{other} is no method of GraphQL: use GET or POST");
                return Err(refuse(405, message).allowing(GET_OR_POST));
            }
        };
        let request = request.map_err(|message| refuse(400, message))?;
        Ok(Call { request, media, is_get })
    }

    /// The answer to a body that is larger than the options allow, for servers that notice it
    /// before it is all there.
    pub fn too_large(asked: &Asked<'_>, options: &Options) -> Answer {
        let media = MediaType::accepted(asked.accept).unwrap_or_default();
        let message = format!("the body has more than {} bytes", options.body_bytes);
        Answer::refusal(413, media, message)
    }

    /// Executes the request on this thread.
    pub fn answer_blocking(self, executor: &Executor) -> Answer {
        match self.check(executor) {
            Ok(()) => Answer::of(&executor.execute_blocking(self.request), self.media),
            Err(answer) => answer,
        }
    }

    /// Executes the request.
    ///
    /// Cancel safety: as [`Executor::execute`].
    pub async fn answer(self, executor: &Executor) -> Answer {
        match self.check(executor) {
            Ok(()) => Answer::of(&executor.execute(self.request).await, self.media),
            Err(answer) => answer,
        }
    }

    /// Whether the operation may be asked for in this way: no mutation by GET.
    fn check(&self, executor: &Executor) -> Result<(), Answer> {
        let answered = |response: &Response| Answer::of(response, self.media);
        match executor.operation_kind(&self.request) {
            Ok(OperationKind::Mutation) if self.is_get => {
                let message = "a mutation changes something, which GET must not: send it by POST";
                Err(Answer::refusal(405, self.media, message).allowing("POST"))
            }
            Ok(_) => Ok(()),
            Err(response) => Err(answered(&response)),
        }
    }
}

/// Only `application/json` in UTF-8: it is what a page of another origin cannot send unasked.
fn check_content_type(content_type: Option<&str>) -> Result<(), String> {
    let advice = "send the request as `Content-Type: application/json`";
    let Some(written) = content_type else {
        return Err(format!("the body has no media type: {advice}"));
    };
    let media: Option<Mime> = written.parse().ok();
    match media {
        Some(media) if media.essence_str() == mime::APPLICATION_JSON.essence_str() => {
            match media.get_param(mime::CHARSET) {
                Some(charset) if charset != mime::UTF_8 => {
                    Err(format!("the body is in {charset}, and JSON is UTF-8: {advice}"))
                }
                _ => Ok(()),
            }
        }
        _ => Err(format!("`{written}` is no media type of GraphQL requests: {advice}")),
    }
}

/// The request in a body of JSON.
fn from_body(body: &[u8]) -> Result<Request, String> {
    match serde_json::from_slice(body) {
        Ok(Json::Object(members)) => json::request(members),
        Ok(Json::Array(_)) => {
            Err("the body is a list: send one request at a time, as an object".into())
        }
        Ok(other) => Err(format!("the body must be an object, not {}", json::kind(&other))),
        Err(_) if body.is_empty() => {
            Err(r#"the body is missing: send an object such as `{"query": "{ field }"}`"#.into())
        }
        Err(error) => Err(format!("the body is no JSON: {error}")),
    }
}

/// The request in the query of a target.
fn from_query(query: &str) -> Result<Request, String> {
    let mut members = Members::new();
    for (name, value) in form_urlencoded::parse(query.as_bytes()) {
        let value = match &*name {
            "query" | "operationName" => Json::from(value.into_owned()),
            "variables" | "extensions" => serde_json::from_str(&value)
                .map_err(|error| format!("`{name}` is no JSON: {error}"))?,
            _ => continue,
        };
        if members.insert(name.to_string(), value).is_some() {
            return Err(format!("`{name}` is given twice: give it once"));
        }
    }
    // An empty name is how a form says that there is none.
    if members.get("operationName").is_some_and(|name| name == "") {
        members.remove("operationName");
    }
    json::request(members)
}
