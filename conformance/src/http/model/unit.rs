//! What the model notes of one request.

use super::fault::Fault;
use super::response::Response;
use crate::http::program::{Hook, Layer, Profile, Program, View};
use crate::trace::{Event, Trace};

pub(super) struct Unit<'p> {
    pub(super) profile: Profile,
    pub(super) view: View,
    pub(super) trace: Trace,
    /// For each event the rule that makes it happen.
    pub(super) why: Vec<&'static str>,
    pub(super) announced: Vec<String>,
    pub(super) request_marks: Vec<String>,
    pub(super) argument_marks: Vec<String>,
    /// The layers whose way in has run to its end, outermost first.
    pub(super) entered: Vec<&'p Layer>,
    /// The rule by which the next layer outward has its turn.
    pub(super) way_out: &'static str,
    /// The rule by which a fault becomes a response now: H3, and H4 on the way out.
    pub(super) boundary: &'static str,
}

impl<'p> Unit<'p> {
    pub(super) fn new(program: &'p Program) -> Self {
        Unit {
            profile: program.profile,
            view: program.view,
            trace: Trace::new(),
            why: Vec::new(),
            announced: Vec::new(),
            request_marks: Vec::new(),
            argument_marks: Vec::new(),
            entered: Vec::new(),
            way_out: "H4",
            boundary: "H3",
        }
    }

    pub(super) fn event(&mut self, why: &'static str, text: impl Into<String>) {
        self.trace.push(Event::new(text));
        self.why.push(why);
    }

    /// Writes that a hook of a layer runs, and gives the text, which also names what it raises.
    pub(super) fn hook(&mut self, why: &'static str, layer: &Layer, hook: Hook) -> String {
        let at = format!("{}.{}", layer.name, hook.name());
        self.event(why, at.clone());
        at
    }

    /// Asks the error page of a fault's status; a 500 is announced (rule H10).
    pub(super) fn convert(&mut self, why: &'static str, fault: &Fault) -> Response {
        let status = fault.status();
        if status == 500 {
            self.announced.push(fault.text());
        }
        self.page(why, status)
    }

    /// Answers a bare 500 whatever the fault's type, announced all the same (rule L3).
    pub(super) fn convert_to_500(&mut self, why: &'static str, fault: &Fault) -> Response {
        self.announced.push(fault.text());
        self.page(why, 500)
    }

    fn page(&mut self, why: &'static str, status: u16) -> Response {
        let page = format!("handler{status}");
        self.event(why, page.clone());
        Response::new(status, page)
    }
}
