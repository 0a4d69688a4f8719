//! How a connection ended, seen from outside.

use super::script::Message;
use serde::{Deserialize, Serialize};

/// How a connection ended. Frames that the engine makes by itself are events of the trace, and not
/// in `sent`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// How the connection's future ended.
    pub end: End,
    /// The error that left the stack altogether, with [`End::Escaped`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escaped: Option<String>,
    /// What layers and app have sent that reached the socket.
    pub sent: Vec<Frame>,
    /// How many items of the script nobody asked for.
    pub unread: usize,
    /// How many tasks of the connection were still running.
    pub tasks_left: usize,
    /// The errors that were logged, in order: `Boom: PLACE`, `Panic: PLACE`, or the id of the rule
    /// that an error of the protocol names.
    #[serde(default)]
    pub logged: Vec<String>,
}

/// How a connection's future ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum End {
    /// It returned; the contract knows no other end of a connection that nobody has dropped.
    Returned,
    /// An error left it. By the contract only where there is no stack (rule S8).
    Escaped,
    /// It was dropped.
    Dropped,
}

/// What reached the socket.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Frame {
    /// The client is let in.
    Accept {
        /// The subprotocol that was chosen.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        subprotocol: Option<String>,
    },
    /// A message.
    Send {
        /// What it says.
        data: Message,
    },
    /// The end; before `accept` it refuses the client.
    Close {
        /// The close code.
        code: u16,
    },
}

impl Frame {
    /// Its kind, as events name it.
    pub fn kind(&self) -> &'static str {
        match self {
            Frame::Accept { .. } => "accept",
            Frame::Send { .. } => "send",
            Frame::Close { .. } => "close",
        }
    }
}
