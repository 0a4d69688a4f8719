//! What travels through the layers: ASGI's events, in both directions.

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tungstenite::Utf8Bytes;

/// What comes from the client, the outermost layer first (rule W2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// The client asks to connect; the handshake is not answered yet. Always the first event.
    Connect,
    /// A whole message.
    Message(Message),
    /// The connection has ended. Always the last event; receiving after it is an error (rule W8).
    Disconnect(CloseFrame),
}

/// What goes to the client, the innermost layer first (rule W2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outgoing {
    /// Answers the handshake with 101. Nothing can be sent before it, and it once (rule W8).
    Accept(Accept),
    /// A whole message.
    Message(Message),
    /// Ends the connection with this code and reason; before the connection is accepted, refuses
    /// it with 403, as ASGI does. For another status see [`WebSocket::refuse`](crate::WebSocket::refuse).
    Close(CloseFrame),
}

impl Incoming {
    /// The name of the event, as ASGI has it without its prefix: `connect`, `receive`,
    /// `disconnect`.
    pub fn name(&self) -> &'static str {
        match self {
            Incoming::Connect => "connect",
            Incoming::Message(_) => "receive",
            Incoming::Disconnect(_) => "disconnect",
        }
    }
}

impl Outgoing {
    /// The name of the event, as ASGI has it without its prefix: `accept`, `send`, `close`.
    pub fn name(&self) -> &'static str {
        match self {
            Outgoing::Accept(_) => "accept",
            Outgoing::Message(_) => "send",
            Outgoing::Close(_) => "close",
        }
    }
}

/// A whole message. Cloning one copies no bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text, known to be UTF-8.
    Text(Utf8Bytes),
    /// Bytes.
    Binary(Bytes),
}

impl Message {
    /// A text message.
    pub fn text(text: impl Into<Utf8Bytes>) -> Self {
        Message::Text(text.into())
    }

    /// A binary message.
    pub fn binary(bytes: impl Into<Bytes>) -> Self {
        Message::Binary(bytes.into())
    }

    /// The text, if it is a text message.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Message::Text(text) => Some(text.as_str()),
            Message::Binary(_) => None,
        }
    }

    /// The bytes of either kind.
    pub fn as_bytes(&self) -> &[u8] {
        match self {
            Message::Text(text) => text.as_bytes(),
            Message::Binary(bytes) => bytes,
        }
    }

    /// How many bytes it has.
    pub fn len(&self) -> usize {
        self.as_bytes().len()
    }

    /// Whether it has no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

impl From<&str> for Message {
    fn from(text: &str) -> Self {
        Message::text(text)
    }
}

impl From<String> for Message {
    fn from(text: String) -> Self {
        Message::text(text)
    }
}

impl From<Vec<u8>> for Message {
    fn from(bytes: Vec<u8>) -> Self {
        Message::binary(bytes)
    }
}

impl From<Bytes> for Message {
    fn from(bytes: Bytes) -> Self {
        Message::binary(bytes)
    }
}

/// How a connection is accepted: the subprotocol chosen, and headers for the 101.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Accept {
    /// One of those that the client has offered; see
    /// [`WebSocket::subprotocols`](crate::WebSocket::subprotocols).
    pub subprotocol: Option<String>,
    /// Headers of the answer, such as cookies. Boxed, so that the event is as small for them as it is
    /// for a message, which passes through the same layers far more often.
    pub headers: Box<HeaderMap>,
}

impl Accept {
    /// Accepts, without a subprotocol.
    pub fn new() -> Self {
        Accept::default()
    }

    /// Accepts with this subprotocol. One that the client has not offered is an error at
    /// whoever sends it: browsers end such a connection without saying why.
    pub fn subprotocol(name: impl Into<String>) -> Self {
        Accept { subprotocol: Some(name.into()), headers: Box::default() }
    }

    /// Adds a header.
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.append(name, value);
        self
    }
}

/// The answer to a client that may not connect (rule W3).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Refusal {
    /// A status of 3xx, 4xx or 5xx; any other is sent as 403.
    pub status: StatusCode,
    /// Headers of the answer.
    pub headers: HeaderMap,
    /// The body, which browsers do not show to scripts; it helps who looks at the network.
    pub body: Bytes,
}

impl Refusal {
    /// A refusal with this status and its standard reason as the body.
    pub fn new(status: StatusCode) -> Self {
        let body = Bytes::from_static(status.canonical_reason().unwrap_or("").as_bytes());
        Refusal { status, headers: HeaderMap::new(), body }
    }
}

impl From<StatusCode> for Refusal {
    fn from(status: StatusCode) -> Self {
        Refusal::new(status)
    }
}

/// Why a connection ends: RFC 6455's code and reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CloseFrame {
    /// The code, such as 1000; 1005 where the client gave none and 1006 where it went without a
    /// word. Those two, and others that no frame may carry, are sent as a frame without a code.
    pub code: u16,
    /// The reason: at most 123 bytes of text. What is longer is cut at a character.
    pub reason: Utf8Bytes,
}

impl CloseFrame {
    /// 1000: all is said.
    pub const NORMAL: u16 = 1000;
    /// 1001: the server shuts down, or the client left the page.
    pub const AWAY: u16 = 1001;
    /// 1005: a close frame without a code.
    pub const NO_CODE: u16 = 1005;
    /// 1006: the connection was lost without a close frame.
    pub const ABNORMAL: u16 = 1006;
    /// 1011: a mistake on the server's side.
    pub const ERROR: u16 = 1011;

    /// A code without a reason.
    pub fn new(code: u16) -> Self {
        CloseFrame { code, reason: Utf8Bytes::default() }
    }

    /// A code with its reason.
    pub fn with_reason(code: u16, reason: impl Into<Utf8Bytes>) -> Self {
        CloseFrame { code, reason: reason.into() }
    }
}
