//! The socket: the script on one side, the state of the protocol on the other (rules W7, W8).

use super::fault::Stop;
use super::unit::Unit;
use crate::websocket::outcome::Frame;
use crate::websocket::script::{Item, Message};

/// Where the server, or a layer, ends the connection.
pub(super) const AWAY: u16 = 1001;
/// Where the client has left without a code.
const NO_CODE: u16 = 1005;
/// Where the client has left without a word.
const LOST: u16 = 1006;

/// What comes in.
#[derive(Clone, Debug)]
pub(super) enum Incoming {
    Connect,
    Message(Message),
    Disconnect { code: u16 },
}

impl Incoming {
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Incoming::Connect => "connect",
            Incoming::Message(_) => "receive",
            Incoming::Disconnect { .. } => "disconnect",
        }
    }
}

/// How far the connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum State {
    /// Nobody has accepted.
    Connecting,
    Open,
    /// A close has been sent.
    Closed,
    /// The app's side has been told that the client has left.
    Gone,
}

pub(super) struct Socket<'p> {
    script: &'p [Item],
    /// How many items have been asked for.
    read: usize,
    pub(super) state: State,
    pub(super) sent: Vec<Frame>,
    /// Whether the server has shut down before anybody accepted: the client is told at the end.
    pub(super) owes_refusal: bool,
}

impl<'p> Socket<'p> {
    pub(super) fn new(script: &'p [Item]) -> Self {
        let (read, state, sent) = (0, State::Connecting, Vec::new());
        Socket { script, read, state, sent, owes_refusal: false }
    }

    pub(super) fn unread(&self) -> usize {
        self.script.len() - self.read
    }

    fn next(&mut self) -> Option<&'p Item> {
        let item = self.script.get(self.read)?;
        self.read += 1;
        Some(item)
    }
}

impl Unit<'_> {
    /// What the outermost layer is given.
    pub(super) fn receive_at_socket(&mut self) -> Result<Incoming, Stop> {
        if self.socket.state == State::Gone && self.by("W8") {
            return Err(Stop::protocol("W8"));
        }
        if self.socket.state == State::Closed && self.by("W7") {
            let closed = self.socket.sent.iter().rev().find_map(|frame| match frame {
                Frame::Close { code } => Some(*code),
                _ => None,
            });
            return Ok(self.gone(closed.unwrap_or(LOST)));
        }
        match self.socket.next() {
            Some(Item::Connect) => Ok(Incoming::Connect),
            Some(Item::Receive { data }) => Ok(Incoming::Message(data.clone())),
            Some(Item::Drop) => Err(Stop::Dropped),
            Some(Item::Shutdown) => {
                match self.socket.state {
                    State::Connecting => self.socket.owes_refusal = true,
                    _ => self.event("W10", "engine.close:1001"),
                }
                Ok(self.gone(AWAY))
            }
            Some(Item::Disconnect { code }) => Ok(self.gone(*code)),
            Some(Item::TimeOut) => Ok(self.gone(LOST)),
            None => Ok(self.gone(NO_CODE)),
        }
    }

    fn gone(&mut self, code: u16) -> Incoming {
        self.socket.state = State::Gone;
        Incoming::Disconnect { code }
    }

    /// What the outermost layer has sent.
    pub(super) fn send_at_socket(&mut self, why: &'static str, frame: Frame) -> Result<(), Stop> {
        let broken = match (self.socket.state, &frame) {
            (State::Closed | State::Gone, _) => Some("W7"),
            (State::Connecting, Frame::Send { .. }) => Some("W8"),
            (State::Open, Frame::Accept { .. }) => Some("W8"),
            _ => None,
        };
        if let Some(rule) = broken
            && self.by(rule)
        {
            return Err(Stop::protocol(rule));
        }
        match frame {
            Frame::Accept { .. } => self.socket.state = State::Open,
            Frame::Close { .. } => self.socket.state = State::Closed,
            Frame::Send { .. } => {}
        }
        self.event(why, format!("server.{}", frame.kind()));
        self.socket.sent.push(frame);
        Ok(())
    }
}
