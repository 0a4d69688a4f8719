//! Running the chain for one request, and sending what it answers.

use super::connection::Connection;
use super::outgoing;
use super::pace::Pace;
use super::upgrade;
use super::wire::Answer;
use crate::body::Body;
use crate::chain::Exchange;
use crate::request::Request;
use bytes::{Bytes, BytesMut};
use engine_core::Exit;
use engine_core::panics;
use http::header::{self, HeaderValue};
use rustix::event::PollFlags;
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::Ordering::Relaxed;

/// How much of a streamed body is read at once.
const PIECE: usize = 32 << 10;

/// Runs the exits of an exchange. They have guards of their own, and still nothing that goes
/// wrong in them may take the thread along.
pub(super) fn finish(exchange: Exchange, how: Exit) {
    if panics::contained(|| exchange.finish(how)).is_none() {
        panics::log(|| tracing::error!("finishing an exchange panicked"));
    }
}

/// Runs the chain and puts its answer on the way. Gives the connection back, unless it was handed
/// over or is cut. May block as long as the handler likes.
pub(super) fn run(mut connection: Box<Connection>, request: Request) -> Option<Box<Connection>> {
    let mut exchange = connection.shared.chain.run(request);
    if let Some(owner) = exchange.response_mut().take_upgrade() {
        upgrade::hand_over(connection, exchange, owner);
        return None;
    }
    let method = exchange.request().method().clone();
    let (mut response, stream) =
        outgoing::take_apart(&connection.link, &method, exchange.response_mut());
    let Some(stream) = stream else {
        // What is left of the request's body will not be read any more.
        drop(exchange.request_mut().body_mut().take());
        if !connection.link.body_complete.load(Relaxed) {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        connection.respond(response, Some(exchange));
        return Some(connection);
    };
    let length = stream.len();
    connection.respond(response, Some(exchange));
    match send(&connection, stream, length) {
        Ok(()) => Some(connection),
        Err(how) => {
            let how = if connection.shared.is_stopped() { Exit::Shutdown } else { how };
            connection.abort(how);
            None
        }
    }
}

/// Sends a streamed body, reading it outside of hyper's poll; an error is how the exchange ended.
fn send(connection: &Connection, mut stream: Body, length: Option<u64>) -> Result<(), Exit> {
    let mut left = length;
    let mut pace = connection.write_pace();
    // The head goes out at once: the first piece may be long in coming.
    if connection.poll() {
        return ended(connection);
    }
    loop {
        let mut piece = read_piece(&mut stream)?;
        let at_end = piece.is_empty();
        if let Some(left) = &mut left {
            let promised = *left;
            *left = promised.checked_sub(piece.len() as u64).ok_or_else(wrong_length)?;
            if (at_end && promised > 0) || (!at_end && *left == 0 && !at_its_end(&mut stream)?) {
                return Err(wrong_length());
            }
        }
        if at_end {
            // The body may hold that of the request: hyper must know that nobody reads it.
            drop(stream);
            connection.link.end_body();
            return Ok(());
        }
        connection.link.put_frame(std::mem::take(&mut piece));
        hand_to_hyper(connection, &mut pace)?;
        if left == Some(0) {
            drop(stream);
            connection.link.end_body();
            return Ok(());
        }
    }
}

/// hyper is done with the connection: because the body was whole, or because the client is gone.
fn ended(connection: &Connection) -> Result<(), Exit> {
    match connection.link.answer() {
        Answer::HandedOver => Ok(()),
        _ => Err(Exit::Disconnected),
    }
}

fn wrong_length() -> Exit {
    panics::log(|| {
        tracing::error!("a streamed body is not as long as it said; the connection is cut");
    });
    Exit::Failed
}

fn at_its_end(stream: &mut Body) -> Result<bool, Exit> {
    Ok(read_piece(stream)?.is_empty())
}

/// The next piece; an empty one is the end.
fn read_piece(stream: &mut Body) -> Result<Bytes, Exit> {
    let mut piece = BytesMut::zeroed(PIECE);
    loop {
        let read = catch_unwind(AssertUnwindSafe(|| stream.read(&mut piece)));
        match read {
            Ok(Ok(read)) => {
                piece.truncate(read);
                return Ok(piece.freeze());
            }
            Ok(Err(error)) if error.kind() == io::ErrorKind::Interrupted => {}
            Ok(Err(error)) => {
                panics::log(|| {
                    tracing::error!("a streamed body failed, the connection is cut: {error}");
                });
                return Err(Exit::Failed);
            }
            Err(payload) => {
                let error = crate::Error::from_panic(payload);
                panics::log(|| {
                    tracing::error!("a streamed body panicked, the connection is cut: {error}");
                });
                return Err(Exit::Failed);
            }
        }
    }
}

/// Waits until hyper has taken the piece, and the client enough of those before it.
fn hand_to_hyper(connection: &Connection, pace: &mut Pace) -> Result<(), Exit> {
    loop {
        if connection.poll() {
            return ended(connection);
        }
        if !connection.link.has_frame() || connection.link.answer() != Answer::Open {
            return Ok(());
        }
        let patience = pace.patience(connection.link.sent()).ok_or(Exit::TimedOut)?;
        let waited = connection.link.wait(PollFlags::OUT, patience);
        pace.waited(waited.map_err(|_| Exit::Disconnected)?);
    }
}
