//! The rules as data: the living copy of the contract.

mod field;
mod http;
mod legacy;
mod page;
mod stack;
mod websocket;

pub use page::page;

use std::fmt;

/// How strong a rule is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// An engine that breaks it does not conform.
    Must,
    /// An engine that breaks it says so.
    Should,
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Level::Must => "MUST",
            Level::Should => "SHOULD",
        })
    }
}

/// One rule. Its id never changes its meaning, and the id of a retired rule is not used again.
#[derive(Debug)]
pub struct Rule {
    /// The letter of its family and a number.
    pub id: &'static str,
    /// How strong it is.
    pub level: Level,
    /// The profiles it holds in; empty for all.
    pub profiles: &'static [&'static str],
    /// The version of the contract that brought it.
    pub since: &'static str,
    /// What must be so.
    pub sentence: &'static str,
    /// Where it was seen.
    pub source: &'static str,
    /// How it is checked.
    pub check: Check,
    /// Rules that seem broken too where this one is; this one is then reported first.
    pub implies: &'static [&'static str],
}

impl Rule {
    /// Whether the rule holds in this profile.
    pub fn holds_in(&self, profile: &str) -> bool {
        self.profiles.is_empty() || self.profiles.contains(&profile)
    }
}

/// How a rule is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// A trace or an outcome differs from the model's, in the way that the name says.
    Model(&'static str),
    /// Two ways of saying the same give different traces; the name is that of the law.
    Law(&'static str),
    /// An engine's types make a breach impossible, which its own compile-fail tests show.
    Types(&'static str),
    /// No trace can show it; the engine's own tests must.
    NotVerifiable(&'static str),
}

impl fmt::Display for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Check::Model(name) => write!(f, "`{name}`, against the model"),
            Check::Law(name) => write!(f, "`{name}`, a law"),
            Check::Types(why) => write!(f, "by types: {why}"),
            Check::NotVerifiable(why) => write!(f, "not verifiable by traces: {why}"),
        }
    }
}

/// Every rule, the most general family first.
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let shared = stack::RULES.iter();
    shared.chain(http::RULES).chain(legacy::RULES).chain(websocket::RULES).chain(field::RULES)
}

/// The rule with this id.
///
/// # Panics
///
/// When there is none: ids are written in this crate and checked by its tests.
pub fn rule(id: &str) -> &'static Rule {
    rules().find(|rule| rule.id == id).unwrap_or_else(|| panic!("there is no rule `{id}`"))
}

/// The place of a rule in reports: a rule comes before those it implies, else as listed.
pub fn rank(rule: &Rule) -> usize {
    reporting_order().iter().position(|id| *id == rule.id).unwrap_or(usize::MAX)
}

/// Of all rules that nothing unplaced implies, always the one listed first.
fn reporting_order() -> Vec<&'static str> {
    let mut waiting: Vec<&Rule> = rules().collect();
    let mut order = Vec::with_capacity(waiting.len());
    while !waiting.is_empty() {
        let free = waiting
            .iter()
            .position(|rule| !waiting.iter().any(|other| other.implies.contains(&rule.id)))
            .unwrap_or(0);
        order.push(waiting.remove(free).id);
    }
    order
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.id, self.level, self.sentence)
    }
}

impl PartialEq for Rule {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Eq for Rule {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_every_implied_rule_exists() {
        for (at, this) in rules().enumerate() {
            assert_eq!(rules().position(|other| other.id == this.id), Some(at), "{}", this.id);
            for implied in this.implies {
                assert!(rule(implied).id != this.id);
            }
        }
    }

    #[test]
    fn a_rule_is_reported_before_those_it_implies() {
        for this in rules() {
            for implied in this.implies {
                assert!(rank(this) < rank(rule(implied)), "{} and {implied}", this.id);
            }
        }
    }
}
