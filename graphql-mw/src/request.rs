//! What a client asks.

use crate::value::{Object, Value};
use engine_core::State;
use serde::Deserialize;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

/// What a client asks: a document, which operation of it, and the variables; with the state that
/// layers and resolvers see.
///
/// ```
/// use graphql_mw::Request;
///
/// let request: Request = serde_json::from_str(
///     r#"{"query": "query Q($n: Int) { dice(n: $n) }", "variables": {"n": 2}}"#,
/// )?;
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, Deserialize)]
#[serde(from = "Body")]
pub struct Request {
    /// The document.
    pub query: String,
    /// Which of its operations; may be left out where it has one only.
    pub operation_name: Option<String>,
    /// The variables as the client gives them.
    pub variables: Object,
    /// More from the client, for layers that know it.
    pub extensions: Object,
    /// What the fields of operations begin at: the `root` of root fields. Null by default.
    pub root: Value,
    state: Arc<Mutex<State>>,
}

impl Request {
    /// A request for this document.
    pub fn new(query: impl Into<String>) -> Self {
        Request { query: query.into(), ..Request::default() }
    }

    /// The same request for this operation.
    pub fn operation(mut self, name: impl Into<String>) -> Self {
        self.operation_name = Some(name.into());
        self
    }

    /// The same request with one more variable.
    pub fn variable(mut self, name: impl Into<crate::Text>, value: impl Into<Value>) -> Self {
        self.variables.set(name, value);
        self
    }

    /// The same request, its operations beginning at this value.
    pub fn root(mut self, root: Value) -> Self {
        self.root = root;
        self
    }

    /// The same request, with a value in its state: what the HTTP or websocket side knows already.
    pub fn with<T: Send + Sync + 'static>(self, value: T) -> Self {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).insert(value);
        self
    }

    /// The same request with this state, which the HTTP or websocket side keeps a handle of.
    pub fn with_state(mut self, state: Arc<Mutex<State>>) -> Self {
        self.state = state;
        self
    }

    /// The request's state; clones of the request share it.
    pub fn state(&self) -> &Arc<Mutex<State>> {
        &self.state
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("query", &self.query)
            .field("operation_name", &self.operation_name)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

/// A request as it comes over the wire. Members that are null are as if they were not there.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: String,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

impl From<Body> for Request {
    fn from(body: Body) -> Self {
        let object = |members: Option<serde_json::Map<String, serde_json::Value>>| {
            let members = members.unwrap_or_default().into_iter();
            members.map(|(name, value)| (name, Value::from(value))).collect()
        };
        Request {
            query: body.query,
            operation_name: body.operation_name,
            variables: object(body.variables),
            extensions: object(body.extensions),
            ..Request::default()
        }
    }
}
