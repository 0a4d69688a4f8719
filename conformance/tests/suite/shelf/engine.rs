//! One small engine with a place for every fault of the shelf.
//!
//! It is written in another way than the reference model, so that the two do not share a mistake:
//! the response sits in one place, and a list of hooks is walked for each phase.

use conformance::http::{Behaviour, Hook, Http, Layer, Listed, Outcome, Profile, Program, View};
use conformance::{Answer, Capability, Engine, Event, Hello, Question, Trouble};
use std::sync::Mutex;

/// What is wrong with an engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    None,
    StackReversed,
    RequestHooksReversed,
    ResponseHooksInListedOrder,
    InwardAfterShortCircuit,
    ViewAfterViewHookAnswered,
    ViewRunsTwice,
    ResponseHookRunsTwice,
    NothingBehindAHooklessLayer,
    NestedStackFirst,
    NestedStackForgotten,
    LeavesMarksBehind,
    SharesMarksAmongUnits,
    NotUsedRunsAllTheSame,
    ForgetsTheLayerAfterANotUsedOne,
    BuildsWithoutTheFailingLayer,
    BuildsInReverse,
    NoExitAfterAPanic,
    ExitsTwice,
    ExitsInListedOrder,
    ExitsWithoutEntry,
    ExitsTooEarly,
    PanicEscapes,
    PanicSkipsTheWayOut,
    LastOfEightForgotten,
    SecondOfANameForgotten,
    OwnResponseHookSkipped,
    AfterPartOfWhoAnswered,
    ErrorGoesOneLayerTooFar,
    FailingLayerRunsItsResponseHook,
    EveryErrorIs500,
    ResponseErrorEndsTheWayOut,
    ViewHooksReversed,
    ViewArgumentsLost,
    AsksAboutRequestErrors,
    AsksInListedOrder,
    LastAnswerWins,
    AsksOnAfterAnError,
    DoesNotAskAboutRendering,
    RendersTwice,
    TemplateHooksForPlainResponses,
    TemplateHooksInListedOrder,
    ReplacementNotHandedOn,
    AsksAboutTemplateHookErrors,
    CentralAnswerSkipsTheWayOut,
    RequestMarksReversed,
    ResponseMarksReversed,
    Announces404,
    AnnouncesOnlyTheLast,
    MarksSurviveReplacement,
    OnlyEnteredOnTheWayOut,
    ConvertsAfterTheWayOut,
    ResponseErrorGoesOn,
    ResponseErrorByItsType,
    AsksAboutRenderingIn18,
}

/// An engine with one fault.
pub(super) struct Broken {
    fault: Fault,
    left_behind: Mutex<Vec<String>>,
}

impl Broken {
    pub(super) fn new(fault: Fault) -> Self {
        Broken { fault, left_behind: Mutex::default() }
    }

    fn answer(&self, program: &Program) -> Answer<Outcome> {
        let (layers, init) = match self.build(program) {
            Ok(built) => built,
            Err(layer) => {
                let escaped = format!("Boom: {layer}.init");
                let outcome = Outcome::Escaped { escaped, errors: Vec::new() };
                return Answer { trace: Vec::new(), outcome, init: None };
            }
        };
        let mut unit = Unit {
            fault: self.fault,
            profile: program.profile,
            view: program.view,
            layers: &layers,
            trace: Vec::new(),
            announced: Vec::new(),
            marks: Vec::new(),
            tags: Vec::new(),
            entered: Vec::new(),
            panicked: false,
        };
        if self.fault == Fault::LeavesMarksBehind {
            unit.marks.clone_from(&self.left_behind.lock().unwrap());
        }
        let response = match program.profile.is_legacy() {
            true => unit.legacy(),
            false => unit.onion(0),
        };
        unit.exits();
        if self.fault == Fault::LeavesMarksBehind {
            self.left_behind.lock().unwrap().clone_from(&unit.marks);
        }
        let errors = match (self.fault, unit.announced.last()) {
            (Fault::AnnouncesOnlyTheLast, Some(last)) => vec![last.clone()],
            _ => unit.announced,
        };
        if self.fault == Fault::PanicEscapes && unit.panicked {
            let outcome = Outcome::Escaped { escaped: String::from("Panic"), errors };
            return Answer { trace: unit.trace, outcome, init: Some(init) };
        }
        let mut trail = response.trail;
        if self.fault == Fault::ResponseMarksReversed {
            trail.reverse();
        }
        let outcome = Outcome::Answered {
            status: response.status,
            body: response.body,
            x_trail: (!trail.is_empty()).then(|| trail.join(",")),
            errors,
        };
        Answer { trace: unit.trace, outcome, init: Some(init) }
    }

    /// The layers that run and the order of building; or the layer that failed.
    fn build(&self, program: &Program) -> Result<(Vec<Layer>, Vec<String>), String> {
        let mut listed: Vec<Layer> = program.flat().into_iter().cloned().collect();
        let is_nested = |item: &&Listed| matches!(item, Listed::Stack { .. });
        let (nested, plain): (Vec<_>, Vec<_>) = program.layers.iter().partition(is_nested);
        let apart = |items: Vec<&Listed>| {
            let layers = items.into_iter().cloned().collect();
            let part = Program { layers, ..program.clone() };
            part.flat().into_iter().cloned().collect::<Vec<Layer>>()
        };
        match self.fault {
            Fault::NestedStackFirst => listed = [apart(nested), apart(plain)].concat(),
            Fault::NestedStackForgotten => listed = apart(plain),
            Fault::StackReversed => listed.reverse(),
            Fault::NothingBehindAHooklessLayer => {
                let hookless = listed.iter().position(|layer| layer.hooks.is_empty());
                listed.truncate(hookless.unwrap_or(listed.len()));
            }
            _ => {}
        }
        let mut init: Vec<String> = listed.iter().map(|layer| layer.name.clone()).collect();
        if self.fault == Fault::BuildsInReverse {
            init.reverse();
        }
        if self.fault == Fault::LastOfEightForgotten && listed.len() == 8 {
            listed.truncate(7);
        }
        let mut layers: Vec<Layer> = Vec::new();
        let mut after_a_not_used_one = false;
        for layer in listed {
            let after = std::mem::take(&mut after_a_not_used_one);
            match layer.does(Hook::Init) {
                Some(Behaviour::NotUsed) => {
                    after_a_not_used_one = true;
                    if self.fault == Fault::NotUsedRunsAllTheSame {
                        layers.push(layer);
                    }
                }
                Some(_) if self.fault == Fault::BuildsWithoutTheFailingLayer => {}
                Some(_) => return Err(layer.name),
                None if after && self.fault == Fault::ForgetsTheLayerAfterANotUsedOne => {}
                None => layers.push(layer),
            }
        }
        if self.fault == Fault::SecondOfANameForgotten {
            let names: Vec<String> = layers.iter().map(|layer| layer.name.clone()).collect();
            let mut place = 0;
            layers.retain(|layer| {
                place += 1;
                !names[..place - 1].contains(&layer.name)
            });
        }
        Ok((layers, init))
    }
}

impl Engine<Http> for Broken {
    fn hello(&self) -> Hello {
        Hello {
            engine: format!("{:?}", self.fault),
            version: String::from("0"),
            lifecycles: vec![String::from("http")],
            profiles: Profile::ALL.map(|profile| String::from(profile.name())).to_vec(),
            capabilities: vec![
                Capability::NoneAsError,
                Capability::Panics,
                Capability::ExitHooks,
                Capability::NestedStacks,
                Capability::InitOrder,
                Capability::ManyAtOnce,
            ],
        }
    }

    fn run(&self, question: &Question<Http>) -> Result<Answer<Outcome>, Trouble> {
        Ok(self.answer(&question.program))
    }

    fn run_at_once(
        &self,
        question: &Question<Http>,
        units: usize,
    ) -> Result<Vec<Answer<Outcome>>, Trouble> {
        let mut answers: Vec<_> = (0..units).map(|_| self.answer(&question.program)).collect();
        // What is shared is what all units have marked together.
        if self.fault == Fault::SharesMarksAmongUnits
            && let Some(Answer { outcome: Outcome::Answered { body, .. }, .. }) = answers.last_mut()
            && let Some(marks) = body.find("|req=")
        {
            let marked = body[marks..].to_owned();
            body.push_str(&marked.replace("|req=", ","));
        }
        Ok(answers)
    }
}

struct Unit<'l> {
    fault: Fault,
    profile: Profile,
    view: View,
    layers: &'l [Layer],
    trace: Vec<Event>,
    announced: Vec<String>,
    marks: Vec<String>,
    tags: Vec<String>,
    entered: Vec<usize>,
    panicked: bool,
}

#[derive(Clone)]
struct Response {
    status: u16,
    body: String,
    trail: Vec<String>,
    template: Option<(String, Vec<String>, Option<Behaviour>)>,
    from_the_centre: bool,
}

struct Failure {
    status: u16,
    text: String,
}

fn respond(status: u16, body: &str) -> Response {
    let (body, trail) = (String::from(body), Vec::new());
    Response { status, body, trail, template: None, from_the_centre: false }
}

fn deferred(status: u16, name: &str, fails: Option<Behaviour>) -> Response {
    let template = Some((String::from(name), Vec::new(), fails));
    Response { template, ..respond(status, "") }
}

impl Unit<'_> {
    fn is(&self, fault: Fault) -> bool {
        self.fault == fault
    }

    fn event(&mut self, text: &str) {
        self.trace.push(Event::new(text));
    }

    fn fails(&mut self, does: Behaviour, at: &str) -> Result<(), Failure> {
        use Behaviour::*;
        let (status, text) = match does {
            Raise | RaiseBefore | RaiseAfter => (500, format!("Boom: {at}")),
            Panic | PanicBefore | PanicAfter => {
                self.panicked = true;
                (500, format!("Panic: {at}"))
            }
            Raise404 => (404, String::from("Http404")),
            Raise403 => (403, String::from("PermissionDenied")),
            Raise400 => (400, String::from("SuspiciousOperation")),
            None => (500, String::from("ValueError")),
            _ => return Ok(()),
        };
        Err(Failure { status, text })
    }

    fn convert(&mut self, failure: &Failure) -> Response {
        let status = if self.is(Fault::EveryErrorIs500) { 500 } else { failure.status };
        if status == 500 || (self.is(Fault::Announces404) && status == 404) {
            self.announced.push(failure.text.clone());
        }
        let page = format!("handler{status}");
        self.event(&page);
        respond(status, &page)
    }

    /// The places of the layers that have a hook, in listed order.
    fn with(&self, hook: Hook) -> Vec<(usize, Behaviour)> {
        let layers = self.layers.iter().enumerate();
        layers.filter_map(|(place, layer)| Some((place, layer.does(hook)?))).collect()
    }

    fn at(&mut self, place: usize, what: &str) -> String {
        let at = format!("{}.{what}", self.layers[place].name);
        self.event(&at);
        at
    }

    fn name(&self, place: usize) -> String {
        self.layers[place].name.clone()
    }

    fn exits(&mut self) {
        let mut places: Vec<usize> = match self.fault {
            Fault::ExitsWithoutEntry => (0..self.layers.len()).collect(),
            Fault::NoExitAfterAPanic if self.panicked => return,
            _ => self.entered.clone(),
        };
        if !self.is(Fault::ExitsInListedOrder) {
            places.reverse();
        }
        if self.is(Fault::ExitsTwice) {
            places = places.iter().flat_map(|place| [*place, *place]).collect();
        }
        places.retain(|place| self.layers[*place].does(Hook::Exit).is_some());
        let exits = places.iter().map(|place| Event::at(&self.layers[*place].name, "exit"));
        if self.is(Fault::ExitsTooEarly) {
            let exits: Vec<Event> = exits.collect();
            let last = self.trace.len().saturating_sub(1);
            self.trace.splice(last..last, exits);
        } else {
            self.trace.extend(exits);
        }
    }

    fn request_hook(&mut self, place: usize, does: Behaviour) -> Result<Option<Response>, Failure> {
        let at = self.at(place, "process_request");
        if does == Behaviour::Modify {
            self.mark(place);
        }
        self.fails(does, &at)?;
        Ok((does == Behaviour::Respond).then(|| respond(201, &at)))
    }

    fn mark(&mut self, place: usize) {
        let name = self.name(place);
        match self.fault {
            Fault::RequestMarksReversed => self.marks.insert(0, name),
            _ => self.marks.push(name),
        }
    }

    fn change(
        &mut self,
        response: &mut Response,
        place: usize,
        does: Behaviour,
        at: &str,
    ) -> Result<(), Failure> {
        match does {
            Behaviour::Modify | Behaviour::ModifyResponse => response.trail.push(self.name(place)),
            Behaviour::Replace => {
                let kept = std::mem::take(&mut response.trail);
                *response = respond(202, at);
                if self.is(Fault::MarksSurviveReplacement) {
                    response.trail = kept;
                }
            }
            _ => {}
        }
        self.fails(does, at)
    }

    fn onion(&mut self, place: usize) -> Response {
        if place == self.layers.len() {
            return match self.centre() {
                Ok(response) => response,
                Err(failure) => self.convert(&failure),
            };
        }
        match self.onion_layer(place) {
            Ok(response) => response,
            Err(failure) => self.convert(&failure),
        }
    }

    fn onion_layer(&mut self, place: usize) -> Result<Response, Failure> {
        if let Some(does) = self.layers[place].does(Hook::Call) {
            return self.onion_call(place, does);
        }
        let mut answered = None;
        if let Some(does) = self.layers[place].does(Hook::ProcessRequest) {
            match self.request_hook(place, does) {
                Ok(response) => answered = response,
                Err(failure) => {
                    if self.is(Fault::AsksAboutRequestErrors) {
                        return self.ask(failure);
                    }
                    if self.is(Fault::FailingLayerRunsItsResponseHook) {
                        answered = Some(self.convert(&failure));
                    } else {
                        return Err(failure);
                    }
                }
            }
        }
        self.entered.push(place);
        let own = answered.is_some();
        let mut response = match answered {
            Some(response) if !self.is(Fault::InwardAfterShortCircuit) => response,
            Some(response) => {
                self.onion(place + 1);
                response
            }
            None if self.is(Fault::ErrorGoesOneLayerTooFar) && place + 1 < self.layers.len() => {
                self.onion_layer(place + 1)?
            }
            None => self.onion(place + 1),
        };
        let Some(does) = self.layers[place].does(Hook::ProcessResponse) else {
            return Ok(response);
        };
        if (own && self.is(Fault::OwnResponseHookSkipped))
            || (response.from_the_centre && self.is(Fault::CentralAnswerSkipsTheWayOut))
            || (self.panicked && self.is(Fault::PanicSkipsTheWayOut))
        {
            return Ok(response);
        }
        let at = self.at(place, "process_response");
        if self.is(Fault::ResponseHookRunsTwice) {
            self.event(&at);
        }
        match self.change(&mut response, place, does, &at) {
            Err(failure) if self.is(Fault::ResponseErrorEndsTheWayOut) => {
                let mut last = self.convert(&failure);
                last.from_the_centre = true;
                self.fault = Fault::CentralAnswerSkipsTheWayOut;
                Ok(last)
            }
            other => other.map(|()| response),
        }
    }

    fn onion_call(&mut self, place: usize, does: Behaviour) -> Result<Response, Failure> {
        let before = self.at(place, "before");
        match does {
            Behaviour::Short => {
                self.entered.push(place);
                if self.is(Fault::InwardAfterShortCircuit) {
                    self.onion(place + 1);
                }
                if self.is(Fault::AfterPartOfWhoAnswered) {
                    self.at(place, "after");
                }
                return Ok(respond(201, &before));
            }
            Behaviour::RaiseBefore | Behaviour::PanicBefore => {
                self.fails(does, &before)?;
            }
            Behaviour::ModifyRequest => self.mark(place),
            _ => {}
        }
        self.entered.push(place);
        let mut response = self.onion(place + 1);
        let after = self.at(place, "after");
        self.change(&mut response, place, does, &after)?;
        Ok(response)
    }

    fn legacy(&mut self) -> Response {
        let made = self.legacy_response();
        let mut hooks = self.with(Hook::ProcessResponse);
        if !self.is(Fault::ResponseHooksInListedOrder) {
            hooks.reverse();
        }
        let mut late = None;
        let (mut response, turned) = match made {
            Ok((response, turned)) => (response, turned),
            Err(failure) if self.is(Fault::ConvertsAfterTheWayOut) => {
                late = Some(failure);
                (respond(500, ""), None)
            }
            Err(failure) => (self.convert(&failure), None),
        };
        let entered = self.entered.clone();
        for (place, does) in hooks {
            let skipped = match self.fault {
                Fault::OnlyEnteredOnTheWayOut => !entered.contains(&place),
                Fault::OwnResponseHookSkipped => turned == Some(place),
                _ => false,
            };
            if skipped {
                continue;
            }
            let at = self.at(place, "process_response");
            if let Err(failure) = self.change(&mut response, place, does, &at) {
                let bare = !self.is(Fault::ResponseErrorByItsType);
                let status = if bare { 500 } else { failure.status };
                response = self.convert(&Failure { status, ..failure });
                if !self.is(Fault::ResponseErrorGoesOn) {
                    break;
                }
            }
        }
        match late {
            Some(failure) => self.convert(&failure),
            None => response,
        }
    }

    fn legacy_response(&mut self) -> Result<(Response, Option<usize>), Failure> {
        let mut hooks = self.with(Hook::ProcessRequest);
        if self.is(Fault::RequestHooksReversed) {
            hooks.reverse();
        }
        for (place, does) in hooks {
            let answered = self.request_hook(place, does);
            let so_far = if answered.is_err() { place } else { place + 1 };
            self.entered = (0..so_far).collect();
            if let Some(response) = answered? {
                if self.is(Fault::InwardAfterShortCircuit) {
                    self.centre()?;
                }
                return Ok((response, Some(place)));
            }
        }
        self.entered = (0..self.layers.len()).collect();
        Ok((self.centre()?, None))
    }

    fn centre(&mut self) -> Result<Response, Failure> {
        let mut hooks = self.with(Hook::ProcessView);
        if self.is(Fault::ViewHooksReversed) {
            hooks.reverse();
        }
        let mut answered = None;
        for (place, does) in hooks {
            let at = self.at(place, "process_view");
            if does == Behaviour::Modify && !self.is(Fault::ViewArgumentsLost) {
                let name = self.name(place);
                self.tags.push(name);
            }
            self.fails(does, &at)?;
            if does == Behaviour::Respond {
                answered = Some(Response { from_the_centre: true, ..respond(201, &at) });
                break;
            }
        }
        let response = match answered {
            Some(response) if !self.is(Fault::ViewAfterViewHookAnswered) => response,
            _ => {
                if self.is(Fault::ViewRunsTwice) {
                    self.event("view");
                }
                match self.run_view() {
                    Ok(response) => response,
                    Err(failure) => self.ask(failure)?,
                }
            }
        };
        self.template_step(response)
    }

    fn run_view(&mut self) -> Result<Response, Failure> {
        self.event("view");
        let fails = match self.view {
            View::Return => {
                let mut body = String::from("view");
                for (marks, name) in [(&self.marks, "req"), (&self.tags, "kw")] {
                    if !marks.is_empty() {
                        body += &format!("|{name}={}", marks.join(","));
                    }
                }
                return Ok(respond(200, &body));
            }
            View::Template => return Ok(deferred(200, "view", None)),
            View::TemplateRaise => return Ok(deferred(200, "view", Some(Behaviour::Raise))),
            View::TemplatePanic => return Ok(deferred(200, "view", Some(Behaviour::Panic))),
            View::Raise => Behaviour::Raise,
            View::Raise404 => Behaviour::Raise404,
            View::Raise403 => Behaviour::Raise403,
            View::Raise400 => Behaviour::Raise400,
            View::Panic => Behaviour::Panic,
            View::None => Behaviour::None,
        };
        self.fails(fails, "view").map(|()| respond(200, ""))
    }

    fn ask(&mut self, mut failure: Failure) -> Result<Response, Failure> {
        let mut hooks = self.with(Hook::ProcessException);
        if !self.is(Fault::AsksInListedOrder) {
            hooks.reverse();
        }
        let mut answered = None;
        for (place, does) in hooks {
            let at = self.at(place, "process_exception");
            match self.fails(does, &at) {
                Err(other) if self.is(Fault::AsksOnAfterAnError) => failure = other,
                other => other?,
            }
            if does == Behaviour::Respond {
                answered = Some(Response { from_the_centre: true, ..respond(201, &at) });
                if !self.is(Fault::LastAnswerWins) {
                    break;
                }
            }
        }
        answered.ok_or(failure)
    }

    fn template_step(&mut self, mut response: Response) -> Result<Response, Failure> {
        if response.template.is_none() && !self.is(Fault::TemplateHooksForPlainResponses) {
            return Ok(response);
        }
        let mut hooks = self.with(Hook::ProcessTemplateResponse);
        if !self.is(Fault::TemplateHooksInListedOrder) {
            hooks.reverse();
        }
        for (place, does) in hooks {
            let at = self.at(place, "process_template_response");
            match self.fails(does, &at) {
                Err(failure) if self.is(Fault::AsksAboutTemplateHookErrors) => {
                    return self.ask(failure);
                }
                other => other?,
            }
            let name = self.name(place);
            match (does, &mut response.template) {
                (Behaviour::Modify, Some((_, marks, _))) => marks.push(name),
                (Behaviour::Replace, Some(_)) if !self.is(Fault::ReplacementNotHandedOn) => {
                    response = deferred(202, &name, None);
                }
                _ => {}
            }
        }
        let Some((name, marks, fails)) = response.template.take() else { return Ok(response) };
        let at = format!("render:{name}");
        self.event(&at);
        if self.is(Fault::RendersTwice) {
            self.event(&at);
        }
        if let Err(failure) = self.fails(fails.unwrap_or(Behaviour::Pass), &at) {
            let asks = match self.profile {
                Profile::Django18 => self.is(Fault::AsksAboutRenderingIn18),
                _ => !self.is(Fault::DoesNotAskAboutRendering),
            };
            return if asks { self.ask(failure) } else { Err(failure) };
        }
        response.body = format!("template:{name}");
        if !marks.is_empty() {
            response.body += &format!("|ctx={}", marks.join(","));
        }
        Ok(response)
    }
}
