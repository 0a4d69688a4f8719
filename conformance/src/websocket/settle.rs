//! Where `left` stands in a trace.
//!
//! An engine may call the hook while the calls unwind, or for all layers when the connection is
//! over: the rules ask for its order among themselves, and that it is the last thing a layer sees.
//! So it is compared behind everything else, unless something follows that goes through that layer.

use super::program::{Hook, Program};
use crate::trace::{Event, Trace};

/// Whether this is the event of a layer's last hook.
pub(super) fn is_left(event: &Event) -> bool {
    event.parts().is_some_and(|(_, what)| what == Hook::Left.name())
}

/// The trace with each `left` behind everything else where it may be anywhere.
pub(super) fn settled(program: &Program, trace: Trace) -> Trace {
    let free = |at: usize| is_left(&trace[at]) && is_last_of_its_layer(program, &trace, at);
    let (last, fixed): (Vec<usize>, Vec<usize>) = (0..trace.len()).partition(|at| free(*at));
    fixed.into_iter().chain(last).map(|at| trace[at].clone()).collect()
}

/// Whether nothing that goes through the layer follows its `left` at this place of a trace: what
/// may follow is another `left` of another layer, the way out of a layer outside it, and the
/// engine's own frame. Layers that share a name cannot be told apart, and have the benefit of it.
pub(super) fn is_last_of_its_layer(program: &Program, trace: &[Event], at: usize) -> bool {
    let layers = program.flat();
    let place = |event: &Event| {
        let (name, _) = event.parts()?;
        layers.iter().position(|layer| layer.name == name)
    };
    let own = place(&trace[at]);
    let may_follow = |event: &Event| match event.parts() {
        Some(("engine", _)) => true,
        Some((_, "left")) => place(event) != own,
        Some((_, "exit" | "error" | "caught")) => place(event) < own,
        _ => false,
    };
    !program.has_distinct_names() || trace[at + 1..].iter().all(may_follow)
}
