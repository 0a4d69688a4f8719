//! What the client is answered.

use super::accept::MediaType;
use crate::response::{Response, ResponseError};

/// An answer to be written: a status, a media type and a body.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The `Allow` header, with a status of 405.
    pub allow: Option<&'static str>,
    /// The body: a GraphQL response, whatever the status.
    pub body: String,
}

impl Answer {
    /// An answer to a request that was not understood, in the shape of a GraphQL response, so that
    /// a client finds the message where it looks for messages.
    pub fn refusal(status: u16, media: MediaType, message: impl Into<String>) -> Answer {
        let response = Response::request_error([ResponseError::new(message)]);
        Answer::with_status(status, media, &response)
    }

    /// The answer to a request that was understood.
    pub fn of(response: &Response, media: MediaType) -> Answer {
        let status = match media {
            MediaType::GraphqlResponse if response.is_request_error() => 400,
            _ => 200,
        };
        Answer::with_status(status, media, response)
    }

    pub(super) fn with_status(status: u16, media: MediaType, response: &Response) -> Answer {
        Answer { status, content_type: media.as_str(), allow: None, body: response.to_json() }
    }

    pub(super) fn allowing(mut self, methods: &'static str) -> Answer {
        self.allow = Some(methods);
        self
    }
}
