//! Rules L: where Django's `MIDDLEWARE_CLASSES` differ.

use super::{Check, Level, Rule};

pub(super) static RULES: &[Rule] = &[
    Rule {
        id: "L0",
        level: Level::Must,
        profiles: &["django-1.8", "django-1.11-legacy"],
        since: "0.1.0",
        sentence: "Where L disagrees with S2, S9 or H, L holds in this profile.",
        source: "the contract",
        check: Check::NotVerifiable("it says how to read the others"),
        implies: &[],
    },
    Rule {
        id: "L1",
        level: Level::Must,
        profiles: &["django-1.8", "django-1.11-legacy"],
        since: "0.1.0",
        sentence: "After any short-circuit or error every layer's `process_response` runs, in \
                   reverse order, also of layers that were never entered.",
        source: "Django 1.8 and 1.11",
        check: Check::Model("everybody-on-the-way-out"),
        implies: &[],
    },
    Rule {
        id: "L2",
        level: Level::Must,
        profiles: &["django-1.8", "django-1.11-legacy"],
        since: "0.1.0",
        sentence: "The unhandled error becomes a response before the response phase, so all of \
                   them see it.",
        source: "Django 1.8 and 1.11",
        check: Check::Model("conversion-before-the-way-out"),
        implies: &[],
    },
    Rule {
        id: "L3",
        level: Level::Must,
        profiles: &["django-1.8", "django-1.11-legacy"],
        since: "0.1.0",
        sentence: "`process_response` failing ends the response phase: the answer is a bare 500 \
                   whatever the error's type, and the layers further out do not run.",
        source: "Django 1.8 and 1.11",
        check: Check::Model("failing-on-the-way-out"),
        implies: &[],
    },
    Rule {
        id: "L4",
        level: Level::Must,
        profiles: &["django-1.8", "django-1.11-legacy"],
        since: "0.1.0",
        sentence: "1.8 does not ask `process_exception` about rendering errors; 1.11 does.",
        source: "Django 1.8 and 1.11",
        check: Check::Model("exception-hooks-and-rendering"),
        implies: &[],
    },
];
