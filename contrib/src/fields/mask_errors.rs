//! What clients are told of errors that are not meant for them.

use super::{Cache, LoginRequired, PermissionRequired, RateLimit, is_public};
use crate::random;
use graphql_mw::{Error, Field, FieldMiddleware, Info, Layer, Next, Order, Resolved, Value};

/// Makes "internal error" of every error that is not [`public`](super::public()), with a number in
/// `extensions.id` under which the log has the error itself. An error in the place of a list's item
/// is masked, too.
///
/// List it outermost: what outer layers fail with is not masked. Errors of the executor are not
/// either, such as a null where the schema says there is none; they speak of the schema only. Nor
/// is an item of a list that is [awaited](Value::later) and fails: the list is there before it.
#[derive(Clone, Copy, Debug)]
pub struct MaskErrors;

impl Layer for MaskErrors {
    fn declare(&self, order: &mut Order) {
        order
            .before_layer::<LoginRequired>()
            .before_layer::<PermissionRequired>()
            .before_layer::<RateLimit>()
            .before_layer::<Cache>()
            .single();
    }
}

impl FieldMiddleware for MaskErrors {
    fn resolve<'a>(&'a self, field: Field<'a>, next: Next<'a>) -> Resolved<'a> {
        let info = field.info;
        next.resolve(field).then(move |result| match result {
            Ok(value) if has_error(&value) => Ok(masked_items(&info, value)),
            Ok(value) => Ok(value),
            Err(error) => Err(masked(&info, error)),
        })
    }
}

fn masked(info: &Info<'_>, error: Error) -> Error {
    if is_public(&error) {
        return error;
    }
    let id = random::text(12, b"0123456789abcdef");
    tracing::error!(id, path = %info.path(), ?error, "internal error of a field");
    // A panic says no more than "internal error" already, and outer layers may ask whether it is.
    let mask = if error.is_panic() { error } else { Error::new("internal error") };
    mask.with_extension("id", id)
}

fn has_error(value: &Value) -> bool {
    match value {
        Value::Error(_) => true,
        Value::List(items) => items.iter().any(has_error),
        _ => false,
    }
}

fn masked_items(info: &Info<'_>, value: Value) -> Value {
    match value {
        Value::Error(error) => Value::Error(masked(info, error)),
        Value::List(items) => Value::list(items.iter().cloned().map(|i| masked_items(info, i))),
        value => value,
    }
}
