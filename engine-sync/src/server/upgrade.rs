//! Handing a connection over to another protocol.

use super::connection::Connection;
use crate::chain::Exchange;
use crate::upgrade::{Upgrade, Upgraded};
use engine_core::Exit;
use engine_core::panics;
use rustix::event::epoll;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;
use std::sync::{Arc, Mutex, PoisonError};

/// Gives the socket, what was read beyond the request, and the agreed head to the new owner.
/// Nothing has been written: whether this becomes a 101 or a refusal is the owner's to say.
pub(super) fn hand_over(mut connection: Box<Connection>, mut exchange: Exchange, owner: Upgrade) {
    let response = exchange.response_mut();
    let mut head = http::Response::new(());
    *head.status_mut() = response.status();
    *head.headers_mut() = std::mem::take(response.headers_mut());
    drop(exchange.request_mut().body_mut().take());

    if !connection.link.body_complete.load(Relaxed) {
        panics::log(|| {
            tracing::error!(
                path = exchange.request().path(),
                "an upgrade was answered before the body of its request was read: the rest of \
                 the body would be taken for the new protocol; read it, or refuse requests with a \
                 body"
            );
        });
        return super::handler::finish(exchange, Exit::Failed);
    }
    // epoll watches the open socket and not our handle of it: it would go on after ours is closed.
    let _ = epoll::delete(&connection.shared.epoll, &connection.link.socket);
    let wire = connection.wire.take().and_then(|wire| Arc::try_unwrap(wire).ok());
    let socket = connection.link.socket.try_clone();
    let (Some(wire), Ok(socket)) = (wire, socket) else {
        panics::log(|| {
            tracing::error!("a connection could not be handed over; it is closed");
        });
        return super::handler::finish(exchange, Exit::Failed);
    };
    let leftover = Mutex::into_inner(wire).unwrap_or_else(PoisonError::into_inner).into_leftover();
    connection.handed_over = true;
    drop(connection);
    super::handler::finish(exchange, Exit::Done);
    let upgraded = Upgraded::new(socket, leftover, head);
    if let Err(payload) = catch_unwind(AssertUnwindSafe(|| owner.hand_over(upgraded))) {
        let error = crate::Error::from_panic(payload);
        panics::log(|| tracing::error!("the new owner of a connection panicked: {error}"));
    }
}
