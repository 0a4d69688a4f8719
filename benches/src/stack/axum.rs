//! axum, by `from_fn` at each layer and with all layers in one `ServiceBuilder`.

use super::tower::Touch;
use crate::Run;
use crate::{touch_in, touch_out};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::middleware::{Next, from_fn as axum_from_fn};
use axum::response::Response;
use axum::routing::get;
use futures_executor::block_on;
use std::hint::black_box;
use tower::{Layer, Service, ServiceBuilder};

async fn touch(request: Request, next: Next) -> Response {
    touch_in(request.headers().len());
    let response = next.run(request).await;
    touch_out(response.status().as_u16());
    response
}

#[derive(Clone)]
struct TouchLayer;

impl<S> Layer<S> for TouchLayer {
    type Service = Touch<S>;

    fn layer(&self, inner: S) -> Touch<S> {
        Touch(inner)
    }
}

fn router() -> Router {
    Router::new().route("/", get(async || ()))
}

fn run(mut router: Router) -> Run {
    Box::new(move || {
        let request = black_box(Request::new(Body::empty()));
        let Ok(response) = block_on(router.call(request));
        black_box(response.status());
    })
}

pub(super) fn from_fn(layers: usize) -> Run {
    run((0..layers).fold(router(), |router, _| router.layer(axum_from_fn(touch))))
}

macro_rules! layered {
    ($($layer:expr),*) => {
        run(router().layer(ServiceBuilder::new()$(.layer($layer))*))
    };
}

pub(super) fn one_builder(layers: usize) -> Run {
    use TouchLayer as T;
    match layers {
        0 => run(router()),
        1 => layered!(T),
        2 => layered!(T, T),
        4 => layered!(T, T, T, T),
        8 => layered!(T, T, T, T, T, T, T, T),
        16 => layered!(T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T),
        32 => layered!(
            T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T, T,
            T, T, T
        ),
        _ => unreachable!("only the listed numbers of layers are tried"),
    }
}
