//! What a stack says of itself, in text and as JSON (rule S12).

use serde::Serialize;
use std::fmt;

/// A stack explained: its `Display` is a table for people, [`to_json`](Self::to_json) is for
/// programs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Explanation {
    /// The layers in listed order, the outermost first.
    pub layers: Vec<LayerExplanation>,
    /// The layers that declared themselves not used when they were built.
    pub not_used: Vec<NotUsedExplanation>,
}

/// One layer of an [`Explanation`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct LayerExplanation {
    /// The place in the stack, from one.
    pub place: usize,
    /// The name it is listed under.
    pub name: String,
    /// The layer's own name.
    pub layer: String,
    /// The stack inside this one that the layer came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stack: Option<String>,
    /// The hooks it implements; absent where the engine cannot know.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hooks: Option<Vec<String>>,
    /// What it provides.
    pub provides: Vec<String>,
    /// What it requires.
    pub requires: Vec<String>,
    /// Whom it must stand before.
    pub before: Vec<String>,
    /// Whom it must stand after.
    pub after: Vec<String>,
    /// Whether it may be listed only once.
    pub single: bool,
}

/// One layer that is not in the stack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct NotUsedExplanation {
    /// The place in the listing, from one.
    pub listed: usize,
    /// The name it is listed under.
    pub name: String,
    /// Why it is not used.
    pub reason: String,
}

impl Explanation {
    /// The explanation as JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("strings, numbers and lists are always JSON")
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.layers.is_empty() {
            writeln!(f, "no layers: the endpoint alone")?;
        }
        let width = self.layers.iter().map(|layer| layer.name.chars().count()).max().unwrap_or(0);
        for layer in &self.layers {
            write!(f, "{:>3}. {:width$}", layer.place, layer.name)?;
            if layer.layer != layer.name {
                write!(f, "  {}", layer.layer)?;
            }
            if let Some(stack) = &layer.stack {
                write!(f, "  (from {stack})")?;
            }
            let words = [
                ("provides", &layer.provides),
                ("requires", &layer.requires),
                ("before", &layer.before),
                ("after", &layer.after),
            ];
            for (word, names) in words.into_iter().filter(|(_, names)| !names.is_empty()) {
                write!(f, "; {word} {}", names.join(", "))?;
            }
            if let Some(hooks) = &layer.hooks {
                match hooks.is_empty() {
                    true => write!(f, "; no hooks")?,
                    false => write!(f, "; hooks {}", hooks.join(", "))?,
                }
            }
            writeln!(f)?;
        }
        for unused in &self.not_used {
            writeln!(f, "  -. {:width$}  not used: {}", unused.name, unused.reason)?;
        }
        Ok(())
    }
}
