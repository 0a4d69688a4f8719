//! What can be wrong with a stack, each with its cure.

use crate::place::{Ordinal, Position};
use std::fmt;

/// A layer as it is listed: its name, its place, and where it stands in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// The name in the settings where the stack comes from settings, else the layer's own name.
    pub name: String,
    /// The place in the list, from zero.
    pub place: usize,
    /// The place in the settings file, where the stack comes from one.
    pub position: Option<Position>,
}

impl fmt::Display for Listed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` ({})", self.name, Ordinal(self.place))
    }
}

/// One mistake in a stack. Its `Display` is one sentence: what is wrong, where, and the cure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// Nobody provides what a layer requires.
    MissingProvider {
        /// The layer that requires it.
        layer: Listed,
        /// What it requires.
        needs: String,
        /// A layer that declared itself not used and would have provided it, with its reason.
        not_used: Option<(String, String)>,
    },
    /// What a layer requires is provided, but only further in.
    ProviderLate {
        /// The layer that requires it.
        layer: Listed,
        /// What it requires.
        needs: String,
        /// The layer that provides it too late.
        provider: Listed,
    },
    /// A layer that must be listed before another one is listed after it.
    NotBefore {
        /// The layer that declared it.
        layer: Listed,
        /// The layer it must stand before.
        other: Listed,
    },
    /// A layer that must be listed after another one is listed before it.
    NotAfter {
        /// The layer that declared it.
        layer: Listed,
        /// The layer it must stand after.
        other: Listed,
    },
    /// The declarations contradict each other: no order satisfies them.
    Cycle {
        /// The layers in a ring, each with the reason why it must stand after the next one.
        steps: Vec<(Listed, String)>,
    },
    /// A layer that may be listed once is listed again.
    Twice {
        /// The first one.
        first: Listed,
        /// The one too many.
        second: Listed,
    },
    /// An endpoint needs something that its stack does not provide.
    EndpointNeeds {
        /// The endpoint, as it calls itself.
        endpoint: String,
        /// What it needs.
        needs: String,
        /// A layer that declared itself not used and would have provided it, with its reason.
        not_used: Option<(String, String)>,
    },
    /// The settings list a name that nobody registered.
    UnknownName {
        /// The name as listed.
        listed: Listed,
        /// The nearest registered name, if one is near.
        nearest: Option<String>,
        /// All registered names.
        known: Vec<String>,
    },
    /// The options of a layer do not fit it.
    Options {
        /// The layer.
        listed: Listed,
        /// What is wrong with them and what would be right.
        message: String,
    },
    /// A layer could not be built.
    Factory {
        /// The layer.
        listed: Listed,
        /// What its factory said.
        message: String,
    },
    /// A layer that this engine, or this profile of it, cannot run.
    Unsupported {
        /// The layer.
        layer: Listed,
        /// Why, and what to do.
        message: String,
    },
}

impl Problem {
    /// Where in the settings file the mistake is, when the stack comes from settings.
    pub fn position(&self) -> Option<Position> {
        match self {
            Problem::MissingProvider { layer, .. }
            | Problem::ProviderLate { layer, .. }
            | Problem::NotBefore { layer, .. }
            | Problem::NotAfter { layer, .. }
            | Problem::Unsupported { layer, .. } => layer.position,
            Problem::Cycle { steps } => steps.first().and_then(|(layer, _)| layer.position),
            Problem::Twice { second, .. } => second.position,
            Problem::EndpointNeeds { .. } => None,
            Problem::UnknownName { listed, .. }
            | Problem::Options { listed, .. }
            | Problem::Factory { listed, .. } => listed.position,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Problem::MissingProvider { layer, needs, not_used } => {
                write!(f, "{layer} needs `{needs}`, ")?;
                nobody_provides(f, not_used)?;
                write!(f, "list a layer that provides `{needs}` before `{}`", layer.name)
            }
            Problem::ProviderLate { layer, needs, provider } => write!(
                f,
                "{layer} needs `{needs}`; it is provided by {provider}: list `{}` after `{}`",
                layer.name, provider.name,
            ),
            Problem::NotBefore { layer, other } => write!(
                f,
                "{layer} must stand before {other}: list `{}` before `{}`",
                layer.name, other.name,
            ),
            Problem::NotAfter { layer, other } => write!(
                f,
                "{layer} must stand after {other}: list `{}` after `{}`",
                layer.name, other.name,
            ),
            Problem::Cycle { steps } => {
                write!(f, "no order satisfies these declarations: ")?;
                for (at, (layer, why)) in steps.iter().enumerate() {
                    let (next, _) = &steps[(at + 1) % steps.len()];
                    let link = if at == 0 { "" } else { ", and " };
                    write!(f, "{link}{layer} {why} {next}")?;
                }
                write!(f, ": remove one of the layers, or one of the declarations")
            }
            Problem::Twice { first, second } => write!(
                f,
                "`{}` may be listed only once, and is listed {} and {}: remove one of the two",
                second.name,
                Ordinal(first.place),
                Ordinal(second.place),
            ),
            Problem::EndpointNeeds { endpoint, needs, not_used } => {
                write!(f, "{endpoint} needs `{needs}`, ")?;
                nobody_provides(f, not_used)?;
                write!(f, "list a layer that provides `{needs}` in the stack around it")
            }
            Problem::UnknownName { listed, nearest, known } => {
                write!(f, "no layer is registered as {listed}: ")?;
                match nearest {
                    Some(nearest) => write!(f, "did you mean `{nearest}`?"),
                    None if known.is_empty() => write!(f, "no names are registered at all"),
                    None => write!(f, "known names are {}", quoted_list(known)),
                }
            }
            Problem::Options { listed, message } => write!(f, "options of {listed}: {message}"),
            Problem::Factory { listed, message } => {
                write!(f, "{listed} could not be built: {message}")
            }
            Problem::Unsupported { layer, message } => write!(f, "{layer} {message}"),
        }
    }
}

fn nobody_provides(f: &mut fmt::Formatter<'_>, not_used: &Option<(String, String)>) -> fmt::Result {
    match not_used {
        Some((name, reason)) => write!(
            f,
            "which `{name}` would provide, but `{name}` is not used ({reason}): make it usable, or "
        ),
        None => write!(f, "which no layer of this stack provides: "),
    }
}

pub(crate) fn quoted_list(names: &[String]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

/// Why a stack did not build: every mistake found, and an order that would mend those that an
/// order can mend.
#[derive(Clone, Debug)]
pub struct BuildError {
    problems: Vec<Problem>,
    proposal: Option<Vec<String>>,
}

impl BuildError {
    /// An error with these problems, of which there is at least one.
    pub fn new(problems: Vec<Problem>) -> Self {
        BuildError { problems, proposal: None }
    }

    pub(crate) fn with_proposal(problems: Vec<Problem>, proposal: Option<Vec<String>>) -> Self {
        BuildError { problems, proposal }
    }

    /// All mistakes that were found, the outermost layer's first.
    pub fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// The same layers in an order that satisfies every declaration and moves as few as possible;
    /// `None` where the listed order is not what is wrong, or where no order can help.
    pub fn proposal(&self) -> Option<&[String]> {
        self.proposal.as_deref()
    }
}

impl fmt::Display for BuildError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the stack does not build")?;
        for problem in &self.problems {
            match problem.position() {
                Some(position) => write!(f, "\n  {position}: {problem}")?,
                None => write!(f, "\n  {problem}")?,
            }
        }
        if let Some(proposal) = &self.proposal {
            write!(f, "\nan order that satisfies every declaration: {}", quoted_list(proposal))?;
        }
        Ok(())
    }
}

impl std::error::Error for BuildError {}
