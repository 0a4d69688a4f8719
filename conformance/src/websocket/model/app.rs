//! The echo app, at the centre.

use super::fault::Stop;
use super::socket::Incoming;
use super::unit::Unit;
use crate::websocket::outcome::Frame;
use crate::websocket::program::App;
use crate::websocket::script::{Kind, Message};
use std::ops::ControlFlow;

/// What the app closes with.
const CLOSED: u16 = 4000;

impl Unit<'_> {
    /// Runs the app.
    pub(super) fn app(&mut self) -> Result<(), Stop> {
        let talked = self.talk();
        match &talked {
            Ok(()) => self.own_hook("W1", "on_close"),
            Err(Stop::Fault(fault)) if !fault.panics => self.own_hook("W5", "on_error"),
            Err(_) => {}
        }
        talked
    }

    fn own_hook(&mut self, why: &'static str, hook: &str) {
        if self.app.has_hooks() {
            self.event(why, format!("app.{hook}"));
        }
    }

    fn talk(&mut self) -> Result<(), Stop> {
        let through = self.layers.len();
        let (mut lingers, mut hangs) = (false, false);
        loop {
            match self.receive(through)? {
                Incoming::Connect => {
                    let subprotocol = self.app.subprotocol().map(String::from);
                    self.send(through, "W2", Frame::Accept { subprotocol })?;
                    self.own_hook("W2", "on_open");
                    if self.app == App::Consumer {
                        self.event("W2", "app.on_open");
                    }
                }
                Incoming::Disconnect { code } if self.app == App::Consumer => {
                    self.event("W1", format!("app.on_close:{code}"));
                    return Ok(());
                }
                Incoming::Disconnect { .. } if hangs => return Err(Stop::Dropped),
                Incoming::Disconnect { .. } if lingers => return self.receive(through).map(|_| ()),
                Incoming::Disconnect { .. } => return Ok(()),
                Incoming::Message(message) => {
                    lingers |= message.kind == Kind::Linger;
                    hangs |= message.kind == Kind::Hang;
                    if self.handle(&message)?.is_break() {
                        return Ok(());
                    }
                }
            }
        }
    }

    /// Does what a message asks for; breaks where the app has had enough.
    fn handle(&mut self, message: &Message) -> Result<ControlFlow<()>, Stop> {
        let through = self.layers.len();
        if !matches!(message.kind, Kind::Unknown | Kind::Reply) {
            self.event("W2", format!("app.message:{}", message.kind.name()));
        }
        match message.kind {
            Kind::Echo => {
                let mut text = message.v.clone().unwrap_or_default();
                if !self.marks.is_empty() {
                    text += &format!("#{}", self.marks.join(","));
                }
                self.send(through, "W2", Frame::Send { data: Message::echo(text) })?;
            }
            Kind::Boom => return Err(Stop::boom("app")),
            Kind::Panic => return Err(Stop::panic("app")),
            Kind::Close | Kind::Drain | Kind::Late => {
                self.send(through, "W2", Frame::Close { code: CLOSED })?;
                if message.kind == Kind::Late {
                    self.send(through, "W2", Frame::Send { data: Message::echo("late") })?;
                }
            }
            Kind::Accept => {
                let subprotocol = self.app.subprotocol().map(String::from);
                self.send(through, "W2", Frame::Accept { subprotocol })?;
            }
            Kind::Unknown | Kind::Reply | Kind::Return | Kind::Linger | Kind::Hang => {}
        }
        Ok(match message.kind {
            Kind::Close if self.app == App::Consumer => ControlFlow::Continue(()),
            Kind::Close | Kind::Late | Kind::Return => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        })
    }
}
