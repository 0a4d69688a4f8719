//! actix-web, by `from_fn`. Its nested types stop compiling in good time beyond four layers.

use crate::Run;
use crate::{touch_in, touch_out};
use actix_web::body::MessageBody;
use actix_web::dev::{Service, ServiceRequest, ServiceResponse};
use actix_web::middleware::{Next, from_fn as actix_from_fn};
use actix_web::test::{TestRequest, init_service};
use actix_web::{App, Error, web};
use futures_executor::block_on;
use std::hint::black_box;

async fn touch(
    request: ServiceRequest,
    next: Next<impl MessageBody>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    touch_in(request.headers().len());
    let response = next.call(request).await?;
    touch_out(response.status().as_u16());
    Ok(response)
}

macro_rules! run {
    ($($layer:expr),*) => {{
        let app = App::new().route("/", web::get().to(async || ""))$(.wrap(actix_from_fn($layer)))*;
        let service = block_on(init_service(app));
        Box::new(move || {
            let request = TestRequest::get().uri("/").to_request();
            let response = block_on(service.call(request)).expect("the view answers");
            black_box(response.status());
        })
    }};
}

pub(super) fn from_fn(layers: usize) -> Run {
    match layers {
        0 => run!(),
        1 => run!(touch),
        2 => run!(touch, touch),
        4 => run!(touch, touch, touch, touch),
        _ => unreachable!("only the listed numbers of layers are tried"),
    }
}
