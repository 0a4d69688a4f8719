//! Running a connection through its layers, outermost first.

use super::compiled::{HookSegment, Segment};
use super::fused;
use super::unit::Unit;
use crate::error::{Error, Result};
use crate::event::Outgoing;
use crate::outbound::Outbound;
use crate::receive::Receive;
use crate::step::Step;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use std::fmt;
use std::panic::AssertUnwindSafe;

/// The rest of the stack, as a call-style layer sees it. Running it consumes it, so a connection
/// cannot be passed on twice (rule S3).
pub struct Next<'a> {
    unit: &'a Unit,
    /// The segment that is next.
    segment: usize,
    /// The place of the layer that holds this.
    place: usize,
}

impl<'a> Next<'a> {
    /// Passes the connection on, with what the inner layers and the app receive and where they
    /// send. Both may be wrapped, and may borrow from the caller.
    ///
    /// Cancel safety: dropping the future ends everything further in where it stands; the exits of
    /// those layers run when the connection is over.
    ///
    /// # Errors
    ///
    /// What the app, or a layer further in, has failed with and nobody there has caught. A panic
    /// further in is an error, too (rule S10).
    pub async fn run(self, receive: Receive<'a>, send: Outbound<'a>) -> Result<()> {
        self.unit.check_provided(self.place);
        self.unit.enter(self.place + 1);
        inward(self.unit, self.segment, receive, send).await
    }
}

impl fmt::Debug for Next<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Next").field("place", &self.place).finish_non_exhaustive()
    }
}

/// Runs everything from this segment on. Its future does not panic when it is polled: whoever
/// stands outside sees an error (rule S10).
pub(super) fn inward<'a>(
    unit: &'a Unit,
    segment: usize,
    receive: Receive<'a>,
    send: Outbound<'a>,
) -> BoxFuture<'a, Result<()>> {
    let run = async move {
        match unit.chain.compiled.segments.get(segment) {
            None => {
                unit.reach_app();
                unit.chain.app.call(&unit.ws, receive, send).await
            }
            Some(Segment::Around { place, layer }) => {
                let next = Next { unit, segment: segment + 1, place: *place };
                layer.call(&unit.ws, receive, send, next).await
            }
            Some(Segment::Hooks(hooks)) => enter(unit, hooks, segment, receive, send).await,
        }
    };
    Box::pin(async move {
        let ran = AssertUnwindSafe(run).catch_unwind().await;
        let result = ran.unwrap_or_else(|payload| Err(Error::from_panic(payload)));
        if let Some(Segment::Around { place, .. }) = unit.chain.compiled.segments.get(segment)
            && unit.entered() <= *place
        {
            // It has not passed the connection on: it decided it, or failed.
            match &result {
                Ok(()) => unit.enter(place + 1),
                Err(_) => unit.fail(),
            }
        }
        result
    })
}

/// Enters neighbouring hook-style layers one after another, then what lies further in.
async fn enter<'a>(
    unit: &'a Unit,
    hooks: &'a HookSegment,
    segment: usize,
    receive: Receive<'a>,
    send: Outbound<'a>,
) -> Result<()> {
    let ws = &unit.ws;
    let mut place = hooks.start;
    for placed in &hooks.enter {
        pass(unit, place, placed.place);
        place = placed.place;
        let mut step = placed.hook.call(ws);
        let close = loop {
            match step {
                Step::Pass => break None,
                Step::Wait(decide) => step = decide.await,
                Step::Fail(error) => {
                    unit.fail();
                    return Err(error);
                }
                Step::Close(frame) => break Some(Outgoing::Close(frame)),
                Step::Refuse(refusal) => {
                    ws.refuse(*refusal);
                    unit.enter(place + 1);
                    return Ok(());
                }
                Step::Drop => {
                    unit.enter(place + 1);
                    return Ok(());
                }
            }
        };
        if let Some(close) = close {
            unit.enter(place + 1);
            // The layers outside this one see what it sends, as they see what the app does.
            let outside = hooks.send.partition_point(|hook| hook.place < place);
            return fused::outbound(&hooks.send[..outside], ws, send).event(close).await;
        }
    }
    pass(unit, place, hooks.end);
    let receive = fused::receive(&hooks.receive, ws, receive);
    let send = fused::outbound(&hooks.send, ws, send);
    inward(unit, segment + 1, receive, send).await
}

/// The layers from one place to before another have let the connection pass.
fn pass(unit: &Unit, from: usize, to: usize) {
    for place in from..to {
        unit.check_provided(place);
        unit.enter(place + 1);
    }
}
