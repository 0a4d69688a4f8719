//! Names that come more than once.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use crate::ast::{Location, Name};

/// The first place of each name, with each later one: a pair for each.
pub(super) fn pairs<'a>(
    names: impl IntoIterator<Item = &'a Name>,
) -> Vec<(&'a Name, [Location; 2])> {
    let mut first: HashMap<&str, Location> = HashMap::new();
    let mut pairs = Vec::new();
    for name in names {
        match first.entry(name) {
            Entry::Occupied(first) => pairs.push((name, [*first.get(), name.location])),
            Entry::Vacant(vacant) => {
                vacant.insert(name.location);
            }
        }
    }
    pairs
}

/// All places of each name that comes more than once.
pub(super) fn groups<'a>(
    names: impl IntoIterator<Item = &'a Name>,
) -> Vec<(&'a Name, Vec<Location>)> {
    let mut place: HashMap<&str, usize> = HashMap::new();
    let mut groups: Vec<(&Name, Vec<Location>)> = Vec::new();
    for name in names {
        let at = *place.entry(name).or_insert(groups.len());
        match groups.get_mut(at) {
            Some((_, locations)) => locations.push(name.location),
            None => groups.push((name, vec![name.location])),
        }
    }
    groups.retain(|(_, locations)| locations.len() > 1);
    groups
}
