//! An order that satisfies all declarations and moves as few layers as possible.

/// `layer` must be listed after at least one of `earlier`.
///
/// A plain "after B" has one element there; "needs a `User`" has one for each layer that
/// provides it.
#[derive(Clone, Debug)]
pub(crate) struct Constraint {
    pub(crate) layer: usize,
    pub(crate) earlier: Vec<usize>,
    /// Why, as the middle of a sentence: "needs `User` from".
    pub(crate) why: String,
}

/// One step of a cycle: this layer must come after the next one in the list, because of `why`.
#[derive(Clone, Debug)]
pub(crate) struct CycleStep {
    pub(crate) layer: usize,
    pub(crate) why: String,
}

/// Up to this many moved layers the search for the fewest moves is exact. Beyond it the stable
/// order stands, which is right too, and merely may move more than needed.
const EXACT_MOVES: usize = 3;

/// Puts `count` layers in an order that satisfies `constraints`; the result lists old places.
///
/// Fewest moves come first, then staying near the old place. The error is a cycle that no order
/// satisfies.
pub(crate) fn arrange(
    count: usize,
    constraints: &[Constraint],
) -> Result<Vec<usize>, Vec<CycleStep>> {
    let stable = stable_order(count, constraints, &[])?;
    for moves in 0..=EXACT_MOVES.min(count) {
        let mut best = None;
        try_moving(count, constraints, moves, 0, &mut Vec::with_capacity(moves), &mut best);
        if let Some((_, order)) = best {
            return Ok(order);
        }
    }
    Ok(stable)
}

/// Tries every set of `left` more layers to move, the others keeping their order among themselves,
/// and keeps the order whose layers stay nearest to their old places.
fn try_moving(
    count: usize,
    constraints: &[Constraint],
    left: usize,
    from: usize,
    moved: &mut Vec<usize>,
    best: &mut Option<(usize, Vec<usize>)>,
) {
    if left == 0 {
        let kept: Vec<usize> = (0..count).filter(|at| !moved.contains(at)).collect();
        if let Ok(order) = stable_order(count, constraints, &kept) {
            let distance = order.iter().enumerate().map(|(at, old)| at.abs_diff(*old)).sum();
            if best.as_ref().is_none_or(|(nearest, _)| distance < *nearest) {
                *best = Some((distance, order));
            }
        }
        return;
    }
    for candidate in from..count {
        moved.push(candidate);
        try_moving(count, constraints, left - 1, candidate + 1, moved, best);
        moved.pop();
    }
}

/// Of all layers that may come next, always the one listed first; `kept` stay in their order.
///
/// Placing a layer can only ever help others, so this finds an order whenever there is one.
fn stable_order(
    count: usize,
    constraints: &[Constraint],
    kept: &[usize],
) -> Result<Vec<usize>, Vec<CycleStep>> {
    let mut order = Vec::with_capacity(count);
    let mut placed = vec![false; count];
    let holds = |constraint: &Constraint, placed: &[bool]| {
        constraint.earlier.iter().any(|&earlier| placed[earlier])
    };
    while order.len() < count {
        let next_kept = kept.iter().find(|&&at| !placed[at]);
        let next = (0..count).find(|&at| {
            !placed[at]
                && (!kept.contains(&at) || next_kept == Some(&at))
                && constraints.iter().all(|c| c.layer != at || holds(c, &placed))
        });
        match next {
            Some(at) => {
                placed[at] = true;
                order.push(at);
            }
            None => return Err(cycle(constraints, &placed)),
        }
    }
    Ok(order)
}

/// Follows, from any layer that cannot be placed, whom it waits for, until one comes up again.
fn cycle(constraints: &[Constraint], placed: &[bool]) -> Vec<CycleStep> {
    let blocked = |at: usize| {
        constraints.iter().find(|c| c.layer == at && !c.earlier.iter().any(|&e| placed[e]))
    };
    let Some(start) = (0..placed.len()).find(|&at| !placed[at] && blocked(at).is_some()) else {
        return Vec::new();
    };
    let mut path: Vec<CycleStep> = Vec::new();
    let mut at = start;
    loop {
        if let Some(again) = path.iter().position(|step| step.layer == at) {
            return path.split_off(again);
        }
        match blocked(at) {
            Some(constraint) => {
                path.push(CycleStep { layer: at, why: constraint.why.clone() });
                at = constraint.earlier[0];
            }
            None => return path,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(layer: usize, earlier: &[usize]) -> Constraint {
        Constraint { layer, earlier: earlier.to_vec(), why: String::from("after") }
    }

    #[test]
    fn an_order_that_holds_is_left_alone() {
        assert_eq!(arrange(3, &[after(2, &[0])]).unwrap(), [0, 1, 2]);
    }

    #[test]
    fn the_article_s_mistake_moves_one_layer_just_behind_its_provider() {
        // Book, sessions, common, csrf, auth, messages, frame options.
        let constraints = [after(0, &[4]), after(4, &[1])];
        assert_eq!(arrange(7, &constraints).unwrap(), [1, 2, 3, 4, 0, 5, 6]);
    }

    #[test]
    fn one_provider_moves_rather_than_everybody_who_needs_it() {
        let constraints = [after(0, &[3]), after(1, &[3]), after(2, &[1])];
        assert_eq!(arrange(4, &constraints).unwrap(), [3, 0, 1, 2]);
    }

    #[test]
    fn one_of_several_providers_is_enough() {
        assert_eq!(arrange(3, &[after(1, &[0, 2])]).unwrap(), [0, 1, 2]);
    }

    #[test]
    fn a_cycle_is_reported_as_the_layers_that_wait_for_each_other() {
        let steps = arrange(4, &[after(1, &[2]), after(2, &[3]), after(3, &[1])]).unwrap_err();
        let layers: Vec<_> = steps.iter().map(|step| step.layer).collect();
        assert_eq!(layers, [1, 2, 3]);
    }
}
