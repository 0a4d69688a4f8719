//! Bodies of requests and responses: nothing, bytes, or a stream read as it goes.

use crate::error::{Error, Result};
use bytes::Bytes;
use std::any::Any;
use std::fmt;
use std::io::{self, Read};

/// The body of a request or a response.
///
/// A body is read once, by [`Read`] or as a whole by [`Body::into_bytes`]. Reading blocks until
/// bytes are there; in the server each read has a deadline.
#[derive(Default)]
pub struct Body(Inner);

#[derive(Default)]
enum Inner {
    #[default]
    Empty,
    Full(Bytes),
    Stream(Box<Stream>),
}

struct Stream {
    reader: Box<dyn Reader>,
    length: Option<u64>,
}

/// A reader that can be asked for its type again, so that a body nobody has touched can leave by
/// the way it came.
trait Reader: Read + Send {
    #[cfg_attr(not(feature = "tower"), allow(dead_code))]
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send>;
    #[cfg_attr(not(feature = "tower"), allow(dead_code))]
    fn as_any(&self) -> &(dyn Any + Send);
}

impl<R: Read + Send + 'static> Reader for R {
    fn into_any(self: Box<Self>) -> Box<dyn Any + Send> {
        self
    }

    #[cfg_attr(not(feature = "tower"), allow(dead_code))]
    fn as_any(&self) -> &(dyn Any + Send) {
        self
    }
}

impl Body {
    /// No body.
    pub const fn empty() -> Self {
        Body(Inner::Empty)
    }

    /// A body whose bytes come as they are read, of unknown length (sent in chunks).
    pub fn stream(reader: impl Read + Send + 'static) -> Self {
        Body(Inner::Stream(Box::new(Stream { reader: Box::new(reader), length: None })))
    }

    /// A streamed body whose length is known; a reader that yields less or more is an error and
    /// the connection is cut, so that a client never takes half a body for a whole one.
    pub fn sized_stream(reader: impl Read + Send + 'static, length: u64) -> Self {
        Body(Inner::Stream(Box::new(Stream { reader: Box::new(reader), length: Some(length) })))
    }

    /// The length, where it is known without reading.
    pub fn len(&self) -> Option<u64> {
        match &self.0 {
            Inner::Empty => Some(0),
            Inner::Full(bytes) => Some(bytes.len() as u64),
            Inner::Stream(stream) => stream.length,
        }
    }

    /// Whether it is known that there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.len() == Some(0)
    }

    /// Whether the bytes come as they are read. Layers that look at a whole body must let such a
    /// one pass.
    pub fn is_stream(&self) -> bool {
        matches!(self.0, Inner::Stream(_))
    }

    /// The bytes, where they are all there already.
    pub fn as_bytes(&self) -> Option<&[u8]> {
        match &self.0 {
            Inner::Empty => Some(&[]),
            Inner::Full(bytes) => Some(bytes),
            Inner::Stream(_) => None,
        }
    }

    /// Takes the body, leaving none.
    pub fn take(&mut self) -> Body {
        std::mem::take(self)
    }

    /// The reader of a streamed body, where it is an `R`; the body itself where it is not.
    #[cfg(feature = "tower")]
    pub(crate) fn downcast_reader<R: 'static>(self) -> std::result::Result<R, Body> {
        match self.0 {
            Inner::Stream(stream) if (*stream.reader).as_any().is::<R>() => {
                match stream.reader.into_any().downcast::<R>() {
                    Ok(reader) => Ok(*reader),
                    Err(_) => Err(Body::empty()),
                }
            }
            inner => Err(Body(inner)),
        }
    }

    /// Reads the whole body into memory, at most `limit` bytes.
    ///
    /// # Errors
    ///
    /// 413 when there is more, 400 when the client broke off in the middle.
    pub fn into_bytes(self, limit: u64) -> Result<Bytes> {
        let too_large = || {
            Error::content_too_large(format!("the body is larger than the limit of {limit} bytes"))
        };
        if self.len().is_some_and(|length| length > limit) {
            return Err(too_large());
        }
        match self.0 {
            Inner::Empty => Ok(Bytes::new()),
            Inner::Full(bytes) => Ok(bytes),
            Inner::Stream(stream) => {
                let mut bytes = Vec::new();
                let mut limited = (stream.reader as Box<dyn Read>).take(limit.saturating_add(1));
                limited.read_to_end(&mut bytes).map_err(read_error)?;
                if bytes.len() as u64 > limit {
                    return Err(too_large());
                }
                Ok(bytes.into())
            }
        }
    }
}

/// A failed read of a request's body, as the error a client is answered with: it is the client
/// that broke off (400), was too slow (408) or sent too much (413).
pub(crate) fn read_error(error: io::Error) -> Error {
    Error::with_source(read_status(error.kind()), error)
}

fn read_status(kind: io::ErrorKind) -> http::StatusCode {
    match kind {
        io::ErrorKind::TimedOut => http::StatusCode::REQUEST_TIMEOUT,
        io::ErrorKind::FileTooLarge => http::StatusCode::PAYLOAD_TOO_LARGE,
        _ => http::StatusCode::BAD_REQUEST,
    }
}

/// Marks a failed read of a request's body among other I/O errors: it is the client's fault, and
/// `?` in a view must not make a 500 of it.
#[derive(Debug)]
#[cfg_attr(not(feature = "server"), allow(dead_code, reason = "made by the server only"))]
pub(crate) struct ClientFault(pub(crate) String);

impl fmt::Display for ClientFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ClientFault {}

/// The status that an error asks for by itself, if it is a read of a body that has failed.
pub(crate) fn status_of(error: &dyn std::any::Any) -> Option<http::StatusCode> {
    let error = error.downcast_ref::<io::Error>()?;
    error.get_ref()?.is::<ClientFault>().then(|| read_status(error.kind()))
}

impl Read for Body {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        match &mut self.0 {
            Inner::Empty => Ok(0),
            Inner::Full(bytes) => {
                let n = out.len().min(bytes.len());
                out[..n].copy_from_slice(&bytes.split_to(n));
                Ok(n)
            }
            Inner::Stream(stream) => stream.reader.read(out),
        }
    }
}

impl From<Bytes> for Body {
    fn from(bytes: Bytes) -> Self {
        Body(Inner::Full(bytes))
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Body(Inner::Full(text.into()))
    }
}

impl From<&'static str> for Body {
    fn from(text: &'static str) -> Self {
        Body(Inner::Full(Bytes::from_static(text.as_bytes())))
    }
}

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Body(Inner::Full(bytes.into()))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.0, self.len()) {
            (Inner::Stream(_), None) => f.write_str("Body(stream)"),
            (Inner::Stream(_), Some(length)) => write!(f, "Body(stream of {length} bytes)"),
            (_, length) => write!(f, "Body({} bytes)", length.unwrap_or(0)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_larger_than_the_limit_is_413_whether_its_length_is_known_or_not() {
        let stream = || Body::stream(io::repeat(b'x').take(11));
        assert_eq!(stream().into_bytes(10).unwrap_err().status(), 413);
        assert_eq!(stream().into_bytes(11).unwrap().len(), 11);
        assert_eq!(Body::from("hello").into_bytes(4).unwrap_err().status(), 413);
        assert_eq!(Body::from("hello").into_bytes(u64::MAX).unwrap(), "hello");
    }
}
