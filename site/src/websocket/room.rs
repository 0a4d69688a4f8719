//! Who is in the chat, and what each of them is still to be told.

use engine_async::Utf8Bytes;
use futures_channel::mpsc::{Receiver, Sender, channel};
use serde::Serialize;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// So many may be in the room.
const SEATS: usize = 200;

/// So many lines may wait for somebody. Who reads so slowly that there would be more loses their
/// seat: nobody else waits for them, and memory stays bounded. It is more than a full room of people
/// who all come at once.
const WAITING: usize = 256;

/// What the room says to those in it, as JSON.
#[derive(Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub(super) enum Line<'a> {
    /// Your name, whether you are logged in, and who is here.
    Welcome { name: &'a str, known: bool, here: Vec<&'a str> },
    /// Somebody came.
    Enter { name: &'a str },
    /// Somebody said something.
    Say { name: &'a str, text: &'a str },
    /// Somebody left.
    Leave { name: &'a str },
}

/// The room. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Room(Arc<Mutex<Inner>>);

#[derive(Default)]
struct Inner {
    last: u64,
    members: BTreeMap<u64, Member>,
}

struct Member {
    name: Arc<str>,
    lines: Sender<Utf8Bytes>,
}

/// A place in the room; whoever drops it leaves, however they came to that.
pub(super) struct Seat {
    room: Room,
    number: u64,
    name: Arc<str>,
}

impl Room {
    /// Takes a seat, under this name or as a guest: the seat, and the lines to read, the welcome
    /// first. They end when the seat is lost. `None` when the room is full.
    pub(super) fn enter(&self, name: Option<String>) -> Option<(Seat, Receiver<Utf8Bytes>)> {
        let mut inner = self.lock();
        if inner.members.len() >= SEATS {
            return None;
        }
        inner.last += 1;
        let (number, known) = (inner.last, name.is_some());
        // No account has a space in its name.
        let name: Arc<str> = name.unwrap_or_else(|| format!("guest {number}")).into();
        inner.tell(&Line::Enter { name: &name });
        let (mut sender, lines) = channel(WAITING);
        let others = inner.members.values().map(|member| &*member.name);
        let here = others.chain([&*name]).collect();
        // An empty queue has room.
        let _ = sender.try_send(Line::Welcome { name: &name, known, here }.json());
        inner.members.insert(number, Member { name: Arc::clone(&name), lines: sender });
        Some((Seat { room: self.clone(), number, name }, lines))
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Seat {
    /// Says something to everybody; nothing is said with an empty text.
    pub(super) fn say(&self, text: &str) {
        if !text.is_empty() {
            self.room.lock().tell(&Line::Say { name: &self.name, text });
        }
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut inner = self.room.lock();
        // Who has lost the seat has left already.
        if inner.members.remove(&self.number).is_some() {
            inner.tell(&Line::Leave { name: &self.name });
        }
    }
}

impl Inner {
    /// Tells everybody, and then of each who was too slow to be told that they have left.
    fn tell(&mut self, line: &Line<'_>) {
        let mut lines = VecDeque::from([line.json()]);
        while let Some(line) = lines.pop_front() {
            self.members.retain(|_, member| {
                let told = member.lines.try_send(line.clone()).is_ok();
                if !told {
                    lines.push_back(Line::Leave { name: &member.name }.json());
                }
                told
            });
        }
    }
}

impl Line<'_> {
    fn json(&self) -> Utf8Bytes {
        // Texts and lists of texts always have a JSON.
        serde_json::to_string(self).unwrap_or_default().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures_util::{FutureExt, StreamExt};

    /// The lines that wait, without waiting for more; `over` at the end where the seat is lost.
    fn read(lines: &mut Receiver<Utf8Bytes>) -> Vec<String> {
        let mut read = Vec::new();
        while let Some(line) = lines.next().now_or_never() {
            match line {
                Some(line) => read.push(line.to_string()),
                None => {
                    read.push("over".into());
                    break;
                }
            }
        }
        read
    }

    #[test]
    fn everybody_is_told_who_comes_what_is_said_and_who_leaves() {
        let room = Room::default();
        let (ada, mut to_ada) = room.enter(Some("ada".into())).unwrap();
        let (guest, mut to_guest) = room.enter(None).unwrap();
        ada.say("hello");
        ada.say("");
        drop(ada);
        guest.say("\"bye\"");
        let welcome = r#"{"kind":"welcome","name":"ada","known":true,"here":["ada"]}"#;
        let enter = r#"{"kind":"enter","name":"guest 2"}"#;
        let said = r#"{"kind":"say","name":"ada","text":"hello"}"#;
        assert_eq!(read(&mut to_ada), [welcome, enter, said, "over"]);
        let welcome =
            r#"{"kind":"welcome","name":"guest 2","known":false,"here":["ada","guest 2"]}"#;
        let left = r#"{"kind":"leave","name":"ada"}"#;
        let bye = r#"{"kind":"say","name":"guest 2","text":"\"bye\""}"#;
        assert_eq!(read(&mut to_guest), [welcome, said, left, bye]);
    }

    #[test]
    fn who_does_not_read_loses_the_seat_and_holds_nobody_up() {
        let room = Room::default();
        let (slow, mut to_slow) = room.enter(None).unwrap();
        let (quick, mut to_quick) = room.enter(None).unwrap();
        let mut told = 0;
        for _ in 0..2 * WAITING {
            quick.say("x");
            told += read(&mut to_quick).iter().filter(|line| line.contains("say")).count();
        }
        assert_eq!(told, 2 * WAITING);
        assert_eq!(room.lock().members.len(), 1);
        let lines = read(&mut to_slow);
        assert!((WAITING..WAITING + 4).contains(&lines.len()), "{}", lines.len());
        assert_eq!(lines.last().map(String::as_str), Some("over"));
        drop(slow);
        assert_eq!(read(&mut to_quick), Vec::<String>::new());
    }

    #[test]
    fn a_full_room_takes_nobody_until_somebody_leaves() {
        let room = Room::default();
        let mut seats: Vec<_> = (0..SEATS).map(|_| room.enter(None).unwrap()).collect();
        assert!(room.enter(None).is_none());
        seats.pop();
        assert!(room.enter(None).is_some());
    }
}
