//! A span around each field.

use graphql_mw::{Field, FieldMiddleware, Layer, Next, On, Order, Resolved, Scope};
use tracing::Instrument;

/// Puts each field but introspection into a span `field` at the level `debug`, with its path, its
/// type and name, its operation and its phase; what inner layers and the resolver log stands in
/// it. A field that fails says so in its span.
///
/// Where nobody listens at that level it costs one comparison a field.
#[derive(Clone, Copy, Debug)]
pub struct Tracing;

impl Layer for Tracing {
    fn declare(&self, order: &mut Order) {
        order.single();
    }
}

impl FieldMiddleware for Tracing {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        let info = field.info;
        let span = tracing::debug_span!(
            "field",
            path = %info.path(),
            of = info.parent_type(),
            name = info.field_name(),
            operation = info.operation().as_str(),
            phase = ?info.phase(),
        );
        if span.is_disabled() {
            return next.resolve(field);
        }
        let told = |result: graphql_mw::Result<_>| {
            result.inspect_err(|error| tracing::debug!(%error, "the field failed"))
        };
        match span.in_scope(|| next.resolve(field)) {
            Resolved::Ready(result) => Resolved::Ready(span.in_scope(|| told(result))),
            Resolved::Future(future) => {
                Resolved::future(async move { told(future.await) }.instrument(span))
            }
        }
    }

    fn install(&self, on: &mut On<Self>) {
        on.scope(Scope::everywhere().not_introspection());
    }
}
