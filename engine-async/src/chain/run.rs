//! Running one connection from its connect to the last exit.

use super::gate::Gate;
use super::inward::inward;
use super::unit::Unit;
use super::{Chain, Ended, Turned};
use crate::error::Error;
use crate::socket::Socket;
use crate::websocket::WebSocket;
use engine_core::Exit;
use engine_core::panics::{self, InUnit};
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;

impl Chain {
    /// Runs a connection to its end. Needs no particular executor.
    ///
    /// Cancel safety: dropping the future drops the app and the layers where they stand, then runs
    /// the exit of every entered layer with [`Exit::Dropped`]. Nothing more is written to the
    /// socket.
    pub async fn run<S: Socket>(&self, ws: WebSocket, socket: S) -> Ended {
        // Declared first, so dropped last: the exits run when the layers' futures are gone.
        let unit = Unit::new(Arc::clone(&self.inner), ws);
        let gate = Gate::new(socket);
        let ran = {
            let mut call = pin!(inward(&unit, 0, gate.receive(), gate.outbound(&unit.ws)));
            poll_fn(|cx| {
                let in_unit = InUnit::enter();
                if let Poll::Ready(result) = call.as_mut().poll(cx) {
                    return Poll::Ready(Ok(result));
                }
                drop(in_unit);
                gate.poll_beside(cx).map(Err)
            })
            .await
        };
        let (how, error) = match ran {
            Ok(result) => {
                let error = result.err();
                gate.end(&unit.ws, error.as_ref());
                if let Some(error) = &error {
                    log(error, &unit.ws);
                }
                let failed = error.as_ref().is_some_and(Error::is_internal);
                let otherwise = if failed { Exit::Failed } else { Exit::Done };
                (gate.exit().unwrap_or(otherwise), error)
            }
            Err(how) => (how, None),
        };
        poll_fn(|cx| gate.poll_close(cx)).await;
        let turned = unit.turned();
        let by = match turned {
            Turned::Answered(place) | Turned::Failed(place) => {
                unit.chain.compiled.names.get(place).cloned()
            }
            Turned::Endpoint => None,
        };
        unit.finish(how);
        Ended { how, turned, by, error }
    }
}

/// Logs an error that nobody caught (rule W6), once.
fn log(error: &Error, ws: &WebSocket) {
    let path = ws.path();
    panics::log(|| match error.is_internal() {
        true => tracing::error!(path, "a connection ended with an error: {error}"),
        false => tracing::debug!(path, "a connection was refused or closed: {error}"),
    });
}
