//! What a request is answered with.

use crate::ast::Location;
use crate::data::Data;
use crate::error::Error;
use crate::parser::ParseError;
use crate::path::Path;
use crate::validate::Violation;
use crate::value::Object;
use serde::ser::{Serialize, SerializeMap, Serializer};

/// What a request is answered with: data, errors, or both.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Response {
    /// The data; none where the request failed before it was executed, which is a *request error*.
    pub data: Option<Data>,
    /// What went wrong, in the order in which it did.
    pub errors: Vec<ResponseError>,
    /// More for the client, such as timings; left out where empty.
    pub extensions: Object,
}

impl Response {
    /// An answer to a request that was not executed.
    pub fn request_error(errors: impl IntoIterator<Item = ResponseError>) -> Self {
        Response { errors: errors.into_iter().collect(), ..Response::default() }
    }

    /// Whether the request failed before it was executed: there is no data, not even null.
    pub fn is_request_error(&self) -> bool {
        self.data.is_none()
    }

    /// The response as JSON text.
    pub fn to_json(&self) -> String {
        serde_json::to_string(self).unwrap_or_else(|error| {
            // Keys are strings and numbers finite, so there is nothing that JSON cannot say.
            unreachable!("a response cannot be written as JSON: {error}")
        })
    }
}

/// One error of a response.
#[derive(Clone, Debug, PartialEq)]
pub struct ResponseError {
    /// What went wrong; the client reads it.
    pub message: String,
    /// Where in the document.
    pub locations: Vec<Location>,
    /// Where in the response; none for a request error.
    pub path: Option<Path>,
    /// More for programs, such as a code; left out where empty.
    pub extensions: Object,
}

impl ResponseError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        ResponseError {
            message: message.into(),
            locations: Vec::new(),
            path: None,
            extensions: Object::new(),
        }
    }

    /// The same error at a place of the document.
    pub fn at(mut self, location: Location) -> Self {
        self.locations.push(location);
        self
    }
}

impl From<Error> for ResponseError {
    fn from(error: Error) -> Self {
        let extensions = error.extensions().clone();
        ResponseError { extensions, ..ResponseError::new(error.message()) }
    }
}

impl From<ParseError> for ResponseError {
    fn from(error: ParseError) -> Self {
        ResponseError::new(error.message()).at(error.location())
    }
}

impl From<Violation> for ResponseError {
    fn from(violation: Violation) -> Self {
        let locations = violation.locations;
        ResponseError { locations, ..ResponseError::new(violation.message) }
    }
}

impl Serialize for Response {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        // Errors first, as the specification recommends: a reader sees them before the data.
        if !self.errors.is_empty() {
            map.serialize_entry("errors", &self.errors)?;
        }
        if let Some(data) = &self.data {
            map.serialize_entry("data", data)?;
        }
        if !self.extensions.is_empty() {
            map.serialize_entry("extensions", &self.extensions)?;
        }
        map.end()
    }
}

impl Serialize for ResponseError {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        struct Place(Location);
        impl Serialize for Place {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("line", &self.0.line)?;
                map.serialize_entry("column", &self.0.column)?;
                map.end()
            }
        }
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("message", &self.message)?;
        if !self.locations.is_empty() {
            let places: Vec<_> = self.locations.iter().copied().map(Place).collect();
            map.serialize_entry("locations", &places)?;
        }
        if let Some(path) = &self.path {
            map.serialize_entry("path", path)?;
        }
        if !self.extensions.is_empty() {
            map.serialize_entry("extensions", &self.extensions)?;
        }
        map.end()
    }
}
