//! A case and a difference, for reading.

use conformance::protocol::answer_line;
use conformance::{Answer, Capability, Case, Difference, Lifecycle};
use std::collections::BTreeMap;

/// Shows a case, what was expected and what came, and marks where the traces part.
pub(crate) fn difference<L: Lifecycle>(case: &Case<L>, difference: &Difference<L>) {
    let input = case.question.input();
    println!("    case {}", case.question.id);
    for listed in input.get("layers").and_then(|layers| layers.as_array()).into_iter().flatten() {
        println!("      {listed}");
    }
    for (name, value) in input.iter().filter(|(name, _)| L::SHOWN.contains(&name.as_str())) {
        println!("      {name} {value}");
    }
    let (expected, actual) = (&difference.expected, &difference.actual);
    let at = expected.trace.iter().zip(&actual.trace).take_while(|(one, two)| one == two).count();
    println!("      expected {}", in_words::<L>(expected, at));
    println!("      actual   {}", in_words::<L>(actual, at));
}

/// The trace with a bar where it parts from the other one, and the rest as it would be sent.
fn in_words<L: Lifecycle>(answer: &Answer<L::Outcome>, parts_at: usize) -> String {
    let mut words = String::new();
    for (at, event) in answer.trace.iter().enumerate() {
        words.push_str(if at == parts_at { "| " } else { "" });
        words.push_str(event.as_str());
        words.push(' ');
    }
    let rest = answer_line::<L>("", &Answer { trace: Vec::new(), ..answer.clone() });
    let rest = rest.replace(r#""id":"","trace":[],"#, "");
    format!("{words}{rest}")
}

/// What was skipped, by capability.
pub(crate) fn skipped(skipped: &BTreeMap<Capability, usize>) {
    for (capability, count) in skipped {
        println!("  {count} impossible in the engine's types: {capability}");
    }
}
