//! How an operation ended, seen from outside.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::fmt;

/// How an operation ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// There was one response.
    Answered(Response),
    /// There was a subscription.
    Streamed {
        /// Whether there was a stream; else there is one response, which says what is wrong.
        stream: bool,
        /// The responses, in order.
        responses: Vec<Response>,
        /// The error with which the stream ended.
        escaped: Option<String>,
        /// Whether the client dropped the stream.
        dropped: bool,
    },
    /// The operation could not end, and was dropped.
    Dropped,
    /// There is no schema, or something left the engine altogether.
    Escaped(String),
}

/// One response.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Response {
    /// The data, or null.
    #[serde(default)]
    pub data: Value,
    /// The errors; their order is not compared.
    #[serde(default)]
    pub errors: Vec<FieldError>,
}

/// An error of a response.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct FieldError {
    /// Its text, or that of a stand-in where the engine words it.
    pub message: String,
    /// Where: the path of a field, or none.
    #[serde(default)]
    pub path: Option<Path>,
}

/// The path of a field in the response.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Path(pub Vec<Step>);

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Step {
    /// To an item of a list.
    Index(usize),
    /// To a field's value.
    Key(String),
}

impl Path {
    /// The path with one more step.
    pub fn to(&self, step: Step) -> Path {
        Path(self.0.iter().cloned().chain([step]).collect())
    }

    /// Whether this path leads through the other one, or ends there.
    pub fn starts_with(&self, other: &Path) -> bool {
        self.0.starts_with(&other.0)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, step) in self.0.iter().enumerate() {
            f.write_str(if at == 0 { "" } else { "." })?;
            match step {
                Step::Index(index) => write!(f, "{index}")?,
                Step::Key(key) => f.write_str(key)?,
            }
        }
        Ok(())
    }
}

impl Outcome {
    /// The responses, whichever way they came.
    pub fn responses(&self) -> &[Response] {
        match self {
            Outcome::Answered(response) => std::slice::from_ref(response),
            Outcome::Streamed { responses, .. } => responses,
            Outcome::Dropped | Outcome::Escaped(_) => &[],
        }
    }

    /// The same with each response changed.
    pub(super) fn map_responses(self, change: impl Fn(Response) -> Response) -> Outcome {
        match self {
            Outcome::Answered(response) => Outcome::Answered(change(response)),
            Outcome::Streamed { stream, responses, escaped, dropped } => Outcome::Streamed {
                stream,
                responses: responses.into_iter().map(change).collect(),
                escaped,
                dropped,
            },
            other => other,
        }
    }
}

/// The fields that an outcome may have.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    stream: Option<bool>,
    #[serde(default)]
    responses: Vec<Response>,
    #[serde(default)]
    escaped: Option<String>,
    #[serde(default)]
    dropped: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

impl<'de> Deserialize<'de> for Outcome {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let Fields { stream, responses, escaped, dropped, rest } = Fields::deserialize(from)?;
        if let Some(stream) = stream {
            return Ok(Outcome::Streamed { stream, responses, escaped, dropped });
        }
        match (escaped, dropped) {
            (Some(escaped), _) => Ok(Outcome::Escaped(escaped)),
            (None, true) => Ok(Outcome::Dropped),
            (None, false) if !rest.contains_key("data") && !rest.contains_key("errors") => {
                Err(serde::de::Error::custom(
                    "none of `data`, `errors`, `stream`, `escaped`, `dropped`",
                ))
            }
            (None, false) => serde_json::from_value(Value::Object(rest))
                .map(Outcome::Answered)
                .map_err(serde::de::Error::custom),
        }
    }
}
