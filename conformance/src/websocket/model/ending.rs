//! How the engine ends a connection that layers and app are done with: rules W3, W6, W12.

use super::Conduct;
use super::fault::Stop;
use super::socket::State;
use super::unit::Unit;
use crate::websocket::outcome::{End, Outcome};
use crate::websocket::program::App;

/// Ends the connection and says how it ended.
pub(super) fn end(unit: &mut Unit<'_>, result: Result<(), Stop>) -> Outcome {
    let (end, escaped, logged) = match result {
        Ok(()) => {
            say_goodbye(unit);
            (End::Returned, None, Vec::new())
        }
        Err(Stop::Fault(fault)) => {
            if unit.by("W6") {
                say_sorry(unit);
            }
            match (unit.conduct, unit.app) {
                (Conduct::Recorded, App::Handler | App::Consumer) => {
                    (End::Escaped, Some(fault.text), Vec::new())
                }
                _ => (End::Returned, None, vec![fault.text]),
            }
        }
        Err(Stop::Dropped) => (End::Dropped, None, Vec::new()),
    };
    if unit.socket.owes_refusal {
        unit.event("W10", "engine.refuse:503");
    }
    let sent = std::mem::take(&mut unit.socket.sent);
    Outcome { end, escaped, sent, unread: unit.socket.unread(), tasks_left: 0, logged }
}

fn say_goodbye(unit: &mut Unit<'_>) {
    let rule = if unit.answered { "W3" } else { "W12" };
    let frame = match unit.socket.state {
        State::Connecting => format!("engine.refuse:{}", unit.refused.unwrap_or(403)),
        State::Open => String::from("engine.close:1000"),
        State::Closed | State::Gone => return,
    };
    if unit.by(rule) {
        unit.event(rule, frame);
    }
}

fn say_sorry(unit: &mut Unit<'_>) {
    match unit.socket.state {
        State::Connecting => unit.event("W6", "engine.refuse:500"),
        State::Open => unit.event("W6", "engine.close:1011"),
        State::Closed | State::Gone => {}
    }
}
