//! Rules H: blocking HTTP, as in Django 1.10 and later.

use super::{Check, Level, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "H1",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "`process_request` runs in listed order; a response short-circuits.",
        source: "Django",
        check: Check::Model("request-hooks"),
        implies: &[],
    },
    Rule {
        id: "H2",
        level: Level::Must,
        profiles: &["django-5"],
        since: "0.1.0",
        sentence: "A layer whose own `process_request` answered still runs its own \
                   `process_response`; then the layers outside it. A call-style layer that answers \
                   has no after-part.",
        source: "Django 1.11 and 5.2",
        check: Check::Model("way-out-after-a-short-circuit"),
        implies: &[],
    },
    Rule {
        id: "H3",
        level: Level::Must,
        profiles: &["django-5"],
        since: "0.1.0",
        sentence: "An error at a layer becomes a response at that layer's boundary, by its type \
                   (400, 403, 404, 500): one layer further out there is a response, never an \
                   error. So a layer whose `process_request` fails does not run its own \
                   `process_response`; the outer ones do.",
        source: "Django 1.11 and 5.2",
        check: Check::Model("errors-end-at-the-boundary"),
        implies: &[],
    },
    Rule {
        id: "H4",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "`process_response` runs in reverse order. An error there becomes a response by \
                   its type and the outer layers go on with it.",
        source: "Django 1.11 and 5.2",
        check: Check::Model("response-hooks"),
        implies: &[],
    },
    Rule {
        id: "H5",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "`process_view`, `process_exception` and `process_template_response` stand at \
                   the centre, around the view, for all layers of the stack: `process_view` runs \
                   in listed order after every `process_request` and after routing, before the \
                   view; it may change the view's arguments; a response skips the later ones and \
                   the view.",
        source: "Django",
        check: Check::Model("view-hooks"),
        implies: &[],
    },
    Rule {
        id: "H6",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "`process_exception` is asked in reverse order, only for errors of the view and \
                   of rendering, before any layer's after-part; the first response wins, the rest \
                   are not asked; an error raised there replaces the first and ends the asking.",
        source: "Django",
        check: Check::Model("exception-hooks"),
        implies: &[],
    },
    Rule {
        id: "H7",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "`process_template_response` runs in reverse order, only for a deferred \
                   (template) response, which is then rendered once; a replacement goes on to the \
                   next outer layer. Its errors do not go to `process_exception`.",
        source: "Django",
        check: Check::Model("template-hooks"),
        implies: &[],
    },
    Rule {
        id: "H8",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "A response from `process_view` or `process_exception` passes the template step \
                   and every `process_response`.",
        source: "Django",
        check: Check::Model("way-out-from-the-centre"),
        implies: &[],
    },
    Rule {
        id: "H9",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "Marks made on the request reach the view in listed order; marks made on the \
                   response come out in reverse.",
        source: "Django",
        check: Check::Model("marks"),
        implies: &[],
    },
    Rule {
        id: "H10",
        level: Level::Must,
        profiles: &[],
        since: "0.1.0",
        sentence: "An error becomes a response by asking the stack's error page for its status, \
                   once for each conversion; each that becomes a 500 is announced, in that order; \
                   400, 403, 404 are not. Marks on a response that is replaced are lost.",
        source: "Django",
        check: Check::Model("error-pages"),
        implies: &[],
    },
];
