//! Taking new connections.

use super::connection::Connection;
use super::shared::{LISTENER, Shared, lock};
use engine_core::panics;
use rustix::event::epoll::{self, EventData, EventFlags};
use std::io;
use std::net::TcpStream;
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::time::Instant;

/// After this many new connections the listener is armed again, so that another thread can go on
/// accepting.
const ACCEPT_AT_ONCE: usize = 32;

impl Shared {
    pub(super) fn accept(self: &Arc<Self>) {
        let Some(listener) = lock(&self.listener).clone() else {
            return;
        };
        for _ in 0..ACCEPT_AT_ONCE {
            let Some(place) = self.places.claim() else {
                // Armed again as soon as a connection ends, or by the sweep if one just has.
                self.accept_paused.store(true, SeqCst);
                return;
            };
            let accepted = listener.accept().and_then(|(socket, peer)| {
                prepare(&socket)?;
                Ok((socket, peer))
            });
            match accepted {
                Ok((socket, peer)) => {
                    let connection = Connection::new(Arc::clone(self), place, socket, peer);
                    let deadline = self.millis(Instant::now() + self.limits.idle_timeout) + 1;
                    self.places.park(&self.epoll, connection, EventFlags::IN, deadline);
                }
                Err(error) => {
                    self.places.release(place);
                    match error.kind() {
                        io::ErrorKind::WouldBlock => break,
                        io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted => {}
                        _ => {
                            self.accept_paused.store(true, SeqCst);
                            panics::log(|| {
                                tracing::error!(
                                    "no connection can be accepted: {error}; with too many open \
                                     files raise the limit of descriptors or lower `connections`"
                                );
                            });
                            return;
                        }
                    }
                }
            }
        }
        self.arm_listener();
    }

    /// Arms the listener again, if it is not armed because there was no place.
    pub(super) fn resume_accepting(&self) {
        if self.accept_paused.swap(false, SeqCst) {
            self.arm_listener();
        }
    }

    fn arm_listener(&self) {
        if let Some(listener) = &*lock(&self.listener) {
            let flags = EventFlags::IN | EventFlags::ONESHOT;
            let armed = epoll::modify(&self.epoll, listener, EventData::new_u64(LISTENER), flags);
            if let Err(error) = armed {
                panics::log(|| tracing::error!("the listener cannot be waited for: {error}"));
            }
        }
    }
}

fn prepare(socket: &TcpStream) -> io::Result<()> {
    socket.set_nonblocking(true)?;
    socket.set_nodelay(true)
}
