//! A list that grows while its items are borrowed.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many items the first chunk has; each further one has twice as many as the one before.
const FIRST: usize = 16;
const CHUNKS: usize = 24;

/// A list that grows while its items are borrowed, and that futures on several threads may share.
///
/// It is what lets a ready field cost no box: what the futures of fields borrow lives here until
/// the operation is over, and not in a future of its own.
pub(crate) struct Arena<T> {
    chunks: [OnceLock<Box<[OnceLock<T>]>>; CHUNKS],
    len: AtomicUsize,
}

impl<T> Arena<T> {
    pub(crate) const fn new() -> Self {
        Arena { chunks: [const { OnceLock::new() }; CHUNKS], len: AtomicUsize::new(0) }
    }

    /// Keeps a value.
    ///
    /// # Panics
    ///
    /// After 268 million values: more objects and lists than one answer can hold.
    pub(crate) fn alloc(&self, value: T) -> &T {
        let at = self.len.fetch_add(1, Ordering::Relaxed);
        let chunk = (at / FIRST + 1).ilog2() as usize;
        let start = FIRST * ((1 << chunk) - 1);
        let items = self.chunks[chunk]
            .get_or_init(|| std::iter::repeat_with(OnceLock::new).take(FIRST << chunk).collect());
        items[at - start].get_or_init(|| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_stays_where_it_is() {
        let arena = Arena::new();
        let kept: Vec<&usize> = (0..1000).map(|n| arena.alloc(n)).collect();
        assert!(kept.iter().enumerate().all(|(n, kept)| n == **kept));
    }

    #[test]
    fn what_is_kept_may_borrow_what_was_kept_before() {
        struct Node<'a>(Option<&'a Node<'a>>);
        let arena = Arena::new();
        let first = arena.alloc(Node(None));
        let second = arena.alloc(Node(Some(first)));
        assert!(second.0.is_some_and(|node| node.0.is_none()));
    }
}
