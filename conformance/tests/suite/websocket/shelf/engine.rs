//! One small engine with a place for every fault of the shelf.
//!
//! It is written in another way than the reference model, so that the two do not share a mistake:
//! three loops in the place of nested calls, inward, outward and over each event.

use super::fault::Fault;
use conformance::websocket::{
    App, Behaviour, End, Frame, Hook, Item, Kind, Layer, Listed, Message, Outcome, PROFILE,
    Program, WebSocket,
};
use conformance::{Answer, Capability, Engine, Event, Hello, Question, Trouble};
use std::sync::Mutex;

/// An engine with one fault.
pub(super) struct Broken {
    fault: Fault,
    left_behind: Mutex<Vec<String>>,
}

/// What ended a connection early.
enum Stop {
    Error(String),
    Panic(String),
    Dropped,
}

impl Broken {
    pub(super) fn new(fault: Fault) -> Self {
        Broken { fault, left_behind: Mutex::default() }
    }

    fn answer(&self, program: &Program) -> Answer<Outcome> {
        let (layers, init) = match self.build(program) {
            Ok(built) => built,
            Err(layer) => {
                let outcome = Outcome {
                    end: End::Escaped,
                    escaped: Some(format!("Boom: {layer}.init")),
                    sent: Vec::new(),
                    unread: program.script.len(),
                    tasks_left: 0,
                    logged: Vec::new(),
                };
                return Answer { trace: Vec::new(), outcome, init: None };
            }
        };
        let mut unit = Unit::new(self.fault, &layers, program);
        if self.fault == Fault::LeavesMarksBehind {
            unit.marks.clone_from(&self.left_behind.lock().unwrap());
        }
        let outcome = unit.run();
        if self.fault == Fault::LeavesMarksBehind {
            self.left_behind.lock().unwrap().clone_from(&unit.marks);
        }
        Answer { trace: unit.trace, outcome, init: Some(init) }
    }

    /// The layers that run and the order of building; or the layer that failed.
    fn build(&self, program: &Program) -> Result<(Vec<Layer>, Vec<String>), String> {
        let fault = self.fault;
        let mut listed: Vec<Layer> = program.flat().into_iter().cloned().collect();
        if fault == Fault::NestedStackForgotten {
            let plain = program.layers.iter().filter_map(|item| match item {
                Listed::Layer(layer) => Some(layer.clone()),
                Listed::Stack { .. } => None,
            });
            listed = plain.collect();
        }
        if fault == Fault::StackReversed {
            listed.reverse();
        }
        if fault == Fault::NothingBehindAHooklessLayer {
            let hookless = listed.iter().position(|layer| layer.hooks.is_empty());
            listed.truncate(hookless.unwrap_or(listed.len()));
        }
        let mut init: Vec<String> = listed.iter().map(|layer| layer.name.clone()).collect();
        if fault == Fault::BuildsInReverse {
            init.reverse();
        }
        let mut layers: Vec<Layer> = Vec::new();
        for layer in listed {
            let known = layers.iter().any(|other| other.name == layer.name);
            match layer.does(Hook::Init) {
                Some(Behaviour::NotUsed) if fault != Fault::NotUsedRunsAllTheSame => {}
                Some(Behaviour::Raise) if fault == Fault::BuildsWithoutTheFailingLayer => {}
                Some(Behaviour::Raise) => return Err(layer.name),
                _ if known && fault == Fault::SecondOfANameForgotten => {}
                _ => layers.push(layer),
            }
        }
        Ok((layers, init))
    }
}

impl Engine<WebSocket> for Broken {
    fn hello(&self) -> Hello {
        Hello {
            engine: format!("{:?}", self.fault),
            version: String::from("0"),
            lifecycles: vec![String::from("websocket")],
            profiles: vec![String::from(PROFILE)],
            capabilities: vec![
                Capability::Panics,
                Capability::ExitHooks,
                Capability::NestedStacks,
                Capability::InitOrder,
                Capability::Drops,
                Capability::TimeOuts,
                Capability::Shutdowns,
                Capability::ManyAtOnce,
            ],
        }
    }

    fn run(&self, question: &Question<WebSocket>) -> Result<Answer<Outcome>, Trouble> {
        Ok(self.answer(&question.program))
    }

    fn run_at_once(
        &self,
        question: &Question<WebSocket>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        let mut answers = vec![self.answer(&question.program); units];
        if self.fault == Fault::SharesTheScript
            && let Some(last) = answers.last_mut()
        {
            last.outcome.sent.pop();
        }
        Ok(answers)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Connecting,
    Open,
    Closed,
    Gone,
}

struct Unit<'p> {
    fault: Fault,
    layers: &'p [Layer],
    app: App,
    script: &'p [Item],
    read: usize,
    state: State,
    refused: Option<u16>,
    /// A shutdown before anybody accepted.
    refuses_late: bool,
    trace: Vec<Event>,
    sent: Vec<Frame>,
    marks: Vec<String>,
    treated: Vec<bool>,
    panicked: bool,
}

impl<'p> Unit<'p> {
    fn new(fault: Fault, layers: &'p [Layer], program: &'p Program) -> Self {
        Unit {
            fault,
            layers,
            app: program.app,
            script: &program.script,
            read: 0,
            state: State::Connecting,
            refused: None,
            refuses_late: false,
            trace: Vec::new(),
            sent: Vec::new(),
            marks: Vec::new(),
            treated: vec![false; layers.len()],
            panicked: false,
        }
    }

    fn has(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn at(&mut self, layer: usize, what: &str) {
        let name = &self.layers[layer].name;
        self.trace.push(Event::at(name, what));
    }

    fn event(&mut self, text: &str) {
        self.trace.push(Event::new(text));
    }

    fn run(&mut self) -> Outcome {
        if self.has(Fault::ReadsBeforeEntering) && self.script.len() > 1 {
            self.read = 1;
        }
        let (passed, entered, mut result) = self.inward();
        let answered = entered > passed;
        if self.has(Fault::ReadsBeforeEntering) && !answered && passed == self.layers.len() {
            self.read = 0;
        }
        if self.has(Fault::ExitsTooEarly) {
            self.exits(entered, &result);
        }
        let reached_app = passed == self.layers.len() && result.is_ok();
        if reached_app || (answered && self.has(Fault::InwardAfterAnAnswer)) {
            result = self.run_app();
            if self.has(Fault::AppRunsTwice) && result.is_ok() {
                result = self.run_app();
            }
        }
        result = self.outward(passed, result);
        let outcome = self.end(result.as_ref().err(), answered);
        if !self.has(Fault::ExitsTooEarly) {
            self.exits(entered, &result);
        }
        outcome
    }

    /// How many layers have passed the connection on, how many are entered, and whether one failed.
    fn inward(&mut self) -> (usize, usize, Result<(), Stop>) {
        use Behaviour::{Close, Modify, Panic, Raise, Refuse, Silent};
        for at in 0..self.layers.len() {
            let layer = &self.layers[at];
            let called = layer.does(Hook::Call).map(|does| (Hook::Call, does));
            let entered = layer.does(Hook::Enter).map(|does| (Hook::Enter, does));
            let Some((hook, does)) = called.or(entered) else { continue };
            self.at(at, "enter");
            let place = format!("{}.{hook}", layer.name);
            let failed = match does {
                Raise => Err(Stop::Error(format!("Boom: {place}"))),
                Panic => Err(self.panic(place)),
                Close => {
                    self.at(at, "closing");
                    self.send(at, Frame::Close { code: 4401 })
                }
                Refuse => {
                    self.refused = Some(401);
                    Ok(())
                }
                _ => Ok(()),
            };
            if failed.is_err() {
                return (at, at, failed);
            }
            if does == Modify {
                self.marks.push(layer.name.clone());
            }
            if matches!(does, Close | Refuse | Silent) && !self.has(Fault::InwardAfterAnAnswer) {
                return (at, at + 1, Ok(()));
            }
        }
        (self.layers.len(), self.layers.len(), Ok(()))
    }

    fn panic(&mut self, place: String) -> Stop {
        self.panicked = true;
        Stop::Panic(format!("Panic: {place}"))
    }

    /// The way out of the layers that have passed the connection on.
    fn outward(&mut self, passed: usize, mut result: Result<(), Stop>) -> Result<(), Stop> {
        let mut places: Vec<usize> = (0..passed).rev().collect();
        if self.has(Fault::AfterPartsInListedOrder) {
            places.reverse();
        }
        let failing = match &result {
            Err(Stop::Error(text)) => text.rsplit(": ").next().and_then(|at| at.split('.').next()),
            _ => None,
        };
        let failing = failing.map(String::from);
        for at in places {
            let layer = &self.layers[at];
            let Some(does) = layer.does(Hook::Call) else { continue };
            if self.has(Fault::FailingLayerIsSkipped) && failing.as_ref() == Some(&layer.name) {
                continue;
            }
            let place = format!("{}.after", layer.name);
            result = match result {
                Err(Stop::Dropped) => Err(Stop::Dropped),
                Err(_) if does == Behaviour::Catch && !self.has(Fault::CatchesNothing) => {
                    self.at(at, "caught");
                    Ok(())
                }
                Err(stop) => {
                    self.at(at, "error");
                    if self.has(Fault::EveryLayerCatches) { Ok(()) } else { Err(stop) }
                }
                Ok(()) => {
                    self.at(at, "exit");
                    match does {
                        Behaviour::RaiseAfter => Err(Stop::Error(format!("Boom: {place}"))),
                        Behaviour::PanicAfter => Err(self.panic(place)),
                        _ => Ok(()),
                    }
                }
            };
        }
        result
    }

    fn end(&mut self, stop: Option<&Stop>, answered: bool) -> Outcome {
        let connecting = self.state == State::Connecting;
        let over = matches!(self.state, State::Closed | State::Gone);
        let (mut end, mut escaped, mut logged) = (End::Returned, None, Vec::new());
        match stop {
            Some(Stop::Dropped) => end = End::Dropped,
            Some(Stop::Panic(text)) if self.has(Fault::PanicEscapes) => {
                (end, escaped) = (End::Escaped, Some(text.clone()));
            }
            Some(Stop::Error(text) | Stop::Panic(text)) => {
                let swallows = self.has(Fault::SwallowsErrors);
                if !self.has(Fault::NotLogged) && !swallows {
                    logged.push(text.clone());
                }
                let frame = match connecting {
                    true if self.has(Fault::EveryRefusalIs403) => "engine.refuse:403",
                    true => "engine.refuse:500",
                    false if self.has(Fault::ClosesAnErrorWith1000) => "engine.close:1000",
                    false => "engine.close:1011",
                };
                let silent = self.has(Fault::ErrorsAreSilent) || swallows || over;
                if !silent || (over && self.has(Fault::FrameAfterTheEnd)) {
                    self.event(frame);
                }
            }
            None if over => {}
            None if answered => {
                if !self.has(Fault::LeavesTheClientWaiting) {
                    let status = self.refused.filter(|_| !self.has(Fault::StatusIsForgotten));
                    let wrong = self.has(Fault::EveryRefusalIs500);
                    let status = if wrong { 500 } else { status.unwrap_or(403) };
                    self.event(&format!("engine.refuse:{status}"));
                }
            }
            None if self.has(Fault::ReturnsInSilence) => {}
            None if connecting && !self.has(Fault::ClosesBeforeAccept) => {
                self.event("engine.refuse:403");
            }
            None => self.event("engine.close:1000"),
        }
        if self.refuses_late {
            self.event("engine.refuse:503");
        }
        let sent = std::mem::take(&mut self.sent);
        let unread = self.script.len() - self.read;
        Outcome { end, escaped, sent, unread, tasks_left: 0, logged }
    }

    fn exits(&mut self, entered: usize, result: &Result<(), Stop>) {
        let dropped = matches!(result, Err(Stop::Dropped));
        if (self.panicked && self.has(Fault::NoExitAfterAPanic))
            || (dropped && self.has(Fault::NoExitWhenDropped))
        {
            return;
        }
        let all = self.has(Fault::ExitsWithoutEntry);
        let count = if all { self.layers.len() } else { entered };
        let mut places: Vec<usize> = (0..count).rev().collect();
        if self.has(Fault::ExitsInListedOrder) {
            places.reverse();
        }
        for at in places {
            if self.layers[at].does(Hook::Left).is_some() {
                self.at(at, "left");
                if self.has(Fault::ExitsTwice) {
                    self.at(at, "left");
                }
            }
        }
    }

    fn run_app(&mut self) -> Result<(), Stop> {
        let talked = self.talk();
        let hook = match &talked {
            Ok(()) => "app.on_close",
            Err(Stop::Error(_)) if !self.has(Fault::AppIsNotTold) => "app.on_error",
            Err(_) => return talked,
        };
        if self.app.has_hooks() {
            self.event(hook);
        }
        talked
    }

    fn accept(&mut self) -> Result<(), Stop> {
        let subprotocol = self.app.subprotocol().map(String::from);
        self.send(self.layers.len(), Frame::Accept { subprotocol })
    }

    fn talk(&mut self) -> Result<(), Stop> {
        let (mut lingers, mut hangs) = (false, false);
        loop {
            let message = match self.receive()? {
                Item::Connect => {
                    self.accept()?;
                    if self.app != App::Bare {
                        self.event("app.on_open");
                    }
                    continue;
                }
                Item::Receive { data } => data,
                Item::Disconnect { code } if self.app == App::Consumer => {
                    self.event(&format!("app.on_close:{code}"));
                    return Ok(());
                }
                _ if hangs && self.has(Fault::NoGraceTimeEnds) => return Ok(()),
                _ if hangs => return Err(Stop::Dropped),
                _ if lingers => return self.receive().map(|_| ()),
                _ => return Ok(()),
            };
            if message.kind != Kind::Unknown {
                self.event(&format!("app.message:{}", message.kind.name()));
            }
            let inner = self.layers.len();
            match message.kind {
                Kind::Echo => {
                    let mut text = message.v.unwrap_or_default();
                    if !self.marks.is_empty() {
                        text = format!("{text}#{}", self.marks.join(","));
                    }
                    self.send(inner, Frame::Send { data: Message::echo(text) })?;
                }
                Kind::Boom => return Err(Stop::Error(String::from("Boom: app"))),
                Kind::Panic => return Err(self.panic(String::from("app"))),
                Kind::Close if self.app != App::Consumer => {
                    return self.send(inner, Frame::Close { code: 4000 });
                }
                Kind::Close | Kind::Drain => self.send(inner, Frame::Close { code: 4000 })?,
                Kind::Late => {
                    self.send(inner, Frame::Close { code: 4000 })?;
                    return self.send(inner, Frame::Send { data: Message::echo("late") });
                }
                Kind::Accept => self.accept()?,
                Kind::Return => return Ok(()),
                Kind::Linger => lingers = true,
                Kind::Hang => hangs = true,
                Kind::Unknown | Kind::Reply => {}
            }
        }
    }

    /// What comes from the socket, as an item of the script.
    fn socket(&mut self) -> Result<Item, Stop> {
        let gone = |code| Ok(Item::Disconnect { code });
        match self.state {
            State::Gone if self.has(Fault::DisconnectsAgain) => return gone(1000),
            State::Gone => return Err(Stop::Error(String::from("W8"))),
            State::Closed if !self.has(Fault::ReceivesAfterClose) => {
                self.state = State::Gone;
                return gone(4000);
            }
            _ => {}
        }
        let item = self.script.get(self.read).cloned();
        self.read += usize::from(item.is_some());
        match item {
            Some(item @ (Item::Connect | Item::Receive { .. })) => Ok(item),
            Some(Item::Drop) => Err(Stop::Dropped),
            Some(Item::Shutdown) => {
                match self.state {
                    State::Connecting => self.refuses_late = true,
                    _ if self.has(Fault::ShutdownIsNotTold) => {}
                    _ => self.event("engine.close:1001"),
                }
                if self.has(Fault::NoGraceTime) {
                    return Err(Stop::Dropped);
                }
                self.state = State::Gone;
                gone(1001)
            }
            other => {
                self.state = State::Gone;
                gone(if let Some(Item::Disconnect { code }) = other { code } else { 1006 })
            }
        }
    }

    /// What the app is given.
    fn receive(&mut self) -> Result<Item, Stop> {
        'event: loop {
            let mut item = self.socket()?;
            let mut places: Vec<usize> = (0..self.layers.len()).collect();
            if self.has(Fault::InboundInnerFirst) {
                places.reverse();
            }
            for at in places {
                let layer = &self.layers[at];
                let Some(does) = layer.does(Hook::Receive) else { continue };
                let kind = match &item {
                    Item::Connect => "receive:connect",
                    Item::Receive { .. } => "receive:receive",
                    _ => "receive:disconnect",
                };
                self.at(at, kind);
                if self.has(Fault::ReceiveHookRunsTwice) {
                    self.at(at, kind);
                }
                let place = format!("{}.receive", layer.name);
                match (does, &mut item) {
                    (Behaviour::DropConnect, Item::Connect) => continue 'event,
                    (Behaviour::Drop, Item::Receive { .. })
                        if !self.treated[at] || self.has(Fault::DropsEveryMessage) =>
                    {
                        self.treated[at] = true;
                        if !self.has(Fault::DropsNothing) {
                            continue 'event;
                        }
                    }
                    (Behaviour::Disconnect, Item::Receive { .. }) if !self.treated[at] => {
                        self.treated[at] = true;
                        item = Item::Disconnect { code: 1001 };
                    }
                    (Behaviour::Replace, Item::Receive { data }) => {
                        let told = !self.has(Fault::ReplacesNothingInbound);
                        if let Some(text) = data.v.as_mut().filter(|_| told) {
                            *text = format!("{text}+{}", layer.name);
                        }
                    }
                    (Behaviour::Raise, Item::Receive { .. }) => {
                        return Err(Stop::Error(format!("Boom: {place}")));
                    }
                    (Behaviour::Panic, Item::Receive { .. }) => return Err(self.panic(place)),
                    _ => {}
                }
            }
            return Ok(item);
        }
    }

    /// Sends through the layers outside this place.
    fn send(&mut self, from: usize, frame: Frame) -> Result<(), Stop> {
        let mut waiting = vec![(from, frame)];
        while let Some((from, mut frame)) = waiting.pop() {
            let mut places: Vec<usize> = (0..from).rev().collect();
            if self.has(Fault::OutboundOuterFirst) {
                places.reverse();
            }
            let mut dropped = false;
            for at in places {
                let layer = &self.layers[at];
                let Some(does) = layer.does(Hook::Send) else { continue };
                self.at(at, &format!("send:{}", frame.kind()));
                let place = format!("{}.send", layer.name);
                match (does, &mut frame) {
                    (Behaviour::DropAccept, Frame::Accept { .. })
                    | (Behaviour::Drop, Frame::Send { .. }) => {
                        dropped = true;
                        break;
                    }
                    (Behaviour::Twice, Frame::Send { .. }) => waiting.push((at, frame.clone())),
                    (Behaviour::Replace, Frame::Send { data }) => {
                        if let Some(text) = &mut data.v {
                            *text = format!("{text}>{}", layer.name);
                        }
                    }
                    (Behaviour::Raise, Frame::Send { .. }) => {
                        return Err(Stop::Error(format!("Boom: {place}")));
                    }
                    (Behaviour::Panic, Frame::Send { .. }) => return Err(self.panic(place)),
                    _ => {}
                }
            }
            if !dropped {
                self.reach_socket(frame)?;
            }
        }
        Ok(())
    }

    fn reach_socket(&mut self, frame: Frame) -> Result<(), Stop> {
        let wrong = |rule: &str| Err(Stop::Error(String::from(rule)));
        match (self.state, &frame) {
            (State::Closed | State::Gone, _) if !self.has(Fault::SendsAfterClose) => {
                return match self.has(Fault::SilentAfterClose) {
                    true => Ok(()),
                    false => wrong("W7"),
                };
            }
            (State::Connecting, Frame::Send { .. }) if !self.has(Fault::SendsBeforeAccept) => {
                return wrong("W8");
            }
            (State::Open, Frame::Accept { .. }) if !self.has(Fault::AcceptsTwice) => {
                return wrong("W8");
            }
            _ => {}
        }
        match &frame {
            Frame::Accept { .. } => self.state = State::Open,
            Frame::Close { .. } => self.state = State::Closed,
            Frame::Send { .. } => {}
        }
        self.event(&format!("server.{}", frame.kind()));
        self.sent.push(frame);
        Ok(())
    }
}
