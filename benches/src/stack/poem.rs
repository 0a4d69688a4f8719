//! poem, boxed at each layer: the way to build a stack at run time.

use crate::Run;
use crate::{touch_in, touch_out};
use futures_executor::block_on;
use poem::endpoint::{BoxEndpoint, make_sync};
use poem::{Endpoint, EndpointExt, Request, Response};
use std::hint::black_box;

struct Touch<E>(E);

impl<E: Endpoint<Output = Response>> Endpoint for Touch<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        touch_in(request.headers().len());
        let response = self.0.call(request).await?;
        touch_out(response.status().as_u16());
        Ok(response)
    }
}

pub(super) fn boxed(layers: usize) -> Run {
    let mut endpoint: BoxEndpoint<'static, Response> = make_sync(|_| Response::default()).boxed();
    for _ in 0..layers {
        endpoint = Touch(endpoint).boxed();
    }
    Box::new(move || {
        let response = block_on(endpoint.call(black_box(Request::default())));
        black_box(response.expect("the view answers").status());
    })
}
