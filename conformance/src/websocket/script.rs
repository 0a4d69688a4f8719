//! What happens to a connection, and what is sent over it.

use serde::{Deserialize, Serialize};

/// One thing that happens, when it is asked for: what `receive` gives next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Item {
    /// The client wants a websocket.
    Connect,
    /// The client says something.
    Receive {
        /// What.
        data: Message,
    },
    /// The client leaves.
    Disconnect {
        /// With this close code.
        code: u16,
    },
    /// Whoever runs the connection drops its future while it waits here.
    Drop,
    /// The client is taken for dead: the time for a sign of life is over.
    TimeOut,
    /// The server shuts down.
    Shutdown,
}

impl Item {
    /// The client says this.
    pub fn says(kind: Kind) -> Item {
        Item::Receive { data: Message { kind, v: None } }
    }

    /// The client wants this echoed.
    pub fn echo(text: &str) -> Item {
        Item::Receive { data: Message::echo(text) }
    }
}

/// What is said, either way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Message {
    /// What it asks of the app.
    #[serde(rename = "type")]
    pub kind: Kind,
    /// What is to be echoed, or has been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub v: Option<String>,
}

impl Message {
    /// A message to be echoed, or an echo.
    pub fn echo(text: impl Into<String>) -> Self {
        Message { kind: Kind::Echo, v: Some(text.into()) }
    }
}

/// What a message asks of the app.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// To be answered in kind, with the layers' marks behind.
    Echo,
    /// To close with 4000, and leave.
    Close,
    /// To fail with an ordinary error.
    Boom,
    /// Nothing, and without an event.
    Unknown,
    /// To return, and leave the connection open.
    Return,
    /// To close with 4000, and ask for what comes next all the same (rule W7).
    Drain,
    /// To close with 4000, and then send `late` (rule W7).
    Late,
    /// To accept once more (rule W8).
    Accept,
    /// To ask for one more event when the client has left (rule W8).
    Linger,
    /// Never to return once the client has left: when the grace time is over, the connection's
    /// future is dropped.
    Hang,
    /// To panic.
    Panic,
    /// Nothing: what a message layer of Luna 0.5 answers, in recordings only.
    Reply,
}

impl Kind {
    /// Every kind that a client may say, the plainest first.
    pub const ALL: [Kind; 11] = [
        Kind::Echo,
        Kind::Unknown,
        Kind::Close,
        Kind::Boom,
        Kind::Return,
        Kind::Drain,
        Kind::Late,
        Kind::Accept,
        Kind::Linger,
        Kind::Hang,
        Kind::Panic,
    ];

    /// The name in cases and events.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Echo => "echo",
            Kind::Close => "close",
            Kind::Boom => "boom",
            Kind::Unknown => "unknown",
            Kind::Return => "return",
            Kind::Drain => "drain",
            Kind::Late => "late",
            Kind::Accept => "accept",
            Kind::Linger => "linger",
            Kind::Hang => "hang",
            Kind::Panic => "panic",
            Kind::Reply => "reply",
        }
    }
}
