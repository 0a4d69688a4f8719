//! What the model notes of one connection.

use super::Conduct;
use super::socket::Socket;
use crate::trace::{Event, Trace};
use crate::websocket::program::{App, Layer, Program};

pub(super) struct Unit<'p> {
    pub(super) conduct: Conduct,
    pub(super) app: App,
    /// The layers in the stack, the outermost first.
    pub(super) layers: Vec<&'p Layer>,
    pub(super) socket: Socket<'p>,
    pub(super) trace: Trace,
    /// For each event the rule that makes it happen.
    pub(super) why: Vec<&'static str>,
    /// The rules that had a say where the recorded systems do something else.
    pub(super) chosen: Vec<&'static str>,
    /// The names of the layers that marked the connection.
    pub(super) marks: Vec<String>,
    /// For each layer whether its `receive` has treated the client's first message.
    pub(super) past_first: Vec<bool>,
    /// The layers whose way in has run to its end, outermost first.
    pub(super) entered: Vec<&'p Layer>,
    /// Whether an event has been swallowed, replaced or doubled.
    pub(super) sifted: bool,
    /// Whether a layer has answered, and did not call inward.
    pub(super) answered: bool,
    /// The status that a layer wants the client refused with.
    pub(super) refused: Option<u16>,
}

impl<'p> Unit<'p> {
    pub(super) fn new(conduct: Conduct, program: &'p Program, layers: Vec<&'p Layer>) -> Self {
        Unit {
            conduct,
            app: program.app,
            past_first: vec![false; layers.len()],
            layers,
            socket: Socket::new(&program.script),
            trace: Trace::new(),
            why: Vec::new(),
            chosen: Vec::new(),
            marks: Vec::new(),
            entered: Vec::new(),
            sifted: false,
            answered: false,
            refused: None,
        }
    }

    pub(super) fn event(&mut self, why: &'static str, text: impl Into<String>) {
        self.trace.push(Event::new(text));
        self.why.push(if self.sifted && why == "W2" { "W4" } else { why });
    }

    /// Whether this rule decides what happens now; in the recorded conduct none of those that
    /// choose otherwise does.
    pub(super) fn by(&mut self, rule: &'static str) -> bool {
        let decides = self.conduct == Conduct::Contract;
        if decides {
            self.chosen.push(rule);
        }
        decides
    }
}
