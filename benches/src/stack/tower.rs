//! tower, composed by type and boxed at each layer.

use crate::Run;
use crate::{touch_in, touch_out};
use futures_executor::block_on;
use http::{Request, Response};
use std::convert::Infallible;
use std::hint::black_box;
use std::task::{Context, Poll};
use tower::util::BoxService;
use tower::{Service, ServiceExt, service_fn};

/// A service that touches, around another one.
#[derive(Clone)]
pub(super) struct Touch<S>(pub(super) S);

impl<S, B, R> Service<Request<B>> for Touch<S>
where
    S: Service<Request<B>, Response = Response<R>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = Touched<S::Future>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        touch_in(request.headers().len());
        Touched { future: self.0.call(request) }
    }
}

pin_project_lite::pin_project! {
    pub(super) struct Touched<F> {
        #[pin]
        future: F,
    }
}

impl<F, R, E> Future for Touched<F>
where
    F: Future<Output = Result<Response<R>, E>>,
{
    type Output = F::Output;

    fn poll(self: std::pin::Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let polled = self.project().future.poll(context);
        if let Poll::Ready(Ok(response)) = &polled {
            touch_out(response.status().as_u16());
        }
        polled
    }
}

fn run<S>(mut service: S) -> Run
where
    S: Service<Request<()>, Response = Response<()>, Error = Infallible> + 'static,
{
    Box::new(move || {
        let request = black_box(Request::new(()));
        let response = block_on(async {
            let Ok(ready) = service.ready().await;
            ready.call(request).await
        });
        let Ok(response) = response;
        black_box(response.status());
    })
}

fn view()
-> impl Service<Request<()>, Response = Response<()>, Error = Infallible, Future: Send + 'static>
+ Clone
+ Send
+ 'static {
    service_fn(|_: Request<()>| async { Ok::<_, Infallible>(Response::new(())) })
}

fn four<S>(inner: S) -> Touch<Touch<Touch<Touch<S>>>> {
    Touch(Touch(Touch(Touch(inner))))
}

pub(super) fn fixed(layers: usize) -> Run {
    match layers {
        0 => run(view()),
        1 => run(Touch(view())),
        2 => run(Touch(Touch(view()))),
        4 => run(four(view())),
        8 => run(four(four(view()))),
        16 => run(four(four(four(four(view()))))),
        32 => run(four(four(four(four(four(four(four(four(view()))))))))),
        _ => unreachable!("only the listed numbers of layers are tried"),
    }
}

pub(super) fn boxed(layers: usize) -> Run {
    let mut service: BoxService<Request<()>, Response<()>, Infallible> = BoxService::new(view());
    for _ in 0..layers {
        service = BoxService::new(Touch(service));
    }
    run(service)
}
