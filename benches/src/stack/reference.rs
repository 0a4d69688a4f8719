//! The limits: a loop over trait objects, and code written out by hand.

use crate::Run;
use crate::{touch_in, touch_out};
use http::{Request, Response};
use std::hint::black_box;

trait Layer {
    fn before(&self, request: &mut Request<()>);
    fn after(&self, response: &mut Response<()>);
}

struct Touch;

impl Layer for Touch {
    fn before(&self, request: &mut Request<()>) {
        touch_in(request.headers().len());
    }

    fn after(&self, response: &mut Response<()>) {
        touch_out(response.status().as_u16());
    }
}

pub(super) fn dyn_loop(layers: usize) -> Run {
    let layers: Vec<Box<dyn Layer>> = (0..layers).map(|_| Box::new(Touch) as _).collect();
    Box::new(move || {
        let mut request = black_box(Request::new(()));
        for layer in &layers {
            layer.before(&mut request);
        }
        let mut response = black_box(Response::new(()));
        for layer in layers.iter().rev() {
            layer.after(&mut response);
        }
        black_box(response.status());
    })
}

pub(super) fn inlined(layers: usize) -> Run {
    Box::new(move || {
        let request = black_box(Request::new(()));
        for _ in 0..layers {
            touch_in(request.headers().len());
        }
        let response = black_box(Response::new(()));
        for _ in 0..layers {
            touch_out(response.status().as_u16());
        }
        black_box(response.status());
    })
}
