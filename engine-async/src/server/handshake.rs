//! The opening handshake: reading it, and the answers it can be given.

use super::limits::Limits;
use async_tungstenite::tungstenite;
use bytes::Bytes;
use futures_io::AsyncRead;
use futures_util::AsyncReadExt;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use std::io::Write;
use tungstenite::error::{Error, ProtocolError};
use tungstenite::handshake::machine::TryParse;
use tungstenite::handshake::server::create_response;

/// The answer to a client that may not connect.
pub(super) type Answer = Box<Response<Bytes>>;

/// Reads the head of a request, and what has come behind it.
///
/// `None` when the client has gone without a whole one.
pub(super) async fn read(
    stream: &mut (impl AsyncRead + Unpin),
    limits: &Limits,
) -> Result<Option<(Request<()>, Vec<u8>)>, Answer> {
    let mut read = Vec::new();
    let mut chunk = [0; 2048];
    loop {
        let end = match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return Ok(None),
            Ok(end) => end,
        };
        read.extend_from_slice(&chunk[..end]);
        let too_large = || {
            let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
            Err(plain(status, "the head of the request is too large"))
        };
        // Only the end of a line can be the end of the head; a client that sends its bytes one by
        // one has them looked at once for each line.
        if chunk[..end].contains(&b'\n') {
            match Request::try_parse(&read) {
                Ok(Some((length, _))) if length > limits.head_bytes => return too_large(),
                Ok(Some((length, request))) => {
                    read.drain(..length);
                    return Ok(Some((request, read)));
                }
                Ok(None) => {}
                Err(error) => return Err(refusal(&error)),
            }
        }
        if read.len() > limits.head_bytes {
            return too_large();
        }
    }
}

/// The 101 that accepts a request, or the answer to one that is no handshake.
pub(super) fn answer(request: &Request<()>) -> Result<Response<()>, Answer> {
    let once = [header::HOST, header::SEC_WEBSOCKET_KEY, header::SEC_WEBSOCKET_VERSION];
    for name in once {
        if request.headers().get_all(&name).iter().count() > 1 {
            let message = format!("`{name}` must be there once");
            return Err(plain(StatusCode::BAD_REQUEST, message));
        }
    }
    let headers = request.headers();
    if !headers.contains_key(header::HOST) {
        return Err(plain(StatusCode::BAD_REQUEST, "`host` must be there once"));
    }
    // What comes behind the head would be taken for frames.
    let length = headers.get(header::CONTENT_LENGTH);
    if headers.contains_key(header::TRANSFER_ENCODING) || length.is_some_and(|bytes| bytes != "0") {
        return Err(plain(StatusCode::BAD_REQUEST, "a handshake has no body"));
    }
    create_response(request).map_err(|error| refusal(&error))
}

/// What a client is told whose request is no handshake.
fn refusal(error: &Error) -> Answer {
    let upgrade = |mut response: Answer| {
        let headers = response.headers_mut();
        headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
        headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
        response
    };
    match error {
        Error::Protocol(ProtocolError::WrongHttpMethod) => {
            let mut response = plain(StatusCode::METHOD_NOT_ALLOWED, "a handshake is a GET");
            response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
            response
        }
        Error::Protocol(ProtocolError::WrongHttpVersion) => {
            plain(StatusCode::HTTP_VERSION_NOT_SUPPORTED, "a handshake is HTTP/1.1")
        }
        Error::Protocol(
            ProtocolError::MissingConnectionUpgradeHeader
            | ProtocolError::MissingUpgradeWebSocketHeader
            | ProtocolError::MissingSecWebSocketVersionHeader,
        ) => upgrade(plain(
            StatusCode::UPGRADE_REQUIRED,
            "only websockets of version 13 are served at this address",
        )),
        Error::Capacity(_) => {
            plain(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the request has too many headers")
        }
        _ => plain(StatusCode::BAD_REQUEST, "the handshake cannot be understood"),
    }
}

/// There are as many connections as there may be.
pub(super) fn full() -> Answer {
    let message = "the server has as many connections as it takes";
    let mut full = plain(StatusCode::SERVICE_UNAVAILABLE, message);
    full.headers_mut().insert(header::RETRY_AFTER, 1.into());
    full
}

/// Adds the headers of layers to an answer, except those that say how the answer is to be read:
/// they are the server's.
pub(super) fn add(answer: &mut HeaderMap, more: &HeaderMap) {
    let theirs = more.iter().filter(|(name, _)| !OWN.contains(name));
    for (name, value) in theirs {
        answer.append(name, value.clone());
    }
}

/// Removes what a refusal says of how it is to be read: that is the server's to say.
pub(super) fn forget_framing(headers: &mut HeaderMap) {
    for name in [header::CONNECTION, header::CONTENT_LENGTH, header::TRANSFER_ENCODING] {
        headers.remove(name);
    }
}

const OWN: [HeaderName; 7] = [
    header::CONNECTION,
    header::CONTENT_LENGTH,
    header::CONTENT_TYPE,
    header::SEC_WEBSOCKET_ACCEPT,
    header::SEC_WEBSOCKET_EXTENSIONS,
    header::TRANSFER_ENCODING,
    header::UPGRADE,
];

/// A short answer in plain text.
pub(super) fn plain(status: StatusCode, message: impl Into<Bytes>) -> Answer {
    let mut response = Response::new(message.into());
    *response.status_mut() = status;
    let text = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, text);
    Box::new(response)
}

/// An answer as bytes: a 101 as it is, any other as the last one of its connection.
pub(super) fn written(response: &Response<Bytes>) -> Vec<u8> {
    let status = response.status();
    let mut bytes = Vec::with_capacity(256);
    let mut line = |name: &[u8], value: &[u8]| {
        bytes.extend([name, b": ", value, b"\r\n"].concat());
    };
    for (name, value) in response.headers() {
        line(name.as_ref(), value.as_bytes());
    }
    if status != StatusCode::SWITCHING_PROTOCOLS {
        line(b"content-length", response.body().len().to_string().as_bytes());
        line(b"connection", b"close");
    }
    let mut head = Vec::with_capacity(bytes.len() + 64);
    let reason = status.canonical_reason().unwrap_or("");
    // Writing into memory does not fail.
    let _ = write!(head, "HTTP/1.1 {} {reason}\r\n", status.as_u16());
    [&head[..], &bytes, b"\r\n", response.body()].concat()
}
