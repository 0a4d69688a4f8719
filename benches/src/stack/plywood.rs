//! engine-sync's chain.

use crate::Run;
use crate::{touch_in, touch_out};
use engine_sync::http::StatusCode;
use engine_sync::{
    Chain, Error, Exit, HttpLayer, Request, Response, Result, Stack, from_fn, hook_fns,
};
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

/// Runs a chain over one request that is handed from run to run, so that making it is no part of
/// what is measured.
fn run(layers: impl Iterator<Item = Arc<HttpLayer>>, view: fn() -> Result<Response>) -> Run {
    let stack = layers.fold(Stack::builder(), |builder, layer| builder.layer(layer));
    let stack = stack.build().expect("nothing is declared");
    let chain = Chain::builder(&stack)
        .view(move |_, _| view())
        .announce(|_, _| {})
        .error_page(StatusCode::INTERNAL_SERVER_ERROR, |_, _| {
            Response::new(StatusCode::INTERNAL_SERVER_ERROR)
        })
        .build()
        .expect("there is a view");
    let template = || Request::from_http(http::Request::new(engine_sync::Body::empty()));
    let mut request = Some(template());
    Box::new(move || {
        let mut exchange = chain.run(request.take().unwrap_or_else(template));
        black_box(exchange.response().status());
        request = Some(std::mem::replace(exchange.request_mut(), template()));
        exchange.finish(Exit::Done);
    })
}

fn answer() -> Result<Response> {
    Ok(Response::new(StatusCode::OK))
}

fn touching() -> Arc<HttpLayer> {
    hook_fns("touch", |on| {
        on.process_request(|_, request| {
            touch_in(request.headers().len());
            Ok(ControlFlow::Continue(()))
        })
        .process_response(|_, _, response| {
            touch_out(response.status().as_u16());
            Ok(())
        });
    })
}

pub(super) fn hooks(layers: usize) -> Run {
    run((0..layers).map(|_| touching()), answer)
}

pub(super) fn request_only(layers: usize) -> Run {
    let layer = |_| {
        hook_fns("touch", |on| {
            on.process_request(|_, request| {
                touch_in(request.headers().len());
                Ok(ControlFlow::Continue(()))
            });
        })
    };
    run((0..layers).map(layer), answer)
}

pub(super) fn hookless(layers: usize) -> Run {
    run((0..layers).map(|_| hook_fns("nothing", |_| {})), answer)
}

pub(super) fn around(layers: usize) -> Run {
    let layer = |_| {
        from_fn("touch", |request, next| {
            touch_in(request.headers().len());
            let response = next.run(request);
            touch_out(response.status().as_u16());
            Ok(response)
        })
    };
    run((0..layers).map(layer), answer)
}

/// Every layer allocates: the gate looks at it to see that it would notice.
pub(super) fn allocating(layers: usize) -> Run {
    let layer = |_| {
        hook_fns("allocates", |on| {
            on.process_request(|_, request| {
                black_box(Box::new(request.headers().len()));
                Ok(ControlFlow::Continue(()))
            });
        })
    };
    run((0..layers).map(layer), answer)
}

/// The innermost layer answers.
pub(super) fn short_circuit(layers: usize) -> Run {
    let stops = hook_fns("stops", |on| {
        on.process_request(|_, _| Ok(ControlFlow::Break(Response::new(StatusCode::OK))));
    });
    run((0..layers).map(|_| touching()).chain([stops]), answer)
}

/// The view fails.
pub(super) fn error(layers: usize) -> Run {
    run((0..layers).map(|_| touching()), || Err(Error::internal("on purpose")))
}

/// The view panics.
pub(super) fn panic(layers: usize) -> Run {
    std::panic::set_hook(Box::new(|_| {}));
    run((0..layers).map(|_| touching()), || panic!("on purpose"))
}
