//! Subscriptions: a source, and a response for each of its events (rule F10).

use super::Inner;
use super::arena::Arena;
use super::batches::Batches;
use super::compiled::Reach;
use super::generator::{Generator, Slot};
use super::node::{At, Node, Step};
use super::plan::Planned;
use super::prepare::Prepared;
use super::resolve::FieldStack;
use super::run::{Run, run};
use super::unit::Exits;
use crate::error::{Error, Result};
use crate::field::Field;
use crate::info::Info;
use crate::next::Rest;
use crate::path::Path;
use crate::response::{Response, ResponseError};
use crate::value::Value;
use engine_core::Exit;
use futures_util::FutureExt;
use futures_util::stream::{BoxStream, Stream, StreamExt};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

/// The responses of a subscription, one for each event of its source.
///
/// An error in an event is in that event's response, and the stream goes on. A source that fails in
/// the middle ends the stream with a response without data ([`Response::is_request_error`]).
///
/// Cancel safety: dropping it drops the event that is being answered and the source, then runs the
/// exits of the layers around the source with [`Exit::Dropped`] (rule S9). Nothing is left.
pub struct Subscription(Generator<Handed>);

/// What the body of a subscription hands out: first whether it has started, then responses.
pub(super) enum Handed {
    Started,
    Response(Response),
}

impl Subscription {
    /// Asks for the source, and waits for it.
    pub(super) async fn start(
        inner: Arc<Inner>,
        prepared: Prepared,
    ) -> Result<Subscription, Response> {
        let mut responses = Generator::new(|slot| body(inner, prepared, slot));
        match responses.next().await {
            Some(Handed::Started) => Ok(Subscription(responses)),
            Some(Handed::Response(response)) => Err(response),
            None => Err(Response::request_error([ResponseError::new("internal error")])),
        }
    }
}

impl Stream for Subscription {
    type Item = Response;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Response>> {
        loop {
            return match self.0.poll_next_unpin(cx) {
                Poll::Pending => Poll::Pending,
                Poll::Ready(None) => Poll::Ready(None),
                Poll::Ready(Some(Handed::Response(response))) => Poll::Ready(Some(response)),
                Poll::Ready(Some(Handed::Started)) => continue,
            };
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription")
    }
}

/// A subscription from its start to its end.
async fn body(inner: Arc<Inner>, prepared: Prepared, slot: Slot<Handed>) {
    let op = prepared.operation(&inner);
    let (nodes, stacks, errors) = (Arena::new(), Arena::new(), Mutex::new(Vec::new()));
    let batches = Batches::new();
    let selected = op.root(Reach::Source);
    let Some(planned) = selected.as_ref().and_then(|selected| selected.fields.first()) else {
        let error = ResponseError::new("the subscription asks for no field: ask for one");
        let refused = Response::request_error([error.at(op.ast.location)]);
        return slot.hand_out(Handed::Response(refused)).await;
    };
    let objects = Arena::new();
    let run_of_source = Run {
        op: &op,
        nodes: &nodes,
        stacks: &stacks,
        objects: &objects,
        errors: &errors,
        batches: &batches,
    };
    let parent = nodes.alloc(Node::root(&run_of_source, prepared.root.clone()));
    let info = Info { planned, parent };
    let stack = stacks.alloc(planned.stack.counted());
    // Declared before the stream, so dropped after it: the exits run when the source is gone.
    let exits = Exits::new(stack, info);
    let mut events = match source(info, stack, &batches).await {
        Ok(events) => events,
        Err(error) => {
            exits.finish(Exit::Failed);
            return slot.hand_out(Handed::Response(failed(planned, parent, error))).await;
        }
    };
    slot.hand_out(Handed::Started).await;
    loop {
        let next = AssertUnwindSafe(events.next()).catch_unwind().await;
        match next.unwrap_or_else(|payload| Some(Err(Error::from_panic(payload)))) {
            None => break,
            Some(Ok(event)) => slot.hand_out(Handed::Response(run(&op, event).await)).await,
            Some(Err(error)) => {
                drop(events);
                exits.finish(Exit::Failed);
                return slot.hand_out(Handed::Response(failed(planned, parent, error))).await;
            }
        }
    }
    drop(events);
    exits.finish(Exit::Done);
}

/// Asks for the source, through the layers around it.
async fn source<'a>(
    info: Info<'a>,
    stack: &'a FieldStack<'a>,
    batches: &Batches,
) -> Result<BoxStream<'static, Result<Value>>> {
    let planned = info.planned;
    let args = planned.args.as_ref().map_err(|bad| bad.error.clone())?;
    let field = Field { root: info.parent.value(), info, args };
    let resolved = Rest { stack, place: 0 }.resolve(field);
    match batches.drive(resolved.into_future()).await? {
        Value::Source(source) => source.take().ok_or_else(|| {
            Error::new("the source's events were taken by a layer that did not put them back")
        }),
        other => Err(Error::new(format!(
            "the source of `{}.{}` gave {} and no events: return `Value::Source`",
            info.parent_type(),
            info.field_name(),
            other.kind(),
        ))),
    }
}

/// A source that failed: there is no data, and the error says where.
fn failed<'a>(planned: &'a Planned<'a>, parent: &'a Node<'a>, error: Error) -> Response {
    let path: Path = At { parent, step: Step::Field(planned) }.path();
    let locations = planned.locations().collect();
    Response::request_error([ResponseError {
        locations,
        path: Some(path),
        ..ResponseError::from(error)
    }])
}
