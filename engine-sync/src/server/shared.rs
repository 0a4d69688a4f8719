//! What all threads of a running server share, and the loop of those that wait for events.

use super::connection::{Connection, Step};
use super::handler;
use super::limits::Limits;
use super::places::Places;
use super::pool::{Pool, Station};
use super::shutdown::{Control, Phase};
use crate::chain::Chain;
use crate::request::Request;
use engine_core::Exit;
use engine_core::panics::{self, InUnit};
use http::StatusCode;
use hyper::server::conn::http1;
use rustix::event::epoll::{self, EventData, EventFlags};
use rustix::event::{EventfdFlags, eventfd};
use std::collections::VecDeque;
use std::io;
use std::net::TcpListener;
use std::os::fd::OwnedFd;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// What epoll calls the listener.
pub(super) const LISTENER: u64 = u64::MAX;

/// What epoll calls the descriptor that becomes readable when the server stops.
const STOP: u64 = u64::MAX - 1;

pub(super) struct Shared {
    pub(super) chain: Chain,
    pub(super) limits: Limits,
    pub(super) http: http1::Builder,
    pub(super) epoll: OwnedFd,
    pub(super) control: Arc<Control>,
    pub(super) stop: OwnedFd,
    pub(super) listener: Mutex<Option<Arc<TcpListener>>>,
    /// The listener is not armed: there is no place, or the system has no descriptor left.
    pub(super) accept_paused: AtomicBool,
    pub(super) places: Places,
    pub(super) pool: Pool,
    /// Handlers that run, at most `most_running`.
    running: AtomicUsize,
    most_running: usize,
    pub(super) queue: Mutex<VecDeque<(Box<Connection>, Request)>>,
    /// Its length, to be asked without the lock.
    queued: AtomicUsize,
    started: Instant,
}

impl Shared {
    pub(super) fn new(
        listener: TcpListener,
        limits: Limits,
        control: Arc<Control>,
        chain: Chain,
    ) -> io::Result<Arc<Self>> {
        let epoll = epoll::create(epoll::CreateFlags::CLOEXEC)?;
        let stop = eventfd(0, EventfdFlags::CLOEXEC | EventfdFlags::NONBLOCK)?;
        epoll::add(&epoll, &stop, EventData::new_u64(STOP), EventFlags::IN)?;
        let listen = EventFlags::IN | EventFlags::ONESHOT;
        epoll::add(&epoll, &listener, EventData::new_u64(LISTENER), listen)?;
        let mut http = http1::Builder::new();
        // Without half_close hyper reads for the end of the connection before it answers. Its
        // header time-out would run while a connection is idle, too; the sweep has ours.
        http.half_close(true).header_read_timeout(None).max_header_size(limits.header_bytes);
        if limits.header_count != Limits::default().header_count {
            http.max_headers(limits.header_count);
        }
        Ok(Arc::new(Shared {
            chain,
            http,
            epoll,
            stop,
            listener: Mutex::new(Some(Arc::new(listener))),
            accept_paused: AtomicBool::new(false),
            places: Places::new(limits.connections),
            pool: Pool::new(limits.threads, Arc::clone(&control)),
            running: AtomicUsize::new(0),
            most_running: (limits.threads - 1).min(limits.in_flight),
            queue: Mutex::default(),
            queued: AtomicUsize::new(0),
            started: Instant::now(),
            control,
            limits,
        }))
    }

    pub(super) fn is_draining(&self) -> bool {
        self.control.phase() >= Phase::Draining
    }

    pub(super) fn is_stopped(&self) -> bool {
        self.control.phase() >= Phase::Stopped
    }

    /// How an exchange ends whose connection is no more.
    pub(super) fn gone(&self) -> Exit {
        if self.is_stopped() { Exit::Shutdown } else { Exit::Disconnected }
    }

    /// Takes note of a connection that is no more.
    pub(super) fn release(&self, place: usize) {
        if self.places.release(place) {
            self.resume_accepting();
        }
    }

    pub(super) fn millis(&self, at: Instant) -> u64 {
        at.duration_since(self.started).as_millis().try_into().unwrap_or(u64::MAX - 1)
    }

    pub(super) fn spawn(self: &Arc<Self>, station: Arc<Station>) -> io::Result<()> {
        let shared = Arc::clone(self);
        let work = move || {
            // Said even if the thread dies of something that got past every guard: the watch then
            // puts another one in its place.
            let _ending = Ending(&shared.pool);
            shared.work(&station);
        };
        thread::Builder::new().name("http".into()).spawn(work).map(drop)
    }

    fn work(self: &Arc<Self>, station: &Station) {
        let mut events = Vec::with_capacity(1);
        while !self.is_stopped() {
            // Whatever goes wrong with one connection, the thread goes on with the next.
            if panics::contained(|| self.work_once(station, &mut events)).is_none() {
                panics::log(|| {
                    tracing::error!("a fault in the server: a connection was lost to a panic");
                });
            }
        }
    }

    fn work_once(self: &Arc<Self>, station: &Station, events: &mut Vec<epoll::Event>) {
        self.pool.rest_if_surplus();
        if let Some((connection, request)) = self.next_queued() {
            return self.drive(Some(station), connection, Step::Run(request));
        }
        events.clear();
        let buffer = rustix::buffer::spare_capacity(events);
        let waited = self.pool.wait(|| epoll::wait(&self.epoll, buffer, None));
        if let Err(error) = waited
            && error != rustix::io::Errno::INTR
        {
            // Nothing can be waited for: a fault that must neither end the server nor spin.
            panics::log(|| tracing::error!("waiting for events failed: {error}"));
            thread::sleep(Duration::from_millis(100));
        }
        for event in events.drain(..) {
            match event.data.u64() {
                STOP => {}
                LISTENER => self.accept(),
                place => {
                    let place = usize::try_from(place).unwrap_or(usize::MAX);
                    if let Some(mut connection) = self.places.take(place) {
                        connection.awake();
                        let step = connection.advance();
                        self.drive(Some(station), connection, step);
                    }
                }
            }
        }
    }

    /// Goes on with a connection until it is parked, queued or closed.
    pub(super) fn drive(
        self: &Arc<Self>,
        station: Option<&Station>,
        mut connection: Box<Connection>,
        mut step: Step,
    ) {
        loop {
            match step {
                Step::Close => return,
                Step::Park(flags, deadline) => {
                    let deadline = self.millis(deadline) + 1;
                    let place = connection.place;
                    self.places.park(&self.epoll, connection, flags, deadline);
                    if self.is_stopped() {
                        // Nobody will come for it any more.
                        drop(self.places.take(place));
                    }
                    return;
                }
                Step::Run(request) => match (station, self.start()) {
                    (Some(station), true) => {
                        let ran = {
                            let _running = Running::new(self, station, &request);
                            handler::run(connection, request)
                        };
                        let Some(ran) = ran else {
                            return;
                        };
                        connection = ran;
                    }
                    (None, true) => {
                        self.running.fetch_sub(1, SeqCst);
                        return self.enqueue(connection, request);
                    }
                    (_, false) => {
                        let waiting = self.queued.load(Relaxed);
                        if self.most_running + waiting < self.limits.in_flight {
                            return self.enqueue(connection, request);
                        }
                        connection.refuse(StatusCode::SERVICE_UNAVAILABLE);
                    }
                },
            }
            step = connection.advance();
        }
    }

    /// Counts one handler more, if there may be one.
    fn start(&self) -> bool {
        let before = self.running.fetch_add(1, SeqCst);
        if before >= self.most_running {
            self.running.fetch_sub(1, SeqCst);
        }
        before < self.most_running
    }

    fn enqueue(self: &Arc<Self>, connection: Box<Connection>, request: Request) {
        let mut queue = lock(&self.queue);
        queue.push_back((connection, request));
        if self.is_stopped() {
            queue.clear();
        }
        self.queued.store(queue.len(), SeqCst);
    }

    /// The request that has waited longest, if a handler may run. Every thread asks before it
    /// waits for events: a handler that ends is one of them, and so is whoever has queued.
    fn next_queued(&self) -> Option<(Box<Connection>, Request)> {
        if self.queued.load(SeqCst) == 0 || self.running.load(SeqCst) >= self.most_running {
            return None;
        }
        let mut queue = lock(&self.queue);
        let next = queue.pop_front();
        self.queued.store(queue.len(), SeqCst);
        next
    }
}

/// While a thread works.
struct Ending<'a>(&'a Pool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.ended();
    }
}

/// While a handler runs; a panic that gets past all guards must not leave it counted.
struct Running<'a> {
    shared: &'a Shared,
    station: &'a Station,
    _unit: InUnit,
}

impl<'a> Running<'a> {
    fn new(shared: &'a Shared, station: &'a Station, request: &Request) -> Self {
        station.begin(request.method(), request.uri());
        Running { shared, station, _unit: InUnit::enter() }
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.station.end();
        self.shared.running.fetch_sub(1, SeqCst);
    }
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
