//! Connections for users only.

use super::authentication::account;
use crate::auth::User;
use crate::options::{self, OptionsError};
use engine_async::http::StatusCode;
use engine_async::{Around, Layer, Next, Order, Outbound, Receive, Result, WebSocket};
use serde::Deserialize;

/// Options of [`LoginRequired`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields)]
#[non_exhaustive]
pub struct LoginRequiredOptions {
    /// A close code of 4000 to 4999, such as 4401, to accept and close the connection with. The
    /// page's script is shown it, and a refusal it cannot tell from a network that is down.
    /// Default: none, the connection is refused.
    #[serde(deserialize_with = "close_code")]
    pub close_code: Option<u16>,
}

fn check_code(code: &Option<u16>) -> Result<(), OptionsError> {
    match code {
        Some(code) if !(4_000..=4_999).contains(code) => Err(OptionsError::new(format!(
            "`close_code` is {code}: choose one of 4000 to 4999, which are the application's own, \
             or leave it out to refuse with 403"
        ))),
        _ => Ok(()),
    }
}

fn close_code<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Option<u16>, D::Error> {
    options::checked(from, check_code)
}

/// Turns away whoever is not logged in: with 403 before the handshake, or with a close code that
/// scripts can read. It is 403 and not 401, which would have to offer a way to log in over HTTP.
/// Nobody further in sees anything of the connection.
#[derive(Clone, Copy, Debug, Default)]
pub struct LoginRequired {
    options: LoginRequiredOptions,
}

impl LoginRequired {
    /// The layer with these options.
    ///
    /// # Errors
    ///
    /// The close code is not the application's to use.
    pub fn new(options: LoginRequiredOptions) -> Result<Self, OptionsError> {
        check_code(&options.close_code)?;
        Ok(LoginRequired { options })
    }
}

impl Layer for LoginRequired {
    fn declare(&self, order: &mut Order) {
        order.requires::<User>();
    }
}

impl Around for LoginRequired {
    async fn call<'a>(
        &'a self,
        ws: &'a WebSocket,
        receive: Receive<'a>,
        mut send: Outbound<'a>,
        next: Next<'a>,
    ) -> Result<()> {
        if account(ws)?.is_some() {
            return next.run(receive, send).await;
        }
        match self.options.close_code {
            None => {
                ws.refuse(StatusCode::FORBIDDEN);
                Ok(())
            }
            Some(code) => {
                send.accept().await?;
                send.close(code, "log in first").await
            }
        }
    }
}
