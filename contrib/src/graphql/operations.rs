//! The operations of one connection, side by side.

use engine_core::panics;
use futures_util::future::{AbortHandle, Abortable};
use futures_util::stream::{self, BoxStream, SelectAll, Stream, StreamExt};
use graphql_mw::ast::OperationKind;
use graphql_mw::{Executor, Request, Response, ResponseError};
use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::task::{Context, Poll};

/// What an operation has to say.
#[derive(Debug)]
pub(super) enum Said {
    /// A result.
    Next(Response),
    /// It was not executed, or its source has failed; it is over.
    Error(Vec<ResponseError>),
    /// It is over.
    Complete,
    /// It panicked, where no field did.
    Panicked,
}

/// Operations under the ids that the client gave them.
#[derive(Default)]
pub(super) struct Operations {
    running: SelectAll<BoxStream<'static, (Arc<str>, Said)>>,
    ids: HashMap<Arc<str>, AbortHandle>,
}

impl Operations {
    /// Runs an operation; one that runs under this id is dropped.
    pub(super) fn start(&mut self, id: Arc<str>, executor: &Executor, request: Request) {
        let (handle, registration) = AbortHandle::new_pair();
        let named = Arc::clone(&id);
        let said = run(executor.clone(), request).map(move |said| (Arc::clone(&named), said));
        self.running.push(Abortable::new(said, registration).boxed());
        if let Some(replaced) = self.ids.insert(id, handle) {
            replaced.abort();
        }
    }

    /// Drops an operation. It says nothing from now on, and is gone at the next poll.
    pub(super) fn stop(&mut self, id: &str) {
        if let Some(handle) = self.ids.remove(id) {
            handle.abort();
        }
    }

    /// What any of them has to say next. Pending for ever where there are none.
    pub(super) fn poll_said(&mut self, cx: &mut Context<'_>) -> Poll<(Arc<str>, Said)> {
        match self.running.poll_next_unpin(cx) {
            Poll::Ready(Some((id, said))) => {
                if !matches!(said, Said::Next(_)) {
                    self.ids.remove(&id);
                }
                Poll::Ready((id, said))
            }
            Poll::Ready(None) | Poll::Pending => Poll::Pending,
        }
    }
}

/// Runs one operation to its end. Nothing of it is done before it is polled.
fn run(executor: Executor, request: Request) -> impl Stream<Item = Said> + Send {
    let said = stream::once(async move {
        match executor.operation_kind(&request) {
            Ok(OperationKind::Subscription) => match executor.subscribe(request).await {
                Ok(events) => events.map(Ok).boxed(),
                Err(response) => only(Err(response.errors)),
            },
            Ok(_) => only(Ok(executor.execute(request).await)),
            Err(response) => only(Err(response.errors)),
        }
    });
    let said = ended(said.flatten());
    AssertUnwindSafe(said).catch_unwind().map(|said| {
        said.unwrap_or_else(|payload| {
            let message = panics::message(payload);
            panics::log(|| tracing::error!("an operation panicked: {message}"));
            Said::Panicked
        })
    })
}

fn only(
    said: Result<Response, Vec<ResponseError>>,
) -> BoxStream<'static, Result<Response, Vec<ResponseError>>> {
    stream::iter([said]).boxed()
}

/// Says that it is over, once: a response without data is the last one, whether the request was not
/// executed or the source has failed.
fn ended(
    responses: impl Stream<Item = Result<Response, Vec<ResponseError>>> + Send,
) -> impl Stream<Item = Said> + Send {
    let said = responses.map(|response| match response {
        Ok(response) if response.is_request_error() => Said::Error(response.errors),
        Ok(response) => Said::Next(response),
        Err(errors) => Said::Error(errors),
    });
    let said = said.chain(stream::iter([Said::Complete]));
    said.scan(false, |is_over, said| {
        let go_on = !*is_over;
        *is_over |= !matches!(said, Said::Next(_));
        std::future::ready(go_on.then_some(said))
    })
}
