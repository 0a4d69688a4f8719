//! The notes, and who is to be told of the next one.

use futures_channel::mpsc::{Receiver, Sender, channel};
use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many notes are kept.
const KEPT: usize = 100;

/// So many notes may wait for somebody. Who reads so slowly that there would be more is told no
/// further ones: nobody else waits for them, and memory stays bounded.
const WAITING: usize = 64;

/// A note.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Note {
    pub(super) number: i64,
    pub(super) author: Option<Arc<str>>,
    pub(super) text: Arc<str>,
}

/// The notes. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Notes(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    kept: VecDeque<Note>,
    count: i64,
    followers: Vec<Sender<Note>>,
}

impl Notes {
    /// Leaves a note, and tells all who follow.
    pub(super) fn add(&self, author: Option<String>, text: &str) -> Note {
        let mut inner = self.lock();
        inner.count += 1;
        let note = Note { number: inner.count, author: author.map(Into::into), text: text.into() };
        if inner.kept.len() == KEPT {
            inner.kept.pop_front();
        }
        inner.kept.push_back(note.clone());
        inner.followers.retain_mut(|follower| follower.try_send(note.clone()).is_ok());
        note
    }

    /// The latest notes, the oldest of them first.
    pub(super) fn latest(&self, last: usize) -> Vec<Note> {
        self.lock().latest(last)
    }

    /// The latest notes, and a stream of those that follow: none is missed in between, and none
    /// comes twice. The stream ends only for somebody who reads too slowly.
    pub(super) fn follow(&self, last: usize) -> (Vec<Note>, Receiver<Note>) {
        let mut inner = self.lock();
        let (follower, notes) = channel(WAITING);
        // Those who have gone are found out when there is a note, and there may be none for long.
        inner.followers.retain(|follower| !follower.is_closed());
        inner.followers.push(follower);
        (inner.latest(last), notes)
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Inner {
    fn latest(&self, last: usize) -> Vec<Note> {
        self.kept.iter().skip(self.kept.len().saturating_sub(last)).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt};

    /// The numbers of the notes that wait.
    fn read(notes: &mut Receiver<Note>) -> Vec<i64> {
        std::iter::from_fn(|| notes.next().now_or_never().flatten().map(|note| note.number))
            .collect()
    }

    #[test]
    fn who_follows_is_told_the_latest_notes_and_then_each_one_once() {
        let notes = Notes::default();
        notes.add(None, "one");
        notes.add(Some("ada".into()), "two");
        let (latest, mut following) = notes.follow(1);
        assert_eq!(latest, [Note { number: 2, author: Some("ada".into()), text: "two".into() }]);
        notes.add(None, "three");
        assert_eq!(read(&mut following), [3]);
    }

    #[test]
    fn a_hundred_notes_are_kept() {
        let notes = Notes::default();
        (0..KEPT + 5).for_each(|_| drop(notes.add(None, "x")));
        let latest = notes.latest(usize::MAX);
        assert_eq!((latest.len(), latest[0].number), (KEPT, 6));
    }

    #[test]
    fn who_does_not_read_is_told_no_more_and_who_goes_is_forgotten() {
        let notes = Notes::default();
        let (_, mut slow) = notes.follow(0);
        let (_, mut quick) = notes.follow(0);
        for number in 1..=2 * WAITING as i64 {
            notes.add(None, "x");
            assert_eq!(read(&mut quick), [number]);
        }
        let told = read(&mut slow).len();
        assert!((WAITING..WAITING + 2).contains(&told), "{told}");
        drop(quick);
        let _another = notes.follow(0);
        assert_eq!(notes.lock().followers.len(), 1);
    }
}
