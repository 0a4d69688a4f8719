//! The layers around fields by name, so that settings can list them.

use super::{Cache, LoginRequired, MaskErrors, PermissionRequired, RateLimit, Timing, Tracing};
use engine_core::{Built, FactoryError};
use graphql_mw::{FieldLayer, FieldMiddleware, Registry, field};

/// Registers the layers `cache`, `login-required`, `mask-errors`, `permission-required` (which
/// knows the permission `staff`), `rate-limit`, `timing` and `tracing`. A factory that is
/// registered later under one of these names takes its place.
///
/// ```
/// use engine_core::Settings;
///
/// let mut registry = graphql_mw::Registry::new();
/// contrib::fields::registry(&mut registry);
/// let settings = Settings::parse(
///     r#"
///     middleware = ["tracing", "mask-errors", "login-required", "cache"]
///
///     [layers.login-required]
///     types = ["Account"]
///
///     [layers.cache]
///     fields = ["Query.news"]
///     "#,
/// )?;
/// let stack = registry.stack(&settings, "middleware")?;
/// assert_eq!(stack.len(), 4);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn registry(registry: &mut Registry) {
    registry
        .register("cache", |options| built(Cache::new(options.read()?)?))
        .register("login-required", |options| built(LoginRequired::new(options.read()?)?))
        .register("mask-errors", |options| {
            options.none()?;
            built(MaskErrors)
        })
        .register("permission-required", |options| {
            built(PermissionRequired::staff(options.read()?)?)
        })
        .register("rate-limit", |options| built(RateLimit::new(options.read()?)?))
        .register("timing", |options| built(Timing::new(options.read()?)?))
        .register("tracing", |options| {
            options.none()?;
            built(Tracing)
        });
}

fn built(layer: impl FieldMiddleware) -> Result<Built<FieldLayer>, FactoryError> {
    Ok(Built::Layer(field(layer)))
}
