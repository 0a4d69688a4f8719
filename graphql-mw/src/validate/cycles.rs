//! Fragments that contain themselves.

use super::Rule;
use super::context::Context;
use super::walk::Uses;
use crate::ast::FragmentSpread;

/// Looks for each way back to a fragment on the way, as graphql-js does, but with a stack of its
/// own: a chain of fragments may be as long as the document.
pub(super) fn check(context: &mut Context<'_>, uses: &Uses<'_>) {
    let count = context.document.fragments.len();
    let mut is_visited = vec![false; count];
    // How many spreads lead to a fragment on the way.
    let mut place_on_way: Vec<Option<usize>> = vec![None; count];
    for start in 0..count {
        let mut way: Vec<&FragmentSpread> = Vec::new();
        let mut todo: Vec<(usize, usize)> = Vec::new();
        if !std::mem::replace(&mut is_visited[start], true) {
            place_on_way[start] = Some(0);
            todo.push((start, 0));
        }
        while let Some((fragment, next)) = todo.last_mut() {
            let Some(spread) = uses.fragments[*fragment].spreads.get(*next) else {
                place_on_way[*fragment] = None;
                todo.pop();
                way.pop();
                continue;
            };
            *next += 1;
            let Some(target) = spread.fragment else { continue };
            if let Some(place) = place_on_way[target] {
                way.push(spread);
                report(context, &way[place..]);
                way.pop();
            } else if !std::mem::replace(&mut is_visited[target], true) {
                way.push(spread);
                place_on_way[target] = Some(way.len());
                todo.push((target, 0));
            }
            if context.is_full() {
                return;
            }
        }
    }
}

/// The last spread of a cycle leads to the fragment in which the first one stands.
fn report(context: &mut Context<'_>, cycle: &[&FragmentSpread]) {
    let Some((last, before)) = cycle.split_last() else { return };
    let mut via: Vec<String> = before.iter().take(5).map(|it| format!("`{}`", it.name)).collect();
    if before.len() > via.len() {
        via.push("others".into());
    }
    let via = if via.is_empty() { String::new() } else { format!(" by way of {}", via.join(", ")) };
    let message =
        format!("the fragment `{}` contains itself{via}: remove one of the spreads", last.name);
    let locations = cycle.iter().map(|spread| spread.location);
    context.report(Rule::NoFragmentCycles, locations, message);
}
