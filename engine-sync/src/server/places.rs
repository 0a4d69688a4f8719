//! The open connections, and those among them that wait for the socket.

use super::connection::Connection;
use super::wire::Link;
use engine_core::panics;
use rustix::event::epoll::{self, EventData, EventFlags};
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// So many places are made at once.
const BLOCK: usize = 1024;

/// No deadline.
pub(super) const NEVER: u64 = u64::MAX;

/// One place for each connection that may be open. Its number is what epoll knows of it. Places
/// are made when they are first needed: the limit alone costs next to nothing.
///
/// A connection is either parked in its place or owned by the thread that works on it. Whoever
/// takes it out works on it alone; an event that finds the place empty has lost a race and is
/// forgotten, because parking arms the socket again.
pub(super) struct Places {
    count: usize,
    blocks: Box<[OnceLock<Box<[Place]>>]>,
    free: Mutex<Free>,
    open: AtomicUsize,
}

#[derive(Default)]
struct Free {
    /// Places that were taken and have been given back.
    returned: Vec<usize>,
    /// The first that has never been taken.
    next: usize,
}

struct Place {
    /// In milliseconds of the server's clock; read by the sweep without the lock.
    deadline: AtomicU64,
    entry: Mutex<Entry>,
}

impl Default for Place {
    fn default() -> Self {
        Place { deadline: AtomicU64::new(NEVER), entry: Mutex::default() }
    }
}

#[derive(Default)]
struct Entry {
    /// There while the connection is open, parked or not.
    link: Option<Arc<Link>>,
    parked: Option<Box<Connection>>,
}

impl Places {
    pub(super) fn new(count: usize) -> Self {
        Places {
            count,
            blocks: (0..count.div_ceil(BLOCK)).map(|_| OnceLock::new()).collect(),
            free: Mutex::default(),
            open: AtomicUsize::new(0),
        }
    }

    /// How many connections are open.
    pub(super) fn open(&self) -> usize {
        self.open.load(Ordering::Relaxed)
    }

    /// A place for one connection more, if there is one.
    pub(super) fn claim(&self) -> Option<usize> {
        let mut free = lock(&self.free);
        let place = match free.returned.pop() {
            Some(place) => place,
            None if free.next < self.count => {
                free.next += 1;
                free.next - 1
            }
            None => return None,
        };
        drop(free);
        self.open.fetch_add(1, Ordering::Relaxed);
        Some(place)
    }

    /// Gives a place back. Whether the last one had been taken.
    pub(super) fn release(&self, place: usize) -> bool {
        *self.entry(place) = Entry::default();
        let mut free = lock(&self.free);
        let none_was_free = free.returned.is_empty() && free.next == self.count;
        free.returned.push(place);
        self.open.fetch_sub(1, Ordering::Relaxed);
        none_was_free
    }

    /// The place of this number, which has been claimed.
    fn claimed(&self, place: usize) -> &Place {
        let made = self.blocks[place / BLOCK]
            .get_or_init(|| (0..BLOCK).map(|_| Place::default()).collect());
        &made[place % BLOCK]
    }

    fn entry(&self, place: usize) -> MutexGuard<'_, Entry> {
        lock(&self.claimed(place).entry)
    }

    /// All places that have been made.
    fn made(&self) -> impl Iterator<Item = &Place> {
        self.blocks.iter().filter_map(OnceLock::get).flatten()
    }

    /// Parks a connection until its socket is ready or the deadline has passed. The socket is
    /// armed for one event; a new connection's is added first.
    pub(super) fn park(
        &self,
        epoll: &OwnedFd,
        connection: Box<Connection>,
        flags: EventFlags,
        deadline: u64,
    ) {
        let (place, link) = (connection.place, Arc::clone(&connection.link));
        let new = connection.is_new();
        let data = EventData::new_u64(place as u64);
        let flags = flags | EventFlags::ONESHOT;
        let mut entry = self.entry(place);
        if new {
            entry.link = Some(Arc::clone(&link));
        }
        entry.parked = Some(connection);
        self.claimed(place).deadline.store(deadline, Ordering::Relaxed);
        let armed = if new {
            epoll::add(epoll, &link.socket, data, flags)
        } else {
            epoll::modify(epoll, &link.socket, data, flags)
        };
        if let Err(error) = armed {
            let connection = entry.parked.take();
            drop(entry);
            drop(connection);
            panics::log(|| {
                tracing::error!("a connection cannot be waited for and is closed: {error}");
            });
        }
    }

    /// Takes a parked connection out.
    pub(super) fn take(&self, place: usize) -> Option<Box<Connection>> {
        let place = self.blocks.get(place / BLOCK)?.get()?.get(place % BLOCK)?;
        let parked = lock(&place.entry).parked.take();
        if parked.is_some() {
            place.deadline.store(NEVER, Ordering::Relaxed);
        }
        parked
    }

    /// Takes out each parked connection whose deadline has passed.
    pub(super) fn expired(&self, now: u64) -> impl Iterator<Item = Box<Connection>> {
        let late = move |place: &&Place| place.deadline.load(Ordering::Relaxed) <= now;
        self.made().filter(late).filter_map(move |place| {
            let mut entry = lock(&place.entry);
            // It may have been taken and parked again meanwhile, with another deadline, which
            // then holds.
            if place.deadline.load(Ordering::Relaxed) > now {
                return None;
            }
            place.deadline.store(NEVER, Ordering::Relaxed);
            entry.parked.take()
        })
    }

    /// Takes out each parked connection that is `wanted`.
    pub(super) fn take_if(
        &self,
        wanted: impl Fn(&Connection) -> bool,
    ) -> impl Iterator<Item = Box<Connection>> {
        self.made()
            .filter_map(move |place| lock(&place.entry).parked.take_if(|parked| wanted(parked)))
    }

    /// Makes every read and write on every open connection fail.
    pub(super) fn cut_all(&self) {
        for place in self.made() {
            if let Some(link) = &lock(&place.entry).link {
                link.cut();
            }
        }
    }
}

/// Nothing that is guarded here can be left half-changed by a panic.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
