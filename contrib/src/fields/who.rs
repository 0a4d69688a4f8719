//! Who asks.

use crate::auth::User;
use graphql_mw::{Error, Info, Result};

/// The user in the request's state.
///
/// # Errors
///
/// Nobody has put one there, so whether anybody is logged in is not known.
pub(super) fn user(info: &Info<'_>) -> Result<User> {
    info.state_of::<User>().ok_or_else(|| {
        Error::new(
            "the request's state has no `User`: list the layer `auth` in the HTTP or websocket \
             stack, and hand its state over with `Request::with_state`",
        )
    })
}

/// The number of the account that asks, `None` where nobody is logged in or nobody knows.
///
/// # Errors
///
/// The stores cannot be read.
pub(super) fn account_id(info: &Info<'_>) -> Result<Option<i64>> {
    let Some(user) = info.state_of::<User>() else { return Ok(None) };
    Ok(user.account().map_err(of_store)?.map(|account| account.id))
}

/// The stores speak the HTTP side's errors.
pub(super) fn of_store(error: engine_sync::Error) -> Error {
    Error::new(error.to_string())
}
