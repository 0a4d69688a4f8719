//! The readable page of the rules, made from them.

use super::{Rule, rules};
use crate::case::Case;
use crate::field::{self, Fields};
use crate::http::{self, Http};
use crate::lifecycle::Lifecycle;
use crate::recordings::{self, Recording};
use crate::websocket::{self, WebSocket};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The page `docs/RULES.md`.
pub fn page() -> String {
    let touched = touched_by();
    let mut page = String::from(
        "# Rules\n\n\
         Made from the rules in `conformance` by `conformance rules --markdown`; a test compares \
         the two.\n\n\
         A rule holds in every profile unless it names some. *Recorded cases* counts the cases of \
         the recorded files in which the reference model does something because of the rule.\n",
    );
    let families = [
        ("S", "Every stack"),
        ("H", "HTTP, blocking"),
        ("L", "Django's legacy style"),
        ("W", "Websocket, asynchronous"),
        ("F", "GraphQL fields"),
        ("G", "Graphene's order"),
    ];
    for (letter, title) in families {
        let _ = write!(page, "\n## {letter}. {title}\n");
        for rule in rules().filter(|rule| rule.id.starts_with(letter)) {
            let touched = touched.get(rule.id).copied().unwrap_or(0);
            section(&mut page, rule, touched);
        }
    }
    page
}

fn section(page: &mut String, rule: &Rule, touched: usize) {
    let _ = write!(page, "\n### {} ({})\n\n{}\n\n", rule.id, rule.level, rule.sentence);
    if !rule.profiles.is_empty() {
        let _ = writeln!(page, "- Profiles: {}", rule.profiles.join(", "));
    }
    let _ = writeln!(page, "- Since: {}", rule.since);
    let _ = writeln!(page, "- Seen in: {}", rule.source);
    if touched > 0 {
        let _ = writeln!(page, "- Recorded cases: {touched}");
    }
    let _ = writeln!(page, "- Check: {}", rule.check);
    if !rule.implies.is_empty() {
        let _ = writeln!(page, "- Reported before: {}", rule.implies.join(", "));
    }
}

/// For each rule how many recorded cases have an event because of it.
fn touched_by() -> BTreeMap<&'static str, usize> {
    let mut touched = BTreeMap::new();
    count::<Http>(&mut touched, recordings::HTTP, |program| http::model::run(program).why);
    let websocket = [recordings::WEBSOCKET, recordings::WEBSOCKET_OTHERS].concat();
    count::<WebSocket>(&mut touched, &websocket, |program| {
        // What message layers do only the recording knows.
        if !program.message_layers.is_empty() {
            return Vec::new();
        }
        let account = websocket::model::run(program);
        [account.why, account.chosen].concat()
    });
    count::<Fields>(&mut touched, recordings::FIELDS, |program| {
        field::model::run(program).touched.into_iter().collect()
    });
    touched
}

fn count<L: Lifecycle>(
    touched: &mut BTreeMap<&'static str, usize>,
    recordings: &[Recording],
    why: impl Fn(&L::Program) -> Vec<&'static str>,
) {
    for recording in recordings {
        let text = recording.text();
        for case in text.lines().filter_map(|line| Case::<L>::recorded(line).ok()) {
            let mut why = why(&case.question.program);
            why.sort_unstable();
            why.dedup();
            for id in why {
                *touched.entry(id).or_insert(0) += 1;
            }
        }
    }
}
