//! What the layers do: rules W1 to W5.

use super::fault::Stop;
use super::socket::{AWAY, Incoming};
use super::unit::Unit;
use crate::websocket::outcome::Frame;
use crate::websocket::program::{Behaviour, Hook, Layer};
use std::ops::ControlFlow;

/// What a layer closes with.
const UNAUTHORISED: u16 = 4401;

/// What a layer refuses with.
const REFUSED: u16 = 401;

impl<'p> Unit<'p> {
    /// Runs the layer at this place and what lies further in.
    pub(super) fn call(&mut self, place: usize) -> Result<(), Stop> {
        let Some(layer) = self.layers.get(place).copied() else { return self.app() };
        match layer.does(Hook::Call) {
            Some(does) => self.wrap(place, layer, does),
            None => {
                if let Some(does) = layer.does(Hook::Enter)
                    && self.way_in(place, layer, Hook::Enter, does)?.is_break()
                {
                    return Ok(());
                }
                self.entered.push(layer);
                self.call(place + 1)
            }
        }
    }

    fn wrap(&mut self, place: usize, layer: &'p Layer, does: Behaviour) -> Result<(), Stop> {
        if self.way_in(place, layer, Hook::Call, does)?.is_break() {
            return Ok(());
        }
        self.entered.push(layer);
        let name = &layer.name;
        match self.call(place + 1) {
            Ok(()) => {
                self.event("W1", format!("{name}.exit"));
                match does {
                    Behaviour::RaiseAfter => Err(Stop::boom(format!("{name}.after"))),
                    Behaviour::PanicAfter => Err(Stop::panic(format!("{name}.after"))),
                    _ => Ok(()),
                }
            }
            Err(Stop::Fault(_)) if does == Behaviour::Catch => {
                self.event("W5", format!("{name}.caught"));
                Ok(())
            }
            Err(Stop::Fault(fault)) => {
                self.event("W5", format!("{name}.error"));
                Err(Stop::Fault(fault))
            }
            Err(Stop::Dropped) => Err(Stop::Dropped),
        }
    }

    /// Before the rest; breaks where the layer has answered and there is no rest.
    fn way_in(
        &mut self,
        place: usize,
        layer: &'p Layer,
        hook: Hook,
        does: Behaviour,
    ) -> Result<ControlFlow<()>, Stop> {
        let name = &layer.name;
        self.event("W1", format!("{name}.enter"));
        match does {
            Behaviour::Raise => return Err(Stop::boom(format!("{name}.{hook}"))),
            Behaviour::Panic => return Err(Stop::panic(format!("{name}.{hook}"))),
            Behaviour::Modify => self.marks.push(name.clone()),
            Behaviour::Close => {
                self.event("W3", format!("{name}.closing"));
                // Through the send that it was given, not through its own.
                self.send(place, "W3", Frame::Close { code: UNAUTHORISED })?;
            }
            Behaviour::Refuse => self.refused = Some(REFUSED),
            _ => {}
        }
        match does {
            Behaviour::Close | Behaviour::Refuse | Behaviour::Silent => {
                self.entered.push(layer);
                self.answered = true;
                Ok(ControlFlow::Break(()))
            }
            _ => Ok(ControlFlow::Continue(())),
        }
    }

    /// What comes in through so many layers, the outermost first.
    pub(super) fn receive(&mut self, through: usize) -> Result<Incoming, Stop> {
        let Some(place) = through.checked_sub(1) else { return self.receive_at_socket() };
        let layer = self.layers[place];
        let Some(does) = layer.does(Hook::Receive) else { return self.receive(place) };
        loop {
            let mut incoming = self.receive(place)?;
            let name = &layer.name;
            self.event("W2", format!("{name}.receive:{}", incoming.kind()));
            match (does, &mut incoming) {
                (Behaviour::DropConnect, Incoming::Connect) => {
                    self.sifted = true;
                    continue;
                }
                (Behaviour::Drop | Behaviour::Disconnect, Incoming::Message(_))
                    if !std::mem::replace(&mut self.past_first[place], true) =>
                {
                    self.sifted = true;
                    if does == Behaviour::Disconnect {
                        incoming = Incoming::Disconnect { code: AWAY };
                    } else {
                        continue;
                    }
                }
                (Behaviour::Replace, Incoming::Message(message)) => {
                    self.sifted = true;
                    if let Some(text) = &mut message.v {
                        *text += &format!("+{name}");
                    }
                }
                (Behaviour::Raise, Incoming::Message(_)) => {
                    return Err(Stop::boom(format!("{name}.receive")));
                }
                (Behaviour::Panic, Incoming::Message(_)) => {
                    return Err(Stop::panic(format!("{name}.receive")));
                }
                _ => {}
            }
            return Ok(incoming);
        }
    }

    /// Sends out through so many layers, the innermost first.
    pub(super) fn send(
        &mut self,
        through: usize,
        why: &'static str,
        mut frame: Frame,
    ) -> Result<(), Stop> {
        let Some(place) = through.checked_sub(1) else { return self.send_at_socket(why, frame) };
        let layer = self.layers[place];
        let Some(does) = layer.does(Hook::Send) else { return self.send(place, why, frame) };
        let name = &layer.name;
        self.event("W2", format!("{name}.send:{}", frame.kind()));
        match (does, &mut frame) {
            (Behaviour::Drop, Frame::Send { .. })
            | (Behaviour::DropAccept, Frame::Accept { .. }) => {
                self.sifted = true;
                return Ok(());
            }
            (Behaviour::Replace, Frame::Send { data }) => {
                self.sifted = true;
                if let Some(text) = &mut data.v {
                    *text += &format!(">{name}");
                }
            }
            (Behaviour::Twice, Frame::Send { .. }) => {
                self.sifted = true;
                self.send(place, why, frame.clone())?;
            }
            (Behaviour::Raise, Frame::Send { .. }) => {
                return Err(Stop::boom(format!("{name}.send")));
            }
            (Behaviour::Panic, Frame::Send { .. }) => {
                return Err(Stop::panic(format!("{name}.send")));
            }
            _ => {}
        }
        self.send(place, why, frame)
    }
}
