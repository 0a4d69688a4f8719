//! Checks a listing against what its layers declare (rule S11).

use crate::arrange::{Constraint, arrange};
use crate::layer::LayerType;
use crate::order::{Endpoint, Key, Order, Target};
use crate::problem::{BuildError, Listed, Problem};

/// What the check needs to know of one layer.
#[derive(Clone, Debug)]
pub(crate) struct Declared {
    pub(crate) listed: Listed,
    /// The layer's own name, where the settings call it otherwise.
    pub(crate) own_name: String,
    pub(crate) of: LayerType,
    pub(crate) order: Order,
}

impl Declared {
    fn provides(&self, key: &Key) -> bool {
        self.order.provides.contains(key)
    }

    fn is(&self, target: &Target) -> bool {
        match target {
            Target::Type(of) => self.of == *of,
            Target::Name(name) => self.listed.name == *name || self.own_name == *name,
        }
    }

    fn same_layer(&self, other: &Declared) -> bool {
        self.of == other.of && self.own_name == other.own_name
    }
}

/// A layer that declared itself not used when it was built (rule S7).
#[derive(Clone, Debug)]
pub(crate) struct Unused {
    pub(crate) listed: Listed,
    pub(crate) reason: String,
    /// What it would have provided, by name, for a better message. A layer that was never built
    /// cannot declare, so this is what its registration promised.
    pub(crate) would_provide: Vec<Key>,
}

/// All mistakes in the order of `layers`, with a proposal where moving layers mends them.
pub(crate) fn check(layers: &[Declared], unused: &[Unused]) -> Result<(), BuildError> {
    let constraints = constraints(layers);
    let arranged = arrange(layers.len(), &constraints);
    let mut problems = Vec::new();
    if let Err(steps) = &arranged {
        let steps = steps
            .iter()
            .map(|step| (layers[step.layer].listed.clone(), step.why.clone()))
            .collect();
        problems.push(Problem::Cycle { steps });
    }
    for (at, layer) in layers.iter().enumerate() {
        for key in &layer.order.requires {
            let provided_before = layers[..at].iter().any(|other| other.provides(key));
            let provided_after = layers[at + 1..].iter().find(|other| other.provides(key));
            match provided_after {
                _ if provided_before => {}
                // In a ring of declarations no single move helps; the ring itself is reported.
                Some(_) if arranged.is_err() => {}
                Some(provider) => problems.push(Problem::ProviderLate {
                    layer: layer.listed.clone(),
                    needs: key.to_string(),
                    provider: provider.listed.clone(),
                }),
                None => problems.push(Problem::MissingProvider {
                    layer: layer.listed.clone(),
                    needs: key.to_string(),
                    not_used: would_have_provided(unused, key),
                }),
            }
        }
        if arranged.is_ok() {
            for other in &layers[..at] {
                if layer.order.before.iter().any(|target| other.is(target)) {
                    problems.push(Problem::NotBefore {
                        layer: layer.listed.clone(),
                        other: other.listed.clone(),
                    });
                }
            }
            for other in &layers[at + 1..] {
                if layer.order.after.iter().any(|target| other.is(target)) {
                    problems.push(Problem::NotAfter {
                        layer: layer.listed.clone(),
                        other: other.listed.clone(),
                    });
                }
            }
        }
        let earlier = layers[..at].iter().find(|other| other.same_layer(layer));
        if let Some(first) = earlier.filter(|other| layer.order.single || other.order.single) {
            problems
                .push(Problem::Twice { first: first.listed.clone(), second: layer.listed.clone() });
        }
    }
    if problems.is_empty() {
        return Ok(());
    }
    let proposal = arranged
        .ok()
        .filter(|order| order.iter().enumerate().any(|(at, old)| at != *old))
        .map(|order| order.into_iter().map(|at| layers[at].listed.name.clone()).collect());
    Err(BuildError::with_proposal(problems, proposal))
}

/// The order of old places that satisfies every declaration with the fewest moves; `None` where
/// the declarations contradict each other.
pub(crate) fn arranged(layers: &[Declared]) -> Option<Vec<usize>> {
    arrange(layers.len(), &constraints(layers)).ok()
}

/// What an endpoint needs and this stack does not provide.
pub(crate) fn check_endpoint(
    layers: &[Declared],
    unused: &[Unused],
    endpoint: &Endpoint,
) -> Result<(), BuildError> {
    let problems: Vec<_> = endpoint
        .requires
        .iter()
        .filter(|key| !layers.iter().any(|layer| layer.provides(key)))
        .map(|key| Problem::EndpointNeeds {
            endpoint: endpoint.name.clone(),
            needs: key.to_string(),
            not_used: would_have_provided(unused, key),
        })
        .collect();
    if problems.is_empty() { Ok(()) } else { Err(BuildError::new(problems)) }
}

fn would_have_provided(unused: &[Unused], key: &Key) -> Option<(String, String)> {
    unused
        .iter()
        .find(|unused| unused.would_provide.contains(key))
        .map(|unused| (unused.listed.name.clone(), unused.reason.clone()))
}

/// Every declaration that an order can satisfy, as a constraint. A requirement that nobody
/// provides is left out: no move mends it.
fn constraints(layers: &[Declared]) -> Vec<Constraint> {
    let mut constraints = Vec::new();
    for (at, layer) in layers.iter().enumerate() {
        for key in &layer.order.requires {
            let earlier: Vec<usize> =
                others(layers, at).filter(|&o| layers[o].provides(key)).collect();
            if !earlier.is_empty() {
                let why = format!("needs `{key}` from");
                constraints.push(Constraint { layer: at, earlier, why });
            }
        }
        for target in &layer.order.after {
            for other in others(layers, at).filter(|&o| layers[o].is(target)) {
                let why = String::from("must stand after");
                constraints.push(Constraint { layer: at, earlier: vec![other], why });
            }
        }
        for target in &layer.order.before {
            for other in others(layers, at).filter(|&o| layers[o].is(target)) {
                let why = String::from("must, by the other's declaration, stand after");
                constraints.push(Constraint { layer: other, earlier: vec![at], why });
            }
        }
    }
    constraints
}

fn others(layers: &[Declared], at: usize) -> impl Iterator<Item = usize> + '_ {
    (0..layers.len()).filter(move |&other| other != at)
}
