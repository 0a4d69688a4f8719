//! Call-style layers: one call around the rest of the stack.

use crate::chain::Next;
use crate::error::Result;
use crate::request::Request;
use crate::response::Response;
use engine_core::{Exit, Layer};

/// A layer written as one call around the rest.
///
/// ```
/// use engine_sync::{Around, Layer, Next, Request, Response, Result};
/// use std::time::Instant;
///
/// struct Timing;
///
/// impl Layer for Timing {}
///
/// impl Around for Timing {
///     fn handle(&self, request: &mut Request, next: Next<'_>) -> Result<Response> {
///         let start = Instant::now();
///         let response = next.run(request);
///         println!("{} took {:?}", request.path(), start.elapsed());
///         Ok(response)
///     }
/// }
/// ```
///
/// Not calling `next` answers the request here: nobody further in sees it (rule S2). What `next`
/// gives back is always a response: an error further in was answered at its own layer's boundary
/// (rule H3). `next` can be run only once (rule S3):
///
/// ```compile_fail
/// # use engine_sync::{Next, Request, Response, Result};
/// fn handle(request: &mut Request, next: Next<'_>) -> Result<Response> {
///     next.run(request);
///     Ok(next.run(request))
/// }
/// ```
pub trait Around: Layer {
    /// Handles a request, by passing it on with [`Next::run`] or by answering it.
    ///
    /// # Errors
    ///
    /// An error is answered by the error page of its status; the layers outside see that response.
    fn handle(&self, request: &mut Request, next: Next<'_>) -> Result<Response>;

    /// Runs exactly once for each request this layer has entered (rule S9); see
    /// [`On::exit`](crate::On::exit).
    fn exit(&self, request: &Request, how: Exit) {
        let _ = (request, how);
    }
}
