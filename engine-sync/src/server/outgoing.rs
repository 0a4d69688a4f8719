//! The body of a response on its way to hyper.

use super::wire::{Answer, Link};
use crate::body::Body;
use crate::response::Response;
use bytes::Bytes;
use engine_core::panics;
use http::{Method, StatusCode, header};
use http_body::{Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

/// A body as hyper asks for it.
pub(super) enum Outgoing {
    /// All of it.
    Full(Bytes),
    /// None, and what its length would have been: the answer to `HEAD`.
    Unsent(Option<u64>),
    /// Piece by piece, as the handler's thread puts them into the link's slot.
    Streamed { pieces: Pieces, length: Option<u64> },
}

/// The receiving end of a streamed body.
pub(super) struct Pieces(Arc<Link>);

/// hyper drops a body once it has all of it.
impl Drop for Pieces {
    fn drop(&mut self) {
        self.0.set_answer(Answer::Whole);
    }
}

impl Outgoing {
    pub(super) fn is_streamed(&self) -> bool {
        matches!(self, Outgoing::Streamed { .. })
    }
}

impl http_body::Body for Outgoing {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            Outgoing::Full(bytes) if !bytes.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes)))))
            }
            Outgoing::Full(_) | Outgoing::Unsent(_) => Poll::Ready(None),
            Outgoing::Streamed { pieces, .. } => {
                pieces.0.poll_piece().map(|piece| piece.map(|bytes| Ok(Frame::data(bytes))))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Outgoing::Full(bytes) => bytes.is_empty(),
            Outgoing::Unsent(length) => *length == Some(0),
            Outgoing::Streamed { .. } => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        let length = match self {
            Outgoing::Full(bytes) => Some(bytes.len() as u64),
            Outgoing::Unsent(length) | Outgoing::Streamed { length, .. } => *length,
        };
        length.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// Takes a response apart: what hyper gets, and the stream that is to be pulled, if there is one.
///
/// The framing is hyper's: a `Content-Length` that contradicts the body would let a client take
/// the next response for a part of this one, so it is left out, except in the answer to a `HEAD`
/// whose body nobody has made.
pub(super) fn take_apart(
    link: &Arc<Link>,
    method: &Method,
    response: &mut Response,
) -> (http::Response<Outgoing>, Option<Body>) {
    let mut status = response.status();
    if status.is_informational() {
        panics::log(|| {
            tracing::error!(
                status = status.as_u16(),
                "a view answered with an interim status, which is no answer: use \
                 Response::upgrade to hand a connection over"
            );
        });
        status = StatusCode::INTERNAL_SERVER_ERROR;
        *response = Response::new(status);
    }
    let body = response.body_mut().take();
    let mut headers = std::mem::take(response.headers_mut());
    headers.remove(header::TRANSFER_ENCODING);
    let no_body = [StatusCode::NO_CONTENT, StatusCode::NOT_MODIFIED].contains(&status);
    let unsent = *method == Method::HEAD || no_body;
    if *method != Method::HEAD || no_body || !body.is_empty() {
        headers.remove(header::CONTENT_LENGTH);
    }
    let length = body.len();
    let (body, stream) = if unsent {
        (Outgoing::Unsent(length), None)
    } else if body.is_stream() {
        (Outgoing::Streamed { pieces: Pieces(Arc::clone(link)), length }, Some(body))
    } else {
        (Outgoing::Full(body.into_bytes(u64::MAX).unwrap_or_default()), None)
    };
    let mut outgoing = http::Response::new(body);
    *outgoing.status_mut() = status;
    *outgoing.headers_mut() = headers;
    (outgoing, stream)
}
