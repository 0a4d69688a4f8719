//! Rules S: what holds in every stack.

use super::{Check, Level, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "S1",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "The first listed layer is the outermost: inward hooks run in listed order, \
                   outward hooks in reverse.",
        source: "every recorded system but Graphene",
        check: Check::Model("order-of-layers"),
        implies: &["H1", "H4", "H9", "L1", "W1", "W2"],
    },
    Rule {
        id: "S2",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "After a short-circuit no layer further in, and not the endpoint, sees the unit. \
                   (HTTP: when `process_view` answers, every layer is already entered; what is \
                   skipped is the later `process_view`s and the view.)",
        source: "all but django-1.8, see L1",
        check: Check::Model("nothing-behind-a-short-circuit"),
        implies: &["H1", "H5", "W3"],
    },
    Rule {
        id: "S3",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "The endpoint runs at most once for a unit, and so does each hook of each layer. \
                   A layer cannot pass a unit on twice: `next` is consumed by value, and a \
                   compile-fail test shows it.",
        source: "Koa counts it an error",
        check: Check::Model("at-most-once"),
        implies: &[],
    },
    Rule {
        id: "S4",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "A hook that a layer does not implement is as if the layer were not listed: \
                   putting a hookless layer anywhere changes no trace.",
        source: "Django",
        check: Check::Law("a-hookless-layer-changes-nothing"),
        implies: &[],
    },
    Rule {
        id: "S5",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "A stack inside a stack is the same as its layers listed in its place; an empty \
                   stack is the endpoint alone.",
        source: "the contract",
        check: Check::Law("flattening-changes-nothing"),
        implies: &[],
    },
    Rule {
        id: "S6",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "Units are isolated: what runs at the same time in other units changes no trace \
                   of this one.",
        source: "all recorded systems",
        check: Check::Law("many-at-once-equal-each-alone"),
        implies: &[],
    },
    Rule {
        id: "S7",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "A layer that declares itself not used when it is built is not in the stack at \
                   all, and the stack says so when asked.",
        source: "Django, `MiddlewareNotUsed`",
        check: Check::Law("a-layer-not-used-changes-nothing"),
        implies: &[],
    },
    Rule {
        id: "S8",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "Any other error while building leaves no stack: the error names the layer. \
                   Layers are built in listed order, once. (New-style Django builds in reverse; a \
                   recorded case's `init` is not compared there.)",
        source: "Django 1.8",
        check: Check::Model("building"),
        implies: &[],
    },
    Rule {
        id: "S9",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "Every entered layer exits exactly once, in reverse order of entry, however the \
                   unit ends: answer, error, panic of a layer or of the endpoint, a future dropped \
                   at any await point, disconnect, time-out, shutdown. The exit is a hook of its \
                   own, not `process_response`. HTTP: after the response, a streamed body \
                   included, has been handed over or given up; field: when the value is there or \
                   given up, a subscription's source when its stream ends. Recordings have no exit \
                   event: it is left out when they are compared.",
        source: "none of the recorded systems; users ask for it",
        check: Check::Model("exactly-one-exit"),
        implies: &[],
    },
    Rule {
        id: "S10",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "A panic is one unit's end, never the server's: the layers outside see it as an \
                   internal error (HTTP: 500; websocket: 1011; GraphQL: a field error without the \
                   panic's text).",
        source: "tower-http's CatchPanic, as an option",
        check: Check::Law("a-panic-is-an-internal-error"),
        implies: &[],
    },
    Rule {
        id: "S11",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "A layer may declare what it provides, requires, and must stand before or after. \
                   A stack whose listing breaks a declaration does not build; the error names both \
                   layers, their places, and the move that mends it.",
        source: "HotChocolate for five names, Pavex for inputs",
        check: Check::NotVerifiable("declarations are an engine's own types"),
        implies: &[],
    },
    Rule {
        id: "S12",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "A stack can be asked for itself: names, places, declarations, who is not used \
                   and why, in text and JSON; and which layer ended a unit is in the trace.",
        source: "Rails lists names",
        check: Check::NotVerifiable("explanations are an engine's own text"),
        implies: &[],
    },
];
